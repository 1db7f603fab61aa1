"""Thousands of guesses against another workspace that shares the key: none of its data is shown or changed.

`make isolation` makes 100,000 of them; GUESSES sets how many.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace

import pytest
from sqlalchemy import Table, select

from bot.commands.command import Argument, Kind
from bot.commands.registry import COMMANDS
from bot.domain.caller import Permission, Person, Role, WorkspaceRef
from bot.reply.as_json import from_stored
from bot.reply.call import Call
from bot.reply.model import Option, Reply
from bot.reply.spool import opened
from bot.store.database import Database
from bot.store.schedule_tables import outbox
from bot.store.tables import track_requests, videos, workspaces
from tests.standins.environment import ANA, EVE, INSTAGRAM, LINK, YOUTUBE, Environment, environment_of, sandbox_of

EACH = 2000
"""The number of guesses per test."""
GUESSES = int(os.environ.get("GUESSES", EACH))

HERS = "https://www.tiktok.com/@recipe.steady/video/7301234567890000001"
UNHEARD = "https://www.tiktok.com/@gym.secretive/video/7301234567890000002"
"""A link that Narwhal tracks too; no guess contains it."""
NARWHAL = replace(ANA, person=Person("U-narwhal", "Narwhal"), channel_id="C-vault")
QUOKKA = replace(NARWHAL, person=Person("U-quokka", "Quokka"), channel_id="C-crypt")
SECRETS = (
    *("One-pan pasta", "secretive", "7301234567890000002", "Zebrafish", "Okapi", "Gnu"),
    *("Narwhal", "Quokka", "U-quokka", "C-crypt"),
)
"""The title, link, campaigns, people and channel of Narwhal's workspace; ids and tokens are added once known."""
GUESSERS = (
    EVE,
    replace(EVE, person=Person(NARWHAL.person.id, "Copy"), channel_id="C-vault"),
    replace(EVE, workspace=WorkspaceRef("slack", ANA.workspace.id, "Namesake"), person=Person("U-sly", "Sly")),
    replace(EVE, person=Person("U-guest", "Guest"), role=Role.GUEST, permissions=frozenset({Permission.LOOK})),
)
"""People of two other workspaces: an admin, one with Narwhal's ids, one of another chat, one who may only look."""
NARWHALS_LINES = (
    "/campaign new Zebrafish budget 90",
    f"/campaign add {HERS} {UNHEARD} to Zebrafish",
    "/campaign Zebrafish here",
    "/campaign new Okapi",
    "/campaign archive Okapi",
    "/payout Zebrafish terms tiktok 2 per 1000, final after 30 days, budget 77",
    "/payout Zebrafish",
    "/campaign Zebrafish",
    "/campaign",
    "/allowance U-quokka 40",
    "/allowance",
    "/digest on 14:00 UTC",
    "/digest now",
    "/alerts on",
    "/alerts balance 500",
    "/alerts",
    "/videos",
    "/leaderboard people",
    f"/stats {HERS}",
    f"/stop {HERS}",
    f"/compare {HERS} {INSTAGRAM}",
    "/usage",
    "/status",
    "/disconnect",
)
"""Narwhal's own commands, whose buttons others press."""
LINES = (
    *("/stats {}", "/stop {}", "/export {}", "/compare {} vs {}", "/videos {}", "/videos {} {}", "/track {} 3"),
    *("/track {} in {}", "/leaderboard {}", "/leaderboard people {} in {}", "/usage {}", "/campaign {}", "/campaign"),
    *("/campaign {} archive", "/campaign here {}", "/campaign {} budget 3", "/campaign add {} to Wombat", "/campaign"),
    *("/campaign remove {} from {}", "/campaign new Wombat", "/campaign Wombat", "/payout {}", "/payout {} csv"),
    *("/payout {} paid {}", "/payout Wombat terms tiktok 1 per 1000", "/allowance", "/digest {}", "/digest now"),
    *("/digest on 09:00", "/alerts {}", "/alerts on", "/status", "/help {}", "/disconnect", "/contentstats {} {}"),
    *("/leaderboard", "/videos", "/export all", "/usage", "/export campaign {}", "/{} {}", "/payout Wombat"),
)
WORDS = (
    *(HERS, LINK, YOUTUBE, INSTAGRAM, "One-pan pasta", '"One-pan pasta"', "pasta", "@recipe.steady", "recipe.steady"),
    *("Zebrafish", '"Zebrafish"', "campaign Zebrafish", "Okapi", "Wombat", "Narwhal", "Quokka", "U-narwhal", "mine"),
    *("", "a", "e", "o", "%", "_", "all", "on", "off", "7d", "tiktok", "yes", "1.2", "2026-03-01", "C-vault"),
)
NOT_GUESSED = {"disconnect.confirm", "connect"}
"""Removing the guessing workspace, which is tried last, and checking a key with the API."""
OWN = {"name": ("Wombat", "Koala"), "why": ("because",), "terms": ("tiktok 1 per 1000",), "who": ("everyone", "U-x")}
"""Values that a workspace stores as its own, by argument: a secret sent there would come back."""


