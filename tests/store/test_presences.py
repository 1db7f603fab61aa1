"""Where the bot is, and what it registered there."""

from datetime import timedelta

from tests.store.samples import NOW

LATER = NOW + timedelta(days=1)


async def test_what_was_said_of_a_place_first_holds(store):
    assert await store.presences.is_empty("discord")
    assert await store.presences.arrived("discord", ["1", "2", "1"], NOW, is_operators=True) == {"1": True, "2": True}
    assert await store.presences.arrived("discord", ["2", "3"], NOW, is_operators=False) == {"2": True, "3": False}
    assert await store.presences.known("discord") == {"1": True, "2": True, "3": False}
    assert not await store.presences.is_empty("discord")
    assert await store.presences.is_empty("slack")


async def test_a_place_that_was_left_is_known_no_more_until_the_bot_is_back(store):
    await store.presences.arrived("discord", ["1", "2"], NOW, is_operators=True)
    await store.presences.left("discord", ["1", "unknown"], NOW)
    await store.presences.left("discord", ["1"], LATER)
    assert await store.presences.known("discord") == {"2": True}
    assert list(await store.presences.departed(NOW)) == []
    assert list(await store.presences.departed(NOW + timedelta(seconds=1))) == [("discord", "1")]
    await store.presences.arrived("discord", ["1"], LATER, is_operators=False)
    assert await store.presences.known("discord") == {"1": True, "2": True}
    await store.presences.forget("discord", "1", LATER)
    assert await store.presences.known("discord") == {"1": True, "2": True}


async def test_a_place_that_is_forgotten_comes_back_as_a_new_one(store):
    await store.presences.arrived("discord", ["1", "2"], NOW, is_operators=True)
    await store.presences.left("discord", ["1"], NOW)
    await store.presences.forget("discord", "1", LATER)
    assert list(await store.presences.departed(LATER)) == []
    assert await store.presences.arrived("discord", ["1"], LATER, is_operators=False) == {"1": False}


async def test_thousands_of_places_are_noted_at_once(store):
    ids = [str(number) for number in range(2_500)]
    assert len(await store.presences.arrived("discord", ids, NOW, is_operators=False)) == 2_500
    assert len(await store.presences.known("discord")) == 2_500
    assert await store.presences.arrived("discord", [], NOW, is_operators=False) == {}


async def test_what_was_registered_is_remembered_for_each_application(store):
    assert await store.registrations.fingerprint("discord", "7") is None
    await store.registrations.save("discord", "7", "first", NOW)
    await store.registrations.save("discord", "7", "second", LATER)
    await store.registrations.save("discord", "8", "third", NOW)
    assert await store.registrations.fingerprint("discord", "7") == "second"
    assert await store.registrations.fingerprint("slack", "7") is None
