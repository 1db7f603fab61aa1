"""What people do, over HTTP and over Socket Mode, with an app of the official framework at the other end."""

import asyncio

import pytest

from tests.standins.slack.calls import Failure
from tests.standins_slack.blocks import button, field, menu, modal, options, plain, section, with_button

pytestmark = pytest.mark.usefixtures("reached")


def everything(heard: list):
    """A listener that acknowledges and keeps what it was told."""

    async def listener(ack, body):
        await ack()
        heard.append(body)

    return listener


async def test_a_command_arrives_with_all_that_belongs_to_it(slack, bolt):
    heard: list[dict] = []
    bolt.command("/track")(everything(heard))
    delivery = await slack.send_command("/track", "https://example.com 7", user="U2", channel="C1")
    (body,) = heard
    assert (delivery.failure, slack.failures) == ("", [])
    assert (body["command"], body["text"], body["user_id"], body["user_name"]) == (
        "/track",
        "https://example.com 7",
        "U2",
        "ben",
    )
    assert (body["team_id"], body["channel_id"], body["channel_name"]) == ("T1", "C1", "general")
    assert body["trigger_id"] in slack.triggers
    assert body["response_url"].startswith(slack.base_url)
    assert (body["api_app_id"], body["is_enterprise_install"]) == ("A1", "false")


async def test_an_acknowledgement_with_words_is_shown_to_the_asker_or_to_all(slack, bolt):
    @bolt.command("/private")
    async def private(ack):
        await ack("for you")

    @bolt.command("/public")
    async def public(ack):
        await ack(text="for all", response_type="in_channel", blocks=[section()])

    await slack.send_command("/private", user="U2", channel="C1")
    await slack.send_command("/public", user="U2", channel="C1")
    assert [message.text for message in slack.ephemerals("U2")] == ["for you"]
    assert [message.text for message in slack.channel("C1").messages] == ["for all"]


async def test_a_person_sees_it_when_the_answer_is_wrong(slack, bolt):
    @bolt.command("/wrong")
    async def wrong(ack):
        await ack(text="x", blocks=[{"type": "marquee"}])

    delivery = await slack.send_command("/wrong", user="U2", channel="C1")
    assert delivery.failure.startswith("bad_answer: invalid_blocks")
    assert slack.failures == [Failure("U2", "/wrong", delivery.failure)]
    assert slack.ephemerals("U2") == []


async def test_a_person_sees_it_when_the_answer_is_late(slack, bolt):
    slack.ack_seconds = 0.1
    release = asyncio.Event()

    @bolt.command("/late")
    async def late(ack):
        await release.wait()
        await ack()

    await slack.send_command("/late", user="U2", channel="C1")
    release.set()
    assert slack.failures == [Failure("U2", "/late", "timeout")]


async def test_a_button_is_pressed_by_what_it_says(slack, bolt, client):
    heard: list[dict] = []
    bolt.action("go")(everything(heard))
    await client.chat_postMessage(
        channel="C1", text="x", blocks=[with_button(action_id="go", text=plain(3), value="7")]
    )
    (message,) = slack.channel("C1").messages
    delivery = await slack.send_action(message, "xxx", user="U1")
    (body,) = heard
    (action,) = body["actions"]
    assert (delivery.failure, action["action_id"], action["value"], action["type"]) == ("", "go", "7", "button")
    assert action["block_id"] == message.blocks[0]["block_id"]
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C1",
        "is_ephemeral": False,
    }
    assert body["message"]["blocks"] == message.blocks
    assert (body["channel"]["id"], body["user"]["id"], body["team"]["id"]) == ("C1", "U1", "T1")


async def test_a_choice_arrives_with_its_option_and_the_state_of_the_rest(slack, bolt, client):
    heard: list[dict] = []
    bolt.action("a")(everything(heard))
    await client.chat_postMessage(channel="C1", text="x", blocks=[{**menu(options=options(3)), "block_id": "days"}])
    await slack.send_action(slack.channel("C1").messages[0], "a", user="U1", choice="2")
    assert heard[0]["actions"][0]["selected_option"]["value"] == "2"
    assert heard[0]["state"]["values"]["days"]["a"]["selected_option"]["value"] == "2"


async def test_nobody_can_press_what_they_do_not_see(slack, bolt, client):
    heard: list[dict] = []
    bolt.action("a")(everything(heard))
    await client.chat_postEphemeral(channel="C1", user="U2", text="x", blocks=[with_button()])
    (message,) = slack.ephemerals("U2")
    with pytest.raises(ValueError, match="does not see"):
        await slack.send_action(message, "a", user="U1")
    with pytest.raises(ValueError, match="0 elements"):
        await slack.send_action(message, "b", user="U2")
    with pytest.raises(ValueError, match="is not in G1"):
        await slack.send_command("/x", user="U2", channel="G1")
    await slack.send_action(message, "a", user="U2")
    assert heard[0]["container"]["is_ephemeral"] is True
    assert "message" not in heard[0]
    message.is_deleted = True
    with pytest.raises(ValueError, match="does not see"):
        await slack.send_action(message, "a", user="U2")


