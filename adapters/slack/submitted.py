"""A form's answers, looked at while Slack still waits: what is wrong is told at its field, and the form stays open.

Nothing is asked of the database or the network for it; what only they can tell comes as an answer afterwards.
"""

from collections.abc import Mapping
from datetime import datetime

from adapters.slack.asked import Payload
from adapters.slack.forms import values
from bot.commands.command import Argument, Kind
from bot.commands.parse import bind
from bot.commands.registry import AnyCommand
from bot.domain.errors import LinkError, UsageError
from bot.domain.links import parse_link


def wrong_fields(commands: Mapping[str, AnyCommand], view: Payload, now: datetime) -> Mapping[str, str]:
    """A sentence for each field that is wrong, by its name; empty where all can be understood."""
    command = commands.get(view["callback_id"])
    if command is None:
        return {}
    given = values(view)
    listed = [each for each in command.arguments if each.listed]
    wrong = {each.name: sentence for each in listed if (sentence := _link_problem(each, given.get(each.name, "")))}
    try:
        command.check(bind(command, given), now)
    except UsageError as error:
        wrong.setdefault(error.argument or listed[0].name, str(error))
    return wrong


def _link_problem(argument: Argument, given: str) -> str:
    """Why there is no link in these words. Where there is one, the others are judged in the answer."""
    problems = [_why_not(word) for word in given.split()] if argument.kind is Kind.LINK else []
    return problems[0] if all(problems) and problems else ""


def _why_not(word: str) -> str:
    try:
        parse_link(word)
    except LinkError as error:
        return str(error)
    return ""
