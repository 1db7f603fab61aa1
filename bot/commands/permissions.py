"""Permissions: what each role may do, in one table for every chat, and the operator's setting on who may spend."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from bot.domain.allowances import EVERYONE
from bot.domain.caller import Caller, Permission, Role, WorkspaceRef

MEMBERS, MANAGERS, NO_ONE = "members", "managers", "nobody"
SPENDERS = "spenders"
MONEY_READERS = (EVERYONE, SPENDERS, MANAGERS)
"""The choices of who may see balances, costs and payouts in a workspace."""
_NOTHING: frozenset[Permission] = frozenset()
_LOOK = frozenset({Permission.LOOK})
_OWN = frozenset({Permission.LOOK, Permission.SPEND, Permission.STOP})
_SPENDING = frozenset({Permission.SPEND, Permission.STOP, Permission.STOP_ANY})
_ALL = frozenset(Permission)

PERMISSIONS: Mapping[Role, Mapping[str, frozenset[Permission]]] = {
    Role.OWNER: {MEMBERS: _ALL, MANAGERS: _ALL, NO_ONE: _ALL - _SPENDING},
    Role.ADMIN: {MEMBERS: _ALL, MANAGERS: _ALL, NO_ONE: _ALL - _SPENDING},
    Role.MEMBER: {MEMBERS: _OWN, MANAGERS: _LOOK, NO_ONE: _LOOK},
    Role.GUEST: {MEMBERS: _LOOK, MANAGERS: _LOOK, NO_ONE: _LOOK},
    Role.OUTSIDER: {MEMBERS: _NOTHING, MANAGERS: _NOTHING, NO_ONE: _NOTHING},
    Role.BOT: {MEMBERS: _NOTHING, MANAGERS: _NOTHING, NO_ONE: _NOTHING},
}
"""What each role may do, by who may spend: `members` is Slack's default, `managers` that of Discord and the console.

It applies to commands, buttons, forms, completion, files, the Home tab and previews alike, since all of them call
`Bot.run`, `Bot.suggest` or `Bot.may_fill_in`."""

_SPENDERS = {MEMBERS: "all full members", MANAGERS: "admins of this workspace", NO_ONE: "nobody"}


def spenders(workspace: WorkspaceRef, may_spend: str) -> str:
    """Who may spend, in words. `may_spend` is the setting of that name."""
    own = MEMBERS if workspace.members_spend else MANAGERS
    return _SPENDERS[own if may_spend == "default" else may_spend]


def permissions(caller: Caller, may_spend: str) -> frozenset[Permission]:
    """The caller's permissions. `may_spend` is the setting of that name; `default` keeps the platform's default."""
    if may_spend == "default":
        return caller.permissions
    granted = PERMISSIONS[caller.role]
    return (caller.permissions - _SPENDING) | (granted.get(may_spend, granted[NO_ONE]) & _SPENDING)


def money_readers(workspace: WorkspaceRef, chosen: str) -> str:
    """Which of `MONEY_READERS` applies: the workspace's choice, or the chat's default."""
    return chosen or (EVERYONE if workspace.all_see_money else SPENDERS)


def may_see_money(readers: str, granted: AbstractSet[Permission]) -> bool:
    """Whether somebody with these permissions is one of the readers."""
    needs = {SPENDERS: {Permission.SPEND, Permission.CONFIGURE}, MANAGERS: {Permission.CONFIGURE}}
    return readers == EVERYONE or not granted.isdisjoint(needs[readers])


def money_refusal(readers: str) -> str:
    """Sentence for a caller who may not see money."""
    whom = "admins" if readers == MANAGERS else "people who can start tracking, and admins,"
    return f"Only {whom} can see money here. Ask one of them."


def refusal(need: Permission, may_spend: str = "default") -> str:
    """Sentence for a caller without a permission, with the remedy. `may_spend` is the setting of that name."""
    match need:
        case Permission.LOOK:
            return "Only members of this workspace can use this bot, so there's nothing I can show you here."
        case Permission.SPEND | Permission.STOP:
            what = "start tracking" if need is Permission.SPEND else "stop tracking"
            if may_spend == NO_ONE:
                return f"You can't {what}: it's turned off here for everyone. Ask an admin to change MAY_SPEND."
            whom = "a full member" if may_spend == MEMBERS else "an admin"
            return f"You can view everything here, but you can't {what}. Ask {whom}. Nothing was spent."
        case Permission.STOP_ANY:
            return "You can stop only the videos that you started. Ask an admin to stop this one. Nothing was changed."
        case Permission.CONFIGURE:
            return "Only admins can change that here. Ask one of them."
