"""Errors as replies: what happened, and what to do next."""

import math
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.links import video_of
from bot.messages.wording import name_of_link, plural, shortened
from bot.reply.call import Call
from bot.reply.model import Button, Code, Field, Fields, Link, Note, Option, Reply, Select, Tone, text

MOST_LABEL = 40
"""Maximum characters of a line on a button."""


_CONFIRMATIONS = frozenset({"y", "yes", "yep", "yeah", "sure", "confirm", "n", "no", "nope"})
"""Single words with which people answer a card."""


def problem(sentence: str, instead: tuple[str, Call] | None = None) -> Reply:
    """A problem in one sentence, with a button for the line that was probably meant."""
    return Reply(sentence, actions=_button(instead), tone=Tone.PROBLEM)


def misunderstood(sentence: str, usage: str, example: str, instead: tuple[str, Call] | None = None) -> Reply:
    """Reply to words that a command can't parse: why, and the nearest valid line; else usage and an example."""
    if instead is not None:
        return problem(f"{sentence} Try {shortened(instead[0])}.", instead)
    fields = Fields((Field("Usage", text(Code(usage))), Field("Example", text(Code(example)))))
    return Reply(sentence, parts=(fields,), tone=Tone.PROBLEM)


def unknown_command(typed: str, nearest: tuple[str, Call] | None) -> Reply:
    """Reply to a line that means no command, with the nearest one."""
    name, _, words = typed.partition(" ")
    if name.casefold().strip(".!") in _CONFIRMATIONS and not words:
        return problem("A word confirms nothing. Press a button under the card instead.")
    sentence = (
        f"I don't know what “{shortened(typed)}” means." if words else f"There's no command /{shortened(name, 30)}."
    )
    hint = "/help lists all commands." if nearest is None else f"Did you mean {nearest[0]}?"
    return Reply(
        f"{sentence if typed else 'Type a command.'} {hint}",
        actions=(*_button(nearest), Button("All commands", Call("help"))),
        tone=Tone.PROBLEM,
    )


def crashed(reference: str, *, may_have_spent: bool) -> Reply:
    """Reply to a bug; the log has the same `reference`."""
    advice = "The tracking may be running: check /videos before you try again" if may_have_spent else "Please try again"
    if_again = f"If it keeps happening, give your admin this reference: {reference}."
    return problem(f"Something went wrong on our end. {advice}. {if_again}")


def busy() -> Reply:
    """Reply if the program is too busy for another command."""
    return problem("I'm busy right now, so nothing was done. Try again in a minute.")


def slowed_down() -> Reply:
    """Notice to a person who sends commands faster than anybody can read the replies."""
    return Reply(
        "You're sending a lot of commands, so I'm answering yours one per second. Your answer will appear here."
    )


UNSAVED = (
    "The bot's database isn't responding, so the outcome wasn't saved: the tracking may be running. Check "
    "/videos before you try again."
)
"""Error of a start, instead of the usual advice to try again."""


def too_many() -> Reply:
    """Reply to a person who has too many commands waiting."""
    return problem("You've sent too many commands at once, so nothing was done. Try again in a minute.")


def waiting_for_limit(seconds: float) -> Reply:
    """Interim reply while a command waits for the API's rate limit; `seconds` is an estimate, 0 if unknown."""
    wait = f" for about {plural(math.ceil(seconds), 'second')}" if seconds else " fast enough for everyone right now"
    return Reply(f"You're in line: ContentStats isn't accepting more calls{wait}. Your answer will appear here.")


def no_link() -> Reply:
    """Reply if the message behind the shortcut has no video link."""
    return Reply(
        "I see no video link in this message. Paste one from TikTok, YouTube, Instagram or X after /track.",
        tone=Tone.WARNING,
    )


def with_links_left_out(reply: Reply, links: Sequence[str]) -> Reply:
    """Add a note with the links of a message that didn't fit into one /track."""
    if not links:
        return reply
    named = (span for at, link in enumerate(links) for span in (", " if at else "", _linked(link)))
    note = text(f"{plural(len(links), 'link')} left out, because that's too many at once: ", *named, ".")
    return replace(reply, parts=(*reply.parts, Note(note)))


def _linked(link: str) -> Link:
    video = video_of(link)
    return Link(name_of_link(link, video.platform) if video else link, link)


def pick_video(call: Call, argument: str, options: tuple[Option, ...]) -> Reply:
    """Picker for a command about a video that was sent without one."""
    return Reply("Which video?", actions=(Select("Choose a video", call, argument, options),))


def pick_match(call: Call, argument: str, options: tuple[Option, ...], *, more: bool, words: str = "") -> Reply:
    """Picker if several videos match. `words` are quoted if the command takes more than one video."""
    hint = " There are more; type more of the title to narrow it down." if more else ""
    what = f" “{shortened(words)}”" if words else ""
    return Reply(
        f"{plural(len(options), 'video')} match{what}. Which one do you mean?{hint}",
        actions=(Select("Choose a video", call, argument, options),),
        tone=Tone.WARNING,
    )


def nearest_videos(words: str, call: Call, argument: str, options: tuple[Option, ...]) -> Reply:
    """Buttons for videos with similar titles, if none matches."""
    which = "this one" if len(options) == 1 else "one of these"
    return Reply(
        f"No video here matches “{shortened(words)}”. Did you mean {which}?",
        actions=tuple(
            Button(shortened(each.label, MOST_LABEL), Call(call.command, {**call.arguments, argument: each.value}))
            for each in options
        ),
        tone=Tone.WARNING,
    )


def _button(instead: tuple[str, Call] | None) -> tuple[Button, ...]:
    """A button that runs a line."""
    return () if instead is None else (Button(shortened(instead[0], MOST_LABEL), instead[1]),)
