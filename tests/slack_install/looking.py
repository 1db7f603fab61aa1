"""Looking a workspace up, and trying what was found."""

from typing import Any

from adapters.slack.workspaces import Workspaces


async def token_of(teams: Workspaces, team_id: str = "T1", enterprise_id: str | None = None) -> Any:
    team = await teams.find(team_id, enterprise_id)
    return None if team is None else team.client.token


async def still_works(teams: Workspaces, team_id: str = "T1", enterprise_id: str | None = None) -> Any:
    team = await teams.find(team_id, enterprise_id)
    assert team is not None
    return (await team.client.auth_test())["ok"]
