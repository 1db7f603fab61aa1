"""What one look at a wallet is going to change: alerts as they move on, and the messages that this takes."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.alerts.deferred import Deferred
from bot.domain.alerts import Act, AlertSetting, Silence, Stage, advance, has_unsaid
from bot.domain.videos import Video
from bot.messages.wording import name_of
from bot.reply.model import Reply
from bot.store import Store
from bot.store.alerts import DEFERRED, AlertBatch, StoredAlert
from bot.store.outbox import Message
from bot.store.videos import StoredVideo
from bot.store.workspaces import Workspace

NEWS_FOR = timedelta(hours=12)
"""How long a message about one video is worth posting."""


MUTED = "muted"
NOTHING_NEW = "nothing new: an earlier message says so"


@dataclass(frozen=True, slots=True)
class AlertMessage:
    """What an alert would say now: its message, and its finding for the end of the night."""

    video: Video
    sentence: str
    message: Reply
    tells_end: bool = True


@dataclass(slots=True)
class AlertChanges:
    """Collects for one wallet, at one moment. `load` what is looked at before it is looked at."""

    store: Store
    wallet_id: int
    channels: tuple[tuple[AlertSetting, Workspace], ...]
    now: datetime
    events: list[int] = field(default_factory=list)
    outcomes: dict[int, dict[str, str]] = field(default_factory=dict)
    usage_at: datetime | None = None
    _known: dict[tuple[int, str], StoredAlert] = field(default_factory=dict)
    _alerts: dict[tuple[int, str], StoredAlert] = field(default_factory=dict)
    _gone: set[tuple[int, str]] = field(default_factory=set)
    _messages: list[Message] = field(default_factory=list)

    def seeing(self, video: StoredVideo) -> Iterable[AlertSetting]:
        """The channels whose workspace may see a video: what it started itself, and what nobody's bot started."""
        return (setting for setting, workspace in self.channels if video.is_visible_to(workspace.id))

    async def load(self, keys: Iterable[tuple[int, str]]) -> None:
        """Read how alerts stand, by setting and subject."""
        self._known |= await self.store.alerts.stored(key for key in keys if key not in self._known)

    def know(self, stored: Iterable[StoredAlert]) -> None:
        """Take over alerts that were read."""
        self._known |= {(each.setting_id, each.subject): each for each in stored}

    def get(self, setting_id: int, subject: str) -> StoredAlert:
        """How an alert stands by now; a new one where there is none."""
        key = (setting_id, subject)
        known = None if key in self._gone else self._known.get(key)
        return self._alerts.get(key) or known or StoredAlert(setting_id, subject)

    def has(self, setting_id: int, subject: str) -> bool:
        """Whether there is such an alert."""
        key = (setting_id, subject)
        return key in self._alerts or (key in self._known and key not in self._gone)

    def put(self, stored: StoredAlert) -> None:
        """Keep an alert as it stands now."""
        key = (stored.setting_id, stored.subject)
        if self._known.get(key) != stored or key in self._gone:
            self._alerts[key] = stored
            self._gone.discard(key)

    def drop(self, setting_id: int, subject: str) -> None:
        """Forget an alert that is over."""
        self._alerts.pop((setting_id, subject), None)
        self._gone.add((setting_id, subject))

    def note(self, event_id: int, setting: AlertSetting, outcome: str) -> None:
        """Keep the key of the message that a channel gets of an event, or why it gets none."""
        self.outcomes.setdefault(event_id, {})[str(setting.id)] = outcome

    def say(
        self, setting: AlertSetting, key: str, reply: Reply, *, edits: str | None = None, for_hours: bool = False
    ) -> None:
        """Have a channel told; with `for_hours` it is worth nothing later."""
        self._messages.append(
            Message(
                key=key,
                workspace_id=setting.workspace_id,
                channel_id=setting.channel_id,
                reply=reply,
                edits=edits,
                owner_id=setting.set_by.id,
                expires_at=self.now + NEWS_FOR if for_hours else None,
            )
        )

    def hold(
        self, setting: AlertSetting, subject: str, sentence: str, until: datetime, video: Video | None = None
    ) -> None:
        """Keep a finding for the one message at the end of the quiet hours."""
        about = {} if video is None else {"video": video.id, "name": name_of(video)}
        detail = {"sentence": sentence, "at": self.now.isoformat(), **about}
        self.put(StoredAlert(setting.id, f"{DEFERRED}{subject}", detail=detail, due_at=until))

    def tell(self, setting: AlertSetting, subject: str, key: str, sentence: str, reply: Reply, video: Video) -> str:
        """Say something that has no stages: now, at the end of the quiet hours, or never while it is muted.

        Returns the key of the message, or why there is none.
        """
        silence, until = setting.silence(self.now)
        if silence is Silence.NONE:
            self.say(setting, key, reply, for_hours=True)
            return key
        if silence is Silence.QUIET and until is not None:
            self.hold(setting, subject, sentence, until, video)
            return deferred_until(until)
        return MUTED

    def move(
        self,
        setting: AlertSetting,
        subject: str,
        stage: Stage,
        message: AlertMessage,
        detail: dict[str, Any] | None = None,
    ) -> str:
        """Move an alert about one video on to a stage, and say what that takes.

        Returns the key of the message, or why there is none.
        """
        stored = self.get(setting.id, subject)
        silence, until = setting.silence(self.now, stored.snoozed_until)
        key = f"{subject.partition(':')[0]}:{setting.id}:{self.wallet_id}:{message.video.id}"
        alert, act = advance(stored.alert, stage, silence, key)
        due_at = None
        outcome = MUTED if silence is Silence.MUTED else NOTHING_NEW
        if silence is Silence.QUIET and until is not None:
            if has_unsaid(alert) or (stage is Stage.CLEAR and self.has(setting.id, f"{DEFERRED}{subject}")):
                self.hold(setting, subject, message.sentence, until, message.video)
                outcome = deferred_until(until)
            alert = replace(alert, said=max(alert.said, stage))
        elif has_unsaid(alert):
            due_at = until
        message_key = alert.message_key or ""
        if act is Act.POST:
            self.say(setting, message_key, message.message, for_hours=True)
            outcome = message_key
        elif act is Act.EDIT:
            edit_key = f"{message_key}:edit:{alert.edits}"
            self.say(setting, edit_key, message.message, edits=message_key, for_hours=True)
            outcome = edit_key
        ends = stage is Stage.CLEAR and stored.alert.stage is not stage and stored.alert.said is not Stage.CLEAR
        if ends and message.tells_end and alert.message_key is None and silence is Silence.NONE:
            outcome = f"{key}:{alert.episode}:over"
            self.say(setting, outcome, message.message, for_hours=True)
        self.put(replace(stored, alert=alert, detail=detail if detail is not None else stored.detail, due_at=due_at))
        return outcome

    def batch(self, lease: tuple[str, str]) -> AlertBatch:
        """What to keep, all at once."""
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


def deferred_until(until: datetime) -> str:
    """Why nothing is posted during quiet hours: it is in the message at their end."""
    return f"quiet hours until {until.isoformat()}"


def deferred_of(stored: StoredAlert) -> Deferred:
    """What was kept, as the message at the end of the quiet hours tells it."""
    detail = stored.detail
    return Deferred(
        datetime.fromisoformat(detail["at"]), detail["sentence"], detail.get("video", ""), detail.get("name", "")
    )
