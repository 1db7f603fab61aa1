"""The page's HTML documents: the channel and the Home tab, in each platform's style.

Replies are drawn from the very payloads of the adapters, parsed into page elements.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TypeAlias
from urllib.parse import quote

from adapters.discord import render as discord_render
from adapters.discord.mentions import with_commands
from adapters.page import discord, html, slack
from adapters.page.elements import Attached, Card
from adapters.page.timeline import Message
from adapters.slack import render as slack_render
from bot.commands.registry import COMMANDS
from bot.reply.model import Picture, Reply, Text, pictures_only, without_pictures
from bot.reply.spool import Content

CHATS = ("slack", "discord")
COMMAND_IDS = {command.name: str(at) for at, command in enumerate(COMMANDS, 1)}
"""Stand-ins for the command ids that Discord assigns."""

Address: TypeAlias = Callable[[str, Content], str]
"""Returns the URL of a file, by its name and content."""


def cards(chat: str, reply: Reply, address: Address) -> tuple[Card, ...]:
    """The messages of a reply, with its pictures."""
    if chat == "discord":
        return tuple(_discord(each, address) for each in discord_render.messages(reply))
    pictures = [part for part in reply.parts if isinstance(part, Picture)]
    ids = {picture.name: f"F{number:07}" for number, picture in enumerate(pictures)}
    addresses = {ids[picture.name]: address(picture.name, picture.png) for picture in pictures}
    return tuple(slack.card(message.blocks, addresses) for message in slack_render.messages(reply, ids))


def file_cards(chat: str, reply: Reply, address: Address) -> tuple[Card, ...]:
    """The files as separate messages in Slack; Discord shows them in the reply's message."""
    files = reply.files if chat == "slack" else ()
    return tuple(Card((Attached(file.name, address(file.name, file.content)),)) for file in files)


def public_card(chat: str, line: Text) -> Card:
    """The public line."""
    if chat == "discord":
        return _discord(discord_render.public_message(line), lambda *_: "")
    return slack.card(slack_render.public_message(line).blocks, {})


def home_card(reply: Reply) -> Card:
    """Slack's Home tab."""
    blocks = slack_render.home_view(reply)["blocks"]
    return slack.card(blocks if isinstance(blocks, list) else [], {})


def _discord(message: discord_render.Message, address: Address) -> Card:
    files: Mapping[str, str] = {file.name: address(file.name, file.content) for file in message.files}
    return discord.card(with_commands(message, COMMAND_IDS).components, files)


TITLES = {"slack": "Slack", "discord": "Discord"}
PRIVATE = {"slack": "Only visible to you", "discord": "Only you can see this"}
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the page shows around the messages: workspace, channel, introduction and example commands."""

    workspace: str
    channel: str
    about: str
    examples: tuple[str, ...]


def message(chat: str, shown: Message) -> str:
    """A message as a list item."""
    at = f'<time datetime="{shown.at.isoformat()}">{shown.at:%H:%M}</time>'
    if shown.note:
        return f'<li class="note" id="m-{escape(shown.id)}">{escape(shown.note)}</li>'
    label = escape(f"ContentStats, {shown.at:%H:%M}{f', {PRIVATE[chat].lower()}' if shown.is_private else ''}")
    mark = f'<p class="mark"><span aria-hidden="true">👁</span> {PRIVATE[chat]}</p>' if shown.is_private else ""
    typed = f'<p class="typed"><b>you</b> used <code>{escape(shown.typed)}</code></p>' if shown.typed else ""
    body = "".join(map(html.card, _cards(chat, shown))) or '<p class="waiting">ContentStats is thinking…</p>'
    sender = f'<div class="sender"><b>ContentStats</b><span class="badge">APP</span>{at}</div>'
    above, below = (mark, "") if chat == "slack" else ("", mark)
    return (
        f'<li class="message" id="m-{escape(shown.id)}">{typed}'
        f'<div class="avatar" aria-hidden="true">CS</div><article tabindex="-1" aria-label="{label}">'
        f"{above}{sender}{body}{below}</article></li>"
    )


def _cards(chat: str, shown: Message) -> tuple[Card, ...]:
    """The cards of a message. In Slack, private replies can't be edited, so their pictures are separate messages."""
    if shown.line:
        return (public_card(chat, shown.line),)
    if shown.reply is None:
        return ()
    reply, address = shown.reply, _address(shown)
    alone = pictures_only(reply)
    if chat == "slack" and shown.is_private and not shown.is_in_place and alone.parts:
        found = (*cards(chat, without_pictures(reply), address), *cards(chat, alone, address))
    else:
        found = cards(chat, reply, address)
    return (*found, *file_cards(chat, reply, address))


