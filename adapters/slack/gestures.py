"""What people do in Slack, each answered in full: commands, presses, forms, shortcuts.

Slack has its acknowledgement by then: nothing in here is in a hurry, but for opening a form and offering options.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from slack_bolt.context.async_context import AsyncBoltContext

from adapters.chat.background import CONCURRENT_REPLIES, Slot
from adapters.slack.actions import MAX_VALUE, pressed
from adapters.slack.answers import Answers
from adapters.slack.api import Calls, SlackFailed
from adapters.slack.arrivals import Arrivals
from adapters.slack.forms import form, options, values, wrong_fields
from adapters.slack.home import HOME, HomeTab
from adapters.slack.interaction import Asked, Callers, Channels, Payload, packed, unknown_person, unpacked
from adapters.slack.manifest import TRACK, TRACK_MESSAGE
from adapters.slack.text import Block, CommandNames, unescaped
from adapters.slack.workspaces import Team
from bot.app import UMBRELLA, Bot
from bot.commands.command import Answer
from bot.commands.filling import form_for, reopened, with_form_again
from bot.commands.registry import AnyCommand, by_name
from bot.commands.track import from_message
from bot.domain.caller import Caller, Need
from bot.domain.errors import BotError
from bot.messages.problems import no_link
from bot.reply.model import Reply, Tone

logger = logging.getLogger(__name__)

SUGGEST_WITHIN = 2.5
"""Seconds for a menu's options, all told: Slack waits for three."""


