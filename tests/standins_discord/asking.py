"""A call that Discord is expected to refuse."""

from collections.abc import Awaitable

import discord as library
import pytest


async def refusal(call: Awaitable[object]) -> tuple[int, int]:
    """The status and the code that a call is refused with; a call that succeeds fails the test."""
    with pytest.raises(library.HTTPException) as caught:
        await call
    return caught.value.status, caught.value.code
