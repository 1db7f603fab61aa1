import pytest

from adapters.__main__ import main


def said(capsys, *args: str) -> tuple[int, str, str]:
    try:
        code = main(args)
    except SystemExit as ended:
        code = ended.code
    return code, *capsys.readouterr()


def test_help_names_every_subcommand_and_the_way_to_try_it(capsys):
    code, out, err = said(capsys, "--help")
    assert (code, err) == (0, "")
    for subcommand in ("demo", "sandbox", "console", "migrate", "doctor"):
        assert f"\n    {subcommand} " in out
    assert "`contentstats-bot demo` needs no account" in out


@pytest.mark.parametrize("subcommand", ["demo", "sandbox", "console", "migrate", "doctor"])
def test_every_subcommand_explains_itself(capsys, subcommand):
    code, out, _ = said(capsys, subcommand, "--help")
    assert code == 0
    assert out.startswith(f"usage: contentstats-bot {subcommand} ")


def test_without_a_subcommand_the_help_is_the_complaint(capsys):
    code, out, err = said(capsys)
    assert (code, out) == (2, "")
    assert "contentstats-bot demo" in err


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["fly"], "invalid choice: 'fly'"),
        (["console", "--fly"], "unrecognized arguments: --fly"),
        (["sandbox", "--port", "http"], "'http' isn't a port: use a whole number from 0 to 65535"),
        (["sandbox", "--port", "65536"], "'65536' isn't a port"),
        (["sandbox", "--port", "-1"], "'-1' isn't a port"),
        (["sandbox", "--port", "٣"], "'٣' isn't a port"),
        (["sandbox", "--speed", "0"], "'0' isn't a speed: use a number above 0, 100000 at most"),
        (["sandbox", "--speed", "nan"], "'nan' isn't a speed"),
        (["sandbox", "--speed", "inf"], "'inf' isn't a speed"),
        (["sandbox", "--speed", "fast"], "'fast' isn't a speed"),
    ],
)
def test_wrong_words_are_named_and_end_with_two(capsys, args, complaint):
    code, out, err = said(capsys, *args)
    assert (code, out) == (2, "")
    assert err.startswith("usage: contentstats-bot ")
    assert complaint in err
