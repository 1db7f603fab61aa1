"""Choices for an argument while it is typed: from the store and the registry alone, so they come at once."""

from typing import Any

from bot.commands.command import Argument, Command, Kind
from bot.domain.errors import UsageError
from bot.domain.schedule import read_time, time_words
from bot.domain.zones import near_zones, zone_names
from bot.messages.wording import video_options
from bot.reply.model import Option
from bot.store import Store
from bot.store.workspaces import Workspace

MOST = 25
"""Discord's limit for autocomplete; Slack's is 100."""


async def suggestions(
    argument: Argument, typed: str, commands: tuple[str, ...], store: Store, workspace: Workspace
) -> tuple[Option, ...]:
    """What fits the beginning of a word: videos by any part of their title, choices and commands by their start."""
    folded = typed.strip().casefold()
    match argument.kind:
        case Kind.VIDEO:
            videos = await store.videos.search(workspace, folded, MOST)
            return video_options(each.video for each in videos)
        case Kind.CHOICE:
            return tuple(Option(choice, choice) for choice in argument.choices if choice.startswith(folded))[:MOST]
        case Kind.WORD:
            return tuple(Option(name, name) for name in commands if name.startswith(folded))[:MOST]
        case Kind.TIME:
            hours = [time_words(60 * hour) for hour in range(24)]
            found = [hour for hour in hours if hour.startswith((folded, folded.zfill(2)))] or _read_time(typed)
            return tuple(Option(time, time) for time in found)
        case Kind.ZONE:
            names = near_zones(typed, MOST) if folded else zone_names()[:MOST]
            return tuple(Option(name, name) for name in names)
        case Kind.LINK | Kind.NUMBER | Kind.SPAN | Kind.MONEY | Kind.SECRET:
            return ()


def _read_time(typed: str) -> list[str]:
    """The time of day that the words mean, if it is one."""
    try:
        return [time_words(read_time(typed.strip()))]
    except UsageError:
        return []


def argument_of(command: Command[Any], name: str) -> Argument | None:
    """The listed argument of that name."""
    return next((each for each in command.arguments if each.name == name and each.listed), None)
