"""Discord's rules for the permissions of a member. Pure."""

from collections.abc import Iterable, Mapping
from enum import IntFlag


class Permission(IntFlag):
    """Discord's permission bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    USE_APPLICATION_COMMANDS = 1 << 31
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYTHING = (1 << 54) - 1
POSTING = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""The permissions that an invite of the bot asks for."""
EVERYONE = POSTING | Permission.USE_APPLICATION_COMMANDS
"""The default permissions in a new guild and in direct messages."""


def effective(
    roles: Mapping[str, int], own: Iterable[str], everyone: str, overwrites: Mapping[str, tuple[int, int]], member: str
) -> int:
    """A member's permissions in a channel: the roles', then the overwrites for everyone, by role and by member.

    `roles` are permissions by role, `own` the member's roles, `overwrites` are (allowed, denied) by role or member.
    """
    mine = [role for role in own if role in roles]
    base = roles[everyone]
    for role in mine:
        base |= roles[role]
    if base & Permission.ADMINISTRATOR:
        return EVERYTHING
    allow, deny = overwrites.get(everyone, (0, 0))
    base = base & ~deny | allow
    given = [overwrites[role] for role in mine if role in overwrites]
    for _, deny in given:
        base &= ~deny
    for allow, _ in given:
        base |= allow
    allow, deny = overwrites.get(member, (0, 0))
    base = base & ~deny | allow
    return base if base & Permission.VIEW_CHANNEL else 0
