"""Replies as JSON: for scripts, and for the outbox with the bytes of pictures and files beside it.

Stored replies must stay readable after any update: a field that a stored reply lacks takes its default.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_type_hints

from bot.reply import model
from bot.reply.call import Call
from bot.reply.model import Reply
from bot.reply.spool import Spool

_CLASSES: Mapping[str, type] = {
    cls.__name__: cls for cls in (*vars(model).values(), Call) if isinstance(cls, type) and is_dataclass(cls)
}


def to_stored(reply: Reply) -> tuple[str, Mapping[str, bytes]]:
    """Encode the reply as JSON, with its bytes by the hash that replaces them there; equal bytes share a hash."""
    blobs: dict[str, bytes] = {}

    def neutral(value: object) -> object:
        match value:
            case datetime():
                return value.astimezone(UTC).isoformat()
            case bytes():
                digest = hashlib.sha256(value).hexdigest()
                blobs[digest] = value
                return digest
            case Mapping():
                return dict(value)
            case _ if is_dataclass(value):
                stated = {field.name: getattr(value, field.name) for field in fields(value)}
                return {"type": type(value).__name__} | stated
            case _:
                msg = f"a reply holds no {type(value).__name__}"
                raise TypeError(msg)

    return json.dumps(reply, default=neutral, separators=(",", ":")), blobs


def from_stored(payload: str, blobs: Mapping[str, bytes]) -> Reply:
    """Decode what `to_stored` encoded. Raises KeyError if bytes are missing."""
    reply = _read(json.loads(payload), Reply, blobs)
    if not isinstance(reply, Reply):
        msg = f"a stored reply is no {type(reply).__name__}"
        raise TypeError(msg)
    return reply


def _read(value: Any, hint: Any, blobs: Mapping[str, bytes]) -> Any:  # noqa: ANN401 - JSON holds anything
    match value:
        case {"type": str(name)} if name in _CLASSES:
            cls = _CLASSES[name]
            hints = _hints(cls)
            return cls(**{key: _read(each, hints[key], blobs) for key, each in value.items() if key in hints})
        case list():
            return tuple(_read(each, None, blobs) for each in value)
        case str() if hint in {datetime, datetime | None}:
            return datetime.fromisoformat(value)
        case str() if hint is bytes:
            return blobs[value]
        case str() if isinstance(hint, type) and issubclass(hint, StrEnum):
            return hint(value)
        case _:
            return value


@cache
def _hints(cls: type) -> Mapping[str, Any]:
    return get_type_hints(cls)


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
