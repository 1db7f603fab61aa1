"""The whole program at a local Discord, as people use it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from adapters.sandbox.serve import Sandbox
from tests.discord_app.bot_app import BotApp, Server, bot_app_of, labels, lines, new_server, shown_text
from tests.e2e.chats import ANN, BEN, BOB, Form, Restartable, scheduled
from tests.standins.discord_server.content import Message
from tests.standins.discord_server.interactions import Interaction
from tests.standins.discord_server.people import ChannelKind, User
from tests.standins.discord_server.permissions import Permission
from tests.standins.discord_server.server import Discord, running
from tests.standins.environment import HandClock


@dataclass(slots=True)
class DiscordPage:
    """A message that one person sees."""

    message: Message

    @property
    def text(self) -> str:
        return shown_text(self.message)

    @property
    def labels(self) -> list[str]:
        return labels(self.message)


@dataclass(slots=True)
class DiscordChat:
    """A guild."""

    discord: Discord
    sandbox: Sandbox
    clock: HandClock
    running: Restartable[BotApp]
    server: Server
    people: dict[str, User]

    @property
    def bot_app(self) -> BotApp:
        return self.running.program

    async def say(self, who: str, command: str, /, **given: str) -> DiscordPage:
        return DiscordPage(await self.bot_app.answered(self._send(who, command, given)))

    async def press(self, page: DiscordPage, label: str, who: str) -> DiscordPage:
        edits = page.message.edits
        interaction = await self.bot_app.press(page.message, label, self.people[who])
        assert not interaction.failure, interaction.failure
        await self.until(lambda: interaction.followups or page.message.edits > edits or self._is_answered(interaction))
        shown = interaction.followups[0] if interaction.followups else interaction.message
        assert shown is not None
        return DiscordPage(shown)

    async def open(self, who: str, command: str, /, **given: str) -> Form:
        return await self._form(who, self._send(who, command, given))

    async def press_for_form(self, page: DiscordPage, label: str, who: str) -> Form:
        return await self._form(who, self.bot_app.press(page.message, label, self.people[who]))

    async def track_message(self, who: str, text: str) -> DiscordPage:
        message = self.discord.say(self.people[BEN], self.server.general, text)
        command = self.discord.send_message_command("Track this video", message, user=self.people[who])
        return DiscordPage(await self.bot_app.answered(command))

    def last_request(self) -> Interaction:
        return next(reversed(self.discord.interactions.values()))

    async def deliver_again(self, request: Interaction) -> None:
        for _ in range(3):
            self.discord.dispatch("INTERACTION_CREATE", request.payload, self.server.guild.id)
        await self.say(ANN, "help")  # which arrives after them

    def posted(self, words: str) -> list[DiscordPage]:
        return [page for each in self.server.general.messages if words in (page := DiscordPage(each)).text]

    def direct_messages(self, who: str) -> list[DiscordPage]:
        return [DiscordPage(each) for each in self.discord.direct_messages(self.people[who])]

    def public(self) -> list[str]:
        return lines(self.server.general)

    def files(self) -> list[bytes]:
        said = [each for call in self.discord.interactions.values() for each in call.seen]
        return [file.content for each in said for file in each.attachments if file.media_type == "text/csv"]

    async def until(self, condition: Callable[[], object]) -> None:
        await self.discord.until(condition)

    async def restart(self) -> None:
        await self.running.restart()

    def scheduling(self) -> AbstractAsyncContextManager[None]:
        return scheduled(self.bot_app.bot, "discord", self.bot_app.program.poster, self.clock)

    def share(self, page: DiscordPage) -> None:
        page.message.only_for = None
        page.message.flags &= ~64

    async def say_in_thread(self, who: str, command: str) -> DiscordPage:
        threaded = self.discord.add_channel(self.server.guild, "thread", ChannelKind.PUBLIC_THREAD, self.server.general)
        return DiscordPage(await self.bot_app.type(command, self.people[who], threaded))

    def thread(self) -> list[str]:
        return [line for each in self.server.guild.channels.values() if each.is_thread for line in lines(each)]

    def shut_out(self) -> None:
        self.server.general.overwrites[self.discord.app.id] = (0, int(Permission.SEND_MESSAGES))

    async def neighbour(self) -> Self:
        return replace(self, **_home(self.discord, "Rival"))

    def _send(self, who: str, command: str, given: Mapping[str, str]) -> Awaitable[Interaction]:
        options = {name: int(each) if name == "days" else each for name, each in given.items()}
        return self.discord.send_command(command, options, user=self.people[who], channel=self.server.general)

    async def _form(self, who: str, action: Awaitable[Interaction]) -> Form:
        modal = await self.bot_app.modal(action, self.people[who])

        async def submit(**answers: str) -> DiscordPage:
            return DiscordPage(await self.bot_app.answered(self.discord.send_modal(modal, answers)))

        return Form(modal.title, str(modal.body), submit)

    @staticmethod
    def _is_answered(interaction: Interaction) -> bool:
        return interaction.callback != 6 and not interaction.is_thinking


def _home(discord: Discord, name: str) -> dict[str, Any]:
    """A guild and its people."""
    server = new_server(discord, name)
    bob = discord.add_user(f"bob {name}")
    discord.add_member(server.guild, bob, Permission.MANAGE_GUILD)
    return {"server": server, "people": {ANN: server.ann, BEN: server.ben, BOB: bob}}


@asynccontextmanager
async def discord_chat(
    sandbox: Sandbox, clock: HandClock, database_url: str, **settings: object
) -> AsyncIterator[DiscordChat]:
    """The chat with the program, in a guild that added it."""
    async with running(clock) as discord:
        discord.answer_seconds = 10
        server = _home(discord, "Acme")
        settings |= {"servers": (server["server"].guild.id,)}
        async with Restartable(partial(bot_app_of, discord, sandbox, clock, database_url, **settings)) as bot:
            yield DiscordChat(discord, sandbox, clock, bot, **server)
        assert discord.failures == []
