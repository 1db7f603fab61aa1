"""How typed lines are read, in any order and spelling."""

import string
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.command import MAX_TYPED, Kind
from bot.commands.compare import Compare
from bot.commands.digest import Digest
from bot.commands.export import Export
from bot.commands.help import Help
from bot.commands.parse import bind, parse
from bot.commands.registry import COMMANDS, by_name
from bot.commands.stats import Stats
from bot.commands.track import Track
from bot.commands.track_start import Start
from bot.commands.videos import Videos
from bot.domain.errors import UsageError
from tests.standins.environment import LINK, YOUTUBE

DIGEST = {
    "10pm (Paris)": (1320, "Europe/Paris"),
    "(9am, New York)": (540, "America/New_York"),
    "[9am Berlin]": (540, "Europe/Berlin"),
    "at 8 in the morning, London": (480, "Europe/London"),
    "8:30 in the evening Rome": (1230, "Europe/Rome"),
    "9 o'clock at night": (1260, None),
    "friday's 8am": (480, None, ("friday",)),
    "monday’s at noon Tokyo": (720, "Asia/Tokyo", ("monday",)),
}
TYPED = {
    # /track: link and days in any order, with any wrapping
    f"track {LINK}": Track((LINK,)),
    f"track {LINK} 7": Track((LINK,), 7),
    f"track 7 {LINK}": Track((LINK,), 7),
    f"track {LINK} for 7 days": Track((LINK,), 7),
    f'track <iframe width="9" src="{YOUTUBE}?si=1" title="x"></iframe> 7': Track((YOUTUBE,), 7),
    f'track <a href="{LINK}">look</a>': Track((LINK,)),
    f"track {LINK} 7d": Track((LINK,), 7),
    f"track {LINK} 1day": Track((LINK,), 1),
    f"track 30 DAYS {LINK}": Track((LINK,), 30),
    f"track {LINK} and {YOUTUBE} 3": Track((LINK, YOUTUBE), 3),
    f"track {LINK}, {YOUTUBE}": Track((LINK, YOUTUBE)),
    f"track {LINK}\n{YOUTUBE}\n3": Track((LINK, YOUTUBE), 3),
    # links without spaces between them: none is taken for a parameter of the one before
    f"track {LINK},{YOUTUBE} 3": Track((LINK, YOUTUBE), 3),
    f"track {LINK}?si=a;{YOUTUBE}": Track((f"{LINK}?si=a", YOUTUBE)),
    f"track {LINK}?si=a{YOUTUBE}": Track((f"{LINK}?si=a", YOUTUBE)),
    f"track <{LINK}>,<{YOUTUBE}|b> 3": Track((f"<{LINK}>", f"<{YOUTUBE}|b>"), 3),
    # text next to a link in angle brackets, unless it could be part of the link
    f"track 👉<{LINK}>": Track((f"👉{LINK}",)),
    f"track Check:<{LINK}|a b> 3": Track((f"Check:{LINK}",), 3),
    f"track ~<{LINK}>~ 7d": Track((f"~{LINK}~",), 7),
    f"track _<{LINK}|cat>_ 7": Track((f"_{LINK}_",), 7),
    f"track _{LINK}_ 7": Track((f"_{LINK}_",), 7),
    f"track <{LINK}>。": Track((f"{LINK}。",)),
    f"track <{LINK}>…": Track((f"{LINK}…",)),
    f"track <{LINK}>7": Track((f"<{LINK}>",), 7),
    f"track {LINK}?u={YOUTUBE}": Track((f"{LINK}?u={YOUTUBE}",)),
    f"track {LINK} 1 week": Track((LINK,), 7),
    f"track {LINK} for a week": Track((LINK,), 7),
    f"track 2w {LINK}": Track((LINK,), 14),
    f"track <{LINK}|cat video> 7": Track((f"<{LINK}|cat video>",), 7),
    f"track <{LINK}> 7": Track((f"<{LINK}>",), 7),
    f'track "{LINK}" 7': Track((LINK,), 7),
    f"track “{LINK}” 7": Track((LINK,), 7),
    f"track \u200b{LINK}\u200b \u202e7\u202c": Track((LINK,), 7),
    f"track {LINK} +7": Track((LINK,), 7),
    f"track {LINK} ٧": Track((LINK,), 7),
    f"track\u00a0{LINK}\u00a07": Track((LINK,), 7),
    "track tiktok.com/@a/video/1": Track(("tiktok.com/@a/video/1",)),
    "track javascript:alert(1)": Track(("javascript:alert(1)",)),
    "track cats 7": Track(("cats",), 7),
    # polite words, and lengths in words
    f"track please {LINK}": Track((LINK,)),
    f"track this video please: {LINK} for two weeks, thanks!": Track((LINK,), 14),
    f"track hey could you track this out for me lol {LINK} 5": Track((LINK,), 5),
    f"track link:{LINK} days=7": Track((LINK,), 7),
    f"track {LINK} a fortnight": Track((LINK,), 14),
    f"track {LINK} twenty days": Track((LINK,), 20),
    f"track {LINK} 48 hours": Track((LINK,), 2),
    f"track {LINK} seven": Track((LINK,), 7),
    f"track {LINK} ten dollars": Track((LINK,), dollars=Decimal(10)),
    f"track {LINK}/{YOUTUBE}": Track((f"{LINK}/", YOUTUBE)),
    "track youtu.be/dQw4w9WgXcQ→youtu.be/9bZkp7q19f0": Track(("youtu.be/dQw4w9WgXcQ→", "youtu.be/9bZkp7q19f0")),
    # links next to a bar, a comma or a sign: none is lost
    f"track {LINK}|{YOUTUBE}": Track((LINK, YOUTUBE)),
    "track youtu.be/dQw4w9WgXcQ|youtu.be/9bZkp7q19f0": Track(("youtu.be/dQw4w9WgXcQ", "youtu.be/9bZkp7q19f0")),
    "track youtu.be/dQw4w9WgXcQ，youtu.be/9bZkp7q19f0": Track(("youtu.be/dQw4w9WgXcQ", "youtu.be/9bZkp7q19f0")),
    f"track {LINK}&{YOUTUBE}": Track((f"{LINK}&", YOUTUBE)),
    f"track {LINK},7": Track((LINK,), 7),
    f"track 👉{LINK} 7": Track((f"👉{LINK}",), 7),
    f"track [look here]({LINK}) 7": Track((LINK,), 7),
    f"track {LINK} $5": Track((LINK,), dollars=Decimal(5)),
    f"track {LINK} for 2.50 dollars": Track((LINK,), dollars=Decimal("2.50")),
    # /videos: each word has only one meaning
    "videos": Videos(),
    "videos tiktok": Videos("tiktok"),
    "videos monitoring TikTok": Videos("tiktok", "monitoring"),
    "videos x running top": Videos("twitter", "monitoring", "count"),
    "videos growth yt completed": Videos("youtube", "completed", "change_24h"),
    "videos ig": Videos("instagram"),
    "videos tiktok mine": Videos("tiktok", by="mine"),
    "videos by @Viral.Recipe top running": Videos(None, "monitoring", "count", "@Viral.Recipe"),
    "videos tiktok ＠Viral.Recipe": Videos("tiktok", by="＠Viral.Recipe"),
    "videos https://www.tiktok.com/@Viral.Recipe?lang=en": Videos(by="@Viral.Recipe"),
    "videos all": Videos(campaign="all"),
    "videos all views": Videos(sort="count", campaign="all"),
    "videos finished newest first": Videos(status="completed"),
    "videos sort by growth": Videos(sort="change_24h"),
    "videos insta error ending": Videos("instagram", "error", "ending"),
    # a title is every word
    "stats cat on a piano": Stats("cat on a piano"),
    'stats "cat on a piano"': Stats("cat on a piano"),
    "stats “cat on a piano”": Stats("cat on a piano"),
    "stats 7": Stats("7"),
    'stats It\'s "only" a test': Stats('It\'s "only" a test'),
    f"stats cats {LINK}": Stats(f"cats {LINK}"),
    "stats for days": Stats("for days"),
    f"stats <{LINK}|cat>": Stats(f"<{LINK}|cat>"),
    "stats ca\u200bt\u202e": Stats("cat"),
    "stats 三分钟学会做宫保鸡丁": Stats("三分钟学会做宫保鸡丁"),
    "stats أفضل قهوة": Stats("أفضل قهوة"),
    # several titles
    "compare a b": Compare(("a", "b")),
    'compare "cat on a piano" vs "dog on a drum"': Compare(("cat on a piano", "dog on a drum")),
    "compare cat on a piano vs dog on a drum": Compare(("cat on a piano", "dog on a drum")),
    "compare cat on a piano | dog on a drum": Compare(("cat on a piano", "dog on a drum")),
    "compare cat on a piano, dog on a drum": Compare(("cat on a piano", "dog on a drum")),
    'compare "cat on a piano" dog': Compare(("cat on a piano", "dog")),
    f"compare {LINK} vs {YOUTUBE}": Compare((LINK, YOUTUBE)),
    f"compare {LINK},{YOUTUBE}": Compare((LINK, YOUTUBE)),
    f"compare {LINK} cat": Compare((LINK, "cat")),
    "compare 1,2": Compare(("1", "2")),
    "compare a b c d e": Compare(("a", "b", "c", "d", "e")),
    "compare ‘A b’ vs ‘C d’": Compare(("A b", "C d")),
    "compare „A b“ „C d“": Compare(("A b", "C d")),
    "compare «A b» «C d»": Compare(("A b", "C d")),
    "compare Don’t stop vs it's": Compare(("Don’t stop", "it's")),
    "compare vs a vs b vs": Compare(("a", "b")),
    # separators of titles: only the mark least likely to be part of one
    "compare cats and dogs vs night & day": Compare(("cats and dogs", "night & day")),
    "compare hello, world! versus one + one": Compare(("hello, world!", "one + one")),
    "compare cats and dogs, fish with chips": Compare(("cats and dogs", "fish with chips")),
    "compare street food with sourdough": Compare(("street food", "sourdough")),
    "compare <b>a b</b> & c vs d | e": Compare(("<b>a b</b> & c", "d | e")),
    'compare It\'s "only" a test vs "Hi"there, you': Compare(('It\'s "only" a test', '"Hi"there, you')),
    'compare "a vs b" vs "c, d"': Compare(("a vs b", "c, d")),
    'compare "a and b" "c | d"': Compare(("a and b", "c | d")),
    f"compare cat, {LINK}|{YOUTUBE}, dog": Compare(("cat", LINK, YOUTUBE, "dog")),
    "compare street food + sourdough": Compare(("street food", "sourdough")),
    # /digest: times of day, weekdays and zones in words
    **{f"digest on {words}": Digest("on", *read) for words, read in DIGEST.items()},
    # other commands
    "export": Export("all"),
    "export cats and dogs": Export("cats and dogs"),
    "help": Help(""),
    "help /track": Help("/track"),
}
WRONG = {
    "track": "needs a link",
    "track 7": "needs a link",
    "track for days": "needs a link",
    f"track {LINK} 0": "whole number from 1 to 30, not “0”",
    f"track {LINK} 31": "whole number from 1 to 30, not “31”",
    f"track {LINK} -7": "whole number from 1 to 30, not “-7”",
    f"track {LINK} 1.5": "whole number from 1 to 30, not “1.5”",
    f"track {LINK} 1,5": "whole number from 1 to 30, not “1,5”",
    f"track {LINK} abc": "“abc” means here: days is a whole number from 1 to 30",
    f"track {LINK} 99999999999999999999": "whole number from 1 to 30",
    f"track {LINK} 5 weeks": "whole number from 1 to 30, not “5weeks”",
    f"track {LINK} 36 hours": "whole number from 1 to 30, not “36hours”",
    f"track {LINK} week": "“week” means here: days is a whole number from 1 to 30",
    f"track {LINK} ²": "whole number from 1 to 30",
    f"track {LINK} 3 videos": "how many days",
    f"track {LINK} 3 times": "how many days",
    f"track don't {LINK}": "can't read “don't” here",
    f"track {LINK} not 7 days": "can't read “not” here",
    f"track {LINK} 7 8": "takes one value for days; 2 were given",
    f"track {LINK} 7 abc": "don't know what “abc” means here",
    f"track {' '.join(f'{LINK}{n}' for n in range(11))}": "at most 10 links; 11 were given",
    f"track {LINK} in 3 days": "Tracking starts when you press the button",
    f"track {LINK} tomorrow": "Tracking starts when you press the button",
    f"track {LINK} 3 days from now": "Tracking starts when you press the button",
    f"track {LINK} on friday at 9am": "Tracking starts when you press the button",
    f"track {LINK} starting friday": "Tracking starts when you press the button",
    f"track {LINK} beginning next week": "Tracking starts when you press the button",
    f"track {LINK} until friday": "“friday” means here: days is a whole number",
    "digest on 09:00 wonn": "“wonn” means here: zone is a city like Berlin or New York.",
    "alerts balance €5": "Amounts are in US dollars",
    "videos tiktok youtube": "takes one value for platform; 2 were given",
    "videos 2": "No filter called “2”",
    'videos "tiktok"': "No filter called “tiktok”",
    "stats": "needs a video",
    "stats \u200b": "needs a video",
    "stats “”": "needs a video",
    f"stats {LINK} {YOUTUBE}": "takes one value for video; 2 were given",
    "compare": "at least 2 videos",
    "compare a": "at least 2 videos",
    "compare a vs": "at least 2 videos",
    "compare a b c d e f": "at most 5 videos; 6 were given",
    f"stats {'x' * 10_000}": "10,000 characters; a command can have 4,000 at most",
    f"track {LINK} {'y' * 3_000}": "“yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…” means here",
}


