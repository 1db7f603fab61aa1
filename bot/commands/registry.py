"""Every command in one tuple, in the order of /help, the manifests and the README."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from bot.alerts.settings_card import EXAMPLES as ALERT_EXAMPLES
from bot.campaigns.leaderboard_card import ABOUT as RANKED
from bot.campaigns.payout_card import ABOUT as PAYOUT_ABOUT
from bot.campaigns.payout_card import EXAMPLES as PAYOUT_EXAMPLES
from bot.commands.alerts import QUESTIONS as ALERT_QUESTIONS
from bot.commands.alerts import Alerts, Snooze, alerts, is_incomplete, snooze
from bot.commands.alerts import check as check_alerts
from bot.commands.allowance import QUESTIONS as ALLOWANCE_QUESTIONS
from bot.commands.allowance import AllowanceArgs, allowance
from bot.commands.allowance import check as check_allowance
from bot.commands.allowance import read_line as read_allowance
from bot.commands.allowance import wants_form as allowance_wants_form
from bot.commands.allowance_log import AllowanceLog, show_log
from bot.commands.approve import QUESTIONS as APPROVAL_QUESTIONS
from bot.commands.approve import (
    AskForApproval,
    Decide,
    ShowApproval,
    ask_for_approval,
    decide,
    lacks_reason,
    show_approval,
)
from bot.commands.campaign import LONGEST_LINE, CampaignArgs, campaign_command, lacks_values
from bot.commands.campaign import QUESTIONS as CAMPAIGN_QUESTIONS
from bot.commands.campaign import check as check_campaign
from bot.commands.campaign_card import CampaignDetails, show_details
from bot.commands.campaign_words import read_words
from bot.commands.command import Answer, Ask, Command, NoArguments, Question
from bot.commands.compare import Compare, CompareWith, choose_other, compare
from bot.commands.connect import Connect, ask_to_disconnect, connect, disconnect
from bot.commands.context import Context
from bot.commands.digest import QUESTIONS as DIGEST_QUESTIONS
from bot.commands.digest import Digest, DigestDetails, digest_command, digest_details, wants_form
from bot.commands.export import Export, export
from bot.commands.help import Help, show_help
from bot.commands.home import show_home
from bot.commands.leaderboard import Leaderboard, leaderboard
from bot.commands.payout import QUESTIONS as PAYOUT_QUESTIONS
from bot.commands.payout import PaidMark, Payout, mark, payout_command, read_line, unmark
from bot.commands.payout import check as check_payout
from bot.commands.payout import details as payout_details
from bot.commands.payout import lacks_values as lacks_payout_values
from bot.commands.share import Share, share
from bot.commands.stats import Stats, gains, stats, stats_details
from bot.commands.status import retry, status, status_details
from bot.commands.stop import ConfirmStop, Stop, ask_to_stop, stop
from bot.commands.track import Length, Track, TrackOn, again, choose_length, track, track_on
from bot.commands.track_start import Batch, Start, cancel, check, start
from bot.commands.usage import Usage, usage, usage_details
from bot.commands.videos import Preview, SetPreviews, Videos, set_previews, show_preview, videos
from bot.digests.settings_card import EXAMPLES as DIGEST_EXAMPLES
from bot.domain.caller import Permission
from bot.domain.digest import FLAT_RULE
from bot.messages.allowance import ABOUT as ALLOWANCE_ABOUT
from bot.messages.allowance import EXAMPLES as ALLOWANCE_EXAMPLES
from bot.messages.campaign import ABOUT as CAMPAIGN_ABOUT
from bot.messages.campaign import EXAMPLES as CAMPAIGN_EXAMPLES
from bot.messages.help import Described, Group
from bot.messages.videos import ABOUT
from bot.reply.call import SHARE
from bot.reply.model import Reply

AnyCommand: TypeAlias = Command[Any]
A = TypeVar("A")

_CAMPAIGN = Ask("campaign", "Campaign")
_VIDEOS = Ask("video", "Videos", "two to five: titles, links or ids")
_KEY = Ask("key", "API key", "it begins with cs_live_ or cs_test_")


def _press(
    name: str,
    summary: str,
    takes: type[A],
    handler: Callable[[Context, A], Awaitable[Reply]],
    need: Permission = Permission.LOOK,
    answer: Answer = Answer.PRIVATE,
    **further: Any,  # noqa: ANN401 - Command's other fields
) -> Command[A]:
    """A command for buttons, menus and adapters; it can't be typed."""
    return Command(name, summary, takes, handler, "", need, answer, listed=False, **further)


