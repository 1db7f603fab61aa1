"""File uploads to Slack: pictures to show in a message's image block, and files shared to a channel or person.

An upload takes three calls since files.upload was retired: get an upload URL, send the bytes, complete the upload.
"""

import asyncio
import hashlib
import logging
from collections.abc import Mapping

from cachetools import Cache, LRUCache

from adapters.slack.api import Calls, SlackFailed, required_text
from adapters.slack.text import escaped, words
from adapters.slack.workspaces import SlackWorkspace
from bot.reply.model import File, LargeFile, Picture, Reply
from bot.reply.spool import Content, size_of
from bot.reply.text import cut

logger = logging.getLogger(__name__)

MAX_ALT = 1_000
"""Characters of alt_txt (files.getUploadURLExternal)."""
MAX_FILE_IDS = 1_000
"""File ids of uploaded pictures that are cached."""
PICTURE_TIMEOUT = 10.0
"""Seconds that an upload may delay a reply."""


class Pictures:
    """Uploads files. The same picture is uploaded to a workspace only once, as people often request the same chart."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._file_ids: Cache[tuple[str, bytes], str] = LRUCache(MAX_FILE_IDS)

    async def upload(self, workspace: SlackWorkspace, reply: Reply) -> Mapping[str, str]:
        """Upload a reply's pictures; returns file ids by picture name, without failed uploads. Never raises."""
        pictures = [part for part in reply.parts if isinstance(part, Picture)]
        ids = await asyncio.gather(*(self._id_of(workspace, picture) for picture in pictures))
        return {picture.name: file_id for picture, file_id in zip(pictures, ids, strict=True) if file_id is not None}

    def forget(self, workspace: SlackWorkspace, reply: Reply) -> None:
        """Upload these pictures again next time, because Slack doesn't show them."""
        for part in reply.parts:
            if isinstance(part, Picture):
                self._file_ids.pop(_key(workspace, part), None)

    async def share(
        self, workspace: SlackWorkspace, file: File | LargeFile, channel_id: str, thread: str | None = None
    ) -> None:
        """Share a file to a channel or a thread. Raises SlackFailed."""
        file_id = await self._upload(workspace, file.name, file.content, "")
        complete = workspace.client.files_completeUploadExternal
        shared, comment = {"id": file_id, "title": words(file.name)}, escaped(words(file.description))
        await self._calls.api(
            complete, files=[shared], channel_id=channel_id, initial_comment=comment, thread_ts=thread
        )

    async def _id_of(self, workspace: SlackWorkspace, picture: Picture) -> str | None:
        key = _key(workspace, picture)
        if (file_id := self._file_ids.get(key)) is not None:
            return file_id
        try:
            async with asyncio.timeout(PICTURE_TIMEOUT):
                file_id = await self._upload(workspace, picture.name, picture.png, words(picture.alt))
                uploaded = {"id": file_id, "title": words(picture.name)}
                await self._calls.api(workspace.client.files_completeUploadExternal, files=[uploaded])
        except (SlackFailed, TimeoutError) as error:
            logger.warning("uploading a chart failed", extra={"team": workspace.ref.id, "error": str(error)})
            return None
        self._file_ids[key] = file_id
        return file_id

    async def _upload(self, workspace: SlackWorkspace, name: str, content: Content, alt: str) -> str:
        """Upload a file's bytes; returns its id. The upload still has to be completed."""
        address = await self._calls.api(
            workspace.client.files_getUploadURLExternal,
            filename=name,
            length=size_of(content),
            alt_txt=cut(alt, MAX_ALT) or None,
        )
        await self._calls.upload(required_text(address, "upload_url"), content)
        return required_text(address, "file_id")


def _key(workspace: SlackWorkspace, picture: Picture) -> tuple[str, bytes]:
    return workspace.ref.id, hashlib.sha256(picture.png).digest()