def parsed(line):
    name, *rest = line.split(maxsplit=1)
    return parse(by_name()[name], "".join(rest))


@pytest.mark.parametrize(("line", "arguments"), TYPED.items())
def test_typed_words_are_understood(line, arguments):
    assert parsed(line) == arguments


@pytest.mark.parametrize(("line", "words"), WRONG.items())
def test_meaningless_words_are_named(line, words):
    with pytest.raises(UsageError) as told:
        parsed(line)
    assert words in str(told.value)
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.listed], ids=lambda each: each.name)
def test_every_example_is_understood(command):
    for line in (command.example, *(line for line, _ in command.examples)):
        assert line.startswith(f"/{command.name}")
        arguments = line.removeprefix(f"/{command.name}").strip()
        if not any(each.kind is Kind.SECRET for each in command.arguments):
            parse(command, arguments)


TEXTS = (
    st.text()
    | st.text(alphabet=string.printable + "“”‘’<>|\u200b\u202e\u0661٧²éß")
    | st.lists(
        st.sampled_from(
            [
                "7", "7d", "-1", "1.5", LINK, f"<{LINK}|x>", "tiktok", '"', "“", "”", "vs", "vs.", ",", "|", "for",
                "days", "\u200b", "a,", "all",
            ]
        )
    ).map(" ".join)
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
@settings(max_examples=15)
@given(typed=TEXTS)
def test_any_text_leads_to_a_command_or_a_usage_error(command, typed):
    with suppress(UsageError):
        assert isinstance(parse(command, typed), command.takes)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
@settings(max_examples=15)
@given(data=st.data())
def test_any_button_leads_to_a_command_or_a_usage_error(command, data):
    names = st.sampled_from([each.name for each in command.arguments] or ["x"]) | st.text()
    given_arguments = data.draw(st.dictionaries(names, TEXTS, max_size=3))
    with suppress(UsageError):
        assert isinstance(bind(command, given_arguments), command.takes)


def test_free_text_never_fills_a_buttons_arguments():
    assert bind(by_name()["track.start"], {"batch": "abc", "days": "7"}) == Start("abc", 7)
    assert bind(by_name()["videos"], {"page": "3"}) == Videos(page=3)


def test_a_form_may_leave_fields_empty_and_give_several_values_in_one():
    command = by_name()["track"]
    assert bind(command, {"link": f"{LINK} {YOUTUBE}", "days": " "}) == Track((LINK, YOUTUBE))
    assert bind(command, {"link": f"{LINK} for 7 days please"}) == Track((LINK,), 7)
    assert bind(command, {"link": f"{LINK} $5"}) == Track((LINK,), dollars=Decimal(5))
    assert bind(by_name()["digest"], {"time": "monday 9am Berlin"}) == Digest(None, 540, "Europe/Berlin", ("monday",))
    with pytest.raises(UsageError, match="“7” means here"):
        bind(command, {"link": f"{LINK} 7", "days": "3"})
    assert bind(by_name()["compare"], {"video": '"a b" vs c'}) == Compare(("a b", "c"))
    assert bind(by_name()["videos"], {"platform": "\u200b"}) == Videos()


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("stats", {"clip": "1"}, "takes no “clip”"),
        ("videos", {"platform": "facebook"}, "Platform is one of tiktok, youtube, instagram, twitter, not “facebook”"),
        ("videos", {"page": "0"}, "Page is a whole number from 1 to 1000000, not “0”"),
        ("track.start", {"days": "7"}, "needs a batch"),
        ("track.start", {"batch": "x", "days": "x"}, "Days is a whole number from 1 to 30, not “x”"),
        ("track", {"link": "  "}, "needs a link"),
    ],
)
def test_an_invalid_button_argument_is_named(name, arguments, words):
    with pytest.raises(UsageError) as told:
        bind(by_name()[name], arguments)
    assert words in str(told.value)


