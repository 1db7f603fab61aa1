"""The bot: one way in for every command of every surface, and the one place where every error becomes a sentence."""

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Self

from bot.charts.charts import Charts
from bot.commands.allowance_log import note_refusal
from bot.commands.allowed_actions import with_allowed_actions
from bot.commands.command import Kind
from bot.commands.context import Context, LastLists
from bot.commands.lines import UMBRELLA, instead_of, nearest_line, read_line, title_in
from bot.commands.parse import bind, parse
from bot.commands.permissions import may_see_money, money_refusal, permissions, refusal, spenders
from bot.commands.registry import COMMANDS, AnyCommand, by_name, described
from bot.commands.share import MONEY_UNSEEN, cannot_share_reason, with_button
from bot.commands.suggest import argument_of, suggestions
from bot.commands.videos import PAGE_SIZE, Videos
from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import Now, Sleep
from bot.contentstats.transport import DEFAULT_TIMEOUTS, Timeouts
from bot.delivery.poster import ChannelPoster
from bot.domain.caller import Caller, Permission, WorkspaceRef
from bot.domain.clock import Clock, WallClock
from bot.domain.errors import BotError, DatabaseUnavailable, NotAllowed, UsageError
from bot.messages.problems import UNSAVED, crashed, misunderstood, problem, unknown_command, which_of
from bot.metrics import LiveFigures, Metrics, exposition
from bot.reply.call import SHARE, Call
from bot.reply.model import Option, Reply
from bot.settings import Settings
from bot.store import Store
from bot.store.audit import Action, Entry
from bot.store.chat_installs import ChatInstalls, CommandSync, Installations
from bot.store.coordination import RateSlots
from bot.store.memories import Memories
from bot.wallet.accounts import Accounts
from bot.wallet.exports import Exports
from bot.wallet.wallet import Meanwhile, noticing_the_line

if TYPE_CHECKING:
    from bot.scheduler import Scheduler

logger = logging.getLogger(__name__)


VERSION = version("contentstats-bot")
OFFER_LASTS = timedelta(minutes=10)
"""How long a consequence card's figures, and so its buttons, hold."""
LONGEST_SILENCE = 30.0
"""Seconds without a tick after which the scheduler has stopped."""
SUGGEST_WITHIN = 2.0
"""Seconds that completion may take; both platforms drop what comes after three."""


