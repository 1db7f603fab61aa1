"""Permissions: every role tries every command, form and button, in Slack and in Discord."""

import pytest

from bot.commands.permissions import MANAGERS, MEMBERS, PERMISSIONS, refusal
from bot.commands.registry import COMMANDS
from bot.delivery.poster import ChannelRef, Posted
from bot.domain.caller import Permission, Role
from bot.reply.call import Call
from bot.reply.model import Button, Reply
from bot.store.database import Database
from bot.store.outbox import Message, enqueue
from tests.discord_app import bot_app as discord_app
from tests.e2e.chats import scheduled
from tests.slack import bot_app as slack_app
from tests.standins.discord_server.permissions import Permission as DiscordPermission
from tests.standins.discord_server.server import running as discord_running
from tests.standins.environment import LINK, YOUTUBE
from tests.standins.slack.server import running as slack_running

ROLES = (Role.BOT, Role.OUTSIDER, Role.GUEST, Role.MEMBER, Role.ADMIN, Role.OWNER)
"""The least privileged come first, before a manager removes everything."""
SLACK_FLAGS = {
    Role.BOT: ({"is_bot": True},),
    Role.OUTSIDER: ({"is_stranger": True}, {"deleted": True}),
    Role.GUEST: ({"is_restricted": True}, {"is_ultra_restricted": True}),
    Role.MEMBER: ({},),
    Role.ADMIN: ({"is_admin": True},),
    Role.OWNER: ({"is_owner": True}, {"is_primary_owner": True}),
}
COMMAND_LINES = (
    ("track", {"link": LINK, "days": 7}, {Permission.SPEND}),
    ("videos", {}, {Permission.LOOK}),
    ("stats", {"video": YOUTUBE}, {Permission.LOOK}),
    ("compare", {"video": YOUTUBE, "video2": LINK}, {Permission.LOOK}),
    ("stop", {"video": YOUTUBE}, {Permission.STOP, Permission.STOP_ANY}),
    ("usage", {}, {Permission.LOOK}),
    ("digest", {"action": "now"}, {Permission.LOOK}),
    ("digest", {"action": "off"}, {Permission.CONFIGURE}),
    ("alerts", {}, {Permission.LOOK}),
    ("alerts", {"what": "spike", "switch": "on"}, {Permission.CONFIGURE}),
    ("disconnect", {}, {Permission.CONFIGURE}),
    ("status", {}, {Permission.LOOK}),
    ("help", {}, {Permission.LOOK}),
)
FORMS = (
    ("digest", {"action": "on"}, {Permission.CONFIGURE}),
    ("alerts", {"what": "mute"}, {Permission.CONFIGURE}),
    ("alerts", {"what": "quiet"}, {Permission.CONFIGURE}),
    ("connect", {}, {Permission.CONFIGURE}),
)
SLACK_FORMS = (*FORMS, ("stats", {}, {Permission.LOOK}), ("track", {}, {Permission.SPEND}))
"""Discord's own client asks for a missing video or link."""
GIVEN = {
    "track": {"link": LINK, "days": "7"},
    "compare": {"video": '"one" "other"'},
    "digest": {"action": "off"},
    "alerts": {"switch": "off"},
    "alerts.set": {"switch": "off"},
    "share": {"card": "status", "made": "1"},
}
AT_ONCE = 20
CHANGES = {"digest", "alerts"}
"""Everyone may see these settings, but the buttons of this test change them."""
REFUSALS = tuple(
    words.replace("workspace", name)
    for words in (refusal(need, "default") for need in Permission)
    for name in ("workspace", "server")
)


def needed(command):
    """The permissions that a press of a command's button needs."""
    if command.name in CHANGES:
        return {Permission.CONFIGURE}
    return {command.need, Permission.STOP_ANY} if command.need is Permission.STOP else {command.need}


def buttons(video_id):
    """A post with a button for every command, the one that removes everything at the end."""
    commands = sorted(COMMANDS, key=lambda each: each.name == "disconnect.confirm")
    calls = {each.name: Call(each.name, GIVEN.get(each.name, {"video": video_id})) for each in commands}
    made = {name: Button(name, call) for name, call in calls.items()}
    del made["home"], made["connect"], made["export"]  # a tab, a form and a file, which are checked separately
    return made