def _address(shown: Message) -> Address:
    contents = [content for _, content in shown.contents]

    def address(name: str, content: Content) -> str:
        at = next(at for at, each in enumerate(contents) if each is content)
        return f"/files/{quote(shown.id)}/{at}/{quote(name, errors='replace')}"

    return address


def announcement(shown: Message) -> str:
    """What a screen reader announces when the message arrives."""
    if shown.note:
        return shown.note
    return f"ContentStats: {shown.reply.title} {shown.reply.summary}" if shown.reply else ""


def channel(chat: str, frame: Frame, messages: Iterable[Message], change: int, theme: str) -> str:
    """The channel's document, with its messages and the input line."""
    listed = "".join(message(chat, each) for each in messages)
    examples = "".join(
        f'<button type="button" data-line="{escape(each)}">{escape(each)}</button>' for each in frame.examples
    )
    name = escape(frame.channel)
    main = (
        f'<div class="scroll" tabindex="-1"><div class="welcome"><span class="hash" aria-hidden="true">#</span>'
        f"<h2>Welcome to #{name}</h2><p>{escape(frame.about)}</p>"
        f'<div class="tries" role="group" aria-label="Try one of these">{examples}</div></div>'
        f'<ol id="messages" aria-label="Messages in #{name}">{listed}</ol></div>'
        '<button type="button" id="newest" hidden>New messages ↓</button>'
        '<p id="problem" role="alert"></p>'
        '<form id="composer" autocomplete="off">'
        '<ul id="completions" role="listbox" aria-label="Completions" hidden></ul>'
        f'<label class="hidden" for="line">Message #{name}</label>'
        f'<input id="line" type="text" placeholder="Message #{name}" enterkeyhint="send" spellcheck="false"'
        ' role="combobox" aria-autocomplete="list" aria-expanded="false" aria-controls="completions">'
        '<button type="submit" aria-label="Send"><span aria-hidden="true">➤</span></button></form>'
    )
    return _document(chat, frame, main, theme, f'data-change="{change}"', "channel")


def home(frame: Frame, reply: Reply, theme: str) -> str:
    """The document of Slack's Home tab."""
    main = (
        f'<div class="scroll home" tabindex="-1"><div class="message" id="m-home"><article aria-label="Home">'
        f'{html.card(home_card(reply))}</article></div></div><p id="problem" role="alert"></p>'
    )
    return _document("slack", frame, main, theme, "data-home", "home")


def _document(chat: str, frame: Frame, main: str, theme: str, data: str, place: str) -> str:
    themed = f" {theme}" if theme in THEMES else ""
    links = "".join(
        f'<a href="/?chat={each}"{" aria-current=true" if each == chat else ""}>{title}</a>'
        for each, title in TITLES.items()
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(frame.workspace)} · '
        f'{TITLES[chat]}</title><meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/cards.css"><link rel="stylesheet" '
        f'href="/page.css"><script src="/page.js" defer></script></head><body class="{chat}{themed}" '
        f'data-chat="{chat}" {data}>{_sidebar(chat, frame, place)}<main><header><h1>{_title(frame, place)}</h1>'
        f'<nav class="dress" aria-label="Drawn as">{links}</nav>'
        '<button type="button" id="theme" aria-label="Light or dark"><span aria-hidden="true">◐</span></button>'
        "</header>"
        f'{_tabs(chat, place)}<p id="lost" role="status" hidden>Connection lost. Reconnecting…</p>{main}</main>'
        '<dialog id="dialog" aria-labelledby="form-title"></dialog>'
        '<p id="status" class="hidden" role="status" aria-live="polite"></p></body></html>'
    )


def _title(frame: Frame, place: str) -> str:
    return f"# {escape(frame.channel)}" if place == "channel" else "ContentStats"


def _tabs(chat: str, place: str) -> str:
    """Slack's tabs; Discord has none."""
    if chat != "slack":
        return ""
    tabs = (("home", "/home", "Home"), ("channel", "/", "Messages"))
    shown = "".join(
        f'<a href="{url}"{" aria-current=page" if each == place else ""}>{name}</a>' for each, url, name in tabs
    )
    return f'<nav class="tabs" aria-label="ContentStats">{shown}</nav>'


def _sidebar(chat: str, frame: Frame, place: str) -> str:
    here, name = ' aria-current="page"', escape(frame.channel)
    apps = f'<h2>Apps</h2><a href="/home"{here if place == "home" else ""}>ContentStats</a>' if chat == "slack" else ""
    rail = f'<div class="rail" aria-hidden="true"><span>{escape(frame.workspace[:1])}</span></div>'
    return (
        f'{rail}<nav class="side" aria-label="{escape(frame.workspace)}"><p class="workspace">{escape(frame.workspace)}'
        f'</p><h2>Channels</h2><a href="/"{here if place == "channel" else ""}># {name}</a>{apps}</nav>'
    )