class Bot:
    """Everything that outlives a call: the store, the wallets, the chart worker. Use it as `async with`.

    `timeouts` are the API's. `sleep` passes the time between two tries or two looks, and `now` is the Unix second by
    which the API's limits are kept. `speed` is how fast the clock runs, which speeds up neither people nor networks.
    """

    commands = COMMANDS

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        now: Now = time.time,
        speed: float = 1.0,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock or WallClock()
        self._now = now
        self._speed = speed
        self._timeouts = timeouts
        self._sleep = sleep
        self._by_name = by_name()
        self._described = tuple(described(command) for command in COMMANDS if command.listed)
        self._resources = AsyncExitStack()
        self._metrics = Metrics()
        self._process = secrets.token_hex(8)
        self._scheduler: Scheduler | None = None

    async def __aenter__(self) -> Self:
        """Open the database (migrating it), the wallets and the charts, and settle what a crash left unclear."""
        async with AsyncExitStack() as stack:
            opened = Store.opened(self._settings.database_url, self._settings.encryption_keys)
            self._store = await stack.enter_async_context(opened)
            self._lists = LastLists(self._store.memories, self._clock)
            self._charts = await stack.enter_async_context(Charts())
            key = self._settings.contentstats_api_key
            accounts = Accounts(
                self._store,
                self._clock,
                self._sleep,
                base_url=self._settings.contentstats_base_url,
                default_key=key.get_secret_value() if key else None,
                connect=self._connect,
                speed=self._speed,
            )
            self._accounts = await stack.enter_async_context(accounts)
            self._exports = Exports(self._store)
            stack.push_async_callback(self._exports.aclose)
            self._resources = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything, in reverse."""
        await self._resources.aclose()

    async def run(
        self,
        command: str,
        arguments: str | Mapping[str, str],
        caller: Caller,
        meanwhile: Meanwhile | None = None,
        *,
        is_typed: bool = False,
    ) -> Reply:
        """The reply to one call: text as it was typed, or arguments by name from a button, a form or an option.

        `meanwhile` is given a reply for a person whose call stands in line for the API; the last one follows it.
        `is_typed`: the caller typed this very command, and it arrived for the first time. Only then can it spend
        without a press, so it is never set for what a line merely means.

        Never raises for what a person, the API or the database did; a fault of ours becomes a reference that is in
        the log too. Safe to call from many tasks at once.
        """
        name = command.strip().removeprefix("/").casefold()
        if name == UMBRELLA and isinstance(arguments, str):
            line = read_line(arguments)
            name, arguments, is_typed = line.name, line.words, False
        found = self._by_name.get(name)
        try:
            try:
                if found is None or (isinstance(arguments, str) and not found.listed):  # as what a button sends is not
                    return await self._unknown(name, arguments if isinstance(arguments, str) else "", caller)
                return await self._answer(found, arguments, caller, meanwhile, is_typed=is_typed)
            except BotError as error:
                return await self._refused(found, arguments, error, caller)
        except Exception as error:  # noqa: BLE001 - the error boundary: the rest is ours, and must not end the program
            return self.crash(name, error)

    async def _unknown(self, name: str, words: str, caller: Caller) -> Reply:
        typed = f"{name} {words}".strip()
        title = title_in(typed)
        is_title = bool(title) and bool(await self.suggest("stats", "video", title, caller))
        return unknown_command(typed, nearest_line(typed, is_title=is_title))

    async def _refused(
        self, command: AnyCommand | None, arguments: str | Mapping[str, str], error: BotError, caller: Caller
    ) -> Reply:
        """What went wrong, with a choice of the video if that alone is missing, or the nearest line that works."""
        if isinstance(error, DatabaseUnavailable) and command is not None and command.spends and not command.listed:
            return problem(UNSAVED)
        if isinstance(error, NotAllowed) and command is not None and arguments:
            with suppress(BotError):
                await note_refusal(
                    self._accounts, self._store, command, caller, self._permissions(caller), self._clock()
                )
        instead = instead_of(command, arguments, error, self._clock())
        if not isinstance(error, UsageError) or command is None or not command.listed:
            return problem(str(error), instead)
        wanted = next((each for each in command.arguments if each.required and each.kind is Kind.VIDEO), None)
        options = await self._videos(command, wanted.name, caller) if wanted is not None and arguments == "" else ()
        if wanted is None or not options:
            return misunderstood(str(error), command.usage, command.example, instead)
        reply = which_of(Call("compare.with" if wanted.fewest > 1 else command.name), wanted.name, options)
        await self._lists.note(caller, reply, 1)
        return reply

    async def _videos(self, command: AnyCommand, argument: str, caller: Caller) -> tuple[Option, ...]:
        """The videos to choose from, after a look at the account if none is known yet. Never raises."""
        options = await self.suggest(command.name, argument, "", caller)
        if not options:
            with suppress(BotError):
                account = await self._accounts.of(caller.workspace)
                if account.wallet is not None:
                    await account.wallet.sweep()
            options = await self.suggest(command.name, argument, "", caller)
        return options

    async def arrived(self, reply: Reply, *, shown: bool, announced: bool) -> None:
        """Withdraw what a reply made needless once the person has it or its line is posted; save its list's rows."""
        keys = (*(reply.reports if shown else ()), *(reply.announces if announced else ()))
        try:
            if keys:
                await self._store.outbox.withdraw(keys, "the reply to the command reported it", self._clock())
            await self._lists.save()
        except BotError:
            logger.warning("storing what a reply changed failed; messages may repeat it", exc_info=True)

    def crash(self, command: str, error: Exception) -> Reply:
        """What to say of a fault of ours: a reference, under which the log has the rest."""
        reference = secrets.token_hex(4)
        logger.error("command failed", exc_info=error, extra={"reference": reference, "command": command})
        found = self._by_name.get(command)
        return crashed(reference, may_have_spent=found is not None and found.spends)

    async def suggest(self, command: str, argument: str, typed: str, caller: Caller) -> tuple[Option, ...]:
        """Up to 25 choices for an argument while it is typed, from the store alone; none on failure or after 2 s."""
        found = self._by_name.get(command)
        wanted = argument_of(found, argument) if found else None
        if found is None or wanted is None or not self.may_fill_in(found, caller):
            return ()
        names = tuple(each.name for each in self._described)
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                account = await self._accounts.of(caller.workspace)
                rows = partial(self._lists.rows, caller)
                return await suggestions(wanted, typed, names, self._store, account.workspace, rows)
        except (BotError, TimeoutError):
            logger.warning("suggestions failed", extra={"command": command}, exc_info=True)
            return ()

    def may_fill_in(self, command: AnyCommand, caller: Caller) -> bool:
        """Whether the caller may use what a form of the command asks for; if not, running it says why."""
        granted = self._permissions(caller)
        return {Permission.LOOK, command.need} <= granted and (
            not command.is_setting or Permission.CONFIGURE in granted
        )

    async def is_ready(self) -> bool:
        """Whether the database takes writes, without which nothing can be done safely."""
        return await self._store.services.is_writable(self._process, self._clock())

    async def report(self, problems: Mapping[str, str]) -> None:
        """Let every process's /status show the parts of this one, each with its problem, empty if it works.

        Raises DatabaseUnavailable.
        """
        await self._store.services.report(self._process, problems, self._clock())

    async def is_new_event(self, chat: str, event_id: str) -> bool:
        """Whether a platform's event is heard for the first time, by whichever process; true once."""
        return await self._store.inbox.is_new(chat, event_id, self._clock())

    def scheduler(self, posters: Mapping[str, ChannelPoster], speed: float = 1.0) -> "Scheduler":
        """What does by itself whatever is due, and posts by these posters, each by its chat's name.

        `speed` is how fast the bot's clock runs.
        """
        from bot.periodic_jobs import scheduler_of  # noqa: PLC0415 - a single line is answered sooner without it

        made = scheduler_of(self._store, self._accounts, self._charts, posters, self._clock, self._metrics, speed)
        self._scheduler = made
        return made

    def is_alive(self) -> bool:
        """Whether the clock ticks, where one runs here."""
        return self._scheduler is None or self._scheduler.silence < LONGEST_SILENCE

    async def numbers(self) -> tuple[bytes, str]:
        """What this process has done and how it stands, for Prometheus, and the content type; DatabaseUnavailable."""
        load = await self._store.outbox_status.load(self._clock())
        silence = None if self._scheduler is None else self._scheduler.silence
        return exposition(self._metrics, LiveFigures(*load, silence))

    async def forget(self, workspace: WorkspaceRef) -> None:
        """Delete everything stored for a workspace that the bot was removed from. Safe to repeat."""
        await self._accounts.forget(workspace)

    async def workspace_of_message(self, chat: str, person_id: str, message_id: str) -> str | None:
        """The chat's id of the workspace that a direct message to a person was about. Raises DatabaseUnavailable."""
        return await self._store.outbox.workspace_of(chat, person_id, message_id)

    async def note_claim(self, caller: Caller) -> None:
        """Add to the audit who linked a workspace to the operator's key. Raises DatabaseUnavailable."""
        workspace = (await self._accounts.of(caller.workspace)).workspace
        outcome = "linked to the API key of the bot's operator"
        entry = Entry(self._clock(), caller.person, caller.channel_id, Action.SETTING, "", None, None, outcome)
        await self._store.audit.write(workspace.id, entry)

    async def leave_money_out(self, ref: WorkspaceRef, channel_id: str) -> None:
        """Post no money in a channel that people outside the workspace read from now on, until an admin adds it again.

        Raises DatabaseUnavailable. Safe to repeat.
        """
        await self._accounts.leave_money_out(ref, channel_id)

    async def forget_departed(self) -> int:
        """Delete what is stored for workspaces that the bot left 30 days ago; returns how many. Safe to repeat."""
        return await self._accounts.forget_departed()

    async def recognize(self, chat: str, owned: Mapping[str, bool]) -> None:
        """Have a chat's stored workspaces use the keys that they may, by which are the operator's. Safe to repeat."""
        await self._accounts.recognize(chat, owned)

    @property
    def rate_slots(self) -> RateSlots:
        """Slots by which several processes keep one pace under a chat's limit."""
        return self._store.rates

    @property
    def memories(self) -> Memories:
        """Notes about each workspace, kept for a week."""
        return self._store.memories

    @property
    def installations(self) -> Installations:
        """Installations with their tokens, stored encrypted."""
        return self._store.installations

    @property
    def chat_installs(self) -> ChatInstalls:
        """The workspaces that the bot joined and left, in chats without an installation of their own."""
        return self._store.chat_installs

    @property
    def command_sync(self) -> CommandSync:
        """The commands that adapters have registered with their chat."""
        return self._store.command_sync

    async def _answer(
        self,
        command: AnyCommand,
        arguments: str | Mapping[str, str],
        caller: Caller,
        meanwhile: Meanwhile | None,
        *,
        is_posting: bool = False,
        is_typed: bool = False,
    ) -> Reply:
        granted = self._permissions(caller)
        for need in (Permission.LOOK, command.need):
            if need not in granted:
                raise NotAllowed(refusal(need, self._settings.may_spend))
        now = self._clock()
        args = parse(command, arguments, now) if isinstance(arguments, str) else bind(command, arguments, now)
        account = await self._accounts.of(caller.workspace)
        context = Context(
            caller=caller,
            permissions=granted,
            workspace=account.workspace,
            account=account.wallet,
            accounts=self._accounts,
            store=self._store,
            charts=self._charts,
            exports=self._exports,
            clock=self._clock,
            spenders=spenders(caller.workspace, self._settings.may_spend),
            monthly_cap=self._settings.monthly_cap_usd,
            offer_lasts=OFFER_LASTS * self._speed,
            version=VERSION,
            is_scheduling=self._scheduler is not None and self.is_alive(),
            commands=self._described,
            look_up=partial(self._look_up, caller),
            rows=partial(self._lists.rows, caller),
            is_posting=is_posting,
            typed=arguments if is_typed else None,
        )
        if is_posting:
            context = replace(context, posts_money=await context.channel_sees_money())
            if command.shows_money and not context.posts_money:
                raise NotAllowed(MONEY_UNSEEN)
        if command.shows_money and not may_see_money(context.money_readers, granted):
            raise NotAllowed(money_refusal(context.money_readers))
        async with noticing_the_line(account.wallet, meanwhile):
            reply = await with_allowed_actions(await command.handler(context, args), context, self._by_name)
        await self._lists.note(caller, reply, (args.page - 1) * PAGE_SIZE + 1 if isinstance(args, Videos) else 1)
        shared_as = reply.shared_as
        if shared_as is None or cannot_share_reason(self._by_name[shared_as.command], caller, granted):
            return reply
        if self._by_name[shared_as.command].shows_money and not await context.channel_sees_money():
            return reply
        return with_button(reply, shared_as, context.clock())

    async def _look_up(self, caller: Caller, call: Call) -> Reply:
        command = self._by_name.get(call.command, self._by_name[SHARE])
        if reason := cannot_share_reason(command, caller, self._permissions(caller)):
            raise NotAllowed(reason)
        return await self._answer(command, call.arguments, caller, None, is_posting=True)

    def _permissions(self, caller: Caller) -> frozenset[Permission]:
        return permissions(caller, self._settings.may_spend)

    def _connect(self, key: str) -> ContentStatsClient:
        base_url = self._settings.contentstats_base_url
        return ContentStatsClient(
            base_url,
            key,
            self._store.rates,
            now=self._now,
            sleep=self._sleep,
            timeouts=self._timeouts,
            metrics=self._metrics,
        )
