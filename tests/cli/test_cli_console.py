"""One line at a time, against a sandbox over HTTP, each in a process of its own."""

import json

LINK = "https://www.tiktok.com/@steady/video/7300000000000000001"


def test_the_exit_code_is_0_for_an_answer_and_1_for_a_problem(cli, sandbox):
    wallet = cli("console", "-c", "/usage", **sandbox)
    assert (wallet.returncode, wallet.stderr) == (0, "")
    assert wallet.stdout.startswith("Wallet\n$8.55 available")
    mistake = cli("console", "-c", "/usege", **sandbox)
    assert (mistake.returncode, mistake.stderr) == (1, "")
    assert "/usage" in mistake.stdout


def test_json_is_one_object(cli, sandbox):
    ended = cli("console", "-c", "/videos tiktok", "--json", **sandbox)
    assert ended.returncode == 0
    reply = json.loads(ended.stdout)
    assert reply["title"] == "Videos"
    assert len(reply["parts"][0]["items"]) == 3


def test_only_an_admin_spends_and_only_yes_presses_the_button(cli, sandbox):
    refused = cli("console", "-c", f"/track {LINK} 1", "--yes", **sandbox)
    assert refused.returncode == 1
    assert "Nothing was spent." in refused.stdout
    asked = cli("console", "--admin", typed=f"/track {LINK} 1\n/videos running\n", **sandbox)
    assert "That leaves $" in asked.stdout
    assert "5 running videos, newest first" in asked.stdout
    started = cli("console", "-c", f"/track {LINK} 1", "--admin", "--yes", "--user", "Ana", **sandbox)
    assert (started.returncode, "Everyone sees: Ana started tracking" in started.stdout) == (0, True)
    stopped = cli("console", "-c", f"/stop {LINK}", "--admin", "--yes", "--json", **sandbox)
    assert (stopped.returncode, json.loads(stopped.stdout)["title"]) == (0, "Stopped")


def test_charts_and_files_are_saved_in_the_chosen_folder(cli, sandbox):
    ended = cli("console", "--charts", "pictures", typed="/stats kitchen sink\n/export all\n", **sandbox)
    assert ended.returncode == 0
    assert "\nSaved pictures/how-we-fixed-our-kitchen-sink-in-ten-views-7-days.png\n" in ended.stdout
    assert (
        (cli.folder / "pictures" / "how-we-fixed-our-kitchen-sink-in-ten-views-7-days.png")
        .read_bytes()
        .startswith(b"\x89PNG")
    )
    assert (
        (cli.folder / "pictures" / "contentstats-all.csv").read_text("utf-8-sig").startswith("video_id,platform,link")
    )


def test_the_doctor_reports_no_problem(cli, sandbox):
    ended = cli("doctor", **sandbox)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [line[:9] for line in ended.stdout.splitlines()] == ["ok       "] * 8


def test_migrating_twice_changes_nothing_and_one_line_loads_only_what_it_needs(cli, sandbox):
    for _ in range(2):
        ended = cli("migrate", **sandbox)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "The database is up to date.\n", "")
    ended = cli("console", "-c", "/help", PYTHONPROFILEIMPORTTIME="1", **sandbox)
    assert ended.returncode == 0
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.stderr.splitlines()}
    assert {"bot", "sqlalchemy", "httpx"} <= loaded
    assert loaded.isdisjoint({"matplotlib", "numpy", "PIL", "alembic", "aiohttp", "prompt_toolkit"})
    assert "adapters.sandbox" not in ended.stderr
