"""Doctor checks for Discord: token, application, commands, gateway, servers, channels. Posts nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from discord import Permissions
from discord.http import Route

from adapters.chat.doctor import NoAnswer, check_channels, no_answer
from adapters.discord.commands import Payload, payload
from adapters.discord.errors import PERMANENT, DiscordFailed, call_once
from adapters.discord.guilds import CHAT, claim_code
from adapters.discord.rest import Rest
from bot.doctor import Check
from bot.domain.caller import WorkspaceRef
from bot.domain.errors import BotError
from bot.settings import Settings
from bot.store import Store

Json: TypeAlias = Mapping[str, Any]

MAX_SERVERS = 100
FEW_SESSIONS = 50
"""Fewer connections left for the day are a problem: Discord resets the token of a bot that exceeds its limit."""
NEEDED = ("view_channel", "send_messages", "embed_links", "attach_files")

_COPY = "Make a new token on the application's page Bot (Reset Token) and put it into DISCORD_TOKEN."
_COMPARED = frozenset(
    {
        *("name", "description", "options", "required", "choices"),
        *("value", "autocomplete", "min_value", "max_value", "contexts", "default_member_permissions"),
    }
)


async def discord_checks(settings: Settings) -> tuple[Check, ...]:
    """Run the checks if DISCORD_TOKEN is set. Problems are returned, not raised."""
    if settings.discord_token is None:
        return ()
    async with Rest(settings.discord_token.get_secret_value(), settings.discord_api_url) as rest:
        try:
            me = await _ask(rest, "/users/@me")
        except NoAnswer as error:
            return (Check("Discord token", ok=False, detail=str(error)),)
        except DiscordFailed as error:
            return (Check("Discord token", ok=False, detail=f"Discord refuses it ({error}). {_COPY}"),)
        try:
            found = [Check("Discord token", ok=True, detail=f"{me['username']}")]
            application = await _ask(rest, "/applications/@me")
            found.append(_application(application))
            path = f"/applications/{application['id']}/commands"
            found += [_commands(await _ask(rest, path)), _gateway(await _ask(rest, "/gateway/bot"))]
            servers = await _ask(rest, f"/users/@me/guilds?limit={MAX_SERVERS}")
            found += [_servers(servers), *await _owned(application, servers, settings)]
            return (*found, *await _channels(rest, me["id"], servers, settings))
        except (DiscordFailed, NoAnswer) as error:
            return (*found, Check("Discord", ok=False, detail=f"{str(error).rstrip('.')}. Try again later."))


async def _ask(rest: Rest, path: str) -> Any:  # noqa: ANN401 - Discord's JSON
    """GET a path; returns its JSON. Raises NoAnswer, or DiscordFailed if Discord refuses the call."""
    try:
        return await call_once(lambda: rest.request(Route("GET", path)))
    except DiscordFailed as error:
        if error.is_passing:
            raise NoAnswer(no_answer("Discord", rest.api_url, error)) from error
        raise


def _application(application: Json) -> Check:
    name = "Discord application"
    address = application.get("interactions_endpoint_url")
    if address:
        detail = f"Commands go to {address}, not to the bot. Clear Interactions Endpoint URL on the application's page."
        return Check(name, ok=False, detail=detail)
    who = "anyone can add it to a server" if application.get("bot_public") else "only its owner can add it to a server"
    return Check(name, ok=True, detail=f"{application['name']}; {who}")


async def _owned(application: Json, servers: Sequence[Json], settings: Settings) -> list[Check]:
    """List the claim codes of unclaimed servers, if claims decide which servers use the operator's key."""
    name, token = "Discord servers' key", settings.discord_token
    if token is None or settings.discord_server_ids or not servers or not application.get("bot_public"):
        return []
    try:
        async with Store.opened(settings.database_url, settings.encryption_keys) as store:
            claims = await store.chat_installs.known(CHAT)
    except BotError:
        return []  # the database check reports this
    others = [each for each in servers if not claims.get(each["id"])]
    codes = "; ".join(f"{each['name']} {claim_code(token.get_secret_value(), each['id'])}" for each in others)
    if not others:
        return [Check(name, ok=True, detail="every server is claimed and uses CONTENTSTATS_API_KEY")]
    detail = (
        "anyone can add the bot, so a server must be claimed before it can use CONTENTSTATS_API_KEY. To claim one of "
        f"yours, an admin enters its code in /connect there: {codes}"
    )
    return [Check(name, ok=True, detail=detail)]


