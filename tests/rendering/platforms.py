"""Each platform's renderer, buttons and forms under the same names, with its documented limits."""

import json
from typing import Any

from adapters.discord import actions as discord_actions
from adapters.discord import forms as discord_forms
from adapters.discord import render as discord_render
from adapters.discord.text import server_wording
from adapters.slack import actions as slack_actions
from adapters.slack import forms as slack_forms
from adapters.slack import render as slack_render
from bot.commands.command import Command
from bot.commands.forms import filled_in
from bot.reply.call import Call
from bot.reply.model import Reply, Text
from tests.discord_render import rendered as discord_reading
from tests.slack_render import rendered as slack_reading
from tests.standins.discord_server import components, markdown
from tests.standins.slack import mrkdwn
from tests.standins.slack.block_kit import validate, validate_view


class Slack:
    """Slack, with every picture uploaded."""

    uploaded = {"a.png": "F0000001", "growth.png": "F0000002"}  # noqa: RUF012 - never changed
    longest_label, longest_alt, row = 75, 2_000, 25

    def messages(self, reply: Reply) -> list[Any]:
        return list(slack_render.messages(reply, self.uploaded))

    def edited(self, reply: Reply) -> Any:
        """The message that replaces another."""
        return self.messages(reply)[0]

    def public(self, line: Text) -> Any:
        return slack_render.public_message(line)

    def problems(self, message: Any) -> list[Any]:
        wire = json.loads(json.dumps({"text": message.text, "blocks": message.blocks}))
        assert wire["blocks"]
        return [*validate(wire["blocks"], "message"), *mrkdwn.mentions(wire)]

    def missing(self, text: str, messages: list[Any]) -> list[str]:
        return slack_reading.missing(text, [block for message in messages for block in message.blocks])

    def read(self, messages: list[Any]) -> str:
        return "".join(slack_reading.read(message.blocks) for message in messages).replace("\u2060", "")

    def rows(self, messages: list[Any]) -> list[list[str]]:
        """The labels of the buttons by row."""
        rows = [block for message in messages for block in message.blocks if block["type"] == "actions"]
        return [[each["text"]["text"] for each in row["elements"]] for row in rows]

    def alts(self, messages: list[Any]) -> list[str]:
        return [block["alt_text"] for each in messages for block in each.blocks if block["type"] == "image"]

    def elements(self, *offered: Any) -> list[Any]:
        blocks: list[Any] = list(slack_actions.action_blocks(offered))
        return [element for block in blocks for element in block["elements"]]

    def label(self, element: Any) -> str:
        return str(element["text"]["text"])

    def press(self, element: Any, option: Any = None) -> Call | None:
        """The call of a button, or of an option."""
        sent = {key: element[key] for key in ("type", "action_id", "value", "text") if key in element}
        return slack_actions.call_of({**sent, "block_id": "b", "selected_option": option})

    def offered(self, message: Any) -> list[Call | None]:
        """Every call in a message."""
        elements = [each for block in message.blocks if block["type"] == "actions" for each in block["elements"]]
        return [self.press(each, option) for each in elements for option in each.get("options", [None])]

    def form(self, command: Command[Any], given: dict[str, str]) -> Any:
        return json.loads(json.dumps(slack_forms.form(command, "meta", given)))

    def form_problems(self, form: Any) -> list[Any]:
        return validate_view(form)

    def fields(self, form: Any) -> list[str]:
        return [block["block_id"] for block in form["blocks"] if block["type"] == "input"]

    def has_several_lines(self, form: Any, field: str) -> bool:
        """Whether a field is one for long text."""
        return any(each["element"].get("multiline") for each in form["blocks"] if each["block_id"] == field)

    def submit(self, form: Any, filled: dict[str, Any]) -> dict[str, str]:
        """The arguments after a person changes some prefilled values and submits the form."""
        state = {}
        for block in form["blocks"]:
            if block["type"] == "input":
                element, name = block["element"], block["block_id"]
                state[name] = {element["action_id"]: self._filled(element, filled.get(name))}
        return dict(filled_in(form["callback_id"], slack_forms.values({**form, "state": {"values": state}}))[1])

    def _filled(self, element: Any, value: Any) -> dict[str, Any]:
        match element["type"]:
            case "plain_text_input" | "number_input" as kind:
                return {"type": kind, "value": value if value is not None else element.get("initial_value")}
            case "multi_external_select" | "multi_static_select" as kind:
                chosen = [{"text": {}, "value": each} for each in value or ()]
                return {"type": kind, "selected_options": chosen or element.get("initial_options", [])}
            case "timepicker" as kind:
                return {"type": kind, "selected_time": element.get("initial_time")}
            case kind:
                return {"type": kind, "selected_option": element.get("initial_option")}


