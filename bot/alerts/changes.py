"""Changes that one check of a wallet makes: alerts moved to new stages, and the messages about them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.alerts.deferred import Deferred
from bot.domain.alerts import Act, Alert, AlertSetting, Silence, Stage, Subject, advance
from bot.domain.videos import Video
from bot.messages.wording import name_of, named_on_platform, shortened
from bot.reply.model import Reply
from bot.store import Store
from bot.store.alerts import AlertBatch, StoredAlert
from bot.store.outbox import Message
from bot.store.videos import StoredVideo
from bot.store.workspaces import Workspace

NEWS_FOR = timedelta(hours=12)
"""How long a message about one video is worth posting: after that it expires."""
TITLE_LENGTH = 40
"""Characters of a video's name in an alert's title: two lines on a phone."""
MUTED = "muted"
NOTHING_NEW = "nothing new: an earlier message says so"


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """A finding: its card, whose title names a video or a campaign and whose summary continues it.

    `reports_end`: the end is posted even if the alert has no message to edit.
    """

    card: Reply
    video: Video | None = None
    reports_end: bool = True

    @property
    def sentence(self) -> str:
        """The finding for the summary after quiet hours: `Dance on TikTok gained 5,000 views …`."""
        name = self.card.title if self.video is None else named_on_platform(self.video)
        return f"{name} {self.card.summary[:1].lower()}{self.card.summary[1:]}"


@dataclass(slots=True)
class AlertChanges:
    """Collects the changes of one wallet at one time. `load` alerts before reading them."""

    store: Store
    wallet_id: int
    channels: tuple[tuple[AlertSetting, Workspace], ...]
    now: datetime
    events: list[int] = field(default_factory=list)
    outcomes: dict[int, dict[str, str]] = field(default_factory=dict)
    usage_at: datetime | None = None
    campaign_keys: Mapping[int, Collection[str]] = field(default_factory=dict)
    _known: dict[tuple[int, Subject], StoredAlert] = field(default_factory=dict)
    _alerts: dict[tuple[int, Subject], StoredAlert] = field(default_factory=dict)
    _gone: set[tuple[int, Subject]] = field(default_factory=set)
    _messages: list[Message] = field(default_factory=list)

    def subscribers(self, video: StoredVideo) -> Iterable[AlertSetting]:
        """The channels that get alerts about a video: their workspace sees it, and it is in the campaign they chose."""
        return (
            setting
            for setting, workspace in self.channels
            if video.is_visible_to(workspace.id)
            and (setting.campaign_id is None or video.key in self.campaign_keys[setting.campaign_id])
        )

    async def load_campaigns(self) -> None:
        """Read which links are in the campaigns that channels chose. Call it before `subscribers`."""
        self.campaign_keys = {
            setting.campaign_id: await self.store.campaigns.keys_of(workspace.id, setting.campaign_id)
            for setting, workspace in self.channels
            if setting.campaign_id is not None
        }

    async def load(self, keys: Iterable[tuple[int, Subject]]) -> None:
        """Read alerts by setting and subject."""
        self._known |= await self.store.alerts.stored(key for key in keys if key not in self._known)

    def know(self, stored: Iterable[StoredAlert]) -> None:
        """Add alerts that were already read."""
        self._known |= {(each.setting_id, each.subject): each for each in stored}

    def get(self, setting_id: int, subject: Subject) -> StoredAlert:
        """The alert with its changes so far; a new one if there is none."""
        key = (setting_id, subject)
        known = None if key in self._gone else self._known.get(key)
        return self._alerts.get(key) or known or StoredAlert(setting_id, subject)

    def has(self, setting_id: int, subject: Subject) -> bool:
        """Whether there is such an alert."""
        key = (setting_id, subject)
        return key in self._alerts or (key in self._known and key not in self._gone)

    def put(self, stored: StoredAlert) -> None:
        """Record an alert's new state."""
        key = (stored.setting_id, stored.subject)
        if self._known.get(key) != stored or key in self._gone:
            self._alerts[key] = stored
            self._gone.discard(key)

    def drop(self, setting_id: int, subject: Subject) -> None:
        """Delete an alert that is over."""
        self._alerts.pop((setting_id, subject), None)
        self._gone.add((setting_id, subject))

    def note(self, event_id: int, setting: AlertSetting, outcome: str) -> None:
        """Record the key of the message that a channel gets about an event, or why it gets none."""
        self.outcomes.setdefault(event_id, {})[str(setting.id)] = outcome

    def post(
        self,
        setting: AlertSetting,
        key: str,
        reply: Reply,
        *,
        edits: str | None = None,
        replies_to: str | None = None,
        expires: bool = False,
    ) -> str:
        """Post a message to a channel; returns its key."""
        self._messages.append(
            Message(
                key=key,
                workspace_id=setting.workspace_id,
                channel_id=setting.channel_id,
                reply=reply,
                edits=edits,
                replies_to=replies_to,
                owner_id=setting.set_by.id,
                expires_at=self.now + NEWS_FOR if expires else None,
            )
        )
        return key

    def perform(
        self,
        setting: AlertSetting,
        alert: Alert,
        acts: Iterable[Act],
        card: Reply,
        warning: Reply | None = None,
        *,
        expires: bool = False,
    ) -> str:
        """Post an alert's single message, edit it, or post a `warning` (by default the card) in reply to it.

        Returns the key of what is posted, empty if nothing is.
        """
        key, outcome = alert.message_key or "", ""
        for act in acts:
            match act:
                case Act.POST:
                    outcome = self.post(setting, key, card, expires=expires)
                case Act.EDIT:
                    outcome = self.post(setting, f"{key}:edit:{alert.edits}", card, edits=key, expires=expires)
                case Act.REPLY:
                    name = f"{key}:{alert.stage.name.lower()}"
                    outcome = self.post(setting, name, warning or card, replies_to=key, expires=expires)
        return outcome

    def defer(
        self, setting: AlertSetting, subject: Subject, sentence: str, until: datetime, video: Video | None = None
    ) -> str:
        """Keep a finding for the one message at the end of the quiet hours; returns the outcome to note."""
        about = (
            Deferred(self.now, sentence) if video is None else Deferred(self.now, sentence, video.id, name_of(video))
        )
        self.put(StoredAlert(setting.id, subject.deferred, detail=about.detail, due_at=until))
        return f"quiet hours until {until.isoformat()}"

    def report(self, setting: AlertSetting, subject: Subject, key: str, finding: AlertMessage) -> str:
        """Post a finding that has no stages: now, at the end of the quiet hours, or never while muted.

        Returns the key of the message, or why there is none.
        """
        silence, until = setting.silence(self.now)
        if silence is Silence.NONE:
            return self.post(setting, key, finding.card, expires=True)
        if silence is Silence.QUIET and until is not None:
            return self.defer(setting, subject, finding.sentence, until, finding.video)
        return MUTED

    def move(
        self,
        setting: AlertSetting,
        subject: Subject,
        stage: Stage,
        finding: AlertMessage,
        detail: dict[str, Any] | None = None,
    ) -> str:
        """Move an alert about one video to a stage, and post the messages that this requires.

        Returns the key of the message, or why there is none.
        """
        stored = self.get(setting.id, subject)
        silence, until = setting.silence(self.now, stored.snoozed_until)
        key = f"{subject.kind}:{setting.id}:{self.wallet_id}:{subject.video_id}"
        alert, acts = advance(stored.alert, stage, silence, key)
        due_at = None
        outcome = MUTED if silence is Silence.MUTED else NOTHING_NEW
        if silence is Silence.QUIET and until is not None:
            if alert.is_pending or (stage is Stage.CLEAR and self.has(setting.id, subject.deferred)):
                outcome = self.defer(setting, subject, finding.sentence, until, finding.video)
            alert = replace(alert, notified=max(alert.notified, stage))
        elif alert.is_pending:
            due_at = until
        outcome = self.perform(setting, alert, acts, finding.card, expires=True) or outcome
        ends = stage is Stage.CLEAR and stored.alert.stage is not stage and stored.alert.notified is not Stage.CLEAR
        if ends and finding.reports_end and alert.message_key is None and silence is Silence.NONE:
            outcome = self.post(setting, f"{key}:{alert.episode}:over", finding.card, expires=True)
        self.put(replace(stored, alert=alert, detail=detail if detail is not None else stored.detail, due_at=due_at))
        return outcome

    def batch(self, lease: tuple[str, str]) -> AlertBatch:
        """All changes, to be committed in one transaction."""
        return AlertBatch(
            wallet_id=self.wallet_id,
            lease=lease,
            alerts=tuple(self._alerts.values()),
            gone=tuple(sorted(self._gone)),
            messages=tuple(self._messages),
            events=tuple(self.events),
            outcomes=self.outcomes,
            usage_at=self.usage_at,
        )


def alert_title(video: Video) -> str:
    """The title of an alert about a video: its name."""
    return shortened(name_of(video), TITLE_LENGTH)
