"""Phrases shared by several messages: names of videos and platforms, counts, and how long the money lasts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.domain.clock import moment_text
from bot.domain.growth import ago, crowded, is_overdue
from bot.domain.leaderboard import RankedEntry
from bot.domain.links import Creator, creator_name, video_of
from bot.domain.money import Usage, WalletState, dollars, left_after
from bot.domain.videos import ROUNDED, UNREADABLE, RunningCount, Video, VideoPlatform, VideoReading, VideoStatus
from bot.reply.call import Call
from bot.reply.model import Action, Button, Link, Menu, MenuOption, Note, Option, Plain, Reply, Span, Text, Time, text
from bot.reply.text import cut

PLATFORM_NAMES: dict[str, str] = {
    VideoPlatform.TIKTOK: "TikTok",
    VideoPlatform.YOUTUBE: "YouTube",
    VideoPlatform.INSTAGRAM: "Instagram",
    VideoPlatform.TWITTER: "X",
}
STATUS_WORDS: dict[str, str] = {
    VideoStatus.MONITORING: "running",
    VideoStatus.COMPLETED: "completed",
    VideoStatus.PAUSED: "paused",
    VideoStatus.ERROR: "error",
    VideoStatus.CANCELLED: "cancelled",
}
TITLE_LENGTH = 60
CREATOR_LENGTH = 30
ID_LENGTH, ID_END = 11, 6
"""Ids up to this length are shown whole; of longer ones, that many characters of the end."""
OPTION_LENGTH = 75
FULL_LISTS = "ContentStats lists at most 100 videos per platform and status, so older ones may be missing here."


def platform_name(platform: str) -> str:
    """The platform's name; an unknown one as the API wrote it."""
    return PLATFORM_NAMES.get(platform, platform)


def status_word(video: Video) -> str:
    """The status in one or two words; an unknown one as the API wrote it."""
    word = STATUS_WORDS.get(video.status, video.status)
    return f"{word} (deleted)".strip() if video.is_deleted else word


def state_words(video: Video, ends_at: datetime | None, now: datetime) -> str:
    """When a running video ends, `ends in 6 d`; else its status."""
    runs = video.status == VideoStatus.MONITORING and not video.is_deleted
    return f"ends in {ago(ends_at - now)}" if runs and ends_at is not None and ends_at > now else status_word(video)


def name_of(video: Video) -> str:
    """A video's display name: its title, else its platform, creator and the end of its id."""
    if video.title:
        return shortened(video.title)
    if video_of(video.link) is None and not video.creator:
        return f"{_some_video(video.platform)} {shortened(video.id)}"
    return name_of_link(video.link, video.platform, video.creator)


def name_of_link(link: str, platform: str, creator: str = "") -> str:
    """Display name of a video without a title: `TikTok video by @viral.recipe (…123456)`."""
    found = video_of(link)
    by = creator_name(link, creator)
    shown = _shown_id(found.id) if found else ""
    words = (_some_video(platform), f"by {shortened(by, CREATOR_LENGTH)}" if by else "")
    return shortened(" ".join((*words, f"({shown})" if shown else "")))


def named_on_platform(video: Video) -> str:
    """The video's name with its platform, mentioned once."""
    where = f" on {platform_name(video.platform)}" if video.title and video.platform else ""
    return f"{name_of(video)}{where}"


def name_with_status(video: Video) -> str:
    """The video's name with its platform and status, if known: `Dance on TikTok, running`."""
    return ", ".join(filter(None, (named_on_platform(video), status_word(video))))


def move_words(standing: RankedEntry[Any]) -> str:
    """How a rank changed since the window before: `▲2`, `▼1`, `new`; empty if it didn't."""
    if standing.move is None:
        return "new"
    return f"▲{standing.move}" if standing.move > 0 else f"▼{-standing.move}" if standing.move < 0 else ""


def shortened(words: str, length: int = TITLE_LENGTH) -> str:
    """One line of at most `length` characters, cut after a whole word."""
    return cut(" ".join(words.split()), length)


def creator_words(name: str, who: Creator | None, several: AbstractSet[str], length: int = TITLE_LENGTH) -> str:
    """A creator's name, at most `length` characters, with the platform if the handle is one of `several`."""
    where = f" ({platform_name(who.platform)})" if who is not None and who.handle in several else ""
    return f"{shortened(name, length)}{where}"