async def posted_by(program, channel, shown):
    """The ids of the messages with these buttons, by the button's name. A message can have forty parts."""
    names, ids = list(shown), {}
    for start in range(0, len(names), AT_ONCE):
        these = names[start : start + AT_ONCE]
        reply = Reply("For everyone to press.", actions=tuple(shown[name] for name in these))
        posted = await program.poster.post(channel, reply, f"all {start}")
        assert isinstance(posted, Posted)
        ids |= dict.fromkeys(these, posted.message_id)
    return ids


def judge(words, needs, granted, what):
    is_refused = any(each in words for each in REFUSALS)
    assert is_refused is not (needs <= granted), f"{what}: {words[:200]}"


@pytest.fixture
async def in_slack(clock, sandbox, sqlite_url):
    """The program in one workspace, with one channel."""
    async with slack_running(clock) as slack:
        team = slack.add_team("T1", "Acme")
        slack.add_user(slack_app.ANN, team, "ann", is_admin=True)
        slack.add_channel(slack_app.GENERAL, team, [slack_app.ANN], name="general")
        app = slack.add_app()
        token = slack.install(app, team)
        slack.channel(slack_app.GENERAL).members.add(token.bot_user)
        async with slack_app.bot_app_of(slack, app, token, sandbox, clock, sqlite_url) as bot_app:
            bot_app.track(YOUTUBE)
            clock.advance(hours=3)
            await bot_app.type("/videos")
            yield bot_app


@pytest.mark.parametrize(("role", "flags"), [(role, flags) for role in ROLES for flags in SLACK_FLAGS[role]], ids=str)
async def test_each_role_in_slack_may_do_exactly_what_the_table_grants(in_slack, role, flags):
    bot_app, slack, who = in_slack, in_slack.slack, "U9"
    granted = PERMISSIONS[role][MEMBERS]
    slack.add_user(who, slack.teams["T1"], "zoe", **flags)
    slack.channel(slack_app.GENERAL).members.add(who)

    def refusals():
        return sum(any(each in said.text for each in REFUSALS) for said in bot_app.private(who))

    for name, given, needs in COMMAND_LINES:
        line = " ".join((f"/{name}", *map(str, given.values())))
        judge((await bot_app.type(line, who)).text, needs, granted, line)
    for name, given, needs in SLACK_FORMS:
        line = " ".join((f"/{name}", *given.values()))
        if needs <= granted:
            form = await bot_app.modal(bot_app.send(line, who), who)
            form.is_open = False
        else:
            before = refusals()
            await bot_app.send(line, who)
            await slack.until(lambda: refusals() > before)  # noqa: B023 - it is over before the next line
            assert slack.modals(who) == []

    form = await bot_app.modal(bot_app.send("/stats"))
    form.user = who  # as if it had been opened for them
    offered = await slack.send_options_request(form, "video", "", user=who)
    assert bool(offered.options) is (Permission.LOOK in granted)
    if offered.options:
        submitted = slack.send_view_submission(form, {"video": offered.options[0]["value"]})
        answer = await bot_app.seen(submitted)
        judge(answer.text, {Permission.LOOK}, granted, "a form")

    published = len(slack.calls_of("views.publish"))
    await slack.open_home(who)
    await slack.until(lambda: len(slack.calls_of("views.publish")) > published)
    home = slack.home(who)  # which Slack shows only to members
    assert ("available" in slack_app.shown_text(home) if home else False) is (Permission.LOOK in granted)

    shown = buttons(bot_app.sandbox.world.account(bot_app.sandbox.key).trackings.popitem()[0])
    posted = await posted_by(bot_app.program, ChannelRef("slack", "T1", slack_app.GENERAL), shown)

    refused = refusals()
    for command in COMMANDS:
        if command.name in shown:
            message = slack.channel(slack_app.GENERAL).find(posted[command.name])
            await bot_app.press(message, command.name, who)
            refused += not needed(command) <= granted
            await slack.until(lambda: refusals() >= refused)  # noqa: B023 - it is over before the next press

    sent = len(slack.calls_of("files.getUploadURLExternal"))
    await bot_app.send("/export all", who)
    await bot_app.close()
    assert refusals() == refused + (Permission.LOOK not in granted)
    is_sent = len(slack.calls_of("files.getUploadURLExternal")) > sent
    assert is_sent is (Permission.LOOK in granted) or role in {
        Role.ADMIN,
        Role.OWNER,
    }  # they have removed everything by now