@dataclass(slots=True)
class Guesses:
    """Random calls by people elsewhere."""

    env: Environment
    dice: random.Random
    secrets: set[str]
    words: list[str]
    buttons: list[Call]

    async def make(self) -> None:
        """Make a guess and check its reply."""
        caller = self.dice.choice(GUESSERS)
        match self.dice.randrange(6):
            case 0:
                command = self.dice.choice(COMMANDS)
                wanted = self.dice.choice(command.arguments).name if command.arguments else ""
                typed = self.word()[:20]
                shown: object = await self.env.bot.suggest(command.name, wanted, typed, caller)
            case 1 | 2:
                line = self.dice.choice(LINES)
                typed = line.format(*(self.word() for _ in range(line.count("{}"))))
                name, _, words = typed.partition(" ")
                shown = await self.env.bot.run(name, words, caller)
            case 3:
                pressed = self.dice.choice(self.buttons)
                typed = repr(pressed)
                shown = await self.env.bot.run(pressed.command, pressed.arguments, caller)
            case _:
                pressed = self.dice.choice(self.buttons) if self.dice.random() < 0.5 else self.call()
                arguments = {name: self.value(name, value) for name, value in pressed.arguments.items()}
                typed = repr(arguments)
                shown = await self.env.bot.run(pressed.command, arguments, caller)
        said = everything(shown)
        leaked = [each for each in self.secrets if each in said and each not in typed]
        assert not leaked, f"{typed} of {caller.person.name} showed {leaked}: {said}"
        assert not isinstance(shown, Reply) or "give your admin this reference" not in shown.summary, typed

    def word(self) -> str:
        """Any word, id or number."""
        return self.dice.choice(self.words) if self.dice.random() < 0.9 else str(self.dice.randrange(1, 15))

    def value(self, name: str, value: str) -> str:
        """Another value for an argument, or the same one."""
        if name in OWN:
            return self.dice.choice(OWN[name])
        if name == "card":
            return self.dice.choice([*self.buttons, self.call()]).encode()
        return value if self.dice.random() < 0.4 else self.word()

    def call(self) -> Call:
        """A call of any command, with arguments that may fit."""
        command = self.dice.choice([each for each in COMMANDS if each.name not in NOT_GUESSED])
        given = [each for each in command.arguments if each.required or self.dice.random() < 0.5]
        return Call(command.name, {each.name: self.fitting(each) for each in given})

    def fitting(self, argument: Argument) -> str:
        """A value of an argument's type."""
        if argument.choices:
            return self.dice.choice(argument.choices)
        return str(self.dice.randrange(1, 15)) if argument.kind is Kind.NUMBER else self.word()


def everything(shown: object) -> str:
    """Everything in a reply or suggestion, including the bytes of its files."""
    files = shown.files if isinstance(shown, Reply) else ()
    return repr(shown) + "".join(opened(each.content).read().decode() for each in files)


def calls_in(shown: object) -> Iterator[Call]:
    """The calls of every button and choice of a reply."""
    if isinstance(shown, Call):
        yield shown
    elif is_dataclass(shown):
        if not isinstance(shown, Option):
            yield from (call for each in fields(shown) for call in calls_in(getattr(shown, each.name)))
    elif isinstance(shown, tuple):
        yield from (call for each in shown for call in calls_in(each))


async def rows_of(database_url: str, ref: WorkspaceRef) -> Mapping[str, list[str]]:
    """Every row that belongs to a workspace, by table."""
    database = Database(database_url)
    try:
        async with database.reading() as connection:
            here = (workspaces.c.chat == ref.chat) & (workspaces.c.external_id == ref.id)
            id_ = await connection.scalar(select(workspaces.c.id).where(here))
            tables: Mapping[str, Table] = workspaces.metadata.tables
            mine = {"workspaces": select(workspaces).where(here)}
            for name, table in tables.items():
                if "workspace_id" in table.c:
                    mine[name] = select(table).where(table.c.workspace_id == id_)
                elif "owner_id" in table.c:
                    mine[name] = select(table).where(table.c.owner_id == id_)
            parents = {"campaign_id": "campaigns", "setting_id": "alert_settings"}
            for name, table in tables.items():
                for column, parent in parents.items():
                    if name not in mine and column in table.c:
                        ids = select(tables[parent].c.id).where(tables[parent].c.workspace_id == id_)
                        mine[name] = select(table).where(table.c[column].in_(ids))
            started = select(videos.c.video_id).where(videos.c.owner_id == id_)
            mine["snapshots"] = select(tables["snapshots"]).where(tables["snapshots"].c.video_id.in_(started))
            return {name: sorted(map(repr, await connection.execute(query))) for name, query in mine.items()}
    finally:
        await database.close()


