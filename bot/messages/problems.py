"""What the bot says when something is not possible: what happened, and what to do next."""

from bot.messages.wording import plural, shortened
from bot.reply.call import Call
from bot.reply.model import Button, Code, Field, Fields, Option, Reply, Select, Tone, text


def problem(sentence: str) -> Reply:
    """Something the person can be told as it is."""
    return Reply(sentence, tone=Tone.PROBLEM)


def misunderstood(sentence: str, usage: str, example: str) -> Reply:
    """Words that make no sense to a command: why, how it is used, and an example that works."""
    fields = Fields((Field("Usage", text(Code(usage))), Field("Example", text(Code(example)))))
    return Reply(sentence, parts=(fields,), tone=Tone.PROBLEM)


def unknown_command(name: str, nearest: str | None) -> Reply:
    """A command that does not exist, with the nearest one that does."""
    sentence = f"There is no command /{shortened(name, 30)}." if name else "A command is missing."
    hint = f" Did you mean /{nearest}?" if nearest else ""
    button = Button("All commands", Call("help"))
    return Reply(f"{sentence}{hint} /help lists all commands.", actions=(button,), tone=Tone.PROBLEM)


def crashed(reference: str, *, may_have_spent: bool) -> Reply:
    """A fault of ours: nothing to understand, but a reference that is in the log too."""
    advice = "The tracking may run: look at /videos before you try again" if may_have_spent else "Please try again"
    return problem(
        f"Something went wrong on our side. {advice}; if it stays, tell whoever runs this bot the reference "
        f"{reference}, which stands in its log too."
    )


def busy() -> Reply:
    """Too many people want something at the same time."""
    return problem("I have too much to do just now, so nothing was done. Please try again in a minute.")


def no_link() -> Reply:
    """A message from which a video was to be tracked links to none."""
    return Reply(
        "There is no link to a video in this message. I know TikTok, YouTube, Instagram and X; /track takes a link "
        "too.",
        tone=Tone.WARNING,
    )


def which_video(call: Call, argument: str, options: tuple[Option, ...], *, more: bool, words: str = "") -> Reply:
    """Several videos fit the words: choose one. `words` are named if more than one video is asked for."""
    hint = " There are more; a longer part of the title narrows it down." if more else ""
    return Reply(
        f"{plural(len(options), 'video')} fit{f' “{shortened(words)}”' if words else ''}. Which one do you mean?{hint}",
        actions=(Select("Choose a video", call, argument, options),),
        tone=Tone.WARNING,
    )