async def test_options_are_loaded_and_then_chosen(slack, bolt, client):
    heard: list[dict] = []
    bolt.action("video")(everything(heard))

    @bolt.options("video")
    async def load(ack, body):
        await ack(options=[{"text": plain(2), "value": body["value"]}])

    select = {"type": "actions", "elements": [{"type": "external_select", "action_id": "video", "min_query_length": 1}]}
    await client.chat_postMessage(channel="C1", text="x", blocks=[select])
    (message,) = slack.channel("C1").messages
    delivery = await slack.send_options_request(message, "video", "cat", user="U1")
    assert [option["value"] for option in delivery.options] == ["cat"]
    await slack.send_action(message, "video", user="U1", choice="cat")
    assert heard[0]["actions"][0]["selected_option"]["value"] == "cat"
    with pytest.raises(ValueError, match="too short"):
        await slack.send_options_request(message, "video", "", user="U1")


async def test_more_than_a_hundred_options_are_refused(slack, bolt, client):
    @bolt.options("video")
    async def load(ack):
        await ack(options=options(101))

    select = {"type": "actions", "elements": [{"type": "external_select", "action_id": "video"}]}
    await client.chat_postMessage(channel="C1", text="x", blocks=[select])
    delivery = await slack.send_options_request(slack.channel("C1").messages[0], "video", "cat", user="U1")
    assert delivery.failure.startswith("bad_answer: invalid_options")
    assert slack.failures[0].user == "U1"


async def test_shortcuts_have_what_is_documented_for_them(slack, bolt):
    heard: list[dict] = []
    bolt.shortcut("track")(everything(heard))
    said = slack.say("U1", "C1", "https://example.com/v/1")
    await slack.send_message_shortcut("track", said, user="U2")
    await slack.send_shortcut("track", user="U2")
    assert (heard[0]["type"], heard[0]["message"]["text"]) == ("message_action", "https://example.com/v/1")
    assert (heard[0]["message_ts"], heard[0]["channel"]["id"]) == (said.ts, "C1")
    assert "response_url" in heard[0]
    assert heard[1]["type"] == "shortcut"
    assert not {"channel", "response_url", "message"} & set(heard[1])


async def test_a_form_is_opened_filled_in_and_sent(slack, bolt):
    heard: list[dict] = []

    @bolt.command("/track")
    async def track(ack, body, client):
        await ack()
        view = modal(field(block_id="link", label=plain(4)), callback_id="form", private_metadata="m")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    bolt.view("form")(everything(heard))
    await slack.send_command("/track", user="U2", channel="C1")
    (view,) = slack.modals("U2")
    with pytest.raises(ValueError, match="has to be filled in"):
        await slack.send_view_submission(view)
    delivery = await slack.send_view_submission(view, {"xxxx": "https://example.com"})
    assert (delivery.failure, slack.modals("U2")) == ("", [])
    sent = heard[0]["view"]
    assert sent["state"]["values"]["link"]["a"] == {"type": "plain_text_input", "value": "https://example.com"}
    assert (sent["callback_id"], sent["private_metadata"], sent["id"]) == ("form", "m", view.id)
    assert "channel" not in heard[0]


async def test_the_very_same_can_arrive_twice(slack, bolt):
    heard: list[dict] = []
    bolt.command("/track")(everything(heard))
    await slack.replay(await slack.send_command("/track", user="U2", channel="C1"))
    assert len(heard) == 2
    assert heard[0] == heard[1]


async def test_a_button_in_a_home_tab_has_no_channel(slack, bolt, client):
    heard: list[dict] = []
    bolt.action("a")(everything(heard))
    await client.views_publish(user_id="U2", view={"type": "home", "blocks": [section(accessory=button())]})
    await slack.send_action(slack.home("U2"), "a", user="U2")
    assert heard[0]["container"] == {"type": "view", "view_id": slack.home("U2").id}
    assert not {"channel", "response_url", "message"} & set(heard[0])


async def test_options_may_come_in_groups(slack, bolt, client):
    @bolt.options("video")
    async def load(ack):
        await ack(option_groups=[{"label": plain(), "options": options(2)}])

    select = {"type": "actions", "elements": [{"type": "external_select", "action_id": "video"}, button()]}
    await client.chat_postMessage(channel="C1", text="x", blocks=[select])
    (message,) = slack.channel("C1").messages
    delivery = await slack.send_options_request(message, "video", "cat", user="U1")
    assert [option["value"] for option in delivery.options] == ["0", "1"]
    with pytest.raises(ValueError, match="no options to load"):
        await slack.send_options_request(message, "a", "cat", user="U1")
    with pytest.raises(ValueError, match="no option is called"):
        await slack.send_action(message, "video", user="U1", choice="2")


async def test_only_what_an_app_put_somewhere_can_be_pressed(slack):
    said = slack.say("U1", "C1", "x")
    said.blocks = [{**with_button(), "block_id": "b"}]
    with pytest.raises(ValueError, match="no app put this here"):
        await slack.send_action(said, "a", user="U1")
    slack.add_app("A2")
    with pytest.raises(ValueError, match="name it"):
        await slack.send_shortcut("track", user="U1")