def test_text_longer_than_any_platform_allows_is_not_parsed():
    with pytest.raises(UsageError, match="Please shorten it"):
        parse(by_name()["stats"], "x" * (MAX_TYPED + 1))
    assert parse(by_name()["stats"], "x" * MAX_TYPED) == Stats("x" * MAX_TYPED)


@pytest.mark.parametrize(
    ("words", "days"),
    {
        "until friday": 5, "till next fri": 5, "until sunday": 7, "until tomorrow": 1,
        "through 2026-12-06": 7, "until 3 dec": 4, "till December 3rd": 4, "until 03.12.": 4, "for a month": 30,
        "a couple of weeks": 14, "for the next ten days": 10,
    }.items(),
)  # fmt: skip
def test_an_end_in_words_is_a_number_of_days_typed_or_in_a_form(words, days):
    sunday, command = datetime(2026, 11, 29, 22, tzinfo=UTC), by_name()["track"]
    assert parse(command, f"{LINK} {words}", sunday) == Track((LINK,), days)
    assert bind(command, {"link": f"{LINK} {words}"}, sunday) == Track((LINK,), days)
    assert bind(command, {"link": LINK, "days": words.removeprefix("for ").removeprefix("the next ")}, sunday) == (
        Track((LINK,), days)
    )


def test_an_end_in_the_past_is_refused():
    with pytest.raises(UsageError, match="Days is a whole number from 1 to 30"):
        parse(by_name()["track"], f"{LINK} until 2026-11-28", datetime(2026, 11, 29, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "campaign", "days"),
    [
        (f"{LINK} 7 in launch", "launch", 7),
        (f"in launch {LINK} 7", "launch", 7),
        (f"{LINK} in spring launch for 7 days please", "spring launch", 7),
        (f'{LINK} in "tomorrow land"', "tomorrow land", None),
        (f"{LINK} in launch 2026", "launch 2026", None),
        (f"{LINK} into campaign launch a week", "launch", 7),
    ],
)
def test_a_campaign_is_named_after_the_word_in(typed, campaign, days):
    args = parse(by_name()["track"], typed)
    assert (args.link, args.campaign, args.days) == ((LINK,), campaign, days)
    assert bind(by_name()["track"], {"link": typed}) == args
