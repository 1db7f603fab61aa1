"""Floor of row 6b: calls chat.postMessage with Slack's own client on one session, and prints the CPU time."""

import asyncio
import json
import sys
import time

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient


async def main(url: str, count: int) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Good morning."}}]
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-floor", f"{url}/api/", session=session, retry_handlers=[])
        await client.auth_test()
        began = time.process_time()
        for number in range(count):
            await client.api_call(
                "chat.postMessage", json={"channel": f"F{number}", "text": "Hello.", "blocks": blocks}
            )
            await asyncio.sleep(0.21)
        print(json.dumps({"seconds": time.process_time() - began, "posted": count}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
