import pytest

from tests.standins.slack.mrkdwn import links, mentions, visible_text


def mrkdwn(text: str, **more) -> dict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, **more}}


def rich(element: dict) -> dict:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


@pytest.mark.parametrize(
    ("mrkdwn", "seen"),
    [
        ("plain", "plain"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("<https://example.com|the page>", "the page"),
        ("<https://example.com/a?b=c>", "https://example.com/a?b=c"),
        ("<@U1|ann> in <#C1|general> and <#C2>", "@ann in #general and #C2"),
        ("<!channel> <!subteam^S1|@devs>", "@channel @devs"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("*bold* _it_ ~gone~ `code`", "bold it gone code"),
        ("_*both*_", "both"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("* not bold * and *open", "* not bold * and *open"),
        ("(*bold*)!", "bold".join("()") + "!"),
        ("\u2060*plain*\u2060", "\u2060*plain*\u2060"),
        ("```*kept* &lt;```", "*kept* <"),
        ("a `*kept*` b", "a *kept* b"),
        (":warning: at 10:30:45", "⟪warning⟫ at 10:30:45"),
        ("&gt; quoted\n> too", "quoted\ntoo"),
        ("1 &gt; 0", "1 > 0"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_visible_text_has_no_markup_or_entities(mrkdwn, seen):
    assert visible_text(mrkdwn) == seen


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<!channel> <!here|here> <!everyone>", {"<!channel>", "<!here>", "<!everyone>"}),
        ("<@U1> <@W2|ann> <!subteam^S1|@devs>", {"<@U1>", "<@W2>", "<!subteam^S1>"}),
        ("&lt;!channel&gt; @channel <#C1>", set()),
        ([mrkdwn("<!channel>")], {"<!channel>"}),
        ([mrkdwn("@here and ann@here.example")], {"@here"}),
        ([mrkdwn("@here", verbatim=True)], set()),
        ([mrkdwn("@\u2060here")], set()),
        ([{"type": "header", "text": {"type": "plain_text", "text": "<!channel> @here"}}], set()),
        ([rich({"type": "text", "text": "<!channel>"})], set()),
        ([rich({"type": "broadcast", "range": "here"})], {"<!here>"}),
        ([rich({"type": "user", "user_id": "U1"})], {"<@U1>"}),
        ([rich({"type": "usergroup", "usergroup_id": "S1"})], {"<!subteam^S1>"}),
        ([{"type": "table", "rows": [[rich({"type": "broadcast", "range": "channel"})]]}], {"<!channel>"}),
        ({"channel": "C1", "text": "<@U1>", "blocks": [mrkdwn("<!here>")]}, {"<@U1>", "<!here>"}),
        ({"text": "@ann"}, set()),
    ],
)
def test_exactly_the_notifying_mentions_are_found(content, found):
    assert mentions(content) == found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<https://a.example/x|y> and <mailto:ann@example.com|ann>", {"https://a.example/x", "mailto:ann@example.com"}),
        ({"text": "see www.example.com"}, {"www.example.com"}),
        ([mrkdwn("see https://b.example/z or evil.com")], {"https://b.example/z", "evil.com"}),
        ([mrkdwn("see https://b.example/z", verbatim=True)], set()),
        ([rich({"type": "link", "url": "https://c.example"})], {"https://c.example"}),
        ([rich({"type": "text", "text": "https://c.example"})], set()),
        ([mrkdwn("3.com\u2060petitors, v1.2")], {"3.com"}),
    ],
)
def test_every_clickable_address_is_found(content, found):
    assert links(content) == found
