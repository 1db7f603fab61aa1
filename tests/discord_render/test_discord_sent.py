from discord import AllowedMentions
from discord.http import handle_message_parameters

from adapters.discord.payloads import card, files
from adapters.discord.render import messages
from tests.gallery import gallery
from tests.standins.discord_server.components import validate

REPLY = gallery()["stats.video_stats"]


async def test_discord_s_own_library_sends_a_message_as_it_was_rendered():
    (message,) = messages(REPLY)
    with handle_message_parameters(
        view=card(message), files=files(message), allowed_mentions=AllowedMentions.none(), nonce="digest:1"
    ) as made:
        (payload, picture) = made.multipart
        assert made.payload is None
        assert f'"flags":{message.flags}' in payload["value"].replace(" ", "")
        assert '"filename":"growth.png"' in payload["value"].replace(" ", "")
        assert picture["value"].read() == message.files[0].content


async def test_discord_s_own_library_knows_every_card():
    for reply in gallery().values():
        for message in messages(reply):
            if message.files:
                continue
            made = handle_message_parameters(view=card(message)).payload
            assert made is not None
            assert validate({"flags": made["flags"], "components": made["components"]}) == []
            assert made["components"] == list(message.components)


async def test_a_card_is_never_kept_by_the_library():
    (message,) = messages(REPLY)
    view = card(message)
    assert view.is_finished()
    assert view.timeout is None


async def test_files_are_new_for_every_request_and_carry_their_alt_text():
    (message,) = messages(REPLY)
    first, second = files(message)[0], files(message)[0]
    assert first.fp is not second.fp
    assert first.description == message.files[0].description
