"""Linking a workspace's own API key, and removing it with everything stored."""

from decimal import Decimal

from bot.domain.money import dollars
from bot.messages.wording import plural
from bot.reply.call import Call
from bot.reply.model import Button, Note, Reply, Tone, Weight, text


def connected(available: Decimal, *, is_test: bool) -> Reply:
    """Confirmation that the key works and is stored."""
    kind = "a test key, so nothing is charged" if is_test else "a live key, so tracking spends its balance"
    return Reply(
        f"The API key is linked to this workspace. It's {kind}. {dollars(available, down=True)} available.",
        title="Connected",
        parts=(Note(text("The key is stored encrypted and never shown. /disconnect removes it.")),),
        actions=(Button("Wallet", Call("usage")), Button("My videos", Call("videos"))),
        tone=Tone.SUCCESS,
    )


def claimed() -> Reply:
    """Confirmation that the operator claimed this server."""
    return Reply(
        "It uses the bot's API key until an admin connects its own.",
        title="Server claimed",
        actions=(Button("Wallet", Call("usage")),),
        tone=Tone.SUCCESS,
    )


def wrong_claim() -> Reply:
    """Reply to a claim code of another server."""
    return Reply(
        "That isn't this server's claim code. Each server has its own: run contentstats-bot doctor where the bot runs.",
        tone=Tone.PROBLEM,
    )


def disconnect_question(running: int, *, has_own_key: bool) -> Reply:
    """What disconnecting deletes, with the button that does it."""
    what = "its API key and " if has_own_key else ""
    still = (
        f" {plural(running, 'video')} would still be tracked and charged at ContentStats; stop them first if you "
        "don't want that."
        if running
        else ""
    )
    return Reply(
        f"This deletes {what}everything stored here: videos, requests and the audit log. Only a record "
        f"of the deletion stays.{still}",
        title="Disconnect this workspace?",
        actions=(
            Button("Disconnect and delete", Call("disconnect.confirm"), Weight.DANGER),
            Button("My videos", Call("videos")),
        ),
        tone=Tone.WARNING,
    )


def disconnected(*, keeps_default: bool) -> Reply:
    """Confirmation that everything stored for the workspace was deleted."""
    then = "This workspace now uses the bot's own key" if keeps_default else "Use /connect to link a key again"
    return Reply(
        "The key and everything stored for this workspace were deleted. Data collected at ContentStats is kept there. "
        f"{then}.",
        title="Disconnected",
        tone=Tone.SUCCESS,
    )