async def jobs_done(env: Environment) -> None:
    """Run the jobs of an hour later, which write digests and alerts."""
    env.clock.advance(hours=1)
    jobs = env.bot.scheduler({})._jobs
    for name in ("poll", "alerts", "digest"):
        while await jobs[name].do():
            pass


async def begun(env: Environment, dice: random.Random) -> Guesses:
    """Narwhal's workspace in full use, the others with a little data, and the guesses."""
    for link, caller in ((HERS, NARWHAL), (UNHEARD, QUOKKA), (YOUTUBE, EVE)):
        await env.start(link, caller=caller)
    env.track(INSTAGRAM)
    env.clock.advance(hours=3)
    buttons: list[Call] = []
    for line in NARWHALS_LINES:
        for caller in (NARWHAL, QUOKKA):
            buttons += calls_in(await env.say(line, caller))
    await jobs_done(env)
    buttons += calls_in(await env.say(f"/track {LINK} 7", NARWHAL))
    batch = next(each.arguments["batch"] for each in buttons if each.command == "track.start")
    await env.run(Call("approval.ask", {"batch": batch, "days": "7", "why": "Gnu"}), NARWHAL)
    database = Database(env.database_url)
    async with database.reading() as connection:
        ids = set(await connection.scalars(select(videos.c.video_id).where(videos.c.link.in_((HERS, UNHEARD)))))
        hers = track_requests.c.person_id.in_((NARWHAL.person.id, QUOKKA.person.id))
        tokens = set(await connection.scalars(select(track_requests.c.batch).where(hers)))
        posted = (await connection.execute(select(outbox.c.key, outbox.c.payload))).all()
    await database.close()
    for _, payload in posted:
        buttons += calls_in(from_stored(payload, defaultdict(bytes)))
    assert {"alerts.snooze", "stop", "digest.details", "approval.decide"} <= {each.command for each in buttons}
    kept = [each for each in dict.fromkeys(map(Call.encode, buttons)) if Call.decode(each).command not in NOT_GUESSED]
    words = [*WORDS, *sorted(ids), *sorted(tokens), *sorted(key for key, _ in posted)]
    return Guesses(env, dice, {*SECRETS, *ids, *tokens}, words, [Call.decode(each) for each in kept])


async def posted_elsewhere(database_url: str) -> str:
    """All messages written for workspaces other than Narwhal's."""
    database = Database(database_url)
    async with database.reading() as connection:
        here = select(workspaces.c.id).where(workspaces.c.chat == "console", workspaces.c.external_id == "acme")
        others = select(outbox.c.payload).where(outbox.c.workspace_id.not_in(here))
        payloads = list(await connection.scalars(others))
    await database.close()
    assert any("digest" in each for each in payloads)
    return "".join(payloads)


@pytest.mark.parametrize("seed", range(max(GUESSES // EACH, 1)))
async def test_no_guess_shows_or_changes_anything_of_another_workspace(clock, sqlite_url, seed):
    async with sandbox_of(clock) as sandbox, environment_of(sandbox, clock, sqlite_url) as env:
        guesses = await begun(env, random.Random(seed))
        before = await rows_of(sqlite_url, NARWHAL.workspace)
        assert len(before["videos"]) == 2
        for _ in range(min(GUESSES, EACH)):
            await guesses.make()
        assert await rows_of(sqlite_url, NARWHAL.workspace) == before
        for line in ("/digest on 14:00 UTC", "/alerts on", "/alerts spike on"):
            await env.say(line, EVE)
        clock.advance(hours=23)
        await jobs_done(env)
        posted = await posted_elsewhere(sqlite_url)
        assert not [each for each in guesses.secrets if each in posted]
        before = await rows_of(sqlite_url, NARWHAL.workspace)
        for caller in GUESSERS:
            await env.run(Call("disconnect.confirm"), caller)
        assert await rows_of(sqlite_url, NARWHAL.workspace) == before
