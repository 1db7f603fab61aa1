"""Completion: choices for an argument while it is typed, from the store and the registry alone, so it is fast."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.commands.command import Argument, Command, Kind
from bot.commands.words import MINE, NEAR, TITLE_FILLERS, TOPICS
from bot.domain.errors import UsageError
from bot.domain.folding import folded as fold
from bot.domain.links import creator_name
from bot.domain.schedule import read_time, time_words
from bot.domain.zones import near_zones, zone_names
from bot.messages.wording import video_options
from bot.reply.model import Option
from bot.store import Store
from bot.store.workspaces import Workspace

MOST = 25
"""Discord's limit for autocomplete; Slack's is 100."""
MOST_LETTERS = 75
"""Maximum characters of a choice's value (Slack's limit; Discord's is 100)."""
SEEN_CREATORS = 150
"""Videos searched for creators to offer."""


async def suggestions(
    argument: Argument,
    typed: str,
    commands: tuple[str, ...],
    store: Store,
    workspace: Workspace,
    rows: Callable[[], Awaitable[Mapping[int, str]]],
) -> tuple[Option, ...]:
    """Complete a word: videos by any part of their title, choices and commands by their start.

    `rows` reads the video ids of the person's last list.
    """
    folded = typed.strip().casefold()
    match argument.kind:
        case Kind.VIDEO:
            row = (await rows()).get(int(folded), "") if folded.isdecimal() else ""
            videos = await store.videos.choices(workspace, row or folded, MOST)
            if plain := "" if videos else " ".join(word for word in folded.split() if word not in TITLE_FILLERS):
                videos = await store.videos.choices(workspace, plain, MOST)
            return video_options(videos)
        case Kind.CAMPAIGN:
            campaigns = await store.campaigns.all(workspace.id)
            names = [each.name for each in campaigns if fold(typed) in fold(each.name)]
        case Kind.CREATOR:
            videos = await store.videos.choices(workspace, folded if folded != MINE else "", SEEN_CREATORS)
            creators = (creator_name(each.link, each.creator) for each in videos)
            known = dict.fromkeys(name for name in creators if 0 < len(name) <= MOST_LETTERS)
            names = [MINE, *known] if MINE.startswith(folded) else [*known]
        case Kind.CHOICE:
            words = [*((choice, choice) for choice in argument.choices), *argument.aliases, *NEAR.items()]
            fitting = {choice for word, choice in words if word.startswith(folded)}
            names = [each for each in argument.choices if each in fitting]
        case Kind.WORD:
            meant = {topic.split()[0] for topic, keys in TOPICS.items() if folded in keys.split()}
            names = [name for name in commands if name.startswith(folded) or name in meant]
        case Kind.TIME:
            hours = [time_words(60 * hour) for hour in range(24)]
            names = [hour for hour in hours if hour.startswith((folded, folded.zfill(2)))] or _read_time(typed)
        case Kind.ZONE:
            names = [*(near_zones(typed, MOST) if folded else zone_names())]
        case Kind.LINK | Kind.NUMBER | Kind.SPAN | Kind.MONEY | Kind.COUNT | Kind.WHO | Kind.CHANNEL | Kind.SECRET:
            return ()
    return tuple(Option(name, name) for name in names[:MOST])


def _read_time(typed: str) -> list[str]:
    """The time of day that the words mean, if they mean one."""
    try:
        return [time_words(read_time(typed.strip()))]
    except UsageError:
        return []


def argument_of(command: Command[Any], name: str) -> Argument | None:
    """The listed argument of that name."""
    return next((each for each in command.arguments if each.name == name and each.listed), None)
