"""What works and what does not, in one look."""

from dataclasses import dataclass
from datetime import datetime

from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import Button, Field, Fields, Note, Reply, Text, Time, Tone, text


@dataclass(frozen=True, slots=True)
class Health:
    """The facts of a look around. `error` is the API's last answer where it was none; times are None where never."""

    version: str
    now: datetime
    has_key: bool = False
    is_test: bool = False
    error: str = ""
    usage_at: datetime | None = None
    swept_at: datetime | None = None
    complete: bool = True
    unclear: int = 0


def health(found: Health) -> Reply:
    """The look around as a card."""
    fields = (
        Field("API key", text(_key(found))),
        Field("ContentStats", text(found.error or ("answers" if found.has_key else "not asked"))),
        Field("Wallet last read", _moment(found.usage_at)),
        Field("Videos last listed", _moment(found.swept_at)),
        Field("Unclear requests", text(str(found.unclear))),
        Field("Version", text(found.version)),
    )
    notes = () if found.complete else (Note(text("The account holds more videos than the API lists.")),)
    works = found.has_key and not found.error and not found.unclear
    return Reply(
        _summary(found),
        title="Status",
        parts=(Fields(fields), *notes),
        actions=(Button("Refresh", Call("status")),),
        tone=Tone.SUCCESS if works else Tone.WARNING,
    )


def _summary(found: Health) -> str:
    if not found.has_key:
        return "No API key is known for this workspace: /connect links one, or the operator sets CONTENTSTATS_API_KEY."
    if found.error:
        return f"ContentStats does not answer as it should: {found.error} Known numbers are still shown."
    if found.unclear:
        open_ones = plural(found.unclear, "request")
        return f"{open_ones} to track may or may not have started; each is looked up, never sent twice."
    return "Everything works."


def _key(found: Health) -> str:
    if not found.has_key:
        return "none"
    return "set, a test key: nothing is charged" if found.is_test else "set, live"


def _moment(at: datetime | None) -> Text:
    return text("never") if at is None else text(Time(at))
