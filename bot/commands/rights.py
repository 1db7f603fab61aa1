"""Who may do what: by what their platform vouches for, unless the operator's setting says otherwise."""

from bot.domain.caller import Caller, Need, Standing

_SPENDING = frozenset({Need.SPEND, Need.STOP})
SPENDERS = {
    "default": "by this chat's own rule",
    "members": "every full member",
    "managers": "those who manage the workspace",
    "nobody": "nobody",
}
"""Who may spend, in words, for each value of the setting."""


def allowed(need: Need, caller: Caller, may_spend: str) -> bool:
    """Whether the caller may use a command with this need.

    `may_spend` is the setting of that name: `default` leaves spending and stopping to the platform's rule, `members`
    and `managers` go by the person's standing, `nobody` closes both.
    """
    if need not in _SPENDING or may_spend == "default":
        return need in caller.rights
    match may_spend:
        case "members":
            return caller.standing in {Standing.MEMBER, Standing.MANAGER}
        case "managers":
            return caller.standing is Standing.MANAGER
        case _:
            return False


def refusal(need: Need, may_spend: str) -> str:
    """Why not, and what to do about it."""
    if need is Need.LOOK:
        return "You may not look at the videos of this workspace. Ask one of those who manage it."
    if need in _SPENDING:
        what = "start trackings" if need is Need.SPEND else "stop trackings"
        who = {
            "members": "Full members may",
            "managers": "Those who manage this workspace may",
            "nobody": "It is switched off here for everyone (MAY_SPEND)",
        }.get(may_spend, "Ask someone who may spend in this workspace")
        return f"You may look at everything here, but not {what}. {who}. Nothing was spent."
    return "Only those who manage this workspace may change that. Ask one of them."
