"""The metrics of a whole bot, with and without a scheduler."""

from tests.standins.environment import HandClock, environment_of, sandbox_of


async def test_a_bots_metrics_count_its_calls_and_queue(database_url):
    clock = HandClock()
    async with sandbox_of(clock) as sandbox, environment_of(sandbox, clock, database_url) as env:
        await env.say("/usage")
        body, kind = await env.bot.render_metrics()
        lines = body.decode().splitlines()
        assert kind.startswith("text/plain")
        assert 'contentstats_bot_api_calls_total{code="200"} 2.0' in lines
        assert "contentstats_bot_messages_waiting 0.0" in lines
        assert not [line for line in lines if "tick_age" in line], "nothing ticks here"
        assert env.bot.is_alive()
        env.bot.scheduler({})
        assert "contentstats_bot_tick_age_seconds 0.0" in (await env.bot.render_metrics())[0].decode().splitlines()
        assert env.bot.is_alive()
        assert sandbox.key not in body.decode()
