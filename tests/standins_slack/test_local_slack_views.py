import pytest

from tests.standins_slack.asking import refusal
from tests.standins_slack.blocks import button, field, modal, options, plain, section


@pytest.fixture
def trigger(slack, app):
    """A new trigger of ben's at each call."""
    return lambda: slack.new_trigger(app, slack.users["U2"])


async def test_a_trigger_opens_one_modal_within_three_seconds(slack, client, trigger, clock):
    used = trigger()
    await client.views_open(trigger_id=used, view=modal())
    assert await refusal(client.views_open(trigger_id=used, view=modal())) == "exchanged_trigger_id"
    late = trigger()
    clock.forward(seconds=3.1)
    assert await refusal(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert await refusal(client.views_open(trigger_id="1.2.x", view=modal())) == "invalid_trigger_id"
    assert len(slack.modals("U2")) == 1


async def test_another_apps_trigger_opens_nothing(slack, client):
    other = slack.add_app("A2")
    foreign = slack.new_trigger(other, slack.users["U2"])
    assert await refusal(client.views_open(trigger_id=foreign, view=modal())) == "invalid_trigger_id"


async def test_a_wrong_view_is_refused_with_the_reasons(client, trigger):
    assert await refusal(client.views_open(trigger_id=trigger(), view=modal(title=plain(25)))) == "invalid_arguments"
    home = {"type": "home", "blocks": [section()]}
    assert await refusal(client.views_open(trigger_id=trigger(), view=home)) == "invalid_arguments"
    large = modal(*[section(fields=[plain(2000)] * 10)] * 13)
    assert await refusal(client.views_open(trigger_id=trigger(), view=large)) == "view_too_large"


async def test_an_open_modal_is_updated_unless_it_has_changed_meanwhile(slack, client, trigger):
    opened = (await client.views_open(trigger_id=trigger(), view=modal(external_id="mine")))["view"]
    newer = (await client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal()))["view"]
    assert newer["hash"] != opened["hash"]
    stale = client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal())
    assert await refusal(stale) == "hash_conflict"
    (view,) = slack.modals("U2")
    view.is_open = False
    assert await refusal(client.views_update(view_id=view.id, view=modal())) == "not_found"


async def test_an_external_id_is_used_once_and_names_a_view(slack, client, trigger):
    await client.views_open(trigger_id=trigger(), view=modal(external_id="mine"))
    await client.views_update(external_id="mine", view=modal(external_id="mine", title=plain(3)))
    assert slack.modals("U2")[0].body["title"]["text"] == "xxx"


@pytest.mark.usefixtures("over_http")
async def test_modals_are_stacked_three_high(slack, bolt, client, trigger):
    outcomes: list[str] = []
    floor = modal(section(accessory=button(action_id="deeper")))

    @bolt.action("deeper")
    async def deeper(ack, body):
        await ack()
        push = client.views_push(trigger_id=body["trigger_id"], view=floor)
        is_full = len(slack.modals("U2")) == 3
        outcomes.append(await refusal(push) if is_full else (await push)["view"]["previous_view_id"])

    await client.views_open(trigger_id=trigger(), view=floor)
    for _ in range(3):
        await slack.send_action(slack.modals("U2")[-1], "deeper", user="U2")
    names = [view.id for view in slack.modals("U2")]
    assert outcomes == [names[0], names[1], "push_limit_reached"]
    assert {view.root_id for view in slack.modals("U2")} == {names[0]}


async def test_a_push_comes_from_an_open_modal(client, trigger):
    assert await refusal(client.views_push(trigger_id=trigger(), view=modal())) == "no_permission"


async def test_a_home_tab_is_published_for_one_person_and_replaced(slack, client):
    for text in ("old", "new"):
        view = {"type": "home", "blocks": [section(text={"type": "mrkdwn", "text": text})]}
        await client.views_publish(user_id="U2", view=view)
    assert slack.home("U2").blocks[0]["text"]["text"] == "new"
    assert slack.home("U1") is None
    stale = client.views_publish(user_id="U2", view=view, hash="old")
    assert await refusal(stale) == "hash_conflict"
    assert await refusal(client.views_publish(user_id="U404", view=view)) == "user_not_found"


@pytest.fixture
async def form(slack, client, trigger):
    """An open form with a required link and an optional number of days."""
    days = {"type": "number_input", "action_id": "days", "is_decimal_allowed": False, "max_value": "30"}
    blocks = (
        field(block_id="link", label=plain(4)),
        field(block_id="days", label=plain(5), element=days, optional=True),
    )
    await client.views_open(trigger_id=trigger(), view=modal(*blocks, callback_id="form"))
    return slack.modals("U2")[0]


