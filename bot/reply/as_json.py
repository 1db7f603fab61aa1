"""A reply as JSON for scripts: the neutral model itself, neither rendered nor escaped."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

from bot.reply.call import Call
from bot.reply.model import Reply
from bot.reply.spool import Spool

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def to_json(reply: Reply) -> str:
    """Encode the reply as one line of ASCII; equal replies give equal text.

    Every part is an object with a `type` (`paragraph`, `link_button`) and the model's field names. Times are ISO 8601
    in UTC, bytes are base64; a call also has `encoded`, the value that its button sends.
    """
    return json.dumps(reply, default=_neutral)


def _neutral(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case Spool():
            return base64.b64encode(value.open().read()).decode()
        case Mapping():
            return dict(value)
        case Call():
            return _object(value) | {"encoded": value.encode()}
        case _:
            return _object(value)


def _object(value: object) -> dict[str, object]:
    if not is_dataclass(value):
        msg = f"a reply holds no {type(value).__name__}"
        raise TypeError(msg)
    kind = _WORD.sub("_", type(value).__name__).lower()
    return {"type": kind} | {field.name: getattr(value, field.name) for field in fields(value)}
