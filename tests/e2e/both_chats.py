"""Both chats at once, for one program in both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from adapters.sandbox.serve import Sandbox
from bot.domain.clock import utc_now
from bot.settings import Settings
from tests.discord_app.bot_app import Server, new_server, shown_text
from tests.standins.discord_server.interactions import Interaction
from tests.standins.discord_server.server import Discord
from tests.standins.discord_server.server import running as running_discord
from tests.standins.environment import sandbox_of, settings_of
from tests.standins.slack.apps import App, Token
from tests.standins.slack.server import Slack
from tests.standins.slack.server import running as running_slack


@dataclass(frozen=True, slots=True)
class BothChats:
    """Slack with ann (U1) and the bot in C1, and a Discord server that uses the operator's key."""

    slack: Slack
    app: App
    token: Token
    discord: Discord
    server: Server
    sandbox: Sandbox
    database_url: str

    def settings(self, **changes: object) -> Settings:
        """The settings of a program in both."""
        chosen: dict[str, object] = {
            "slack_api_url": self.slack.api_url,
            "slack_bot_token": SecretStr(self.token.value),
            "slack_app_token": SecretStr(self.app.app_token),
            "discord_token": SecretStr(self.discord.app.token),
            "discord_api_url": self.discord.api_url,
            "discord_servers": self.server.guild.id,
        }
        return settings_of(self.sandbox, self.database_url, **(chosen | changes))

    async def until_connected(self) -> None:
        await self.slack.until(lambda: self.slack.connections(self.app))
        await self.discord.until(lambda: self.discord.connections() and self.discord.commands)

    async def ask_in_slack(self, line: str) -> str:
        """The reply to ann's command."""
        before = len(self.slack.ephemerals("U1"))
        await self.slack.send_command(line, user="U1", channel="C1")
        await self.slack.until(lambda: len(self.slack.ephemerals("U1")) > before)
        return self.slack.ephemerals("U1")[-1].text

    async def ask_in_discord(self, name: str) -> str:
        """The reply to ann's command."""
        interaction = await self.send_in_discord(name)
        await self.discord.until(lambda: not interaction.is_thinking)
        assert interaction.message is not None
        return shown_text(interaction.message)

    async def send_in_discord(self, name: str) -> Interaction:
        return await self.discord.send_command(name, {}, user=self.server.ann, channel=self.server.general)


@asynccontextmanager
async def both_chats(database_url: str) -> AsyncIterator[BothChats]:
    async with running_slack() as slack, running_discord() as discord, sandbox_of(utc_now) as sandbox:
        team = slack.add_team("T1", "Acme")
        slack.add_user("U1", team, "ann", is_admin=True)
        app = slack.add_app(is_socket_mode=True)
        token = slack.install(app, team)
        slack.add_channel("C1", team, ["U1", token.bot_user])
        yield BothChats(slack, app, token, discord, new_server(discord, "Home"), sandbox, database_url)
