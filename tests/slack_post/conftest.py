"""The parts of the posters' contract channel on Slack."""

import pytest

from tests.posters.channels import on_slack


@pytest.fixture
async def on():
    async with on_slack() as channel:
        yield channel


@pytest.fixture
def slack(on):
    """Acme (T1) with C1 and Rival (T2) with C2; the bot is in both, but not in the private G1."""
    return on.slack


@pytest.fixture
def poster(on):
    return on.poster


@pytest.fixture
def here(on):
    return on.here


@pytest.fixture
def there(on):
    return on.elsewhere


@pytest.fixture
def naps(on):
    """The lengths of all sleeps."""
    return on.clock.naps
