"""Entry point of every command: `Bot.run` checks permissions, runs the handler and turns every error into a reply."""

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
from bot.commands.context import Context, LastLists, once
from bot.commands.lines import UMBRELLA, nearest_line, read_line, suggested_line, title_in
from bot.commands.parse import bind, parse
from bot.commands.permissions import may_see_money, money_refusal, permissions, refusal, spenders
from bot.commands.registry import COMMANDS, AnyCommand, by_name, described
from bot.commands.share import MONEY_UNSEEN, cannot_share_reason, with_share_button
from bot.commands.suggest import argument_of, suggestions
from bot.commands.videos import PAGE_SIZE, Videos
from bot.contentstats.client import ContentStatsClient
from bot.contentstats.rate_limit import Now, Sleep
from bot.contentstats.transport import DEFAULT_TIMEOUTS, Timeouts
from bot.delivery.poster import ChannelPoster
from bot.domain.caller import Caller, Permission
from bot.domain.clock import Clock, WallClock
from bot.domain.errors import BotError, DatabaseUnavailable, NotAllowed, UsageError
from bot.messages.problems import UNSAVED, crashed, misunderstood, pick_video, problem, unknown_command
from bot.metrics import LiveFigures, Metrics, exposition
from bot.reply.call import SHARE, Call
from bot.reply.model import Option, Reply
from bot.settings import Settings
from bot.store import Store
from bot.store.audit import Action, Entry
from bot.wallet.accounts import Accounts
from bot.wallet.exports import Exports
from bot.wallet.wallet import Meanwhile, notify_if_waiting

if TYPE_CHECKING:
    from bot.scheduler import Scheduler

logger = logging.getLogger(__name__)


VERSION = version("contentstats-bot")
OFFER_LASTS = timedelta(minutes=10)
"""How long the figures and buttons of a consequence card are valid."""
LONGEST_SILENCE = 30.0
"""Seconds without a tick after which the scheduler counts as stopped."""
SUGGEST_WITHIN = 2.0
"""Time limit in seconds for completion; both platforms drop results after three."""


