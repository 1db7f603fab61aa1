"""Where the bot is installed, and which commands it registered there."""

from datetime import timedelta

from bot.store.workspaces import ChatInstall
from tests.store.samples import NOW

LATER = NOW + timedelta(days=1)


PUBLIC, PRIVATE = ChatInstall(is_claimed=False, was_public=True), ChatInstall(is_claimed=False, was_public=False)


async def test_a_noted_install_stays_and_being_first_makes_nobody_its_owner(store):
    assert await store.chat_installs.joined("discord", ["1", "2", "1"], is_public=True) == {"1": PUBLIC, "2": PUBLIC}
    assert await store.chat_installs.joined("discord", ["2", "3"], is_public=False) == {"2": PUBLIC, "3": PRIVATE}
    assert await store.chat_installs.known("discord") == {"1": False, "2": False, "3": False}


async def test_a_claim_is_for_one_install_in_one_chat(store):
    await store.chat_installs.joined("discord", ["1", "2"], is_public=True)
    await store.chat_installs.claim("discord", "1")
    await store.chat_installs.claim("slack", "2")
    assert await store.chat_installs.known("discord") == {"1": True, "2": False}
    assert [await store.chat_installs.is_claimed("discord", each) for each in ("1", "2", "9")] == [True, False, False]
    again = await store.chat_installs.joined("discord", ["1"], is_public=False)
    assert again == {"1": ChatInstall(is_claimed=True, was_public=True)}


async def test_a_removed_install_is_unknown_until_the_bot_is_back_and_new_once_forgotten(store):
    installs = store.chat_installs
    await installs.joined("discord", ["1", "2"], is_public=False)
    await installs.claim("discord", "1")
    await installs.left("discord", ["1", "unknown"], NOW)
    await installs.left("discord", ["1"], LATER)
    assert await installs.known("discord") == {"2": False}
    assert list(await installs.departed(NOW)) == []
    assert list(await installs.departed(NOW + timedelta(seconds=1))) == [("discord", "1")]
    back = await installs.joined("discord", ["1"], is_public=True)
    assert back == {"1": ChatInstall(is_claimed=True, was_public=True)}
    await installs.forget("discord", "1", LATER)
    assert await installs.known("discord") == {"1": True, "2": False}
    await installs.left("discord", ["1"], NOW)
    await installs.forget("discord", "1", LATER)
    assert list(await installs.departed(LATER)) == []
    assert await installs.joined("discord", ["1"], is_public=False) == {"1": PRIVATE}


async def test_thousands_of_installs_are_noted_at_once(store):
    ids = [str(number) for number in range(2_500)]
    assert len(await store.chat_installs.joined("discord", ids, is_public=False)) == 2_500
    assert len(await store.chat_installs.known("discord")) == 2_500
    assert await store.chat_installs.joined("discord", [], is_public=False) == {}


async def test_registered_commands_are_remembered_per_application(store):
    assert await store.command_sync.fingerprint("discord", "7") is None
    await store.command_sync.save("discord", "7", "first")
    await store.command_sync.save("discord", "7", "second")
    await store.command_sync.save("discord", "8", "third")
    assert await store.command_sync.fingerprint("discord", "7") == "second"
    assert await store.command_sync.fingerprint("slack", "7") is None
