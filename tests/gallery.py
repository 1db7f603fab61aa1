"""One or more examples of every message of the bot, with the most harmful titles and names.

`gallery()` gives each reply under the name of its message function, as `module.function` or `module.function: case`.
Tests of the messages and of every renderer use it; a message that is missing here fails a test.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache

from bot.alerts import settings_card as alert_settings
from bot.commands.registry import COMMANDS, described
from bot.delivery import deliver as delivery
from bot.digests import settings_card as digest_settings
from bot.domain.allowances import Limit, Scope
from bot.domain.curves import joined
from bot.domain.tracking import RequestState
from bot.domain.videos import HOUR, Metric, RunningCount, VideoReading
from bot.messages import (
    compare,
    connect,
    export,
    home,
    offer,
    problems,
    stats,
    status,
    stopping,
    tracking,
    usage,
    video_count,
)
from bot.messages import help as helping
from bot.messages import videos as listing
from bot.messages.video_count import VideoCount
from bot.messages.wording import still_running, video_options
from bot.reply.call import Call
from bot.reply.model import File, Reply
from bot.store.coordination import SCHEDULER, Service
from bot.store.outbox import DeadLetter, Queue
from bot.store.videos import LinkSum
from tests.alert_examples import alert_gallery
from tests.allowance_examples import allowance_gallery
from tests.approval_examples import approval_gallery
from tests.campaign_card_examples import campaign_cards
from tests.campaign_examples import campaign_gallery
from tests.digest_examples import digest_gallery, setting
from tests.examples import (
    ANA,
    NOW,
    PICTURE,
    PRICE,
    REASON,
    TITLES,
    link,
    listed,
    offered,
    reading,
    request,
    spend_of,
    usage_of,
    video,
    wallet_state,
)
from tests.payout_examples import payout_gallery


@cache
def gallery() -> Mapping[str, Reply]:
    """Every example by name."""
    told = (
        *digest_gallery(),
        *alert_gallery(),
        *campaign_gallery(),
        *allowance_gallery(),
        *campaign_cards(),
        *payout_gallery(),
        *approval_gallery(),
    )
    return dict([*_before_spending(), *_after_spending(), *_numbers(), *_money(), *told, *_about()])


def _before_spending() -> Iterator[tuple[str, Reply]]:
    """Offers and questions."""
    several = (
        offer.Row(link()),
        offer.Row(None, problem="example.com isn't a supported site.", typed="https://example.com/video/1"),
        offer.Row(link(1), video=video(1), started_by=ANA),
        offer.Row(link(2), video=video(2)),
        offer.Row(link(3), video=video(3), hidden=True),
        offer.Row(link(4), in_flight=True),
        offer.Row(link(5)),
    )
    yield "offer.consequence_card", offer.consequence_card(offered("50.00"))
    yield "offer.consequence_card: pauses others", offer.consequence_card(offered("5.00", 14))
    yield "offer.consequence_card: not enough for everything", offer.consequence_card(offered("3.60", 7))
    yield "offer.consequence_card: not enough for a paused video", offer.consequence_card(offered("4.00", 7))
    yield "offer.consequence_card: short of money", offer.consequence_card(offered("0.60", 7))
    yield "offer.consequence_card: balance below zero", offer.consequence_card(offered("-25.45", 7))
    capped = replace(offered("50.00"), limits=(Limit(Scope.OPERATOR, Decimal(100), Decimal("98.00")),))
    yield "offer.consequence_card: over the monthly cap", offer.consequence_card(capped)
    yield "offer.consequence_card: several", offer.consequence_card(offered("50.00", rows=several))
    doubtful = (offer.Row(link(), may_run=True), offer.Row(link(5), may_run=True), offer.Row(link(6)))
    yield "offer.consequence_card: may run", offer.consequence_card(offered("50.00", rows=doubtful[:1]))
    yield "offer.consequence_card: several may run", offer.consequence_card(offered("50.00", rows=doubtful))
    too_many = problems.with_links_left_out(offer.consequence_card(offered("50.00")), (link(6).url, link(7).url))
    yield "problems.with_links_left_out", too_many
    yield "tracking.already_tracked", tracking.already_tracked(several[2], NOW)
    yield "tracking.already_tracked: outside", tracking.already_tracked(several[3], NOW)
    yield "tracking.already_tracked: elsewhere", tracking.already_tracked(several[4], NOW)
    yield (
        "tracking.already_tracked: being started elsewhere",
        tracking.already_tracked(replace(several[5], hidden=True), NOW),
    )
    yield "tracking.nothing_new", tracking.nothing_new(several[1:6])
    yield "stopping.stop_question", stopping.stop_question(video(), 120, PRICE)
    yield "stopping.stop_question: no end known", stopping.stop_question(video(1), None, PRICE)
    yield "connect.disconnect_question", connect.disconnect_question(3, has_own_key=True)
    yield "connect.disconnect_question: nothing runs", connect.disconnect_question(0, has_own_key=False)


def _after_spending() -> Iterator[tuple[str, Reply]]:
    """Outcomes of a press."""
    started = tracking.Result(request(RequestState.TRACKING), video(), is_news=True)
    in_doubt = (
        "ContentStats didn't answer in time, so it's unclear whether tracking started. Don't start it again until the "
        "account has been checked."
    )
    unclear = tracking.Result(request(RequestState.UNKNOWN, 1), words=in_doubt)
    poor = "Your balance is too low: this needs $2.52, you have $0.50 ($2.02 short)."
    failed = tracking.Result(request(RequestState.FAILED, 2, poor), words=poor, short_of_money=True)
    refused = tracking.Result(request(RequestState.PROPOSED, 3), video(3), "the video is already being tracked.")
    yield "tracking.outcome_card", tracking.outcome_card((started,))
    yield "tracking.outcome_card: alerts on", tracking.outcome_card((started,), alert_settings.alerts_note())
    yield "tracking.outcome_card: in private", tracking.outcome_card((started,), alert_settings.no_alerts_note())
    yield "tracking.outcome_card: told before", tracking.outcome_card((replace(started, is_news=False),))
    yield "tracking.announcement", tracking.announcement(started)
    error = replace(started, video=video(status="error"))
    yield "tracking.outcome_card: error at once", tracking.outcome_card((error,))
    yield "tracking.outcome_card: several, an error", tracking.outcome_card((started, error))
    paused = replace(started, video=video(status="paused"))
    yield "tracking.outcome_card: paused at once", tracking.outcome_card((paused,))
    yield "tracking.outcome_card: unclear", tracking.outcome_card((unclear,))
    under_way = tracking.Result(request(RequestState.SUBMITTED, 1), is_under_way=True)
    yield "tracking.outcome_card: under way", tracking.outcome_card((under_way,))
    yield "tracking.outcome_card: pressed again", tracking.outcome_card((replace(under_way, is_refused=True),))
    yield "tracking.outcome_card: failed", tracking.outcome_card((failed,))
    yield "tracking.outcome_card: refused", tracking.outcome_card((replace(refused, is_refused=True),))
    doubtful = tracking.Result(
        request(RequestState.PROPOSED, 2), words=tracking.may_run_words("tiktok"), is_refused=True
    )
    again = tracking.second_press("x" * 12, 7, 1, Decimal("2.52"))
    yield "tracking.outcome_card: may run", tracking.outcome_card((doubtful,), None, again)
    yield "tracking.outcome_card: several, one may run", tracking.outcome_card((started, doubtful), None, again)
    yield "tracking.outcome_card: several", tracking.outcome_card((started, unclear, failed, refused))
    yield "tracking.outcome_card: several under way", tracking.outcome_card((started, under_way))
    yield "tracking.cancelled", tracking.cancelled()
    yield "stopping.stopped", stopping.stopped(video(1, status="completed"), 1, PRICE, ANA)
    yield (
        "stopping.stopped: others of the link go on",
        stopping.stopped(video(1, status="completed"), 1, PRICE, ANA, [video(number) for number in range(5)]),
    )
    yield "stopping.already_over", stopping.already_over(video(2, status="resting"))
    yield "connect.connected", connect.connected(Decimal("4.50"), is_test=True)
    yield "connect.connected: live", connect.connected(Decimal("4.505"), is_test=False)
    yield "connect.claimed", connect.claimed()
    yield "connect.wrong_claim", connect.wrong_claim()
    yield "connect.disconnected", connect.disconnected(keeps_default=True)


def _numbers() -> Iterator[tuple[str, Reply]]:
    """Look-ups."""
    facts = stats.VideoFacts(
        curve=joined([reading()]),
        started_by=ANA,
        started_here=True,
        cost_per_snapshot=PRICE,
        as_of=NOW - HOUR,
        seen_at=NOW,
        problem="",
        now=NOW,
    )
    later = replace(
        facts, curve=joined([reading(2, is_deleted=True, status="error", extra={"mood": TITLES[0]})]), problem=REASON
    )
    silent = replace(facts, curve=joined([VideoReading(video(4), ())]), started_by=None, started_here=False)
    yield "stats.video_stats", stats.video_stats(facts, PICTURE)
    yield "stats.video_stats: deleted, on Instagram, stale", stats.video_stats(later, PICTURE)
    yield "stats.video_stats: no snapshot, unknown platform", stats.video_stats(silent, None)
    yield "stats.video_details", stats.video_details(facts)
    yield "stats.video_details: deleted, on Instagram", stats.video_details(later)
    yield "stats.video_details: no snapshot, unknown platform", stats.video_details(silent)
    yield "stats.gains_card", stats.gains_card(later, stats.gains_of(later.reading), PICTURE)
    yield "stats.gains_card: no snapshot", stats.gains_card(silent, None, None)
    compared = [
        compare.Compared(label, joined([reading(place, 48 - 9 * place)]), NOW, "") for place, label in enumerate("1234")
    ]
    compared.append(compare.Compared("5", joined([VideoReading(video(4), ())]), NOW - HOUR, REASON))
    yield "compare.comparison", compare.comparison(compared, Metric.LIKES, replace(PICTURE, name="comparison.png"), NOW)
    yield "compare.comparison: nothing in common", compare.comparison(compared, None, None, NOW)
    options = video_options(video(number) for number in range(25))
    yield "compare.compare_with", compare.compare_with(video(), options)
    yield "compare.compare_with: no other", compare.compare_with(video(1), ())
    yield "problems.pick_video", problems.pick_video(Call("stats"), "video", options[:10])
    yield "problems.pick_match", problems.pick_match(Call("stats"), "video", options[:10], more=True)
    yield "problems.nearest_videos", problems.nearest_videos("stret food", Call("stats"), "video", options[:3])
    yield "videos.video_list", listing.video_list(listed())
    yield (
        "videos.video_list: filtered, stale",
        listing.video_list(listed(platform="twitter", status="monitoring", problem=REASON)),
    )
    sums = (LinkSum(Metric.VIEWS, 3, 1_040_000, 12_300), LinkSum(Metric.LIKES, 1, 900, None))
    by = listed(by="viral.recipe", whose="by @viral.recipe", sums=sums, unread=0, complete=True)
    yield "videos.video_list: of a creator", listing.video_list(by)
    yield "wording.still_running", still_running(video(), NOW + 5 * HOUR, NOW)
    yield "videos.video_list: being read", listing.video_list(listed(being_read=3))
    yield "videos.video_list: none of these", listing.video_list(listed(videos=(), status="paused"))
    yield "videos.video_list: none at all", listing.video_list(listed(videos=(), total=0, complete=True))
    yield "video_count.preview", video_count.preview(VideoCount(video(), Metric.LIKES, 1_298_000, -12, NOW))
    yield "video_count.preview: no snapshot yet", video_count.preview(VideoCount(video(1)))
    young = VideoCount(video(), Metric.VIEWS, 15_000, 10_000, NOW, NOW - 14 * HOUR)
    yield "video_count.preview: 14 hours old", video_count.preview(young)
    file = File("contentstats-all.csv", b"video_id\r\n", "text/csv", "one row per snapshot")
    lacking = export.Lacking(((video(), REASON), (video(1), REASON)), ((video(2), REASON),), (video(3),))
    yield "export.exported", export.exported((file,), 8, 1_234, NOW, "")
    yield "export.exported: stale", export.exported((file,), 1, 1_234, NOW - HOUR, REASON)
    yield "export.exported: some could not be read", export.exported((file,), 8, 1_234, NOW, "", lacking)
    yield "export.reading", export.reading(120, 353, HOUR / 20, Call("export.all", {"campaign": "all"}))
    yield "export.nothing_to_export", export.nothing_to_export(REASON)


def _money() -> Iterator[tuple[str, Reply]]:
    """The wallet, and the Home page."""
    spend = spend_of("50.00")
    (cap,) = spend.limits
    yield "usage.wallet", usage.wallet(spend.wallet, cap, NOW)
    yield "usage.wallet: runs dry, stale", usage.wallet(spend_of("0.80", problem=REASON).wallet, cap, NOW)
    certain = spend_of("50.00", open_ended=0, complete=True)
    yield "usage.wallet: everything known", usage.wallet(certain.wallet, cap, NOW)
    tight = Limit(Scope.OPERATOR, Decimal(100), Decimal("98.00"))
    yield "usage.wallet: the cap ends first", usage.wallet(certain.wallet, tight, NOW)
    unstated = replace(certain.wallet, usage=replace(usage_of("50.00"), uncharged=None))
    yield "usage.wallet: not all is stated", usage.wallet(unstated, cap, NOW)
    yield "usage.wallet_details", usage.wallet_details(spend)
    bare = replace(certain, wallet=unstated, difference=None, people=(), days=(), picture=None)
    yield "usage.wallet_details: not all is stated", usage.wallet_details(bare)
    front = home.HomeFacts(
        sees_money=True,
        wallet=wallet_state("50.00", open_ended=0, complete=True, is_test=True),
        videos=tuple(VideoCount(video(number), Metric.VIEWS, 1_298_000, -12, NOW) for number in range(4)),
        running=12,
        spenders="all full members",
        limit=Limit(Scope.OPERATOR, Decimal(100), Decimal("12.50")),
        previews=True,
        digests=tuple(digest_settings.in_a_line(setting(channel_id=f"C000000{number}")) for number in range(5)),
        may_configure=True,
        alerts=2,
        now=NOW,
    )
    yield "home.home", home.home(front)
    yield "home.home: without money", home.home(replace(front, sees_money=False))
    stale = replace(front.wallet, running=RunningCount(0, 0), is_test=False, problem=REASON)
    yield (
        "home.home: nothing runs, stale",
        home.home(replace(front, wallet=stale, videos=(), running=0, previews=False, digests=())),
    )
    one = replace(front, may_configure=False, digests=front.digests[:1])
    yield "home.home: for someone who may not configure", home.home(one)
    yield "video_count.previews_set: on", video_count.previews_set(on=True)
    yield "video_count.previews_set: off", video_count.previews_set(on=False)


def _about() -> Iterator[tuple[str, Reply]]:
    """Help, errors and the bot's own status."""
    commands = tuple(described(command) for command in COMMANDS if command.listed)
    healthy = status.Health("0.1.0", NOW, has_key=True, is_test=True, usage_at=NOW - HOUR / 12, swept_at=NOW - HOUR / 4)
    yield "help.all_commands", helping.all_commands(commands)
    for command in commands:
        yield f"help.one_command: {command.name}", helping.one_command(command)
        if command.examples:
            yield f"help.command_details: {command.name}", helping.command_details(command)
    yield "status.health", status.health(healthy)
    yield "status.health: no key", status.health(status.Health("0.1.0", NOW))
    yield "status.health: failing", status.health(replace(healthy, error=REASON, complete=False, unclear=2))
    resting = replace(healthy, polled_at=NOW - HOUR / 6, polls_at=NOW + HOUR / 3, poll_problem=REASON)
    yield "status.health: polling rests", status.health(resting)
    up, down = Service(SCHEDULER, NOW), Service("discord", NOW, "Discord doesn't accept DISCORD_TOKEN.")
    yield "status.health: running", status.health(replace(healthy, services=(up, Service("slack", NOW))))
    yield "status.health: a chat down", status.health(replace(healthy, services=(up, down)))
    stopped = (Service(SCHEDULER, NOW - HOUR), Service("slack", NOW))
    yield "status.health: no scheduler", status.health(replace(healthy, services=stopped, is_posting=True))
    yield "status.health: unclear", status.health(replace(healthy, unclear=1))
    yield "delivery.deliver.channel_closed", delivery.channel_closed("C0AB12CD3", TITLES[0], REASON)
    yield "delivery.deliver.given_up", delivery.given_up("C0AB12CD3", TITLES[0], REASON)
    yield (
        "delivery.deliver.with_late_note",
        delivery.with_late_note(delivery.given_up("C0AB12CD3", TITLES[0], REASON), NOW),
    )
    yield "delivery.deliver.given_up: direct", delivery.given_up("", "Low balance", REASON)
    dead = tuple(DeadLetter(channel, REASON, NOW) for channel in ("C0AB12CD3", ""))
    failed = Queue(waiting=12, oldest_at=NOW - HOUR / 2, last_sent_at=NOW - HOUR, dead_count=5, dead=dead)
    yield "status.health: not posted", status.health(replace(healthy, queue=failed))
    yield "status.health_details", status.health_details(replace(healthy, services=(up, down), queue=failed))
    yield "status.health_details: no key", status.health_details(status.Health("0.1.0", NOW))
    yield "status.health_details: polling rests", status.health_details(replace(resting, complete=False))
    yield "status.retried", status.retried(5)
    yield "status.retried: nothing", status.retried(0)
    yield "problems.problem", problems.problem(REASON)
    yield (
        "problems.misunderstood",
        problems.misunderstood("Days is a whole number, not “x”.", "/track <link>", "/track x 7"),
    )
    yield "problems.unknown_command", problems.unknown_command(TITLES[0], ("/usage", Call("usage")))
    yield "problems.unknown_command: none", problems.unknown_command("", None)
    yield "problems.waiting_for_limit", problems.waiting_for_limit(41.2)
    yield "problems.waiting_for_limit: unknown time", problems.waiting_for_limit(0)
    yield "problems.slowed_down", problems.slowed_down()
    yield "problems.too_many", problems.too_many()
    yield "problems.busy", problems.busy()
    yield "problems.no_link", problems.no_link()
    yield "problems.crashed", problems.crashed("0a1b2c3d", may_have_spent=False)
    yield "problems.crashed: while spending", problems.crashed("0a1b2c3d", may_have_spent=True)
