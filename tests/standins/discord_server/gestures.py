"""What people do at Discord, and what becomes of it: each gesture is an interaction to the app and its first answer.

A gesture that the client would not allow raises ValueError. One that the app did not answer in time is in `failures`,
as the person would see it; the `Interaction` that is returned has what they see now and goes on changing.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any, TypeAlias

from tests.standins.discord_server import forms, options
from tests.standins.discord_server.application_commands import CHAT_INPUT, MESSAGE
from tests.standins.discord_server.calls import Failure
from tests.standins.discord_server.content import Message, with_ids
from tests.standins.discord_server.elements import BUTTON
from tests.standins.discord_server.forms import Choice
from tests.standins.discord_server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    Modal,
)
from tests.standins.discord_server.people import Channel, User
from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.posting import put
from tests.standins.discord_server.world import World

Json: TypeAlias = dict[str, Any]


class Gestures(World):
    """What a person can do; without a channel it is done in the direct messages with the bot."""

    def say(self, user: User, channel: Channel, text: str) -> Message:
        """A message that a person writes."""
        self._entered(user, channel)
        return put(self, channel, user.as_json(), {"content": text, "sent": {}}, via="person")

    async def send_command(
        self, name: str, given: Mapping[str, Any] | None = None, *, user: User, channel: Channel | None = None
    ) -> Interaction:
        """A slash command; the name has no slash and goes on with its subcommands: `alerts add`."""
        where = self._entered(user, channel or self.conversation(user))
        command, *path = name.split()
        found = self.offered(command, CHAT_INPUT, user, where)
        asked, way = options.subcommand(found, path)
        sent = options.filled(asked, given or {})
        data = self._data(found, options.nested(way, sent), options.resolved(self, where.guild, sent))
        return await self._send(COMMAND, data, name, user, where)

    async def send_autocomplete(
        self,
        name: str,
        focused: str,
        typed: object = "",
        given: Mapping[str, Any] | None = None,
        *,
        user: User,
        channel: Channel | None = None,
    ) -> Interaction:
        """Type into an option of a command; what the app offers is in the interaction's `choices`."""
        where = self._entered(user, channel or self.conversation(user))
        command, *path = name.split()
        found = self.offered(command, CHAT_INPUT, user, where)
        asked, way = options.subcommand(found, path)
        sent = options.filled(asked, {**(given or {}), focused: typed}, focused)
        data = self._data(found, options.nested(way, sent), {})
        kind = next(each["type"] for each in sent if each.get("focused"))
        return await self._send(AUTOCOMPLETE, data, name, user, where, option_type=kind)

    async def send_message_command(self, name: str, message: Message, *, user: User) -> Interaction:
        """A command from a message's menu: the app gets all that the message says."""
        where = self._seen(message, user)
        found = self.offered(name, MESSAGE, user, where)
        data = self._data(found, [], {"messages": {message.id: message.as_json()}})
        return await self._send(COMMAND, {**data, "target_id": message.id}, name, user, where)

    async def send_action(self, message: Message, name: str, *, user: User, choice: Choice = None) -> Interaction:
        """Press a button or choose in a menu of a message; `name` is a custom_id, or what the button or menu says."""
        where = self._seen(message, user)
        element = forms.find(message.shown_components(), name)
        data = {"custom_id": element["custom_id"], "component_type": element["type"], "id": element["id"]}
        if element["type"] != BUTTON:
            data["values"] = forms.chosen(element, choice)
            data["resolved"] = self._channels(forms.channels([{**element, "values": data["values"]}]))
        return await self._send(COMPONENT, data, name, user, where, source=message)

    async def send_modal(self, modal: Modal, answers: Mapping[str, Choice] | None = None) -> Interaction:
        """Fill a form in and send it; answers are by label or custom_id. It closes when the app answers in time."""
        if not modal.is_open:
            raise ValueError("the form is not open any more")
        shown = with_ids(modal.body["components"])
        sent = forms.filled(shown, answers or {})
        data = {"custom_id": modal.body["custom_id"], "components": sent}
        data["resolved"] = self._channels(forms.channels(sent))
        interaction = await self._send(MODAL_SUBMIT, data, modal.title, modal.user, modal.channel, source=modal.message)
        modal.is_open = bool(interaction.failure)
        return interaction

    def offered(self, name: str, kind: int, user: User, channel: Channel) -> Json:
        """A command as the client offers it to somebody in a channel; raises ValueError when it does not."""
        guild = channel.guild
        everywhere = [*(self.commands.get(guild.id, []) if guild else ()), *self.commands[None]]
        found = [each for each in everywhere if (each["type"], each["name"]) == (kind, name)]
        if not found:
            raise ValueError(f"there is no command {name!r}")
        command: Json = found[0]
        context = 0 if guild else 1
        if command.get("contexts") is not None and context not in command["contexts"]:
            raise ValueError(f"{name!r} is not offered here")
        if guild is not None:
            if self.app.user.id not in guild.members:
                raise ValueError("the app is not in this server")
            needed = int(command["default_member_permissions"] or 0) | Permission.USE_APPLICATION_COMMANDS
            closed = command["default_member_permissions"] == "0" and user is not guild.owner
            if closed or channel.permissions(user) & needed != needed:
                raise ValueError(f"{user.name} may not use {name!r}")
        return command

    async def _send(self, kind: int, data: Json, what: str, user: User, channel: Channel, **more: Any) -> Interaction:
        interaction = Interaction(
            id=self.new_id(),
            token=secrets.token_urlsafe(64),
            kind=kind,
            user=user,
            channel=channel,
            made_at=self.clock(),
            **more,
        )
        interaction.payload = self._payload(interaction, data)
        self.interactions[interaction.token] = interaction
        await self._deliver(interaction)
        if interaction.failure:
            self.failures.append(Failure(user.id, what, interaction.failure))
        self.touch()
        return interaction

    async def _deliver(self, interaction: Interaction) -> None:
        guild = interaction.channel.guild.id if interaction.channel.guild else None
        began = time.monotonic()
        if any(each.is_alive and each.hears("INTERACTION_CREATE", guild) for each in self.sessions):
            self.dispatch("INTERACTION_CREATE", interaction.payload, guild)
            try:
                await asyncio.wait_for(interaction.answered.wait(), self.answer_seconds)
            except TimeoutError:
                interaction.failure = "timeout"
        else:
            interaction.failure = "not_connected"
        interaction.seconds = time.monotonic() - began

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        channel, user, guild = interaction.channel, interaction.user, interaction.channel.guild
        payload: Json = {
            "id": interaction.id,
            "application_id": self.app.id,
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": {key: value for key, value in data.items() if value not in ({}, [])},
            "channel": {**channel.as_json(), "permissions": str(int(channel.permissions(user)))},
            "channel_id": channel.id,
            "app_permissions": str(int(channel.permissions(self.app.user))),
            "locale": user.locale,
            "entitlements": [],
            "context": 0 if guild else 1,
            "attachment_size_limit": self.most_bytes,
            "authorizing_integration_owners": {"0": guild.id if guild else "0"},
        }
        if interaction.source is not None:
            payload["message"] = interaction.source.as_json()
        if guild is None:
            return {**payload, "user": user.as_json()}
        about = {"id": guild.id, "locale": guild.locale, "features": []}
        here = {"guild": about, "guild_id": guild.id, "guild_locale": guild.locale}
        return {**payload, **here, "member": guild.member_json(user, channel)}

    def _data(self, command: Json, sent: list[Json], resolved: Json) -> Json:
        data = {"id": command["id"], "name": command["name"], "type": command["type"]}
        data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        return {**data, "options": sent, "resolved": resolved}

    def _channels(self, ids: list[str]) -> Json:
        return {"channels": {id_: options.channel_json(self, id_) for id_ in ids}} if ids else {}

    def _entered(self, user: User, channel: Channel) -> Channel:
        if not channel.permissions(user) & Permission.VIEW_CHANNEL:
            raise ValueError(f"{user.name} does not see the channel")
        return channel

    def _seen(self, message: Message, user: User) -> Channel:
        if message.is_deleted or message.only_for not in (None, user.id):
            raise ValueError(f"{user.name} does not see this message")
        return self._entered(user, self.channels[message.channel_id])
