"""Stored installations: no process undoes another's change of a token."""

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
async def test_a_removed_installation_is_not_replaced_nor_a_known_one_added_again(kept):
    assert not await kept.replace("slack", "T1", "first", "second", NOW)
    assert await kept.find("slack", "T1") is None
    assert await kept.replace("slack", "T1", None, "first", NOW)
    assert not await kept.replace("slack", "T1", None, "second", NOW)
    assert await kept.find("slack", "T1") == "first"


def test_an_installation_stored_by_an_older_version_is_read():
    installation = Installation("T1", None, "Acme", "xoxb-1")
    old = asdict(installation) | {"refresh_token": None, "expires_at": None, "bot_user_id": "U0"}
    assert read_stored(json.dumps(old)) == read_stored(installation.body) == installation


@ON_EACH
async def test_only_a_chats_own_installations_are_listed(kept, database):
    for chat, scope in (("slack", "T2"), ("slack", "T1"), ("other", "T3")):
        await kept.save(chat, scope, f"body of {scope}", NOW)
    assert await kept.every("slack") == (("T1", "body of T1"), ("T2", "body of T2"))
    with pytest.raises(NotConfigured):
        await Store(database).installations.every("slack")
