"""The home page: wallet, running videos and settings at a glance, where a chat has such a page."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.money import MonthlyCap, WalletState
from bot.messages.outlook import cap_left
from bot.messages.usage import doubts, money_line
from bot.messages.video_count import VideoCount, change_words, count_words
from bot.messages.wording import freshness, linked, platform_name, plural
from bot.reply.call import Call
from bot.reply.model import Align, Button, Column, Divider, Field, Fields, Note, Part, Reply, Table, Text, Tone, text

MOST_DIGESTS = 3
"""How many channels' digests are named."""


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What the home page shows.

    `running` counts the workspace's videos that are not paused; `ending`, `open_ended` and `complete` say of the whole
    wallet how many have a known end, how many none, and whether the API hides no others. `digests` states channel and
    schedule of each digest that is on; `alerts` counts the channels that get alerts. `previews` is None if the chat
    shows none.
    """

    wallet: WalletState
    videos: tuple[VideoCount, ...]
    running: int
    spenders: str
    monthly_cap: MonthlyCap
    previews: bool | None
    digests: tuple[Text, ...]
    may_configure: bool
    alerts: int
    now: datetime


def home(facts: HomeFacts) -> Reply:
    """The page."""
    settings = Fields(
        (
            Field("Who may spend", text(facts.spenders)),
            Field("Monthly cap", text(cap_left(facts.monthly_cap))),
            *_previews(facts),
            Field("Digests", _digests(facts.digests)),
            Field("Alerts", text(f"in {plural(facts.alerts, 'channel')}" if facts.alerts else "off")),
            Field("API key", text("test: nothing is charged" if facts.wallet.is_test else "live")),
        )
    )
    return Reply(
        money_line(facts.wallet),
        title="ContentStats",
        parts=(*_videos(facts), Divider(), settings, _small_print(facts)),
        actions=(
            Button("Track a video", Call("track")),
            Button("My videos", Call("videos")),
            Button("Wallet", Call("usage")),
            *((_switch(facts),) if facts.may_configure and facts.previews is not None else ()),
        ),
        tone=Tone.WARNING if facts.wallet.is_short or facts.wallet.problem else Tone.INFO,
    )


def _small_print(facts: HomeFacts) -> Note:
    age = freshness(facts.wallet.as_of, facts.now, facts.wallet.problem).text
    return Note(text(*(f"{doubt} " for doubt in doubts(facts.wallet)), *age))


def _digests(digests: tuple[Text, ...]) -> Text:
    if not digests:
        return text("none; set one up with /digest in a channel")
    shown = [text("; " if place else "", *each) for place, each in enumerate(digests[:MOST_DIGESTS])]
    more = f"; {len(digests) - MOST_DIGESTS} more" if len(digests) > MOST_DIGESTS else ""
    return text(*(span for each in shown for span in each), more)


def _previews(facts: HomeFacts) -> tuple[Field, ...]:
    shown = text("shown" if facts.previews else "not shown")
    return () if facts.previews is None else (Field("Numbers beside links", shown),)


def _switch(facts: HomeFacts) -> Button:
    if facts.previews:
        return Button("Hide numbers beside links", Call("previews", {"on": "no"}))
    return Button("Show numbers beside links", Call("previews", {"on": "yes"}))


def _videos(facts: HomeFacts) -> tuple[Part, ...]:
    if not facts.videos:
        return (Note(text("No videos are running. Track one to see it here.")),)
    columns = (Column("Video"), Column("Platform"), Column("Count", Align.RIGHT), Column("24 h", Align.RIGHT))
    rows = tuple(
        (
            text(linked(each.video)),
            text(platform_name(each.video.platform)),
            text(count_words(each)),
            text(change_words(each)),
        )
        for each in facts.videos
    )
    more = facts.running - len(facts.videos)
    table = Table(f"{plural(facts.running, 'running video')}", columns, rows)
    return (table, Note(text(f"{plural(more, 'more', 'more')} under My videos."))) if more > 0 else (table,)
