"""Files on their way to Slack: pictures that only a message's block shows, and documents for a person or a channel.

Slack's current flow (files.upload is retired): ask for an address, send the bytes there, say that all is sent.
"""

import asyncio
import hashlib
import logging
from collections.abc import Mapping

from cachetools import Cache, LRUCache

from adapters.slack.api import Calls, SlackFailed, fact
from adapters.slack.text import escaped, words
from adapters.slack.workspaces import SlackWorkspace
from bot.reply.model import File, LargeFile, Picture, Reply
from bot.reply.spool import Content, size_of
from bot.reply.text import cut

logger = logging.getLogger(__name__)

MAX_ALT = 1_000
"""Characters of alt_txt (files.getUploadURLExternal)."""
KEPT = 1_000
"""File ids of pictures that are remembered."""
WITHIN = 10.0
"""Seconds that pictures may hold an answer up."""


class Pictures:
    """Uploads. A picture that a workspace has already got is not sent again: the same chart is asked for many times."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._kept: Cache[tuple[str, bytes], str] = LRUCache(KEPT)

    async def uploaded(self, workspace: SlackWorkspace, reply: Reply) -> Mapping[str, str]:
        """The file ids of the reply's pictures by their names, without those that could not be sent. Never raises."""
        pictures = [part for part in reply.parts if isinstance(part, Picture)]
        ids = await asyncio.gather(*(self._id_of(workspace, picture) for picture in pictures))
        return {picture.name: file_id for picture, file_id in zip(pictures, ids, strict=True) if file_id is not None}

    def forget(self, workspace: SlackWorkspace, reply: Reply) -> None:
        """Upload these pictures again the next time: Slack doesn't show them."""
        for part in reply.parts:
            if isinstance(part, Picture):
                self._kept.pop(_key(workspace, part), None)

    async def share(
        self, workspace: SlackWorkspace, file: File | LargeFile, channel_id: str, thread: str | None = None
    ) -> None:
        """Put a file into a channel or a thread. Raises SlackFailed if it may not be there."""
        file_id = await self._sent(workspace, file.name, file.content, "")
        done = workspace.client.files_completeUploadExternal
        title, comment = {"id": file_id, "title": words(file.name)}, escaped(words(file.description))
        await self._calls.api(done, files=[title], channel_id=channel_id, initial_comment=comment, thread_ts=thread)

    async def _id_of(self, workspace: SlackWorkspace, picture: Picture) -> str | None:
        key = _key(workspace, picture)
        if (kept := self._kept.get(key)) is not None:
            return kept
        try:
            async with asyncio.timeout(WITHIN):
                file_id = await self._sent(workspace, picture.name, picture.png, words(picture.alt))
                title = {"id": file_id, "title": words(picture.name)}
                await self._calls.api(workspace.client.files_completeUploadExternal, files=[title])
        except (SlackFailed, TimeoutError) as error:
            logger.warning("uploading a chart failed", extra={"team": workspace.ref.id, "error": str(error)})
            return None
        self._kept[key] = file_id
        return file_id

    async def _sent(self, workspace: SlackWorkspace, name: str, content: Content, alt: str) -> str:
        """The id of a file whose bytes are at Slack."""
        address = await self._calls.api(
            workspace.client.files_getUploadURLExternal,
            filename=name,
            length=size_of(content),
            alt_txt=cut(alt, MAX_ALT) or None,
        )
        await self._calls.upload(fact(address, "upload_url"), content)
        return fact(address, "file_id")


def _key(workspace: SlackWorkspace, picture: Picture) -> tuple[str, bytes]:
    return workspace.ref.id, hashlib.sha256(picture.png).digest()
