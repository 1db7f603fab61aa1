"""Half of a surrogate pair, valid in JSON but not in any database, as every argument of every command."""

from bot.commands.registry import COMMANDS
from bot.reply.plain import plain_text
from tests.standins.environment import ANA

HALF = "a\ud83db"
LINES = ("%s", "%s vs %s", "https://x.com/%s/status/1988637243979237148 7", "on %s", '"%s" "%s"')


def written(reply):
    """Whether the reply can be sent."""
    said = plain_text(reply)
    said.encode()
    for action in reply.actions:
        if hasattr(action, "call"):
            action.call.encode()
    return "went wrong" not in said


async def test_half_a_character_breaks_no_command(env):
    await env.start()
    for command in COMMANDS:
        names = [each.name for each in command.arguments]
        calls = [{name: HALF} for name in names] + [dict.fromkeys(names, HALF), {HALF: HALF}]
        for given in [*calls, *(line.replace("%s", HALF) for line in LINES)]:
            assert written(await env.bot.run(command.name, given, ANA)), (command.name, given)
        for name in names:
            await env.bot.suggest(command.name, name, HALF, ANA)
