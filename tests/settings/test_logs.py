import json
import logging
import sys

import pytest

from bot.logs import MARK, configure

KEY = "cs_live_0123456789abcdef"
SECRET = "correct horse"
logger = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def _as_it_was():
    root = logging.getLogger()
    handlers, level, hook = list(root.handlers), root.level, sys.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook


@pytest.fixture(params=["text", "json"])
def fmt(request):
    return request.param


def start(fmt: str, *secrets: str) -> None:
    logging.getLogger().handlers.clear()  # pytest's own raise on what a program must survive
    configure("INFO", fmt, secrets)


def fail(sentence: str) -> None:
    raise ValueError(sentence)


def log_a_failure(sentence: str) -> None:
    try:
        fail(sentence)
    except ValueError:
        logger.exception("failed", stack_info=True)


def test_a_text_line_has_time_level_logger_message_and_fields(capsys):
    start("text")
    logger.info("polled %d videos", 3, extra={"wallet": 7, "took": "4 ms"})
    moment, rest = capsys.readouterr().err.split(" UTC ")
    assert len(moment) == len("2026-11-23 14:00:00.123")
    assert rest == "INFO tests.logs: polled 3 videos (wallet=7, took=4 ms)\n"


def test_a_json_line_is_one_object_with_the_extra_fields(capsys):
    start("json")
    plain = {"wallet": 7, "half": 0.5, "ok": True, "nested": {"at": None}}
    extra = {"rate": float("nan"), "ids": ("a", "b"), "level": "x"}
    logger.warning("polled %d videos", 3, extra=plain | extra)
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    line = json.loads(written)
    assert line.pop("time").endswith("+00:00")
    named = {"level": "WARNING", "logger": "tests.logs", "message": "polled 3 videos", "rate": "nan", "ids": ["a", "b"]}
    assert line == plain | named


def test_a_failure_is_one_json_line_with_its_traceback_or_indented_in_text(capsys):
    start("json")
    log_a_failure("too late")
    line = json.loads(capsys.readouterr().err)
    assert line["message"] == "failed"
    assert "ValueError: too late" in line["trace"]
    assert "in log_a_failure" in line["trace"]
    start("text")
    log_a_failure("too late")
    first, *trace = capsys.readouterr().err.splitlines()
    assert first.endswith("ERROR tests.logs: failed")
    assert trace
    assert all(line.startswith("    ") for line in trace)


@pytest.mark.parametrize(
    "token", [KEY, "cs_test_abc-DEF_9", "xoxb-123-456-abcDEF", "xoxe.xoxp-1-abc", "xapp-1-A0-2-ff", SECRET]
)
def test_no_secret_reaches_a_log_line(fmt, capsys, token):
    start(fmt, SECRET)
    logger.info("as message: " + token)  # noqa: G003 - the very thing that must be harmless
    logger.info("as argument: %s and %r", token, token.encode())
    logger.info("as extra", extra={"header": token, "deep": {"list": [token], token: 1}})
    logger.info("badly formatted: %d", token)
    log_a_failure(token)
    written = capsys.readouterr().err
    assert token not in written
    assert written.count(MARK) >= 7


def test_an_exception_that_ends_the_program_is_logged_without_secrets(fmt, capsys):
    start(fmt, SECRET)
    try:
        fail(SECRET)
    except ValueError:
        sys.excepthook(*sys.exc_info())
    written = capsys.readouterr().err
    assert "uncaught exception; exiting" in written
    assert f"ValueError: {MARK}" in written
    assert SECRET not in written


@pytest.mark.parametrize(
    "written",
    ["p/s: ö%'", "p%2Fs%3A%20%C3%B6%25%27", "p%2Fs%3A+%C3%B6%25%27", repr("p/s: ö%'"), str("p/s: ö%'".encode())],
)
def test_a_secret_is_left_out_whole_however_it_is_encoded(fmt, capsys, written):
    start(fmt, "p/s: ö%'", "/s", "")
    logger.info("<%s>", written)
    said = capsys.readouterr().err
    assert MARK in said
    assert not [part for part in ("p/s", "p%2F", f"p{MARK}") if part in said]


def test_foreign_text_forges_no_line_and_no_control_sequence(fmt, capsys):
    start(fmt)
    logger.info("title: %s", "cat\n2026-11-23 14:00:00.000 UTC ERROR bot: the wallet is empty\x1b[2J\x9b\r\u2028x")
    first, *more = capsys.readouterr().err.splitlines()
    assert "\x1b" not in first + "".join(more)
    assert all(line.startswith("    ") for line in more)
    assert all(char.isprintable() for char in first + "".join(more))


def test_configuring_again_replaces_the_handlers(capsys):
    start("text")
    configure("WARNING", "json", [])
    logger.info("not heard")
    logger.warning("heard once")
    assert [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()] == ["heard once"]


def test_verbose_libraries_are_logged_only_at_debug(capsys):
    start("text")
    logging.getLogger("httpx").info("HTTP Request: GET")
    assert capsys.readouterr().err == ""
    configure("DEBUG", "text", [])
    logging.getLogger("httpx").info("HTTP Request: GET")
    assert "HTTP Request: GET" in capsys.readouterr().err


def test_a_line_that_cannot_be_written_is_reported_without_its_content(fmt, capsys):
    start(fmt)

    class Unprintable:
        def __str__(self):
            raise RuntimeError(KEY)

    logger.info("value", extra={"thing": Unprintable()})
    assert capsys.readouterr() == ("", "A log line of tests.logs could not be written.\n")


def test_a_closed_stderr_does_not_end_the_program(fmt, capsys, monkeypatch, tmp_path):
    start(fmt)
    with (tmp_path / "closed").open("w") as closed:
        pass
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", closed)
        logger.info("into the void")
    logger.info("heard again")
    assert capsys.readouterr().err.count("heard again") == 1
