"""Who somebody is in their server, as Discord vouches for it with every interaction: nothing has to be asked."""

from collections.abc import Mapping

from adapters.discord.asked import Asked
from bot.domain.caller import Caller, Need, Person, Standing, WorkspaceRef

_LOOKING = frozenset({Need.LOOK})
RIGHTS: Mapping[Standing, frozenset[Need]] = {
    Standing.GUEST: _LOOKING,
    Standing.MEMBER: _LOOKING,
    Standing.MANAGER: frozenset(Need),
}
"""What Discord's own rule grants. Anybody can join most servers, so only those who manage one spend what is its own."""

UNINVITED = "I cannot post in this channel yet: invite me here and let me write, or nothing can come by itself."


def caller(asked: Asked, workspace: WorkspaceRef) -> Caller:
    """The person who asked, where they asked."""
    standing = _standing(asked)
    person = Person(asked.user_id, asked.user_name)
    hindrance = "" if asked.bot_may_post else UNINVITED
    return Caller(workspace, asked.channel_id, person, standing, RIGHTS[standing], hindrance=hindrance)


def _standing(asked: Asked) -> Standing:
    """A guest has not agreed to the server's rules yet."""
    if asked.permissions.administrator or asked.permissions.manage_guild:
        return Standing.MANAGER
    return Standing.GUEST if asked.is_pending else Standing.MEMBER
