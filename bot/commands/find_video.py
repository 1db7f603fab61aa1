"""Finds the video that `<video>` means: by id, link, row of the last list, @handle or part of a title."""

import re
from dataclasses import replace
from datetime import datetime

from bot.commands.context import Context
from bot.commands.words import TITLE_FILLERS
from bot.domain.errors import NotFound
from bot.domain.folding import folded, respelled
from bot.domain.links import find_links, looks_like_link, profile_handle
from bot.messages.problems import nearest_videos, pick_match
from bot.messages.wording import shortened, video_options
from bot.reply.call import Call
from bot.reply.model import Button, Reply
from bot.store.videos import Filters, Sort, StoredVideo
from bot.wallet.link_check import resolve

MOST_CHOICES, MOST_NEAR = 10, 3
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
ROW = re.compile(
    rf"(?:#|(?:row|number|no\.?|nr\.?) *)?(?P<number>\d{{1,4}})(?:st|nd|rd|th)?|(?P<ordinal>{'|'.join(_ORDINALS)})",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:vs|versus|against)\b", re.IGNORECASE)
_NAMED_BY_ID = re.compile(r".* \(\.\.\.([\w-]+)\)")
"""Matches the folded name of a video without a title, which ends with the end of its id after an ellipsis."""
ID = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9_-]{8,64}")
"""Matches a possible video id of the API, worth a call if the account's lists are incomplete."""


async def choose(context: Context, typed: str, call: Call, argument: str) -> StoredVideo | Reply:
    """Find the one video that the words mean, or return a reply with a picker.

    `call` with `argument` set to a video's id runs on a choice. If nothing matches, similar titles are offered, except
    for stopping. Raises NotFound if there are none.
    """
    try:
        found = await fitting(context, typed)
    except NotFound:
        near = await _nearest(context, typed) if call.command != "stop" else ()
        if not near:
            raise
        return nearest_videos(typed, call, argument, video_options(each.video for each in near))
    if len(found) == 1:
        context.seen[found[0].video.id] = found[0]
        return found[0]
    options = video_options(each.video for each in found[:MOST_CHOICES])
    reply = pick_match(call, argument, options, more=len(found) > MOST_CHOICES)
    if not _is_handle(typed):
        return reply
    every = Call("videos", {"by": typed.strip()})
    return replace(reply, actions=(*reply.actions, *((Button("All with totals", every),) if every.fits else ())))


async def fitting(context: Context, typed: str) -> tuple[StoredVideo, ...]:
    """Find videos that the words may mean, at most eleven. Raises NotFound if none matches after a fresh list."""
    typed = profile_handle(typed) or typed
    found = await _fitting(context, typed)
    unlisted = ""
    if not found:
        swept = await context.wallet.sweep()
        if not swept.value:
            unlisted = " ContentStats doesn't list every video of this account; /stats finds one by its id."
            if ID.fullmatch(typed.strip()):
                await context.wallet.mirror.read_unlisted(typed.strip())
        found = await _fitting(context, typed)
    if not found and looks_like_link(typed):
        raise NotFound("This video isn't tracked here. /track shows what tracking it costs.", f"/track {typed}")
    if not found:
        no = f"Your last list has no row {typed}, and no" if ROW.fullmatch(typed.strip()) else "No"
        nothing = f"{no} video here matches “{shortened(typed)}”."
        instead = f"/compare {typed}" if _SEVERAL.search(typed) else ""
        raise NotFound(f"{nothing} /videos lists your videos; /track starts a new one.{unlisted}", instead)
    return found


async def _fitting(context: Context, typed: str) -> tuple[StoredVideo, ...]:
    """Find videos by exact id or link, title, or part of it; each link once."""
    found = await _trackings(context, typed)
    newest = {each.curve_key: each for each in sorted(found, key=lambda each: (each.video.is_running, _began(each)))}
    return found if len(found) == 1 else tuple(each for each in found if newest[each.curve_key] is each)


async def _nearest(context: Context, typed: str) -> tuple[StoredVideo, ...]:
    """A few videos whose titles nearly contain the words as typed."""
    words = folded(typed)
    if looks_like_link(typed) or len(words.split()) > MOST_CHOICES:
        return ()
    titles = await context.store.videos.titles(context.workspace)
    meant = respelled(words, (word for title in titles for word in folded(title).split()))
    return await context.store.videos.search(context.workspace, meant, MOST_NEAR) if meant not in {"", words} else ()


def _began(stored: StoredVideo) -> datetime:
    return stored.video.started_at or stored.first_seen_at


async def _trackings(context: Context, typed: str) -> tuple[StoredVideo, ...]:
    """Like `_fitting`, with every tracking of a link."""
    videos = context.store.videos
    row = ROW.fullmatch(typed.strip())
    if row is not None:
        rows = await context.rows()
        typed = rows.get(int(row["number"] or _ORDINALS.index(row["ordinal"].lower()) + 1), typed)
    if _is_handle(typed) and (handles := await videos.handles(context.workspace, typed)):
        theirs, _ = await videos.page(context.workspace, Filters(handles=handles), Sort.NEWEST, 0, MOST_CHOICES + 1)
        return theirs
    exact = await videos.find(context.workspace, typed)
    if exact is not None:
        return (exact,)
    words = folded(typed)
    if looks_like_link(typed) and " " not in words:
        return await _of_link(context, typed)
    found = await videos.search(context.workspace, typed, MOST_CHOICES + 1)
    if row is not None:  # a number that isn't a row matches titles only, not links or ids that happen to contain it
        found = tuple(each for each in found if words in folded(each.video.title))
    titled = tuple(each for each in found if folded(each.video.title) == words)
    if titled:
        return titled
    if links := find_links(typed):
        return await _of_link(context, links[0])
    if not found and (named := _NAMED_BY_ID.fullmatch(words)):
        found = await videos.search(context.workspace, named[1], MOST_CHOICES + 1)
    plain = " ".join(word for word in typed.split() if word.casefold() not in TITLE_FILLERS)
    return found or (await _trackings(context, plain) if plain not in {"", typed} else ())


def _is_handle(typed: str) -> bool:
    return typed.lstrip().startswith(("@", "＠"))


async def _of_link(context: Context, typed: str) -> tuple[StoredVideo, ...]:
    """The workspace's trackings of a link: only the running one if there is one, else the newest."""
    link = await resolve(context.wallet, typed)
    stored = await context.store.videos.by_key(context.wallet.id, link.key)
    mine = tuple(each for each in stored if each.is_visible_to(context.workspace.id))
    running = tuple(each for each in mine if each.video.is_running)
    return running[:1] or mine[:1]
