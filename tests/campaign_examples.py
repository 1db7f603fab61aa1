"""Example cards of campaigns: rankings."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.campaigns.leaderboard import SHORT, Board, Leaderboard, Place, RankingRequest, Who
from bot.campaigns.leaderboard_card import LeaderboardFacts, leaderboard_card
from bot.domain.campaigns import Campaign
from bot.domain.leaderboard import Gain, Period, Ranking, Window, ranking
from bot.messages.wording import linked, name_of
from bot.reply.call import Call
from bot.reply.model import Button, Mention, Reply, text
from tests.examples import ANA, NOW, PICTURE, TITLES, video

CAMPAIGN = Campaign(3, 1, "Spring launch", None, None, None, None, NOW, ANA)


def campaign_gallery() -> Iterator[tuple[str, Reply]]:
    """Every card by name."""
    card = "campaigns.leaderboard_card.leaderboard_card"
    videos = _ranked(12)
    yield card, leaderboard_card(_facts("videos", videos), PICTURE)
    yield f"{card}: a page", leaderboard_card(_facts("videos", videos, page=2), None)
    yield f"{card}: one", leaderboard_card(_facts("videos", _ranked(1)), PICTURE)
    yield f"{card}: two tied", leaderboard_card(_facts("creators", _ranking_of("0", "1")), None)
    yield f"{card}: people", leaderboard_card(_facts("people", videos, own=11), PICTURE)
    yield f"{card}: at an hour", leaderboard_card(_facts("videos", videos, hour=24), None)
    yield f"{card}: nothing", leaderboard_card(_facts("videos", _ranking_of()), None)
    own = replace(_facts("videos", videos), campaign=CAMPAIGN, is_own=True)
    yield f"{card}: the channel's campaign", leaderboard_card(own, PICTURE)
    empty = replace(_facts("creators", _ranking_of()), campaign=CAMPAIGN)
    yield f"{card}: a campaign without videos", leaderboard_card(empty, None)
    alone = replace(_facts("people", _ranking_of()).found, nameless=3)
    yield f"{card}: nobody", leaderboard_card(replace(_facts("people", _ranking_of()), found=alone), None)


def _ranked(count: int) -> Ranking[Who]:
    gains: list[tuple[Who, Gain | None]] = [
        (str(number), Gain(10 ** (7 - number // 2) - 3 * number, number == 3, number == 4)) for number in range(count)
    ]
    return ranking([*gains, ("unread", None)], [(str(number), Gain(number)) for number in range(count - 1)])


def _ranking_of(*tied: Who) -> Ranking[Who]:
    return ranking((who, Gain(5)) for who in tied)


def _facts(by: str, found: Ranking[Who], page: int = 0, hour: int | None = None, own: int = 8) -> LeaderboardFacts:
    places: dict[Who, Place] = {str(number): _place(by, number) for number in range(12)}
    window = Window(NOW - timedelta(days=7), NOW, NOW - timedelta(days=14))
    board = Board("views", found, found.of(str(own)))
    leaderboard = Leaderboard(
        request=RankingRequest(by, Period.WEEK, hour),
        window=window,
        boards=(board,) if found.standings else (),
        place=places.__getitem__,
        nameless=0 if by == "videos" else 2,
        younger=1 if hour else 0,
        since=NOW - timedelta(days=20),
        as_of=NOW - timedelta(hours=1) if found.standings else None,
    )
    return LeaderboardFacts(leaderboard, {"by": by, "period": "7d"}, page, NOW)


def _place(by: str, number: int) -> Place:
    shown = video(number % len(TITLES))
    if by == "people":
        person = replace(ANA, name=f"{ANA.name} {number}")
        return Place(text(Mention(person.id, person.name)), person.name)
    button = Button("Stats", Call("stats", {"video": shown.id}))
    return Place(text(linked(shown, SHORT)), name_of(shown), "TikTok", button if by == "videos" else None)
