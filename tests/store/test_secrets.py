from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.domain.caller import Person
from bot.domain.errors import NotConfigured
from bot.store import Store
from bot.store.coordination import KEPT
from bot.store.credentials import MAX_STATES, Credentials
from bot.store.crypto import SecretBox
from bot.store.tables import credentials, installations, oauth_states
from tests.store.samples import NOW

OLD, NEW = "old " * 10, "new " * 10
KEY = "cs_live_0123456789abcdef"
ANA = Person("U1", "Ana")


@pytest.fixture
def box():
    return SecretBox((OLD,))


@pytest.fixture
def linked(database, box):
    return Credentials(database, box)


def test_a_secret_opens_only_for_its_owner_and_purpose(box):
    locked = box.lock("workspace:1", "key", KEY)
    assert KEY not in locked
    assert box.unlock("workspace:1", "key", locked) == KEY
    for owner, purpose in (("workspace:2", "key"), ("workspace:1", "token")):
        with pytest.raises(NotConfigured, match="SECRET_KEYS"):
            box.unlock(owner, purpose, locked)


def test_the_newest_key_encrypts_and_every_key_decrypts():
    locked = SecretBox((OLD,)).lock("a", "b", KEY)
    both = SecretBox((NEW, OLD))
    assert both.unlock("a", "b", locked) == KEY
    rotated = both.rotate(locked)
    assert SecretBox((NEW,)).unlock("a", "b", rotated) == KEY
    with pytest.raises(NotConfigured):
        SecretBox((OLD,)).unlock("a", "b", rotated)
    with pytest.raises(NotConfigured):
        SecretBox((NEW,)).rotate(locked)


def test_without_keys_nothing_is_stored_and_the_setting_is_named():
    with pytest.raises(NotConfigured, match="openssl rand -hex 32"):
        SecretBox(()).lock("a", "b", KEY)


async def test_a_linked_key_is_stored_encrypted_and_replaced(database, linked, workspace):
    await linked.link(workspace.id, KEY, ANA, NOW)
    assert await linked.of(workspace.id) == KEY
    async with database.reading() as connection:
        assert KEY not in str((await connection.execute(select(credentials))).all())
    await linked.link(workspace.id, "cs_test_other", ANA, NOW)
    assert await linked.of(workspace.id) == "cs_test_other"


async def test_a_key_copied_into_another_workspaces_row_is_refused(database, linked, workspace, neighbour):
    await linked.link(workspace.id, KEY, ANA, NOW)
    await linked.link(neighbour.id, "cs_test_other", ANA, NOW)
    async with database.writing() as connection:
        stolen = select(credentials.c.locked_key).where(credentials.c.workspace_id == workspace.id).scalar_subquery()
        here = update(credentials).where(credentials.c.workspace_id == neighbour.id)
        await connection.execute(here.values(locked_key=stolen))
    with pytest.raises(NotConfigured):
        await linked.of(neighbour.id)


async def test_rotation_moves_every_secret_to_the_newest_key(database, workspace):
    old = Store(database, (OLD,))
    await old.credentials.link(workspace.id, KEY, ANA, NOW)
    await old.installations.save("slack", "T1", "xoxb-token", NOW)
    await old.credentials.mark_keys()
    assert await Store(database, (NEW, OLD)).credentials.rotate() == 2
    new = Store(database, (NEW,))
    await new.credentials.check_keys()
    assert await new.credentials.of(workspace.id) == KEY
    assert await new.installations.find("slack", "T1") == "xoxb-token"
    with pytest.raises(NotConfigured):
        await old.credentials.of(workspace.id)


async def test_starting_with_other_encryption_keys_is_refused(database_url):
    async with Store.opened(database_url, (OLD,)):
        pass
    for keys in ((NEW,), ()):
        with pytest.raises(NotConfigured, match="SECRET_KEYS"):
            async with Store.opened(database_url, keys):
                pass


async def test_an_installation_is_stored_encrypted_replaced_and_removed(database):
    kept = Store(database, (OLD,)).installations
    await kept.save("slack", "T1", "first", NOW)
    await kept.save("slack", "T1", "second", NOW)
    assert await kept.find("slack", "T1") == "second"
    assert await kept.find("slack", "T2") is None
    async with database.reading() as connection:
        assert "second" not in str((await connection.execute(select(installations))).all())
    await kept.remove("slack", "T1")
    assert await kept.find("slack", "T1") is None


async def test_an_installation_is_finished_once_and_in_time_by_its_browser(database):
    states = Store(database).installations
    await states.issue_state("one", NOW, NOW + KEPT)
    assert not await states.consume_state("another", NOW)
    assert not await states.consume_state("one", NOW + KEPT)
    assert await states.consume_state("one", NOW)
    assert not await states.consume_state("one", NOW)


async def test_a_new_installation_replaces_the_oldest_unfinished_one_when_too_many_are_open(database):
    states = Store(database).installations
    rows = [{"state": str(n), "expires_at": NOW + KEPT + timedelta(seconds=n)} for n in range(MAX_STATES)]
    async with database.writing() as connection:
        await connection.execute(insert(oauth_states), rows)
    await states.issue_state("new", NOW, NOW + KEPT + timedelta(seconds=MAX_STATES))
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(oauth_states)) == MAX_STATES
    assert not await states.consume_state("0", NOW)
    assert await states.consume_state("1", NOW)
    assert await states.consume_state("new", NOW)


async def test_an_event_is_new_once_for_every_process(store):
    assert await store.inbox.is_new("slack", "Ev1", NOW)
    assert not await store.inbox.is_new("slack", "Ev1", NOW)
    assert await store.inbox.is_new("discord", "Ev1", NOW)
    await store.inbox.forget_old(NOW + KEPT)
    assert not await store.inbox.is_new("slack", "Ev1", NOW)
    await store.inbox.forget_old(NOW + KEPT * 2)
    assert await store.inbox.is_new("slack", "Ev1", NOW)
