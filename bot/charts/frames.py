"""How the bot and its chart process talk: pickles behind their length, over a pipe that nobody else can reach."""

import pickle
from typing import Final

HEAD: Final = 4
"""Bytes of a frame's length, the most significant first."""


def framed(value: object) -> bytes:
    """The value as one frame."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(HEAD, "big") + body


def length(head: bytes) -> int:
    """How many bytes follow the head of a frame."""
    return int.from_bytes(head, "big")
