"""Milestones: counts that a video or a campaign's total has just passed, and their cards."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.alerts.changes import AlertChanges, AlertMessage, alert_title
from bot.alerts.news import News, Readings, reached_words, stats_button
from bot.domain.alerts import AlertKind, AlertSetting, Subject
from bot.domain.campaigns import Campaign
from bot.domain.clock import date_text
from bot.domain.growth import counts_of, exact_count, metric_name, short_count
from bot.domain.spikes import milestone, next_milestone, reached_on
from bot.domain.videos import DAY, HOUR, Metric, Video
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Time, Tone, text
from bot.store.alerts import StoredAlert
from bot.store.workspaces import Workspace


async def report_milestones(changes: AlertChanges, news: Sequence[News], readings: Mapping[str, Readings]) -> None:
    """Report every milestone that a video or a campaign has passed."""
    wanting = [(setting, each) for setting, each in changes.channels if setting.wants(AlertKind.MILESTONES)]
    if not wanting:
        return
    for each in news:
        if taken := readings.get(each.stored.video.id, ()):
            await _report_video(changes, each, taken)
    of_workspace: defaultdict[Workspace, list[AlertSetting]] = defaultdict(list)
    for setting, workspace in wanting:
        of_workspace[workspace].append(setting)
    for workspace, settings in of_workspace.items():
        keys = {each.stored.key for each in news if each.stored.is_visible_to(workspace.id)}
        found = await changes.store.campaigns.of_keys(workspace.id, keys) if keys else {}
        for campaign in {each.id: each for several in found.values() for each in several}.values():
            theirs = [each for each in settings if each.campaign_id in {None, campaign.id}]
            await _report_total(changes, workspace, campaign, theirs)


async def _report_video(changes: AlertChanges, news: News, readings: Readings) -> None:
    at, count = readings[-1]
    known = [earlier for when, earlier in readings if news.since is None or when <= news.since]
    before = (known[0] if news.since is None else max(known)) if known else 0
    settings = [each for each in changes.subscribers(news.stored) if each.wants(AlertKind.MILESTONES)]
    if not any(milestone(before, count, each.milestones) for each in settings):
        return
    video, metric = news.stored.video, news.metric
    if news.since is None:  # a first reading shows nothing new
        taken = counts_of(await changes.store.videos.snapshots(changes.wallet_id, video.id), metric)
        before = taken[0][1] if taken else count
    else:  # a counter that fell and rose again has passed nothing
        before = await changes.store.videos.peak(changes.wallet_id, video.id, metric, news.since) or 0
    for setting in settings:
        reached = milestone(before, count, setting.milestones)
        if reached is not None:
            key = f"milestone:{setting.id}:{changes.wallet_id}:{video.id}:{reached}"
            stored = news.stored
            over = stored.main_at - stored.change_since if stored.main_at and stored.change_since else DAY
            later = _forecast(count, setting, _per_day(stored.change_24h or 0, over), at)
            card = milestone_card(video, metric, reached, count, at, later)
            changes.report(setting, Subject(AlertKind.MILESTONES, video.id), key, AlertMessage(card, video))


async def _report_total(
    changes: AlertChanges, workspace: Workspace, campaign: Campaign, settings: Sequence[AlertSetting]
) -> None:
    """Report milestones that a campaign's views passed since the highest total recorded in the channel's alert."""
    subject = Subject(AlertKind.MILESTONES, f"campaign:{campaign.id}")
    keys = await changes.store.campaigns.keys_of(workspace.id, campaign.id)
    found = await changes.store.readings.at(workspace, (changes.now - DAY, changes.now), keys)
    total, per_day = 0, 0
    for each in found:
        last, before = each.stating(Metric.VIEWS, 1), each.stating(Metric.VIEWS, 0) or each.stating(Metric.VIEWS, None)
        if last is None or before is None:
            continue
        total += last.counts[Metric.VIEWS]
        if each.newest.video.is_running:
            gain = last.counts[Metric.VIEWS] - before.counts[Metric.VIEWS]
            per_day += _per_day(gain, last.taken_at - before.taken_at)
    await changes.load((setting.id, subject) for setting in settings)
    for setting in settings:
        peak = changes.get(setting.id, subject).detail.get("peak")
        if peak is None or total > peak:
            changes.put(StoredAlert(setting.id, subject, detail={"peak": total}))
        reached = None if peak is None else milestone(peak, total, setting.milestones)
        if reached is not None:
            key = f"milestone:{setting.id}:campaign:{campaign.id}:{reached}"
            later = _forecast(total, setting, per_day, changes.now)
            card = total_card(campaign, reached, total, len(found), changes.now, later)
            changes.report(setting, subject, key, AlertMessage(card))


def _per_day(gain: int, over: timedelta) -> int:
    """The gain per day at the pace of this gain `over` a time; 0 if that is less than an hour."""
    return round(gain * (DAY / over)) if over >= HOUR else 0


def _forecast(count: int, setting: AlertSetting, per_day: int, at: datetime) -> tuple[int, date] | None:
    """The next milestone, and the day on which the present pace reaches it; None if that isn't known."""
    goal = next_milestone(count, setting.milestones)
    day = None if goal is None else reached_on(count, goal, per_day, at)
    return None if goal is None or day is None else (goal, day)


def milestone_card(
    video: Video, metric: Metric, reached: int, count: int, at: datetime, later: tuple[int, date] | None = None
) -> Reply:
    """Card: a video passed a milestone. `later` is the next one, with the day on which today's pace reaches it."""
    passed = f"{exact_count(reached)} {metric_name(video.platform, metric)}"
    is_same = short_count(count) == short_count(reached)
    now = text("As of ", Time(at), ".") if is_same else reached_words(video, metric, count, at)
    return Reply(
        f"Passed {passed}.",
        strong=(passed,),
        title=alert_title(video),
        parts=(Note(text(*now, _pace(later))),),
        actions=(stats_button(video),),
        tone=Tone.SUCCESS,
    )


def total_card(
    campaign: Campaign, reached: int, total: int, videos: int, at: datetime, later: tuple[int, date] | None = None
) -> Reply:
    """Card: the total of a campaign's videos passed a milestone."""
    passed = f"{exact_count(reached)} views"
    each = "1 video" if videos == 1 else f"{videos:,} videos"
    return Reply(
        f"Passed {passed} in all.",
        strong=(passed,),
        title=campaign.name,
        parts=(Note(text(f"{exact_count(total)} views of {each} on {date_text(at.date())}.", _pace(later))),),
        actions=(Button("Campaign", Call("campaign", {"campaign": str(campaign.id)})),),
        tone=Tone.SUCCESS,
    )


def _pace(later: tuple[int, date] | None) -> str:
    return "" if later is None else f" {short_count(later[0])} on {date_text(later[1])} at today's pace."