def linked(video: Video, length: int = TITLE_LENGTH) -> Span:
    """The video's name, at most `length` characters, linked if its link is an https address."""
    name = shortened(name_of(video), length)
    return Link(name, video.link) if video.link.startswith("https://") else Plain(name)


def platform_linked(video: Video) -> Span:
    """The video's platform, linked to the video if its link is an https address."""
    name = platform_name(video.platform) or "Video"
    return Link(name, video.link) if video.link.startswith("https://") else Plain(name)


def freshness(as_of: datetime, now: datetime, problem: str = "", of: str = "") -> Note:
    """How old the numbers are, and why they couldn't be refreshed: all, or those `of` some videos."""
    age = text("As of ", Time(as_of, now), f" ({ago(now - as_of)} ago).")
    what = f" {of}" if of else ""
    return Note((*age, Plain(f" Couldn't refresh{what}: {problem}")) if problem else age)


def no_key_note(then: str = "") -> Note:
    """What to do first in a workspace without an API key; `then` is what begins after it."""
    return Note(text(f"No API key is linked yet. An admin links one with /connect first{then and f'; {then}'}."))


def quoted(names: Sequence[str]) -> str:
    """The first of some names in quotes, and how many others there are: `“Dance” and 2 others`."""
    first = f"“{names[0]}”"
    return first if len(names) == 1 else f"{first} and {plural(len(names) - 1, 'other')}"


def reading_age(reading: VideoReading, as_of: datetime, now: datetime, problem: str = "") -> Note:
    """How old a video's numbers are: final, overdue, or fresh.

    `as_of` is when its page was read.
    """
    last = reading.snapshots[-1].taken_at if reading.snapshots else None
    if last is None or problem:
        return freshness(last if last is not None and is_overdue(last, as_of) else as_of, now, problem)
    if not reading.video.is_running:
        return Note(text("Final numbers from ", Time(last, now), "."))
    if reading.video.collects and is_overdue(last, now):
        return Note(text("No newer snapshot since ", Time(last, now), f" (checked {ago(now - as_of)} ago)."))
    return freshness(as_of, now)


def row_remarks(reading: VideoReading) -> tuple[str, ...]:
    """Remarks about odd snapshots: rounded or unreadable counts, two in an hour, or an impossible time."""
    close, unread = crowded(reading.snapshots), reading.unread
    rounded = reading.video.extra.get(ROUNDED)
    said = [f"ContentStats states only rounded {rounded} here, so changes are rough."] if rounded else []
    if unreadable := reading.video.extra.get(UNREADABLE):
        said.append(f"ContentStats states {unreadable} that can't be read as numbers, so they're left out.")
    if close:
        come = plural(close, "snapshot comes", "snapshots come")
        said.append(f"{come} within half an hour of another one; /usage shows what was billed.")
    if unread:
        rows = plural(unread, "row states a time that can't be and is", "rows state times that can't be and are")
        said.append(f"{rows} left out.")
    return tuple(said)


def available(usage: Usage) -> str:
    """What can still be spent; "at most" if the API doesn't state pending charges."""
    return f"{'at most ' if usage.uncharged is None else ''}{dollars(usage.available, down=True)}"


def plural(count: int, word: str, several: str | None = None) -> str:
    """A count with its noun: `1 video`, `3 videos`."""
    return f"{count:,} {word if count == 1 else several or word + 's'}"


def times(count: int) -> str:
    """How often: `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def series(words: Iterable[str]) -> str:
    """Join words as in a sentence: `1, 3 and 7`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def video_actions(video: Video) -> tuple[Action, ...]:
    """Buttons for the next steps with one video."""
    argument = {"video": video.id}
    stats, compare = Button("Stats", Call("stats", argument)), Button("Compare", Call("compare.with", argument))
    return (stats, compare, Button("Stop", Call("stop", argument))) if video.is_running else (stats, compare)


def option_label(video: Video, *, apart: bool = False) -> str:
    """A video as an option, at most 75 characters (Slack's limit).

    `apart` distinguishes it from another video with the same name: by its id on the platform and the start of its
    tracking.
    """
    found = video_of(video.link) if apart else None
    id_ = f" {_shown_id(found.id)}" if found else ""
    began = f", began {moment_text(video.started_at)}" if apart and video.started_at else ""
    platform = f" · {platform_name(video.platform)}{id_}".rstrip(" ·") if video.title else ""
    state = status_word(video)
    rest = f"{platform}{f', {state}' if state else ''}{began}"
    return shortened(f"{cut(name_of(video), max(OPTION_LENGTH - len(rest), 1))}{rest}", OPTION_LENGTH)