@pytest.fixture
async def in_discord(clock, sandbox, sqlite_url):
    """The program in one server, which uses the operator's key."""
    async with discord_running(clock) as discord:
        discord.answer_seconds = 10
        discord.app.is_public = False
        discord.rates.in_all = discord.rates.other = None
        discord.rates.routes = dict.fromkeys(discord.rates.routes)
        server = discord_app.new_server(discord, "Acme")
        async with discord_app.bot_app_of(discord, sandbox, clock, sqlite_url) as bot_app:
            bot_app.track(YOUTUBE)
            clock.advance(hours=3)
            await bot_app.type("videos")
            # A server's settings may offer every command to everyone: the bot still checks.
            discord.commands = [{**each, "default_member_permissions": None} for each in discord.commands]
            yield bot_app, server


@pytest.mark.parametrize("role", [each for each in ROLES if each is not Role.OUTSIDER])
async def test_each_role_in_discord_may_do_exactly_what_the_table_grants(in_discord, role):
    bot_app, server = in_discord
    discord, guild, granted = bot_app.discord, server.guild, PERMISSIONS[role][MANAGERS]
    who = guild.owner if role is Role.OWNER else discord.add_user("zoe", is_bot=role is Role.BOT)
    if role is not Role.OWNER:
        discord.add_member(guild, who, DiscordPermission.MANAGE_GUILD if role is Role.ADMIN else 0)
    if role is Role.GUEST:
        guild.pending.add(who.id)

    async def refuses(action):
        interaction = await action
        assert not interaction.failure, interaction.failure
        if interaction.modal:
            return False
        await discord.until(lambda: not interaction.is_thinking or interaction.followups)
        return any(each in discord_app.shown_text(interaction.message) for each in REFUSALS)

    def command(name, **given):
        return discord.send_command(name, given, user=who, channel=server.general)

    tried = [each for each in COMMAND_LINES if each[0] not in {"stats", "compare", "help"}]  # more would be a flood
    for name, given, needs in (*tried, *FORMS):
        assert await refuses(command(name, **given)) is not (needs <= granted), (name, given)

    typing = await discord.send_autocomplete("stats", "video", "", user=who, channel=server.general)
    assert bool(typing.choices) is (Permission.LOOK in granted)

    shown = buttons(bot_app.sandbox.world.account(bot_app.sandbox.key).trackings.popitem()[0])
    posted = await posted_by(bot_app.program, ChannelRef("discord", guild.id, server.general.id), shown)
    for name in shown:
        message = next(each for each in server.general.messages if each.id == posted[name])
        needs = needed(next(each for each in COMMANDS if each.name == name))
        assert await refuses(bot_app.press(message, name, who)) is not (needs <= granted), name


async def test_outside_a_server_discord_shows_nothing(in_discord):
    bot_app, server = in_discord
    message = await bot_app.type("usage")
    direct = bot_app.discord.conversation(server.ben)
    message.channel_id, message.only_for = direct.id, None
    interaction = await bot_app.press(message, bot_app.label(message, ""), server.ben)
    await bot_app.discord.until(lambda: not interaction.is_thinking or interaction.followups)
    shown = interaction.followups[0] if interaction.followups else interaction.message
    assert "I only work in servers" in discord_app.shown_text(shown)


async def test_a_button_in_direct_messages_works_only_for_members_of_its_server(in_discord, sqlite_url):
    bot_app, server = in_discord
    discord, reply = bot_app.discord, Reply("Look.", actions=(Button("Videos", Call("videos")),))
    database = Database(sqlite_url)
    async with database.writing() as connection:
        await enqueue(connection, Message("a", 1, "", reply, person_id=server.ben.id), bot_app.clock())
    await database.close()
    async with scheduled(bot_app.bot, "discord", bot_app.program.poster, bot_app.clock):
        await discord.until(lambda: discord.direct_messages(server.ben))
    (message,) = discord.direct_messages(server.ben)
    assert "1 video" in discord_app.shown_text(await bot_app.pressed(message, "Videos", server.ben))
    del server.guild.members[server.ben.id]
    assert "I only work in servers" in discord_app.shown_text(await bot_app.pressed(message, "Videos", server.ben))
