"""Who somebody is in their server, as Discord vouches for it with every interaction: nothing has to be asked."""

from collections.abc import Mapping

from adapters.discord.asked import Asked
from bot.commands.rights import MANAGERS, PERMISSIONS
from bot.domain.caller import Caller, Need, Person, Role, WorkspaceRef

RIGHTS: Mapping[Role, frozenset[Need]] = {role: by_rule[MANAGERS] for role, by_rule in PERMISSIONS.items()}
"""What Discord's own rule grants. Anybody can join most servers, so only those who manage one spend what is its own."""

UNINVITED = "I cannot post in this channel yet: invite me here and let me write, or nothing can come by itself."


def caller(asked: Asked, workspace: WorkspaceRef) -> Caller:
    """The person who asked, where they asked."""
    role = _role(asked)
    person = Person(asked.user_id, asked.user_name)
    hindrance = "" if asked.bot_may_post else UNINVITED
    return Caller(workspace, asked.channel_id, person, role, RIGHTS[role], hindrance=hindrance)


def _role(asked: Asked) -> Role:
    """A guest hasn't agreed to the server's rules yet, or was let into one voice channel only."""
    if asked.is_bot:
        return Role.BOT
    if not asked.is_member:
        return Role.OUTSIDER
    if asked.is_owner:
        return Role.OWNER
    if asked.permissions.administrator or asked.permissions.manage_guild:
        return Role.ADMIN
    return Role.GUEST if asked.is_guest else Role.MEMBER
