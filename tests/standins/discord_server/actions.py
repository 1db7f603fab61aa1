"""Actions of people at Discord: each sends an interaction to the app and records the initial response.

An action that the client would not allow raises ValueError. If the app misses the deadline, `failures` holds what the
person sees. The returned `Interaction` always holds what the person sees now.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from tests.standins.discord_server import forms
from tests.standins.discord_server.application_commands import CHANNEL, CHAT_INPUT, MESSAGE
from tests.standins.discord_server.components import BUTTON
from tests.standins.discord_server.content import Message, with_ids
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
from tests.standins.watched import Failure

Json: TypeAlias = dict[str, Any]


class Actions(World):
    def say(self, user: User, channel: Channel, text: str) -> Message:
        """A message that a person writes."""
        self._entered(user, channel)
        return put(self, channel, user.as_json(), {"content": text})

    async def send_command(
        self, name: str, given: Mapping[str, Any] | None = None, *, user: User, channel: Channel | None = None
    ) -> Interaction:
        """Run a slash command, named without its slash; without a channel, in direct messages with the bot."""
        where = self._entered(user, channel or self.conversation(user))
        command = self.offered(name, CHAT_INPUT, user, where)
        data = self._data(command, forms.options(command, given or {}))
        named = [self.channels[each["value"]] for each in data["options"] if each["type"] == CHANNEL]
        data["resolved"] = {"channels": {each.id: each.as_json() for each in named}}
        return await self._send(COMMAND, data, name, user, where)

    async def send_autocomplete(
        self, name: str, focused: str, typed: object = "", *, user: User, channel: Channel
    ) -> Interaction:
        """Type into an option of a command; the app's suggestions are in the interaction's `choices`."""
        command = self.offered(name, CHAT_INPUT, user, self._entered(user, channel))
        options = forms.options(command, {focused: typed}, focused)
        data = self._data(command, options)
        return await self._send(AUTOCOMPLETE, data, name, user, channel, option_type=options[0]["type"])

    async def send_message_command(self, name: str, message: Message, *, user: User) -> Interaction:
        """Run a command from a message's menu; the app receives the whole message."""
        where = self._seen(message, user)
        found = self.offered(name, MESSAGE, user, where)
        data = {"resolved": {"messages": {message.id: message.as_json()}}, "target_id": message.id}
        return await self._send(COMMAND, {**self._data(found), **data}, name, user, where)

    async def send_action(self, message: Message, name: str, *, user: User, choice: Choice = None) -> Interaction:
        """Press a button or choose from a menu of a message; `name` is a custom_id or the label."""
        where = self._seen(message, user)
        element = forms.find(message.shown_components(), name)
        data = {"custom_id": element["custom_id"], "component_type": element["type"], "id": element["id"]}
        if element["type"] != BUTTON:
            data["values"] = forms.chosen(element, choice)
        return await self._send(COMPONENT, data, name, user, where, source=message)

    async def send_modal(self, modal: Modal, answers: Mapping[str, Choice] | None = None) -> Interaction:
        """Submit a form; answers are by label or custom_id. It closes when the app answers in time."""
        if not modal.is_open:
            raise ValueError("the form is not open any more")
        shown = with_ids(modal.body["components"])
        sent = forms.filled(shown, answers or {})
        data = {"custom_id": modal.body["custom_id"], "components": sent}
        interaction = await self._send(MODAL_SUBMIT, data, modal.title, modal.user, modal.channel, source=modal.message)
        modal.is_open = bool(interaction.failure)
        return interaction

    def offered(self, name: str, kind: int, user: User, channel: Channel) -> Json:
        """A command as the client offers it to a user in a channel. Raises ValueError if it is not offered."""
        guild = channel.guild
        found = [each for each in self.commands if (each["type"], each["name"]) == (kind, name)]
        if not found:
            raise ValueError(f"there is no command {name!r}")
        command: Json = found[0]
        if (0 if guild else 1) not in (command["contexts"] or (0, 1)):
            raise ValueError(f"{name!r} is not offered here")
        if guild is not None:
            if self.app.user.id not in guild.members:
                raise ValueError("the app is not in this server")
            needed = int(command.get("default_member_permissions") or 0) | Permission.USE_APPLICATION_COMMANDS
            if channel.permissions(user) & needed != needed:
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
        if any(each.is_alive and each.receives("INTERACTION_CREATE", guild) for each in self.sessions):
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
            "data": {key: value for key, value in data.items() if value != []},
            "channel": {**channel.as_json(), "permissions": str(int(channel.permissions(user)))},
            "channel_id": channel.id,
            "app_permissions": str(int(channel.permissions(self.app.user))),
            "locale": "en-US",
            "entitlements": [],
            "context": 0 if guild else 1,
            "attachment_size_limit": self.max_file_bytes,
            "authorizing_integration_owners": {"0": guild.id if guild else "0"},
        }
        if interaction.source is not None:
            payload["message"] = interaction.source.as_json()
        if guild is None:
            return {**payload, "user": user.as_json()}
        about = {"id": guild.id, "locale": "en-US", "features": []}
        here = {"guild": about, "guild_id": guild.id, "guild_locale": "en-US"}
        return {**payload, **here, "member": guild.member_json(user, channel)}

    def _data(self, command: Json, options: Sequence[Json] = ()) -> Json:
        return {"id": command["id"], "name": command["name"], "type": command["type"], "options": [*options]}

    def _entered(self, user: User, channel: Channel) -> Channel:
        if not channel.permissions(user) & Permission.VIEW_CHANNEL:
            raise ValueError(f"{user.name} does not see the channel")
        return channel

    def _seen(self, message: Message, user: User) -> Channel:
        if message.is_deleted or message.only_for not in (None, user.id):
            raise ValueError(f"{user.name} does not see this message")
        return self._entered(user, self.channels[message.channel_id])
