"""A digest that was posted, after somebody stopped one of the videos that it offered to stop."""

from collections.abc import Iterator
from dataclasses import replace

from bot.domain.caller import Person
from bot.domain.videos import Video
from bot.messages.wording import name_of, shortened
from bot.reply.model import Action, Button, LinkButton, Mention, Menu, Note, Reply, Select, text


def with_stopped(post: Reply, video: Video, person: Person) -> Reply:
    """The post without the offer to stop this video, and with who took it."""
    note = Note(text(Mention(person.id, person.name), f" stopped {shortened(name_of(video), 20)}"))
    return replace(post, parts=(*post.parts, note), actions=tuple(_left(post, video.id)))


def _left(post: Reply, video_id: str) -> Iterator[Action]:
    for action in post.actions:
        match action:
            case Button(call=call) if call.command == "stop" and call.arguments.get("video") == video_id:
                continue
            case Select(call=call, options=options) if call.command == "stop":
                others = tuple(each for each in options if each.value != video_id)
                if others:
                    yield replace(action, options=others)
            case Button() | LinkButton() | Select() | Menu():
                yield action