def _commands(registered: Sequence[Json]) -> Check:
    name = "Discord commands"
    ours, theirs = _by_name(payload()), _by_name(registered)
    if not theirs:
        return Check(
            name, ok=True, detail="none are registered yet; contentstats-bot run registers them when it starts"
        )
    differences = (
        ("missing", [each for each in ours if each not in theirs]),
        ("not the bot's", [each for each in theirs if each not in ours]),
        ("changed", [each for each in ours if each in theirs and ours[each] != theirs[each]]),
    )
    data = "; ".join(f"{what}: {', '.join(each for _, each in names)}" for what, names in differences if names)
    if data:
        return Check(name, ok=False, detail=f"{data}. Start contentstats-bot run to register them again.")
    return Check(name, ok=True, detail=f"all {len(ours)} are registered and current")


def _by_name(commands: Iterable[Payload | Json]) -> Mapping[tuple[int, str], object]:
    return {(int(each.get("type", 1)), str(each["name"])): _compared(each) for each in commands}


def _compared(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """The value without fields that Discord adds, and without values that mean the same as a missing one."""
    match value:
        case dict():
            kept = {key: _compared(each) for key, each in value.items() if key in _COMPARED or key == "type"}
            return {key: each for key, each in kept.items() if each not in (None, False, "", [], {})}
        case list():
            return [_compared(each) for each in value]
        case _:
            return value


def _gateway(data: Json) -> Check:
    limit = data.get("session_start_limit") or {}
    left, total = int(limit.get("remaining", 0)), int(limit.get("total", 0))
    shards = f"{data.get('shards', 1)} shards recommended" if data.get("shards", 1) != 1 else "one connection is enough"
    detail = f"{left} of {total} connections left for today; {shards}"
    if left < FEW_SESSIONS:
        hours = int(limit.get("reset_after", 0)) / 3_600_000
        return Check("Discord gateway", ok=False, detail=f"{detail}. Avoid restarts for the next {hours:.0f} h.")
    return Check("Discord gateway", ok=True, detail=detail)


def _servers(servers: Sequence[Json]) -> Check:
    if not servers:
        detail = "the bot isn't in any yet; contentstats-bot manifest discord prints the link that adds it"
        return Check("Discord servers", ok=True, detail=detail)
    more = " or more" if len(servers) == MAX_SERVERS else ""
    return Check("Discord servers", ok=True, detail=f"the bot is in {len(servers)}{more}")


async def _channels(rest: Rest, me: str, servers: Sequence[Json], settings: Settings) -> list[Check]:
    """Check whether the bot can post in the recently used channels."""
    by_id = {each["id"]: each for each in servers}

    async def problem(guild: WorkspaceRef, channel_id: str) -> str:
        return await _channel(rest, me, by_id[guild.id], channel_id)

    return await check_channels("Discord", settings, [WorkspaceRef(CHAT, id_, "") for id_ in by_id], problem)


async def _channel(rest: Rest, me: str, server: Json, channel_id: str) -> str:
    """A sentence about what keeps the bot from posting in a channel; empty if it can."""
    try:
        channel = await _ask(rest, f"/channels/{channel_id}")
        is_thread = bool(channel.get("thread_metadata"))
        place = await _ask(rest, f"/channels/{channel['parent_id']}") if is_thread else channel
        member = await _ask(rest, f"/guilds/{server['id']}/members/{me}")
    except NoAnswer as error:
        return f"{channel_id}: {error}"
    except DiscordFailed as error:
        return f"{channel_id}: {PERMANENT.get(error.code, f'{error}.')}"
    may = Permissions(_permissions(int(server["permissions"]), server["id"], me, member["roles"], place))
    needed = ("view_channel", "send_messages_in_threads") if is_thread else ("view_channel", "send_messages")
    missing = [each for each in (*needed, *NEEDED[2:]) if not (getattr(may, each) or may.administrator)]
    if not missing:
        return ""
    wanted = ", ".join(each.replace("_", " ").title() for each in missing)
    return f"#{channel.get('name', channel_id)} in {server['name']}: give the bot {wanted} in the channel's settings."


def _permissions(base: int, server_id: str, me: str, roles: Sequence[str], channel: Json) -> int:
    """A member's permissions in a channel: overwrites for everyone, then for roles, then for the member.

    Source: Discord, Permission Overwrites.
    """
    overwrites = {each["id"]: each for each in channel.get("permission_overwrites") or ()}
    for subjects in ([server_id], [role for role in roles if role != server_id], [me]):
        given = [overwrites[each] for each in subjects if each in overwrites]
        for each in given:
            base &= ~int(each["deny"])
        for each in given:
            base |= int(each["allow"])
    return base
