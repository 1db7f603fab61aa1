"""How the client reads events that the library does not expect."""

import pytest
from discord import Client, Guild, Intents
from discord.channel import _threaded_guild_channel_factory

from adapters.discord.listeners import _tolerant


def test_an_interaction_without_a_file_size_limit_uses_discords_default():
    read = []
    _tolerant("INTERACTION_CREATE", read.append)({"id": "1"})
    _tolerant("INTERACTION_CREATE", read.append)({"id": "2", "attachment_size_limit": 5})
    assert read == [{"id": "1", "attachment_size_limit": 10 * 1024 * 1024}, {"id": "2", "attachment_size_limit": 5}]


@pytest.mark.parametrize("type_", [0, 2, 5, 10, 11, 12, 13, 15, 16])
def test_an_interaction_from_a_partial_channel_that_the_library_does_not_know_is_read(type_):
    read, parent = [], "9" if type_ in {10, 11, 12} else None
    state = Client(intents=Intents.none())._connection
    guild = Guild(state=state, data={"id": 1, "unavailable": True})
    factory, _ = _threaded_guild_channel_factory(type_)
    _tolerant("INTERACTION_CREATE", lambda data: read.append(factory(guild=guild, state=state, data=data["channel"])))(
        {"id": "1", "channel": {"id": "7", "type": type_, "guild_id": "1", "name": "promo", "parent_id": parent}}
    )
    assert [(each.id, each.name) for each in read] == [(7, "promo")]


def test_an_unreadable_event_ends_nothing():
    _tolerant("GUILD_UPDATE", lambda data: data["id"])({})
