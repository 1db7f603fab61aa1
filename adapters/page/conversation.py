"""The page's `Surface` and `Replies` of the conversation engine: turns typed lines, presses and forms into calls.

Presses and submissions are rebuilt as Slack or Discord would send them, and decoded by that platform's adapter.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from cachetools import Cache, LRUCache

from adapters.chat.conversation import BackgroundTasks, CommandCall, Conversation, ReplyOutcome
from adapters.discord import actions as discord_actions
from adapters.discord import forms as discord_forms
from adapters.page import discord, slack
from adapters.page.elements import Form
from adapters.page.timeline import Message, Timeline
from adapters.slack import actions as slack_actions
from adapters.slack import forms as slack_forms
from bot.app import Bot
from bot.commands.command import Answer
from bot.commands.forms import filled_in, reopened
from bot.commands.lines import names, read_line
from bot.commands.registry import AnyCommand
from bot.domain.caller import Caller
from bot.domain.clock import Clock
from bot.reply.call import MAX_ENCODED, Call
from bot.reply.model import Option, Reply, Tone

FORMS = 50
"""Maximum number of open forms."""
_NO_METADATA = "{}"
"""The private_metadata of the page's Slack modals."""


@dataclass(frozen=True, slots=True)
class OpenForm:
    """An open modal: the payload from the platform's adapter, and the parsed form."""

    id: str
    chat: str
    payload: Mapping[str, Any]

    @property
    def shown(self) -> Form:
        """The modal as page elements."""
        return slack.form(self.payload) if self.chat == "slack" else discord.form(self.payload)

    @property
    def call(self) -> str:
        """The encoded call that the form completes."""
        return str(self.payload["callback_id" if self.chat == "slack" else "custom_id"])


@dataclass(frozen=True, slots=True)
class Interaction:
    """A typed line, a press or a submission. `opened` becomes the form that it opens, or None if it gets a reply."""

    chat: str
    id: str
    typed: str
    pressed: Message | None
    opened: "asyncio.Future[OpenForm | None]"

    @property
    def may_replace(self) -> bool:
        """Whether a reply may replace the message whose button was pressed."""
        return self.pressed is not None and self.pressed.is_private


