"""Floor of rows 1 and 2: a bare Bolt app in its fastest configuration, on the same HTTP server as the bot.

Button presses are only acknowledged. `/usage` and `/stats` are acknowledged, then query each table that the real answer
needs once, and post one line. Choices while typing are read by one statement. Arguments are a port, the database URL
and a video's id.
"""

import asyncio
import re
import sys

import aiohttp
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.webhook.async_client import AsyncWebhookClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = "bench"
CHOICES = "SELECT title, video_id FROM videos WHERE wallet_id = 1 AND title LIKE '%' ORDER BY started_at DESC LIMIT 25"
QUERIES = {
    "/usage": (
        "SELECT * FROM wallets WHERE id = 1",
        "SELECT * FROM videos WHERE wallet_id = 1 AND is_running",
        "SELECT * FROM allowances WHERE workspace_id = 1",
        "SELECT sum(cost) FROM track_requests WHERE workspace_id = 1",
    ),
    "/stats": (
        "SELECT * FROM videos WHERE wallet_id = 1 AND video_id = :video",
        "SELECT * FROM snapshots WHERE wallet_id = 1 AND video_id = :video ORDER BY taken_at",
    ),
}


async def authorize() -> AuthorizeResult:
    """Authorize every request without calling Slack."""
    return AuthorizeResult(enterprise_id=None, team_id="T1")


async def main(port: int, database: str, video: str) -> None:
    app = AsyncApp(signing_secret=SECRET, process_before_response=True, authorize=authorize)
    handler = AsyncSlackRequestHandler(app)
    engine = create_async_engine(database, isolation_level="AUTOCOMMIT")
    jobs: set[asyncio.Task[None]] = set()

    async def answer(command: str, url: str) -> None:
        async with engine.connect() as connection:
            rows = [(await connection.execute(text(query), {"video": video})).all() for query in QUERIES[command]]
        await AsyncWebhookClient(url, session=session).send_dict({"text": str(rows[0])})

    @app.action(re.compile(""))
    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    @app.options(re.compile(""))
    async def offer(ack: AsyncAck) -> None:
        async with engine.connect() as connection:
            found = (await connection.execute(text(CHOICES))).all()
        choices = [
            {"text": {"type": "plain_text", "text": (title or "video")[:75]}, "value": id_} for title, id_ in found
        ]
        await ack(options=choices)

    @app.command(re.compile(""))
    async def respond(ack: AsyncAck, command: dict[str, str]) -> None:
        await ack()
        job = asyncio.create_task(answer(command["command"], command["response_url"]))
        jobs.add(job)
        job.add_done_callback(jobs.discard)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    web = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])
    config = uvicorn.Config(
        web, port=port, http="httptools", lifespan="off", log_config=None, access_log=False, timeout_keep_alive=60
    )
    async with aiohttp.ClientSession() as session:
        await uvicorn.Server(config).serve()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
