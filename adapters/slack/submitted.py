"""A form's answers, looked at while Slack still waits: what is wrong is told at its field, and the form stays open.

Nothing is asked of the database or the network for it; what only they can tell comes as an answer afterwards.
"""

from collections.abc import Mapping

from adapters.slack.asked import Payload
from adapters.slack.forms import values
from bot.commands.command import Argument, Kind
from bot.commands.parse import bind
from bot.commands.registry import AnyCommand
from bot.domain.errors import LinkError, UsageError
from bot.domain.links import parse_link


def wrong_fields(commands: Mapping[str, AnyCommand], view: Payload) -> Mapping[str, str]:
    """A sentence for each field that is wrong, by its name; empty where all can be understood."""
    command = commands.get(view["callback_id"])
    if command is None:
        return {}
    given = values(view)
    listed = [each for each in command.arguments if each.listed]
    wrong = {each.name: sentence for each in listed if (sentence := _link_problem(each, given.get(each.name, "")))}
    try:
        bind(command, given)
    except UsageError as error:
        wrong.setdefault(error.argument or listed[0].name, str(error))
    return wrong


def _link_problem(argument: Argument, given: str) -> str:
    """Why a link is none. Of several links the good ones can be offered, so each is judged in the answer."""
    if argument.kind is not Kind.LINK or len(given.split()) != 1:
        return ""
    try:
        parse_link(given)
    except LinkError as error:
        return str(error)
    return ""
