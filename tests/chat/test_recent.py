from datetime import UTC, datetime, timedelta

from adapters.chat.recent import Recent, RecentIds


def test_the_oldest_value_makes_room_for_the_newest():
    recent = Recent[str, int](limit=2)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        recent.put(key, value)
    assert [recent.get(key) for key in "abc"] == [3, None, 4]
    recent.forget("a")
    assert recent.get("a") is None


def test_a_value_that_is_too_old_is_forgotten():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    recent = Recent[str, int](lasts=timedelta(minutes=1), clock=lambda: now)
    recent.put("a", 1)
    now += timedelta(seconds=59)
    assert recent.get("a") == 1
    now += timedelta(seconds=1)
    assert recent.get("a") is None


def test_an_id_is_new_once_and_an_event_without_one_always():
    ids = RecentIds()
    assert [ids.is_new(each) for each in ("a", "a", "b", "", "")] == [True, False, True, True, True]
