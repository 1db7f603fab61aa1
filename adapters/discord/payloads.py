"""Request bodies of messages: JSON, or a form if files go along."""

import json
from functools import partial
from typing import Any

from aiohttp import FormData

from adapters.discord.render import Message
from bot.reply.spool import opened

EPHEMERAL = 1 << 6


def payload(message: Message, *, nonce: str | None = None, is_private: bool = False) -> dict[str, Any]:
    """The message as JSON, which mentions nobody. A nonce names it to Discord: a second one is not posted."""
    made = {
        "components": message.components,
        "flags": message.flags | (EPHEMERAL if is_private else 0),
        "allowed_mentions": {"parse": []},
        "attachments": [
            {"id": number, "filename": each.name, "description": each.description or None}
            for number, each in enumerate(message.files)
        ],
    }
    return made | ({"nonce": nonce, "enforce_nonce": True} if nonce else {})


def body(message: Message, *, nonce: str | None = None, is_private: bool = False) -> dict[str, Any]:
    """The arguments of `Rest.request` that send the message."""
    made = payload(message, nonce=nonce, is_private=is_private)
    return {"form": partial(_form, message, made)} if message.files else {"json": made}


def _form(message: Message, made: dict[str, Any]) -> FormData:
    """A new form for one request, which uses it up."""
    form = FormData(quote_fields=False)  # Discord does not know an escaped files[0]
    form.add_field("payload_json", json.dumps(made), content_type="application/json")
    for number, each in enumerate(message.files):
        content_type = "application/octet-stream"
        form.add_field(f"files[{number}]", opened(each.content), filename=each.name, content_type=content_type)
    return form
