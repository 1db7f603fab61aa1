"""What the store adds for tokens that change: nobody's change is undone by another's."""

import json
from dataclasses import asdict

import pytest

from adapters.slack.workspaces import Installation, read_stored
from bot.domain.errors import NotConfigured
from bot.store import Store
from tests.slack_install.conftest import ON_EACH
from tests.store.samples import NOW


@pytest.fixture
def kept(store):
    return store.installations


@ON_EACH
async def test_only_the_known_installation_is_replaced(kept):
    await kept.save("slack", "T1", "first", NOW)
    assert not await kept.replace("slack", "T1", "older", "second", NOW)
    assert await kept.replace("slack", "T1", "first", "second", NOW)
    assert not await kept.replace("slack", "T1", "first", "third", NOW)
    assert await kept.find("slack", "T1") == "second"


@ON_EACH
async def test_what_was_removed_is_not_replaced_and_what_is_there_is_not_added(kept):
    assert not await kept.replace("slack", "T1", "first", "second", NOW)
    assert await kept.find("slack", "T1") is None
    assert await kept.replace("slack", "T1", None, "first", NOW)
    assert not await kept.replace("slack", "T1", None, "second", NOW)
    assert await kept.find("slack", "T1") == "first"


def test_an_installation_that_an_older_version_stored_is_read():
    installation = Installation("T1", None, "Acme", "xoxb-1")
    old = asdict(installation) | {"refresh_token": None, "expires_at": None, "bot_user_id": "U0"}
    assert read_stored(json.dumps(old)) == read_stored(installation.body) == installation


@ON_EACH
async def test_every_installation_of_a_chat_is_listed_and_of_no_other(kept, database):
    for chat, scope in (("slack", "T2"), ("slack", "T1"), ("other", "T3")):
        await kept.save(chat, scope, f"body of {scope}", NOW)
    assert await kept.every("slack") == (("T1", "body of T1"), ("T2", "body of T2"))
    with pytest.raises(NotConfigured):
        await Store(database).installations.every("slack")
