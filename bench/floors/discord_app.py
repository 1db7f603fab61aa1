"""Floor of row 3: a bare discord.py client. `/usage` is deferred and then edited; `/stats` has autocomplete.

Arguments are the API's URL, the token and optionally the URL of a database to read the choices from.
"""

import asyncio
import sys
from typing import Any

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from yarl import URL

QUERY = "SELECT title, video_id FROM videos WHERE wallet_id = 1 AND title LIKE '%' ORDER BY started_at DESC LIMIT 25"


class Bare(discord.Client):
    """A client with two slash commands."""

    def __init__(self, database: str) -> None:
        super().__init__(intents=discord.Intents(guilds=True))
        self.tree = app_commands.CommandTree(self)
        self.engine = create_async_engine(database, isolation_level="AUTOCOMMIT") if database else None

    async def setup_hook(self) -> None:
        """Register two commands."""

        @self.tree.command(name="usage", description="The wallet")
        async def usage(interaction: discord.Interaction[Any]) -> None:
            # Not `defer`, which asks for the created message in the response: the local Discord doesn't return it.
            callback = Route("POST", "/interactions/{id}/{token}/callback", id=interaction.id, token=interaction.token)
            await self.http.request(callback, json={"type": 5, "data": {"flags": 64}})
            answer = discord.ui.LayoutView()
            answer.add_item(discord.ui.TextDisplay("$1.00 available"))
            await interaction.edit_original_response(view=answer)

        @self.tree.command(name="stats", description="One video")
        async def stats(interaction: discord.Interaction[Any], video: str) -> None:
            await interaction.response.send_message(video, ephemeral=True)

        @stats.autocomplete("video")
        async def offer(_: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
            if self.engine is None:
                return [app_commands.Choice(name=typed or "video", value="1")]
            async with self.engine.connect() as connection:
                found = (await connection.execute(text(QUERY))).all()
            return [app_commands.Choice(name=(title or "video")[:100], value=id_) for title, id_ in found]

        commands = [each.to_dict(self.tree) for each in self.tree.get_commands()]
        for command in commands:
            del command["nsfw"]  # the bot never sends it, so the local Discord refuses it
        await self.http.bulk_upsert_global_commands(self.application_id or 0, commands)


async def main(api_url: str, token: str, database: str = "") -> None:
    Route.BASE = api_url
    async with Bare(database) as client:
        await client.login(token)
        _, gateway, _ = await client.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway)
        await client.connect()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
