import pytest


def test_help_lists_every_subcommand_and_how_to_try_the_bot(said):
    code, out, err = said("--help")
    assert (code, err) == (0, "")
    for subcommand in ("demo", "sandbox", "console", "migrate", "doctor"):
        assert f"\n    {subcommand} " in out
    assert "`contentstats-bot demo` needs no account" in out


@pytest.mark.parametrize("subcommand", ["demo", "sandbox", "console", "migrate", "doctor"])
def test_every_subcommand_explains_itself(said, subcommand):
    code, out, _ = said(subcommand, "--help")
    assert code == 0
    assert out.startswith(f"usage: contentstats-bot {subcommand} ")


def test_without_a_subcommand_usage_is_printed_as_an_error(said):
    code, out, err = said()
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
def test_invalid_arguments_are_named_and_exit_with_2(said, args, complaint):
    code, out, err = said(*args)
    assert (code, out) == (2, "")
    assert err.startswith("usage: contentstats-bot ")
    assert complaint in err