def video_options(videos: Iterable[Video]) -> tuple[Option, ...]:
    """Videos as options, with distinct labels."""
    several = tuple(videos)
    labels = [option_label(each) for each in several]
    times = Counter(map(str.casefold, labels))
    return tuple(
        Option(label if times[label.casefold()] == 1 else option_label(each, apart=True), each.id)
        for each, label in zip(several, labels, strict=True)
    )


def _some_video(platform: str) -> str:
    return f"{platform_name(platform)} video" if platform else "Video"


def _shown_id(id_: str) -> str:
    return id_ if len(id_) <= ID_LENGTH else f"…{id_[-ID_END:]}"


def at_latest(state: WalletState) -> str:
    """Suffix of a time that unknown costs may bring forward."""
    return "" if state.is_certain else " at the latest"


def runway_text(state: WalletState) -> Text:
    """How long the money lasts, as the text of a field."""
    runway = state.runway
    if runway.empty_at is not None and state.usage.available <= 0:
        return text("used up")
    if runway.empty_at is not None:
        return text(Time(runway.empty_at), at_latest(state))
    if runway.left_after < 0:
        return text("not enough for the paused videos" if runway.paused else "used up")
    if runway.last_end is None:
        return text("nothing is being spent" if state.is_certain else "not known")
    whose = "all running videos" if state.is_certain else "all videos with a known end"
    return text(f"covers {whose}; the last one ends ", Time(runway.last_end))


def left(state: WalletState, *more: Decimal) -> Decimal:
    """The dollars left once everything owed is paid, and `more` too."""
    return left_after(state.usage.available, state.runway.promised, *more)


def cost_caveats(state: WalletState) -> tuple[str, ...]:
    """Why more money may be needed than is known to be committed."""
    known = (
        (state.open_ended > 0, f"{plural(state.open_ended, 'video has', 'videos have')} no known end."),
        (not state.complete, "The account may have more running videos than ContentStats lists."),
        (state.usage.uncharged is None, "ContentStats doesn't state pending charges."),
    )
    return tuple(sentence for is_so, sentence in known if is_so)


def can_finish(state: WalletState, *more: Decimal) -> str:
    """Whether all running videos can finish after spending `more` dollars, or why that isn't certain."""
    remaining = left(state, *more)
    short = () if remaining >= 0 else (f"{shortfall(state, remaining)}.",)
    return " ".join((*short, *cost_caveats(state))) or "All running videos can finish."


def shortfall(state: WalletState, remaining: Decimal) -> str:
    """How much is missing if less than 0 dollars remain: `$1.20 short for 2 paused videos to finish`."""
    paused = state.runway.paused
    return f"{dollars(-remaining)} short" + (f" for {plural(paused, 'paused video')} to finish" if paused else "")


def promised(state: WalletState) -> str:
    """What is owed, and to how many videos; ones without a known end can't be included."""
    unknown = f" ({state.open_ended} with no known end)" if state.open_ended else ""
    return f"{dollars(state.runway.promised)} for {running_words(state.running)}{unknown}"


def running_words(count: RunningCount) -> str:
    """How many videos run, and how many are paused: `15 running videos and 1 paused`."""
    if count.paused and not count.running:
        return plural(count.paused, "paused video")
    paused = f" and {count.paused:,} paused" if count.paused else ""
    return f"{plural(count.running, 'running video')}{paused}"


MOST_OFFERED = 10


def track_on_call(video: Video) -> Call:
    """The call that opens the consequence card for a video's link; it spends nothing."""
    return Call("track.on", {"video": video.id})


def track_on_offer(videos: Sequence[Video]) -> tuple[Action, ...]:
    """A button for one video, a menu for several, nothing for none."""
    if len(videos) == 1:
        return (Button("Track on", track_on_call(videos[0])),)
    options = (MenuOption(shortened(name_of(each)), track_on_call(each)) for each in videos[:MOST_OFFERED])
    return (Menu("Track on…", tuple(options)),) if videos else ()


def still_running(video: Video, end: datetime, now: datetime) -> Reply:
    """Reply to a start that would pay for the same hours twice."""
    return Reply(
        f"{name_of(video)} is still being tracked until {moment_text(end, now)}. Press Track on after that, so that "
        "no hour is paid for twice.",
        actions=(Button("Stats", Call("stats", {"video": video.id})), Button("Track on", track_on_call(video))),
    )
