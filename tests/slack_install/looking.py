"""Looking a workspace up, and trying what was found."""


async def token_of(teams, team_id="T1", enterprise_id=None):
    team = await teams.find(team_id, enterprise_id)
    return None if team is None else team.client.token


async def still_works(teams, team_id="T1", enterprise_id=None):
    team = await teams.find(team_id, enterprise_id)
    return (await team.client.auth_test())["ok"]
