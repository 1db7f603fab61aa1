from adapters.discord.render import messages
from adapters.discord.send import EPHEMERAL, body, payload
from tests.gallery import gallery

REPLY = gallery()["stats.video_stats"]


def test_a_nonce_is_enforced_and_a_private_message_is_ephemeral():
    (message,) = messages(REPLY)
    made = payload(message, nonce="digest:1", is_private=True)
    assert (made["nonce"], made["enforce_nonce"]) == ("digest:1", True)
    assert made["flags"] == message.flags | EPHEMERAL
    assert not {"nonce", "enforce_nonce"} & payload(message).keys()


def test_files_are_reopened_for_every_request_and_have_alt_text():
    (message,) = messages(REPLY)
    (file,) = message.files
    expected = [{"id": 0, "filename": file.name, "description": file.description}]
    assert payload(message)["attachments"] == expected
    form = body(message)["form"]
    assert form() is not form()
    assert form().is_multipart