@pytest.mark.usefixtures("over_http")
async def test_errors_keep_a_form_open_and_stand_at_their_fields(slack, bolt, form):
    @bolt.view("form")
    async def submitted(ack):
        await ack(response_action="errors", errors={"link": "That is no link."})

    delivery = await slack.send_view_submission(form, {"link": "x", "days": "7"})
    assert (delivery.failure, form.is_open, form.errors) == ("", True, {"link": "That is no link."})


@pytest.mark.usefixtures("over_http")
@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"other": "x"}},
        {"response_action": "errors", "errors": {"link": ""}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "explode"},
    ],
)
async def test_a_wrong_answer_to_a_form_is_seen_by_the_person(slack, bolt, form, answer):
    @bolt.view("form")
    async def submitted(ack):
        await ack(answer)

    delivery = await slack.send_view_submission(form, {"link": "x"})
    assert delivery.failure.startswith("bad_answer")
    assert [failure.what for failure in slack.failures] == ["submit"]
    assert form.is_open


@pytest.mark.usefixtures("over_http")
async def test_a_form_can_turn_into_another_one_or_clear_them_all(slack, bolt, form):
    answers = [
        {"response_action": "update", "view": modal(field(), title=plain(3), callback_id="form")},
        {"response_action": "push", "view": modal(field(), callback_id="form")},
        {"response_action": "clear"},
    ]

    @bolt.view("form")
    async def submitted(ack):
        await ack(answers.pop(0))

    await slack.send_view_submission(form, {"link": "x"})
    assert form.body["title"]["text"] == "xxx"
    await slack.send_view_submission(form, {"x": "x"})
    upper = slack.modals("U2")[-1]
    assert upper.previous_id == form.id
    await slack.send_view_submission(upper, {"x": "x"})
    assert slack.modals("U2") == []


@pytest.mark.parametrize("answers", [{"days": "31"}, {"days": "1.5"}, {"days": "many"}, {"days": "7"}, {"when": "now"}])
async def test_the_client_lets_nobody_send_what_does_not_fit(slack, form, answers):
    with pytest.raises(ValueError, match=r"bounds|whole|number|has to be filled in|0 elements"):
        await slack.send_view_submission(form, answers)


@pytest.mark.usefixtures("over_http")
async def test_closing_a_form_is_told_only_where_that_is_wanted(slack, bolt, client, form, trigger):
    heard: list[str] = []

    @bolt.view_closed("quiet")
    async def closed(ack, view):
        await ack()
        heard.append(view["id"])

    assert await slack.send_view_closed(form) is None
    quiet = modal(field(), callback_id="quiet", notify_on_close=True)
    await client.views_open(trigger_id=trigger(), view=quiet)
    (view,) = slack.modals("U2")
    await slack.send_view_closed(view)
    assert heard == [view.id]
    assert slack.modals("U2") == []


@pytest.mark.usefixtures("over_http")
async def test_every_kind_of_field_can_be_filled_in(slack, bolt, client, trigger):
    heard: list[dict] = []

    @bolt.view("all")
    async def submitted(ack, view):
        await ack()
        heard.append(view["state"]["values"])

    elements = {
        "one": {"type": "static_select", "options": options(3)},
        "some": {"type": "checkboxes", "options": options(3)},
        "who": {"type": "users_select"},
        "when": {"type": "datepicker"},
        "where": {"type": "url_text_input"},
    }
    blocks = [field(block_id=name, element={**element, "action_id": name}) for name, element in elements.items()]
    await client.views_open(trigger_id=trigger(), view=modal(*blocks, callback_id="all"))
    answers = {"one": "1", "some": ["0", "2"], "who": "U1", "when": "2026-11-23", "where": "https://example.com"}
    await slack.send_view_submission(slack.modals("U2")[0], answers)
    (values,) = heard
    assert values["one"]["one"]["selected_option"]["value"] == "1"
    assert [option["value"] for option in values["some"]["some"]["selected_options"]] == ["0", "2"]
    assert values["who"]["who"]["selected_user"] == "U1"
    assert values["when"]["when"]["selected_date"] == "2026-11-23"
    assert values["where"]["where"]["value"] == "https://example.com"


async def test_an_external_id_that_is_open_is_not_opened_twice(client, trigger, slack, app):
    await client.views_open(trigger_id=trigger(), view=modal(external_id="mine"))
    other = slack.new_trigger(app, slack.users["U1"])
    assert await refusal(client.views_open(trigger_id=other, view=modal(external_id="mine"))) == "duplicate_external_id"
