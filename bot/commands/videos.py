"""/videos: the list, ten per page; and one video's numbers beside a link to it, if the workspace wants previews."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from bot.commands.command import Kind, argument
from bot.commands.context import Context
from bot.commands.find_video import fitting
from bot.commands.words import MINE, NEGATIONS
from bot.domain.campaigns import Campaign
from bot.domain.commitments import ends_at
from bot.domain.errors import NoSuchCampaign, NotConfigured, NotFound, UsageError
from bot.domain.folding import folded
from bot.domain.links import creator_name
from bot.domain.videos import VideoPlatform, VideoStatus
from bot.messages.campaign import Into, campaign_value
from bot.messages.video_count import VideoCount, preview, previews_set
from bot.messages.videos import VideoPage, page_call, video_list
from bot.messages.wording import name_of, quoted, shortened
from bot.reply.model import Reply
from bot.store.audit import Action
from bot.store.videos import Filters, ListPage, Sort, StoredVideo
from bot.wallet.mirror import Dated, Page, is_stale

T = TypeVar("T")

PAGE_SIZE = 10
SHOWN_WITHIN = 3.0
"""Seconds after which a page shows what is known while reading continues."""
_PLATFORMS = tuple(VideoPlatform)
_STATUSES = tuple(VideoStatus)
_SORTS = tuple(Sort)
_NOT_SET_UP = (
    "This app can't see links here. Ask your admin to set SLACK_PREVIEW_DOMAINS, update the app's manifest and install "
    "it again."
)


@dataclass(frozen=True, slots=True)
class Videos:
    """Filters, sort order and page."""

    platform: str | None = argument(
        Kind.CHOICE,
        "only this platform",
        default=None,
        choices=_PLATFORMS,
        aliases=(("x", "twitter"), ("yt", "youtube"), ("ig", "instagram"), ("insta", "instagram"), ("tt", "tiktok")),
    )
    status: str | None = argument(
        Kind.CHOICE,
        "only this status",
        default=None,
        choices=_STATUSES,
        aliases=(("running", "monitoring"), ("finished", "completed"), ("ended", "completed")),
    )
    sort: str = argument(
        Kind.CHOICE,
        "the order",
        default=Sort.NEWEST,
        choices=_SORTS,
        aliases=(
            ("views", "count"),
            ("likes", "count"),
            ("top", "count"),
            ("change", "change_24h"),
            ("growth", "change_24h"),
            ("costs", "cost"),
            ("spent", "cost"),
            ("worst", "lowest"),
            ("least", "lowest"),
            ("slow", "slowest"),
        ),
    )
    by: str = argument(Kind.CREATOR, "mine, or a creator's @handle", default="", suggested=True)
    campaign: str = argument(Kind.CAMPAIGN, "only this campaign's; all: every video", default="", suggested=True)
    person: str = argument(Kind.WORD, "the id of who started them", default="", listed=False)
    page: int = argument(Kind.NUMBER, "the page", default=1, minimum=1, maximum=1_000_000, listed=False)


async def videos(context: Context, args: Videos) -> Reply:
    """Show one page of the list, refreshed if it is older than an hour; slow reads continue after the reply."""
    swept = await _sweep(context)
    if args.by.casefold() == MINE:
        args = replace(args, by="", person=context.caller.person.id)
    args, campaign = await _campaign(context, args)
    handles = (folded(args.by),) if args.by else ()
    filters = Filters(args.platform, args.status, handles, args.person, campaign.id if campaign else None)
    rows, total, unread = await _page(context, args, filters)
    if args.by and not total:
        filters = replace(filters, handles=await _handles(context, args.by))
        rows, total, unread = await _page(context, args, filters)
    last = max((total + PAGE_SIZE - 1) // PAGE_SIZE, 1)
    if args.page > last:
        args = replace(args, page=last)
        rows, total, unread = await _page(context, args, filters)
    problem, unreadable, being_read = "", "", 0
    if stale := [stored for stored in rows if is_stale(stored, context.clock())]:
        problem, unreadable, being_read = await _refresh(context, stale)
        rows, total, unread = await _page(context, args, filters)
    price = await context.price() if args.sort == Sort.COST else None
    page = VideoPage(
        videos=tuple(counted(each, price) for each in rows),
        total=total,
        complete=swept.value,
        unread=unread,
        platform=args.platform,
        status=args.status,
        sort=args.sort,
        page=args.page,
        pages=last,
        first=(args.page - 1) * PAGE_SIZE + 1,
        as_of=swept.as_of,
        being_read=being_read,
        problem=swept.problem or problem,
        unreadable="" if swept.problem else unreadable,
        now=context.clock(),
        by=args.by,
        person=args.person,
        campaign=args.campaign if campaign is None else campaign_value(campaign),
        whose=_whose(context, args, rows, campaign),
        sums=await context.store.videos.sums(context.workspace, filters) if args.by else (),
    )
    card = video_list(page)
    return replace(card, shared_as=replace(page_call(page, page.page), in_place=False)) if rows else card


async def _campaign(context: Context, args: Videos) -> tuple[Videos, Campaign | None]:
    """The campaign, and the arguments; a word that names no campaign but a creator becomes the creator filter."""
    try:
        return args, await context.campaign(args.campaign)
    except NoSuchCampaign as error:
        if not args.by and await context.store.videos.handles(context.workspace, args.campaign):
            return replace(args, by=args.campaign, campaign=""), await context.campaign("")
        if error.meant:
            raise
        others = (args.platform or "", args.status or "", args.by)
        is_opposite = not NEGATIONS.isdisjoint(args.campaign.casefold().split())
        raise UsageError(str(error), "campaign", None if is_opposite else " ".join(filter(None, others))) from None


async def _handles(context: Context, by: str) -> tuple[str, ...]:
    """The handles that a name stands for. Raises NotFound if no video is by such a creator."""
    if handles := await context.store.videos.handles(context.workspace, by):
        return handles
    raise NotFound(f"No video here is by {shortened(by)}. /videos lists all.", "/videos")


def _whose(context: Context, args: Videos, rows: Sequence[StoredVideo], campaign: Campaign | None) -> str:
    """Whose videos these are, for the card: by a creator or started by a person, and in which campaign."""
    place = "" if campaign is None else f"in {Into(campaign, is_own=not args.campaign).name}"
    return " ".join(filter(None, (_by(context, args, rows), place)))


def _by(context: Context, args: Videos, rows: Sequence[StoredVideo]) -> str:
    if args.by:
        names = {creator_name(each.video.link, each.video.creator) for each in rows}
        return f"by {shortened(names.pop() if len(names) == 1 else args.by)}"
    if not args.person:
        return ""
    mine = args.person == context.caller.person.id
    by = context.caller.person if mine else next((each.started_by for each in rows if each.started_by), None)
    return f"started by {shortened(by.name if by else args.person)}"


def counted(stored: StoredVideo, price: Decimal | None = None) -> VideoCount:
    """A mirrored video for lists and previews, with its cost so far if a price per snapshot is given."""
    counted_at = stored.main_at or stored.last_snapshot_at
    return VideoCount(
        stored.video,
        stored.main_metric,
        stored.main_count,
        stored.change_24h,
        counted_at,
        stored.change_since,
        ends_at(stored.video, stored.seen_at),
        None if price is None else price * stored.snapshot_count,
    )


async def _page(context: Context, args: Videos, filters: Filters) -> ListPage:
    offset = (args.page - 1) * PAGE_SIZE
    return await context.store.videos.list_page(context.workspace, filters, Sort(args.sort), offset, PAGE_SIZE)


async def _sweep(context: Context) -> Dated[bool]:
    """Refresh the list, or return it as it is if that takes long."""
    if (swept := await _soon(context.wallet.sweep())) is not None:
        return swept
    known = await context.store.wallets.swept(context.wallet.id)
    return await context.wallet.sweep() if known is None else Dated(known.complete, known.at)


async def _refresh(context: Context, stale: Sequence[StoredVideo]) -> tuple[str, str, int]:
    """Read these pages again; returns a problem in words, the videos that alone have it, and how many are unread."""
    done: list[Page] = []

    async def read(stored: StoredVideo) -> None:
        done.append(await context.wallet.mirror.page(stored))

    await _soon(asyncio.gather(*map(read, stale)))
    failed = [page for page in done if page.problem]
    problem = failed[0].problem if failed else ""
    names = [name_of(page.value.video) for page in failed if page.problem == problem]
    is_general = len(names) == len(done) > 1
    return problem, "" if is_general or not names else quoted(names), len(stale) - len(done)


async def _soon(work: Awaitable[T]) -> T | None:
    """The result of shared work of the mirror, or None if it takes too long. Reading continues for later calls."""
    task = asyncio.ensure_future(work)
    try:
        async with asyncio.timeout(SHOWN_WITHIN):
            return await task
    except TimeoutError:
        return None


@dataclass(frozen=True, slots=True)
class Preview:
    """The link that somebody posted."""

    link: str = argument(Kind.LINK, "the link", listed=False)


@dataclass(frozen=True, slots=True)
class SetPreviews:
    """Whether to show previews."""

    on: str = argument(Kind.CHOICE, "yes or no", choices=("yes", "no"), listed=False)


async def show_preview(context: Context, args: Preview) -> Reply:
    """Show the video in short, from the mirror. Raises NotFound if it isn't tracked here or previews are off."""
    if not context.workspace.previews:
        raise NotFound("Link previews are off in this workspace.")
    found = await fitting(context, args.link)
    return preview(counted(found[0]))


async def set_previews(context: Context, args: SetPreviews) -> Reply:
    """Turn link previews on or off for the workspace."""
    on = args.on == "yes"
    if on and not context.caller.workspace.can_preview:
        raise NotConfigured(_NOT_SET_UP)
    await context.accounts.set_previews(context.caller.workspace, on=on)
    await context.write_down(Action.SETTING, f"link previews {'on' if on else 'off'}")
    return previews_set(on=on)
