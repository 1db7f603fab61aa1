"""A call that Slack is expected to refuse."""

from collections.abc import Awaitable

import pytest
from slack_sdk.errors import SlackApiError


async def refusal(call: Awaitable[object]) -> str:
    """The name of the error that a call is refused with; a call that succeeds fails the test."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])
