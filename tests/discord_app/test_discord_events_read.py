"""What the client makes of an event that is not as the library wants it."""

from adapters.discord.listeners import _tolerant


def test_a_gesture_without_a_size_for_files_is_read_with_discords_default():
    read = []
    _tolerant("INTERACTION_CREATE", read.append)({"id": "1"})
    _tolerant("INTERACTION_CREATE", read.append)({"id": "2", "attachment_size_limit": 5})
    assert read == [{"id": "1", "attachment_size_limit": 10 * 1024 * 1024}, {"id": "2", "attachment_size_limit": 5}]


def test_an_event_that_cannot_be_read_ends_nothing():
    _tolerant("GUILD_UPDATE", lambda data: data["id"])({})