COMMANDS: tuple[AnyCommand, ...] = (
    Command(
        "track",
        "Show what tracking a video costs, then start it",
        Track,
        track,
        example="/track https://www.tiktok.com/@demo/video/7301234567890123456 7",
        need=Permission.SPEND,
        group=Group.TRACK,
        brief="price first",
        questions=(
            Question({}, "Track a video", (Ask("link", "Link"), Ask("days", "Days"), _CAMPAIGN), "Show the price"),
        ),
    ),
    Command(
        "videos",
        "List the videos with their counts and 24 h change",
        Videos,
        videos,
        example="/videos tiktok",
        group=Group.LOOK,
        brief="your list",
        about=ABOUT,
        shareable=True,
    ),
    Command(
        "stats",
        "Show one video's count, what it gained, and a chart",
        Stats,
        stats,
        example="/stats cat on a piano",
        group=Group.LOOK,
        brief="one video",
        questions=(Question({}, "Stats of a video", (Ask("video", "Video"),), "Show"),),
        shareable=True,
    ),
    Command(
        "compare",
        "Compare up to 5 videos at the same hour since tracking began",
        Compare,
        compare,
        example='/compare "cat on a piano" vs "dog on a drum"',
        group=Group.LOOK,
        questions=(Question({}, "Compare videos", (_VIDEOS,), "Compare"),),
        shareable=True,
    ),
    Command(
        "leaderboard",
        "Rank videos, creators or people by what they gained",
        Leaderboard,
        leaderboard,
        example="/leaderboard creators this week",
        group=Group.LOOK,
        about=RANKED,
        shareable=True,
    ),
    Command(
        "stop",
        "Show what stopping a video saves, then stop it",
        Stop,
        ask_to_stop,
        example="/stop cat on a piano",
        questions=(Question({}, "Stop a video", (Ask("video", "Video"),), "Show what it saves"),),
        need=Permission.STOP,
        group=Group.TRACK,
    ),
    Command(
        "usage",
        "Show the wallet: what is available, committed and left",
        Usage,
        usage,
        example="/usage",
        group=Group.MONEY,
        brief="balance, runway",
        shareable=True,
        shows_money=True,
    ),
    Command(
        "campaign",
        "Group videos: their totals, creators and cost on one card",
        CampaignArgs,
        campaign_command,
        example="/campaign launch",
        lacks=lacks_values,
        questions=CAMPAIGN_QUESTIONS,
        check=check_campaign,
        group=Group.LOOK,
        about=CAMPAIGN_ABOUT,
        examples=CAMPAIGN_EXAMPLES,
        shareable=True,
        reader=read_words,
        longest=LONGEST_LINE,
    ),
    Command(
        "payout",
        "Compute what a campaign owes its creators; never moves money",
        Payout,
        payout_command,
        example="/payout launch",
        lacks=lacks_payout_values,
        questions=PAYOUT_QUESTIONS,
        check=check_payout,
        is_setting=True,
        group=Group.MONEY,
        about=PAYOUT_ABOUT,
        examples=PAYOUT_EXAMPLES,
        shareable=True,
        shows_money=True,
        reader=read_line,
    ),
    Command(
        "allowance",
        "See and set how much people may spend",
        AllowanceArgs,
        allowance,
        example="/allowance everyone 5",
        group=Group.MONEY,
        lacks=allowance_wants_form,
        questions=ALLOWANCE_QUESTIONS,
        check=check_allowance,
        is_setting=True,
        shows_money=True,
        about=ALLOWANCE_ABOUT,
        examples=ALLOWANCE_EXAMPLES,
        reader=read_allowance,
    ),
    Command(
        "digest",
        "Get a regular summary in this channel",
        Digest,
        digest_command,
        example="/digest on 09:00 Europe/Berlin",
        lacks=wants_form,
        is_setting=True,
        questions=DIGEST_QUESTIONS,
        brief="summary",
        about=FLAT_RULE,
        examples=DIGEST_EXAMPLES,
    ),
    Command(
        "alerts",
        "Choose this channel's alerts: low balance, finished videos, spikes",
        Alerts,
        alerts,
        example="/alerts balance 10",
        lacks=is_incomplete,
        questions=ALERT_QUESTIONS,
        examples=ALERT_EXAMPLES,
        is_setting=True,
        check=check_alerts,
    ),
    Command(
        "export",
        "Get the snapshots of videos, or a summary of them, as a CSV file",
        Export,
        export,
        example="/export all",
        group=Group.LOOK,
        brief="CSV",
    ),
    Command(
        "connect",
        "Link this workspace's own API key, in a private form",
        Connect,
        connect,
        example="/connect",
        questions=(Question({}, "Connect an account", (_KEY,), "Connect"),),
        need=Permission.CONFIGURE,
    ),
    Command(
        "disconnect",
        "Remove the API key and everything stored for this workspace",
        NoArguments,
        ask_to_disconnect,
        example="/disconnect",
        need=Permission.CONFIGURE,
    ),
    Command("status", "Show what works and what doesn't", NoArguments, status, example="/status", shareable=True),
    Command("help", "List the commands, or explain one", Help, show_help, example="/help track"),
    _press("track.start", "Start what was proposed", Start, start, Permission.SPEND, Answer.REPLACES),
    _press("track.cancel", "Drop what was proposed", Batch, cancel, Permission.SPEND, Answer.REPLACES),
    _press("track.on", "Offer to track a video on", TrackOn, track_on, Permission.SPEND),
    _press("allowance.log", "Show a log", AllowanceLog, show_log, Permission.CONFIGURE, shows_money=True),
    _press(
        "approval.ask",
        "Ask somebody else to approve an offer",
        AskForApproval,
        ask_for_approval,
        Permission.SPEND,
        lacks=lacks_reason,
        questions=APPROVAL_QUESTIONS,
    ),
    _press("approval.show", "Show a request for approval", ShowApproval, show_approval, Permission.SPEND),
    _press("approval.decide", "Approve or decline", Decide, decide, Permission.SPEND),
    _press("track.length", "Show an offer for another length", Length, choose_length),
    _press("track.again", "Offer a second start of an unclear one", Batch, again, Permission.SPEND),
    _press("track.check", "Look for an unclear tracking", Batch, check, Permission.LOOK, Answer.REPLACES),
    _press("export.all", "Get the file once all is read", Export, export, answer=Answer.REPLACES),
    _press("compare.with", "Choose the other video", CompareWith, choose_other),
    _press("stop.confirm", "Stop a video", ConfirmStop, stop, Permission.STOP, Answer.REPLACES),
    _press("disconnect.confirm", "Delete it all", NoArguments, disconnect, Permission.CONFIGURE, Answer.REPLACES),
    _press("stats.details", "Show every metric of a video", Stats, stats_details, shareable=True),
    _press("campaign.details", "Show every total of a campaign", CampaignDetails, show_details, shareable=True),
    _press("usage.details", "Show where the money went", Usage, usage_details, shareable=True, shows_money=True),
    _press("stats.gains", "Show what a video gains per hour and per day", Stats, gains, shareable=True),
    _press("digest.details", "Show every list of a digest", DigestDetails, digest_details, shareable=True),
    _press("payout.details", "Show every line of a payout", PaidMark, payout_details, shareable=True, shows_money=True),
    _press("payout.paid", "Mark a creator as paid", PaidMark, mark, Permission.CONFIGURE, Answer.REPLACES),
    _press("payout.unpaid", "Take a marking back", PaidMark, unmark, Permission.CONFIGURE, Answer.REPLACES),
    _press("status.details", "Show every fact of the status", NoArguments, status_details),
    _press("outbox.retry", "Post again what failed", NoArguments, retry, Permission.CONFIGURE, Answer.REPLACES),
    _press("alerts.set", "Change the alerts", Alerts, alerts, Permission.CONFIGURE, Answer.REPLACES),
    _press("alerts.snooze", "Snooze an alert", Snooze, snooze, Permission.CONFIGURE),
    _press("preview", "Show a tracked video beside its link", Preview, show_preview),
    _press("previews", "Switch previews of links", SetPreviews, set_previews, Permission.CONFIGURE),
    _press(SHARE, "Post a card to the channel", Share, share),
    _press("home", "Show the home page", NoArguments, show_home),
)

_WHO = {
    Permission.LOOK: "",
    Permission.SPEND: "Everyone who may spend here.",
    Permission.STOP: "Everyone who may spend here.",
    Permission.CONFIGURE: "Admins of this workspace.",
}
_LOOKED_AT = "Everyone can look; admins can change it."


def by_name(commands: tuple[AnyCommand, ...] = COMMANDS) -> Mapping[str, AnyCommand]:
    """Commands by the name that a call carries."""
    return {command.name: command for command in commands}


_POST_HERE = "Post here puts the card into the channel, with who shared it."


def described(command: AnyCommand) -> Described:
    """The command as /help shows it."""
    return Described(
        name=command.name,
        group=command.group,
        brief=command.brief,
        usage=command.usage,
        summary=command.summary,
        example=command.example,
        permission=_LOOKED_AT if command.is_setting else _WHO[command.need],
        arguments=tuple((each.placeholder, each.help) for each in command.arguments if each.listed),
        about=command.about or (_POST_HERE if command.shareable else ""),
        examples=command.examples,
    )
