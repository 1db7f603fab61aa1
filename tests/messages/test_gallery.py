"""Properties of every message of the bot, with hostile titles."""

import importlib
import inspect
import json
import pkgutil
import re

import bot.alerts
import bot.campaigns
import bot.delivery
import bot.digests
import bot.messages
from bot.commands.forms import reopened
from bot.commands.parse import bind
from bot.commands.registry import by_name
from bot.reply.as_json import to_json
from bot.reply.call import Call
from bot.reply.model import (
    Bold,
    Button,
    Channel,
    Code,
    Fields,
    Link,
    LinkButton,
    Listing,
    Mention,
    Menu,
    Note,
    Paragraph,
    Picture,
    Plain,
    Reply,
    Select,
    Table,
    Time,
)
from bot.reply.plain import plain_text, row_menus
from tests.every_reply import on_every_reply
from tests.examples import TITLES
from tests.gallery import gallery


def message_functions():
    for package in (bot.messages, bot.delivery, bot.digests, bot.alerts, bot.campaigns):
        for module in pkgutil.iter_modules(package.__path__):
            loaded = importlib.import_module(f"{package.__name__}.{module.name}")
            key = loaded.__name__.removeprefix("bot.").removeprefix("messages.")
            for name, function in inspect.getmembers(loaded, inspect.isfunction):
                is_message = inspect.signature(function).return_annotation is Reply
                if is_message and function.__module__ == loaded.__name__ and not name.startswith("_"):
                    yield f"{key}.{name}"


def texts(reply):
    """Every text of a reply's parts. A listing's cells repeat its lines, with exact counts."""
    for part in reply.parts:
        match part:
            case Paragraph(text) | Note(text):
                yield text
            case Fields(fields):
                yield from (field.value for field in fields)
            case Table():
                yield from (cell for row in part.rows for cell in row)
            case Listing(items=items):
                yield from (each for item in items for each in (item.name, item.line))
    yield reply.public_line


def spans(reply):
    return [span for text in texts(reply) for span in text]


def strings(reply):
    """Every string that a reader would see."""
    yield from (reply.title, reply.summary)
    for span in spans(reply):
        match span:
            case Plain(text) | Bold(text) | Code(text) | Link(text):
                yield text
            case Mention(_, name):
                yield name
            case Time() | Channel():
                pass
    for part in reply.parts:
        match part:
            case Table() | Listing():
                yield part.caption
            case Fields(fields):
                yield from (field.name for field in fields)
            case Picture():
                yield part.alt
    for action in reply.actions:
        yield action.placeholder if isinstance(action, Select | Menu) else action.label
    yield from (file.name for file in reply.files)


def calls(reply):
    """Every call of a reply, as it would be sent: a select's once per option."""
    for action in (*reply.actions, *row_menus(reply)):
        match action:
            case Button(call=call):
                yield call
            case Select(call=call, argument=argument, options=options):
                yield from (Call(call.command, {**call.arguments, argument: each.value}) for each in options)
            case Menu(options=options):
                yield from (each.call for each in options)


def test_every_message_has_an_example():
    assert set(message_functions()) == {name.partition(":")[0] for name in gallery()}


@on_every_reply
def test_the_summary_is_the_finding_in_full_sentences(reply):
    assert re.fullmatch(r"\S.*[.?]", reply.summary), reply.summary
    assert "  " not in reply.summary
    assert ".." not in reply.summary
    assert reply.summary[0] == reply.summary[0].upper() or reply.summary.startswith(TITLES)
    assert len(reply.summary) <= 600


@on_every_reply
def test_emphasised_words_are_in_the_summary_in_order(reply):
    assert re.search(".*".join(map(re.escape, reply.strong)), reply.summary)


@on_every_reply
def test_the_parts_do_not_repeat_the_summary(reply):
    for text in texts(reply):
        assert not any(isinstance(span, Plain) and reply.summary in span.text for span in text)


@on_every_reply
def test_tables_are_rectangular_and_not_empty(reply):
    for part in (part.table if isinstance(part, Listing) else part for part in reply.parts):
        if isinstance(part, Table):
            assert part.caption
            assert part.rows
            assert {len(row) for row in part.rows} == {len(part.columns)}
            assert all(cell for row in part.rows for cell in row)


@on_every_reply
def test_no_field_or_note_is_empty(reply):
    assert all(text for text in texts(reply) if text is not reply.public_line)
    assert all(field.name for part in reply.parts if isinstance(part, Fields) for field in part.fields)


@on_every_reply
def test_links_lead_to_https(reply):
    addresses = [span.url for span in spans(reply) if isinstance(span, Link)]
    addresses += [action.url for action in reply.actions if isinstance(action, LinkButton)]
    assert all(address.startswith("https://") for address in addresses)


@on_every_reply
def test_pictures_state_their_finding(reply):
    for part in reply.parts:
        if isinstance(part, Picture):
            assert part.alt.endswith(".")
            assert part.name.endswith(".png")


@on_every_reply
def test_actions_fit_every_platform(reply):
    assert len(reply.actions) <= 8
    for action in reply.actions:
        match action:
            case Button(label) | LinkButton(label):
                assert 1 <= len(label) <= 75
            case Select():
                assert 1 <= len(action.options) <= 25
                assert 1 <= len(action.placeholder) <= 75
                assert all(1 <= len(option.label) <= 75 and 1 <= len(option.value) <= 75 for option in action.options)
                assert len({option.value for option in action.options}) == len(action.options)
            case Menu():
                assert 1 <= len(action.options) <= 25
                assert 1 <= len(action.placeholder) <= 75
                assert all(1 <= len(each.label) <= 75 and len(each.description) <= 75 for each in action.options)
                assert len({each.call.encode() for each in action.options}) == len(action.options)
    assert len({action.label for action in reply.actions if isinstance(action, Button)}) == sum(
        isinstance(action, Button) for action in reply.actions
    )


@on_every_reply
def test_every_menu_of_a_card_has_a_name_of_its_own(reply):
    lists = [each.choice for each in reply.parts if isinstance(each, Listing) and any(row.button for row in each.items)]
    menus = [each.placeholder for each in reply.actions if isinstance(each, Menu | Select)]
    names = [*lists, *menus]
    assert all(names)
    assert "Open…" not in names
    assert len(set(names)) == len(names)


@on_every_reply
def test_every_call_names_a_command_binds_and_fits_a_button(reply):
    commands = by_name()
    for call in calls(reply):
        name, given, _ = reopened(call)
        command = commands[name]
        assert call.fits
        assert Call.decode(call.encode()) == call
        if given or not command.listed:
            bind(command, given)


@on_every_reply
def test_titles_stay_short(reply):
    assert len(reply.title) <= 80
    assert "\n" not in reply.title


@on_every_reply
def test_it_can_be_written_as_json(reply):
    told = json.loads(to_json(reply))
    assert told["summary"] == reply.summary
    assert len(told["parts"]) == len(reply.parts)


@on_every_reply
def test_plain_text_holds_every_number_of_the_card(reply):
    said = plain_text(reply)
    seen = {number for string in strings(reply) for number in re.findall(r"[\d.,]*\d", string)}
    public = {
        number for span in reply.public_line if isinstance(span, Plain) for number in re.findall(r"\d+", span.text)
    }
    missing = {number for number in seen - public if number not in said}
    assert missing == set()


@on_every_reply
def test_no_invisible_or_direction_characters_reach_plain_text(reply):
    assert not re.search("[\u202a-\u202e\u200b\x00-\x08\x1b]", plain_text(reply))