class Gestures:
    """Runs what was asked and has it answered. `names` are those of the commands in this Slack app."""

    def __init__(
        self,
        bot: Bot,
        arrivals: Arrivals,
        callers: Callers,
        channels: Channels,
        calls: Calls,
        answers: Answers,
        home: HomeTab,
        names: CommandNames,
    ) -> None:
        self._bot = bot
        self._arrivals = arrivals
        self._callers = callers
        self._channels = channels
        self._calls = calls
        self._answers = answers
        self._home = home
        self._names = names
        self._commands: Mapping[str, AnyCommand] = by_name(bot.commands)
        self._slots = asyncio.Semaphore(CONCURRENT_REPLIES)

    async def command(self, body: Payload, context: AsyncBoltContext) -> None:
        """A slash command, the umbrella's words included."""
        name, typed = self._named(str(body["command"]), str(body.get("text") or ""))
        if (arrival := await self._arrivals.welcome(body, context, self._need(name))) is None:
            return
        await self._answer(*arrival, name, typed)

    async def press(self, body: Payload, context: AsyncBoltContext) -> None:
        """A button, or a choice from a menu, in a message or on the Home tab."""
        call = pressed(body["actions"][0])
        if call is None:
            return
        name, given, asks = reopened(call)
        if (arrival := await self._arrivals.welcome(body, context, self._need(name))) is None:
            return
        await self._answer(*arrival, name, given, asks=asks)

    def wrong_fields(self, body: Payload) -> Mapping[str, str]:
        """What is wrong with a form's answers, by field. Works without a wait and never raises."""
        try:
            wrong = wrong_fields(self._commands, body["view"], self._arrivals.now)
            return {field: self._names.text(sentence) for field, sentence in wrong.items()}
        except Exception:  # whatever is wrong with the form itself must not keep it open: the answer will tell
            logger.exception("validating a form failed")
            return {}

    async def submit(self, body: Payload, context: AsyncBoltContext) -> None:
        """A form that was filled in: answered where it was asked for."""
        name = str(body["view"]["callback_id"])
        if (arrival := await self._arrivals.welcome(body, context, self._need(name))) is None:
            return
        asked, team = arrival
        async with self._bounded(asked, team, name):
            channel_id, url = unpacked(body["view"]["private_metadata"])
            there = replace(asked, channel_id=channel_id, response_url=url, may_replace=False)
            await self._answer(there, team, name, values(body["view"]), is_form=True)

    async def shortcut(self, body: Payload, context: AsyncBoltContext) -> None:
        """The two shortcuts: tracking what a message links to, and tracking something."""
        if (arrival := await self._arrivals.welcome(body, context, Need.SPEND)) is None:
            return
        asked, team = arrival
        match body:
            case {"type": "message_action", "callback_id": str(name)} if name == TRACK_MESSAGE:
                given = from_message(body["message"])
                if given["link"]:
                    await self._answer(asked, team, "track", given)
                else:
                    await self._answers.deliver(asked, team, no_link(), Answer.PRIVATE)
            case {"type": "shortcut", "callback_id": str(name)} if name == TRACK:
                await self._answer(asked, team, "track", {})
            case _:
                logger.warning("unknown shortcut", extra={"callback_id": body.get("callback_id")})

    async def suggest(self, body: Payload, context: AsyncBoltContext) -> Block:
        """The options of a menu that asks for them while somebody types; none where they cannot be had in time."""
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                team = await self._arrivals.team(context)
                if team is None:
                    return options(())
                caller = (await self._callers.find(self._arrivals.asked(body, context), team)).caller
                command, argument = str(body["view"]["callback_id"]), str(body["action_id"])
                return options(await self._bot.suggest(command, argument, str(body.get("value") or ""), caller))
        except (BotError, TimeoutError, KeyError):
            logger.warning("loading options failed", exc_info=True)
            return options(())

    def _named(self, command: str, typed: str) -> tuple[str, str]:
        """The bot's own name of a slash command, and its words; the umbrella's first word is the name."""
        name, typed = command.removeprefix("/").casefold(), unescaped(typed)
        if name == UMBRELLA:
            name, *rest = typed.split(maxsplit=1) or ["help"]
            return name.removeprefix("/").casefold(), "".join(rest).strip()
        return self._names.plain(name), typed

    def _need(self, name: str) -> Need:
        """What a command needs; of one that there is not, nothing comes but a sentence."""
        command = self._commands.get(name)
        return command.need if command else Need.LOOK

    @asynccontextmanager
    async def _bounded(self, asked: Asked, team: Team, name: str) -> AsyncIterator[None]:
        """The error boundary around what `Bot.run`'s does not reach: reading, rendering and sending."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - as in Bot.run: else the person waits for an answer that never comes
            await self._answers.deliver(asked, team, self._bot.crash(name, error), Answer.PRIVATE)

    async def _answer(
        self,
        asked: Asked,
        team: Team,
        name: str,
        given: str | Mapping[str, str],
        *,
        is_form: bool = False,
        asks: bool = False,
    ) -> None:
        """Ask for more in a form, or run the command. `is_form`: one was filled in; `asks`: one is wanted anyway."""
        async with self._bounded(asked, team, name):
            command = self._commands.get(name)
            begun = None
            if command is not None and not is_form:
                begun = given if asks and not isinstance(given, str) else form_for(command, given)
            if command is not None and begun is not None:
                await self._ask(asked, team, command, begun)
            else:
                await self._run(asked, team, name, given, is_form=is_form)

    async def _ask(self, asked: Asked, team: Team, command: AnyCommand, given: Mapping[str, str]) -> None:
        """Open the command's form, or explain the command if Slack refuses to open it: that may be asked for 3 s.

        A form opens only for people who may use it; everybody else reads at once why not.
        """
        caller = (await self._callers.find(asked, team)).caller
        if not self._bot.may_fill_in(command, caller):
            await self._run(asked, team, command.name, "" if command.secret else given)
            return
        view = form(command, packed(asked), given)
        try:
            await self._calls.api(team.client.views_open, trigger_id=asked.trigger_id, view=view)
        except SlackFailed as error:
            logger.warning("opening a form failed", extra={"team": team.ref.id, "error": error.word})
            await self._run(asked, team, command.name, given or "")

    async def _run(
        self, asked: Asked, team: Team, name: str, arguments: str | Mapping[str, str], *, is_form: bool = False
    ) -> None:
        """Run a command and deliver its reply, then show on the Home tab what it changed."""
        known = await self._callers.find(asked, team)
        if name == HOME:
            await self._home.publish(team, known)
            return
        command, need = self._commands.get(name), self._need(name)
        caller = await self._placed(asked, team, known.caller, is_posting=command is not None and command.posts)
        if known.problem and need not in known.caller.rights:
            reply = unknown_person(known)
        else:
            async with Slot(self._slots) as slot:

                async def meanwhile(word: Reply) -> None:
                    slot.release()
                    await self._answers.deliver(asked, team, word, Answer.PRIVATE)

                reply = await self._bot.run(name, arguments, caller, meanwhile)
        if is_form and command is not None and not isinstance(arguments, str):
            reply = with_form_again(command, arguments, reply, MAX_VALUE)
        answer = command.answer if command else Answer.PRIVATE
        shown, announced = await self._answers.deliver(asked, team, reply, answer)
        await self._bot.arrived(reply, shown=shown, announced=announced)
        is_changed = reply.changes_settings or (need is Need.CONFIGURE and reply.tone is Tone.SUCCESS)
        if reply.public_line or is_changed:
            await self._home.publish(team, known)

    async def _placed(self, asked: Asked, team: Team, caller: Caller, *, is_posting: bool) -> Caller:
        """The caller, with what Slack says of their channel if the command has something posted there later."""
        if asked.channel_id is None:
            return replace(caller, channel_id=await self._answers.direct_channel(team, asked.user_id) or "")
        if not is_posting:
            return caller
        if asked.is_direct:  # with the app, or between two people, where no app ever posts
            own = await self._answers.direct_channel(team, asked.user_id)
            return replace(caller, channel_id="" if own and own != asked.channel_id else asked.channel_id)
        facts = await self._channels.find(team, asked.channel_id)
        channel_id = "" if facts.is_closed else asked.channel_id
        return replace(caller, channel_id=channel_id, hindrance=facts.hindrance, is_shared=facts.is_shared)