class PageChat:
    """The conversation on the page, for each platform's style. `caller` is the person at the browser."""

    def __init__(self, bot: Bot, caller: Caller, timeline: Timeline, clock: Clock) -> None:
        self.bot = bot
        self.caller_here = caller
        self.timeline = timeline
        self.clock = clock
        self._tasks = BackgroundTasks()
        self._numbers = count(1)
        self._forms: Cache[str, OpenForm] = LRUCache(FORMS)
        max_call_lengths = {"slack": slack_actions.MAX_VALUE, "discord": MAX_ENCODED}
        self._conversations = {
            chat: Conversation[Interaction](bot, caller.workspace.chat, self, self, length)
            for chat, length in max_call_lengths.items()
        }

    def new_id(self) -> str:
        """An id for a message or a form."""
        return str(next(self._numbers))

    async def type(self, chat: str, line: str) -> OpenForm | None:
        """Answer a typed line; returns the form that it opens, if any."""
        if not line.strip():
            return None
        read = read_line(line)
        return await self._start(chat, CommandCall(read.name, read.words, is_typed=names(line, read.name)), line)

    async def press(self, chat: str, message_id: str, pressed: Mapping[str, str]) -> OpenForm | None:
        """Press a button or choose a menu option, by its ids and values; returns the form that it opens, if any."""
        call = _pressed(chat, pressed)
        if call is None or not call.command:
            return None
        name, given, wants_form = reopened(call)
        made = CommandCall(name, given, wants_form=wants_form, in_place=call.in_place)
        return await self._start(chat, made, "", self.timeline.get(message_id))

    async def submit(self, form_id: str, given: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
        """Submit a form; returns error messages by field. The form stays open if there are any (only in Slack)."""
        form = self._forms.get(form_id)
        if form is None:
            return {}
        if form.chat == "slack":
            view = slack.submitted(form.payload, given)
            command = self._conversations[form.chat].command(filled_in(form.call, {})[0])
            if wrong := slack_forms.wrong_fields(command, view, self.clock()):
                return wrong
            values = slack_forms.values(view)
        else:
            filled = discord.submitted(form.payload, given)
            values = discord_forms.values(filled, discord.resolved(filled))
        self._forms.pop(form_id, None)
        await self._start(form.chat, CommandCall(*filled_in(form.call, values), is_filled_in=True), "")
        return {}

    async def suggest(self, form_id: str, field: str, typed: str) -> tuple[Option, ...]:
        """The suggestions for a field of an open form."""
        form = self._forms.get(form_id)
        command = filled_in(form.call, {})[0] if form else ""
        return await self.bot.suggest(command, field, typed, self.caller_here)

    def note(self, sentence: str) -> None:
        """Show a note from the demo itself."""
        self.timeline.put(Message(self.new_id(), self.clock(), note=sentence))

    async def home(self) -> Reply:
        """The reply on Slack's Home tab."""
        return await self.bot.run("home", {}, self.caller_here)

    async def aclose(self) -> None:
        """End running tasks and the browsers' event streams."""
        self.timeline.close()
        await self._tasks.drain(1)

    async def open_form(self, interaction: Interaction, command: AnyCommand, given: Mapping[str, str]) -> bool:
        """Open the platform's modal. Returns False if the person may not use the command."""
        if not self.bot.may_fill_in(command, self.caller_here):
            return False
        made: Mapping[str, Any]
        if interaction.chat == "slack":
            made = slack_forms.form(command, _NO_METADATA, given)
        else:
            made = discord_forms.form(command, given)
        form = OpenForm(interaction.id, interaction.chat, made)
        self._forms[form.id] = form
        interaction.opened.set_result(form)
        return True

    async def acknowledge(self, interaction: Interaction, answer: Answer) -> bool:
        """Show a placeholder until the reply arrives."""
        if answer is Answer.PRIVATE:
            self.timeline.put(Message(interaction.id, self.clock(), typed=interaction.typed, is_private=True))
        interaction.opened.set_result(None)
        return True

    async def caller(
        self,
        interaction: Interaction,  # noqa: ARG002 - the protocol's, as the next two
        call: CommandCall,  # noqa: ARG002
        command: AnyCommand | None,  # noqa: ARG002
    ) -> Caller:
        """The person at the browser."""
        return self.caller_here

    async def deliver(self, interaction: Interaction, reply: Reply, answer: Answer) -> ReplyOutcome:
        """Show a reply and its public line. A problem never replaces a card."""
        pressed = interaction.pressed
        replaces = pressed if answer is Answer.REPLACES and reply.tone is not Tone.PROBLEM else None
        id_ = replaces.id if replaces else interaction.id
        typed = replaces.typed if replaces else interaction.typed
        here = replaces is not None
        self.timeline.put(Message(id_, self.clock(), reply, typed=typed, is_private=True, is_in_place=here))
        if reply.public_line:
            self.timeline.put(Message(self.new_id(), self.clock(), line=reply.public_line))
        return ReplyOutcome(arrived=True, announced=bool(reply.public_line), message_id=id_)

    async def add_pictures(
        self,
        interaction: Interaction,
        reply: Reply,
        answer: Answer,  # noqa: ARG002 - the protocol's
        is_current: Callable[[], bool],
    ) -> None:
        """Add a reply's pictures."""
        pressed = interaction.pressed
        shown = self.timeline.get(interaction.id) or (pressed and self.timeline.get(pressed.id))
        if shown is not None and is_current():
            self.timeline.put(replace(shown, reply=reply))

    async def notice(self, interaction: Interaction, notice: Reply, answer: Answer) -> None:  # noqa: ARG002 - as above
        """Show a notice until the reply arrives."""
        self.timeline.put(Message(interaction.id, self.clock(), notice, typed=interaction.typed, is_private=True))

    async def _start(self, chat: str, call: CommandCall, typed: str, pressed: Message | None = None) -> OpenForm | None:
        """Handle a call in the background; returns once it has opened a form or been acknowledged."""
        opened: asyncio.Future[OpenForm | None] = asyncio.get_running_loop().create_future()
        interaction = Interaction(chat, self.new_id(), typed, pressed, opened)

        async def handle() -> None:
            try:
                await self._conversations[chat].handle(interaction, call)
            finally:
                if not opened.done():
                    opened.set_result(None)

        self._tasks.start(handle)
        return await opened


def _pressed(chat: str, pressed: Mapping[str, str]) -> Call | None:
    """The call of a pressed button or chosen option, decoded by the platform's adapter."""
    id_, option = pressed.get("id", ""), pressed.get("option")
    if chat == "discord":
        return discord_actions.call_of(id_, () if option is None else (option,))
    if option is not None:
        chosen = {"type": "static_select", "action_id": id_, "selected_option": {"value": option}}
        return slack_actions.call_of(chosen)
    return slack_actions.call_of({"type": "button", "action_id": id_, "value": pressed.get("value", "")})
