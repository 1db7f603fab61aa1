from adapters.discord.forms import form
from bot.commands.registry import by_name
from tests.rendering.platforms import PLATFORMS


def fields(made):
    return {each["component"]["custom_id"]: each["component"] for each in made["components"] if each["type"] == 18}


def test_fields_are_required_or_not_and_multiline_for_several_values():
    styles = {name: field.get("style") for name, field in fields(form(by_name()["track"])).items()}
    assert styles == {"link": 2, "days": 1, "campaign": 1}
    assert fields(form(by_name()["stats"]))["video"]["required"] is True
    assert form(by_name()["track"])["custom_id"] == "track"


def test_several_choices_are_prefilled_and_returned():
    made = form(by_name()["digest"], {"action": "on", "time": "09:00", "show": '"flat" "skip"'})
    menu = fields(made)["show"]
    assert menu["max_values"] == 6
    assert [each["value"] for each in menu["options"] if each["default"]] == ["flat", "skip"]
    assert PLATFORMS["discord"].submit(made, {}) == {"time": "09:00", "show": "flat skip"}
