import pytest

from bot.domain.caller import Caller, Permission, Person, Role, WorkspaceRef

CALLER = Caller(
    workspace=WorkspaceRef("slack", "T1", "Acme"),
    channel_id="C1",
    person=Person("U1", "Ann"),
    role=Role.MEMBER,
    permissions=frozenset({Permission.LOOK, Permission.SPEND}),
)


def test_two_callers_with_the_same_facts_are_the_same_caller():
    assert (
        Caller(
            WorkspaceRef("slack", "T1", "Acme"),
            "C1",
            Person("U1", "Ann"),
            Role("member"),
            frozenset({Permission.LOOK, Permission.SPEND}),
        )
        == CALLER
    )


def test_a_caller_cannot_be_given_more_rights_afterwards():
    with pytest.raises(AttributeError):
        CALLER.permissions = frozenset(Permission)
