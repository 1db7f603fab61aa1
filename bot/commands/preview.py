"""A tracked video's numbers beside a link to it, where a chat shows such previews and the workspace wants them."""

from dataclasses import dataclass

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import fitting
from bot.commands.videos import counted
from bot.domain.errors import NotConfigured, NotFound
from bot.messages.preview import preview, previews_set
from bot.reply.model import Reply

_NOT_SET_UP = (
    "This app can't see links here. Ask your admin to set SLACK_PREVIEW_DOMAINS, update the app's manifest and install "
    "it again."
)


@dataclass(frozen=True, slots=True)
class Preview:
    """The link that somebody posted."""

    link: str = argument(Kind.LINK, "the link", listed=False)


@dataclass(frozen=True, slots=True)
class SetPreviews:
    """Whether to show previews."""

    on: str = argument(Kind.CHOICE, "yes or no", choices=("yes", "no"), listed=False)


async def show_preview(context: Context, args: Preview) -> Reply:
    """The video in short, from the mirror; NotFound where it is not tracked here or previews are off."""
    if not context.workspace.previews:
        raise NotFound("Link previews are off in this workspace.")
    found = await fitting(context, args.link)
    return preview(counted(found[0]))


async def set_previews(context: Context, args: SetPreviews) -> Reply:
    """Switch previews on or off for the workspace."""
    on = args.on == "yes"
    if on and not context.caller.workspace.can_preview:
        raise NotConfigured(_NOT_SET_UP)
    await context.accounts.set_previews(context.caller.workspace, on=on)
    return previews_set(on=on)
