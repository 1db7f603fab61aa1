"""Home page: wallet, running videos and settings at a glance, in chats that have such a page."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.allowances import Limit
from bot.domain.money import WalletState
from bot.messages.allowance import left_words
from bot.messages.usage import money_line
from bot.messages.video_count import COUNT_COLUMNS, VideoCount, count_item
from bot.messages.wording import cost_caveats, freshness, plural
from bot.reply.call import Call
from bot.reply.model import Button, Column, Field, Fields, Listing, Note, Reply, Text, Tone, text


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What the home page shows.

    `running` counts the workspace's videos that are not paused; `ending`, `open_ended` and `complete` say of the whole
    wallet how many have a known end, how many none, and whether the API hides no others. `digests` states channel and
    schedule of each digest that is on; `alerts` counts the channels that get alerts. `previews` is None if the chat
    shows none. `sees_money`: the reader may see money.
    """

    wallet: WalletState
    sees_money: bool
    videos: tuple[VideoCount, ...]
    running: int
    spenders: str
    limit: Limit
    previews: bool | None
    digests: tuple[Text, ...]
    may_configure: bool
    alerts: int
    now: datetime


def home(facts: HomeFacts) -> Reply:
    """The home page."""
    left = f", {left_words(facts.limit)}" if facts.sees_money else ""
    settings = Fields(
        (
            Field("Who may spend", text(f"{facts.spenders}{left}")),
            Field("Digests", _digests(facts.digests)),
            Field("Alerts", text(f"in {plural(facts.alerts, 'channel')}" if facts.alerts else "off")),
        )
    )
    line, strong = money_line(facts.wallet) if facts.sees_money else ("Running videos and settings at a glance.", ())
    return Reply(
        line,
        title="ContentStats",
        strong=strong,
        parts=(*_videos(facts), settings, _small_print(facts)),
        actions=(
            Button("Track a video", Call("track")),
            Button("My videos", Call("videos")),
            *((Button("Wallet", Call("usage")),) if facts.sees_money else ()),
            *_switch(facts),
        ),
        tone=Tone.WARNING if (facts.sees_money and facts.wallet.is_short) or facts.wallet.problem else Tone.INFO,
    )


def _small_print(facts: HomeFacts) -> Note:
    age = freshness(facts.wallet.as_of, facts.now, facts.wallet.problem).text
    test = "Test key: nothing is charged. " if facts.wallet.is_test else ""
    return Note(text(test, *(f"{doubt} " for doubt in (cost_caveats(facts.wallet) if facts.sees_money else ())), *age))


def _digests(digests: tuple[Text, ...]) -> Text:
    if not digests:
        return text("off")
    return digests[0] if len(digests) == 1 else text(f"in {len(digests)} channels")


def _switch(facts: HomeFacts) -> tuple[Button, ...]:
    if not facts.may_configure or facts.previews is None:
        return ()
    label, on = ("Hide link previews", "no") if facts.previews else ("Show link previews", "yes")
    return (Button(label, Call("previews", {"on": on})),)


def _videos(facts: HomeFacts) -> tuple[Listing, ...]:
    items = tuple(count_item(each, facts.now) for each in facts.videos)
    caption = plural(facts.running, "running video")
    return (Listing(caption, (Column("Video"), *COUNT_COLUMNS), items, "Open a video"),) if items else ()
