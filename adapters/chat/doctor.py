"""Doctor checks shared by all platforms: whether the platform responds, and whether recent channels accept posts."""

from collections.abc import Awaitable, Callable, Iterable

from bot.doctor import Check, failed_with
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import BotError
from bot.settings import Settings
from bot.store import Store

MAX_CHANNELS = 10


class NoAnswer(Exception):
    """The platform is unreachable; the message tells the operator what to check."""


def no_answer(platform: str, url: str, error: Exception) -> str:
    """A sentence for the operator about an unreachable platform, with what to check."""
    advice = f"Check the network, a proxy, and {platform.upper()}_API_URL."
    return f"{platform} isn't responding at {url}{failed_with(error)}. {advice}"


async def check_channels(
    platform: str,
    settings: Settings,
    workspaces: Iterable[WorkspaceRef],
    problem: Callable[[WorkspaceRef, str], Awaitable[str]],
    is_channel: Callable[[str], bool] = bool,
) -> list[Check]:
    """Check whether the bot can post in the recently used channels. `problem` returns what is wrong with a channel."""
    name = f"{platform} channels"
    try:
        used = await _used(settings, workspaces, is_channel)
    except BotError:
        return []  # the database check reports this
    problems = [found for channel_id, ref in used if (found := await problem(ref, channel_id))]
    if problems:
        return [Check(name, ok=False, detail=" ".join(problems))]
    return [Check(name, ok=True, detail=f"open to the bot: {', '.join(id_ for id_, _ in used) or 'none was used yet'}")]


async def _used(
    settings: Settings, workspaces: Iterable[WorkspaceRef], is_channel: Callable[[str], bool]
) -> list[tuple[str, WorkspaceRef]]:
    """The recently used channels, each with its workspace."""
    found: dict[str, WorkspaceRef] = {}
    async with Store.opened(settings.database_url, settings.encryption_keys) as store:
        for ref in workspaces:
            workspace = await store.workspaces.find(ref)
            recent = await store.audit.recent(workspace.id, 100) if workspace else ()
            found |= {entry.channel_id: ref for entry in recent if is_channel(entry.channel_id)}
    return [*found.items()][:MAX_CHANNELS]