class Bot:
    """Runs commands and owns everything that outlives a call: store, wallets, chart worker. Use it as `async with`.

    Adapters also use its `store` and its `accounts`, the open wallets.

    `timeouts` are those of API calls. `sleep` waits between two tries, and `now` is the Unix time for the API's rate
    limits. `speed` is how fast `clock` runs, which speeds up neither people nor networks. `charts` are closed with the
    bot.
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
        charts: Charts | None = None,
    ) -> None:
        self._settings = settings
        self._charts = charts or Charts()
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
        """Open the database (migrating it), the wallets and the charts; settle requests that a crash left unclear."""
        async with AsyncExitStack() as stack:
            opened = Store.opened(self._settings.database_url, self._settings.encryption_keys)
            self.store = await stack.enter_async_context(opened)
            self._lists = LastLists(self.store.memories, self._clock)
            await stack.enter_async_context(self._charts)
            key = self._settings.contentstats_api_key
            accounts = Accounts(
                self.store,
                self._clock,
                self._sleep,
                base_url=self._settings.contentstats_base_url,
                default_key=key.get_secret_value() if key else None,
                connect=self._connect,
                speed=self._speed,
            )
            self.accounts = await stack.enter_async_context(accounts)
            self._exports = Exports(self.store)
            stack.push_async_callback(self._exports.aclose)
            self._resources = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
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
        """Run one call and return its reply. `arguments`: typed text, or values by name from a button, form or option.

        `meanwhile` shows the caller an interim reply if the call has to wait for the API's rate limit. `is_typed`: the
        caller typed this very command, and the event is no redelivery. Only then may it spend without a confirmation,
        so it is never set for a command that the bot inferred from a line.

        Never raises for an error of a person, the API or the database; a bug is logged with a reference, which the
        reply shows. Safe to call from many tasks at once.
        """
        name = command.strip().removeprefix("/").casefold()
        if name == UMBRELLA and isinstance(arguments, str):
            line = read_line(arguments)
            name, arguments, is_typed = line.name, line.words, False
        found = self._by_name.get(name)
        try:
            try:
                if found is None or (isinstance(arguments, str) and not found.listed):  # hidden commands can't be typed
                    return await self._unknown(name, arguments if isinstance(arguments, str) else "", caller)
                return await self._answer(found, arguments, caller, meanwhile, is_typed=is_typed)
            except BotError as error:
                return await self._refused(found, arguments, error, caller)
        except Exception as error:  # noqa: BLE001 - error boundary: a bug must not end the program
            return self.crash(name, error)

    async def _unknown(self, name: str, words: str, caller: Caller) -> Reply:
        typed = f"{name} {words}".strip()
        title = title_in(typed)
        is_title = bool(title) and bool(await self.suggest("stats", "video", title, caller))
        return unknown_command(typed, nearest_line(typed, is_title=is_title))

    async def _refused(
        self, command: AnyCommand | None, arguments: str | Mapping[str, str], error: BotError, caller: Caller
    ) -> Reply:
        """Explain an error, with a video picker if only the video is missing, or the nearest command that works."""
        if isinstance(error, DatabaseUnavailable) and command is not None and command.spends and not command.listed:
            return problem(UNSAVED)
        if isinstance(error, NotAllowed) and command is not None and arguments:
            with suppress(BotError):
                await note_refusal(self.accounts, self.store, command, caller, self._permissions(caller), self._clock())
        instead = suggested_line(command, arguments, error, self._clock())
        if not isinstance(error, UsageError) or command is None or not command.listed:
            return problem(str(error), instead)
        wanted = next((each for each in command.arguments if each.required and each.kind is Kind.VIDEO), None)
        options = await self._videos(command, wanted.name, caller) if wanted is not None and arguments == "" else ()
        if wanted is None or not options:
            return misunderstood(str(error), command.usage, command.example, instead)
        reply = pick_video(Call("compare.with" if wanted.fewest > 1 else command.name), wanted.name, options)
        await self._lists.note(caller, reply, 1)
        return reply

    async def _videos(self, command: AnyCommand, argument: str, caller: Caller) -> tuple[Option, ...]:
        """The videos to choose from, after listing the account if none is known yet. Never raises."""
        options = await self.suggest(command.name, argument, "", caller)
        if not options:
            with suppress(BotError):
                account = await self.accounts.get(caller.workspace)
                if account.wallet is not None:
                    await account.wallet.sweep()
            options = await self.suggest(command.name, argument, "", caller)
        return options

    async def confirm_delivery(self, reply: Reply, *, shown: bool, announced: bool) -> None:
        """Withdraw outbox messages that a delivered reply made redundant, and save the rows of its list.

        `shown`: the caller has the reply; `announced`: its public line is posted.
        """
        keys = (*(reply.reports if shown else ()), *(reply.announces if announced else ()))
        try:
            if keys:
                await self.store.outbox.withdraw(keys, "the reply to the command reported it", self._clock())
            await self._lists.save()
        except BotError:
            logger.warning("recording a delivered reply failed; the outbox may repeat it", exc_info=True)

    def crash(self, command: str, error: Exception) -> Reply:
        """Log a bug under a new reference and return the reply that shows it."""
        reference = secrets.token_hex(4)
        logger.error("command failed", exc_info=error, extra={"reference": reference, "command": command})
        found = self._by_name.get(command)
        return crashed(reference, may_have_spent=found is not None and found.spends)

    async def suggest(self, command: str, argument: str, typed: str, caller: Caller) -> tuple[Option, ...]:
        """Up to 25 choices for an argument being typed, read from the store only; empty on failure or after 2 s."""
        found = self._by_name.get(command)
        wanted = argument_of(found, argument) if found else None
        if found is None or wanted is None or not self.may_fill_in(found, caller):
            return ()
        names = tuple(each.name for each in self._described)
        try:
            async with asyncio.timeout(SUGGEST_WITHIN):
                account = await self.accounts.get(caller.workspace)
                rows = partial(self._lists.rows, caller)
                return await suggestions(wanted, typed, names, self.store, account.workspace, rows)
        except (BotError, TimeoutError):
            logger.warning("suggestions failed", extra={"command": command}, exc_info=True)
            return ()

    def may_fill_in(self, command: AnyCommand, caller: Caller) -> bool:
        """Whether the caller may fill in the command's form; if not, running the command explains why."""
        granted = self._permissions(caller)
        return {Permission.LOOK, command.need} <= granted and (
            not command.is_setting or Permission.CONFIGURE in granted
        )

    async def is_ready(self) -> bool:
        """Whether the database accepts writes, without which nothing can be done safely."""
        return await self.store.services.is_writable(self._process, self._clock())

    async def report(self, problems: Mapping[str, str]) -> None:
        """Publish the state of this process's parts for `/status`: each with its problem, empty if it works.

        Raises DatabaseUnavailable.
        """
        await self.store.services.report(self._process, problems, self._clock())

    async def is_new_event(self, chat: str, event_id: str) -> bool:
        """True the first time that any process sees this event of a platform, then False."""
        return await self.store.inbox.is_new(chat, event_id, self._clock())

    def scheduler(self, posters: Mapping[str, ChannelPoster], speed: float = 1.0) -> "Scheduler":
        """Create the scheduler of the periodic jobs, which post through `posters`, by chat.

        `speed` is how fast the bot's clock runs.
        """
        from bot.periodic_jobs import create_scheduler  # noqa: PLC0415 - speeds up one-off commands

        made = create_scheduler(self.store, self.accounts, self._charts, posters, self._clock, self._metrics, speed)
        self._scheduler = made
        return made

    def is_alive(self) -> bool:
        """Whether the scheduler ticks; True in a process without one."""
        return self._scheduler is None or self._scheduler.silence < LONGEST_SILENCE

    async def render_metrics(self) -> tuple[bytes, str]:
        """Metrics of this process in Prometheus format, and their content type. Raises DatabaseUnavailable."""
        load = await self.store.outbox_status.load(self._clock())
        silence = None if self._scheduler is None else self._scheduler.silence
        return exposition(self._metrics, LiveFigures(*load, silence))

    async def note_claim(self, caller: Caller) -> None:
        """Record in the audit log who linked a workspace to the operator's key. Raises DatabaseUnavailable."""
        workspace = (await self.accounts.get(caller.workspace)).workspace
        outcome = "linked to the API key of the bot's operator"
        entry = Entry(self._clock(), caller.person, caller.channel_id, Action.SETTING, outcome)
        await self.store.audit.write(workspace.id, entry)

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
        account = await self.accounts.get(caller.workspace)
        context = Context(
            caller=caller,
            permissions=granted,
            workspace=account.workspace,
            account=account.wallet,
            accounts=self.accounts,
            store=self.store,
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
            channel=once(partial(self.store.channels.find, account.workspace.id, caller.channel_id)),
            is_posting=is_posting,
            typed=arguments if is_typed else None,
        )
        if is_posting:
            context = replace(context, posts_money=await context.channel_sees_money())
            if command.shows_money and not context.posts_money:
                raise NotAllowed(MONEY_UNSEEN)
        if command.shows_money and not may_see_money(context.money_readers, granted):
            raise NotAllowed(money_refusal(context.money_readers))
        async with notify_if_waiting(account.wallet, meanwhile):
            reply = await with_allowed_actions(await command.handler(context, args), context, self._by_name)
        await self._lists.note(caller, reply, (args.page - 1) * PAGE_SIZE + 1 if isinstance(args, Videos) else 1)
        return await with_share_button(reply, context, self._by_name)

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
            self.store.rates,
            now=self._now,
            sleep=self._sleep,
            timeouts=self._timeouts,
            metrics=self._metrics,
        )