class Discord:
    longest_label, longest_alt, row = 80, 1_024, 5

    def messages(self, reply: Reply) -> list[Any]:
        return list(discord_render.messages(reply))

    def edited(self, reply: Reply) -> Any:
        """The message that replaces another."""
        return discord_render.one_message(reply)

    def public(self, line: Text) -> Any:
        return discord_render.public_message(line)

    def problems(self, message: Any) -> list[Any]:
        wire = discord_reading.sent(message)
        attached = [file.name for file in message.files]
        return [*components.validate(wire, attached=attached), *markdown.mentions(wire)]

    def missing(self, text: str, messages: list[Any]) -> list[str]:
        return discord_reading.missing(server_wording(text), tuple(messages))

    def read(self, messages: list[Any]) -> str:
        return "".join(discord_reading.read(message.components) for message in messages).replace("\u200b", "")

    def rows(self, messages: list[Any]) -> list[list[str]]:
        """The labels of the buttons by row."""
        found = [each for message in messages for each in components.nested(list(message.components))]
        return [[each["label"] for each in row["components"]] for row in found if row["type"] == 1]

    def alts(self, messages: list[Any]) -> list[str]:
        found = [each for message in messages for each in components.nested(list(message.components))]
        return [item["description"] for each in found if each["type"] == 12 for item in each["items"]]

    def elements(self, *offered: Any) -> list[Any]:
        return [element for row in discord_actions.rows(offered) for element in row["components"]]

    def label(self, element: Any) -> str:
        return str(element["label"])

    def press(self, element: Any, option: Any = None) -> Call | None:
        """The call of a button, or of an option."""
        return discord_actions.call_of(element["custom_id"], *([[option["value"]]] if option else []))

    def offered(self, message: Any) -> list[Call | None]:
        """Every call in a message."""
        elements = [each for each in components.nested(list(message.components)) if "custom_id" in each]
        return [self.press(each, option) for each in elements for option in each.get("options", [None])]

    def form(self, command: Command[Any], given: dict[str, str]) -> Any:
        return json.loads(json.dumps(discord_forms.form(command, given)))

    def form_problems(self, form: Any) -> list[Any]:
        return components.validate_modal(form)

    def fields(self, form: Any) -> list[str]:
        return [each["component"]["custom_id"] for each in form["components"] if each["type"] == 18]

    def has_several_lines(self, form: Any, field: str) -> bool:
        """Whether a field is one for long text."""
        labelled = [each["component"] for each in form["components"] if each["type"] == 18]
        return any(each.get("style") == 2 for each in labelled if each["custom_id"] == field)

    def submit(self, form: Any, filled: dict[str, Any]) -> dict[str, str]:
        """The arguments after a person changes some prefilled values and submits the form."""
        labelled = [each["component"] for each in form["components"] if each["type"] == 18]
        sent = [{"type": 18, "id": 1, "component": self._filled(each, filled)} for each in labelled]
        return dict(filled_in(form["custom_id"], discord_forms.values([*sent, {"type": 10, "id": 2}]))[1])

    def _filled(self, element: Any, filled: dict[str, Any]) -> dict[str, Any]:
        name = element["custom_id"]
        if element["type"] == 4:
            return {"type": 4, "id": 3, "custom_id": name, "value": filled.get(name, element.get("value", ""))}
        chosen = [each["value"] for each in element["options"] if each["default"]]
        return {"type": 3, "id": 3, "custom_id": name, "values": chosen}


PLATFORMS = {"slack": Slack(), "discord": Discord()}
