"""Vocabulary for parsing free text: filler words, and the command that a question means.

Data only. `bot.commands.parse` reads arguments with it, `bot.commands.lines` whole lines.
"""

from collections.abc import Mapping

_POLITE = """
    please pls plz thanks thank thx hey hi hello ok okay so well kindly can could would will should may must do does did
    is are was were be been am i i'd i'm i've we we're we've you me us my our your it its it's they he have has had
    want wanna need like let let's lets see look show give tell get got what what's whats which who where when how how's
    hows why there here a an the this that these those some any of to with just only now and also as go going make use
    using find check open send display know set up setup create schedule bot contentstats
"""
_THINGS = "video videos vid vids clip clips reel reels short shorts tiktoks post posts link links url"
_JOINTS = """
    for at in from between until till below under every each per by on sort sorted first time times timezone tz zone
    hour age next local o'clock sharp around about turn switch once day days d dollars dollar usd bucks vs vs. | , & – —
"""
POLITE = frozenset(_POLITE.split())
"""Words that are never a value, wherever they stand."""
FILLERS = frozenset((*_POLITE.split(), *_THINGS.split(), *_JOINTS.split()))
"""Words without effect once every argument has its value."""
_CHATTER = "out lol omg wow haha guys folks yo fyi btw asap cheers ones track tracking monitor follow"
PASSED_OVER = FILLERS.union(_CHATTER.split())
"""`FILLERS`, and words that people write around a link; a campaign's name may end with one of these."""
_BEFORE_THE_POINT = "for about on at in from by much many far today currently right still yet again then or one ones"
OPENERS = frozenset((*_POLITE.split(), *_THINGS.split(), *_BEFORE_THE_POINT.split()))
"""Words that a line may open with before it comes to the point, and that titles are searched without."""

NEGATIONS = frozenset(
    {
        *("not", "no", "non", "never", "except", "excluding", "nor", "isn't", "isnt", "aren't", "arent", "wasn't"),
        *("don't", "dont", "doesn't", "doesnt", "didn't", "didnt", "haven't", "hasn't", "won't"),
    }
)
"""Words that turn what follows into its opposite."""

MINE = "mine"
"""The videos that the caller started."""

TOPICS: Mapping[str, str] = {
    "stop": "quit cancel end terminate abort delete remove untrack unfollow unsubscribe kill",
    "alerts": """
        alert alerts alarm notify notified notification notifications warn warning mute unmute snooze quiet spike spikes
        milestone milestones
    """,
    "export": """
        csv csvs excel xlsx spreadsheet spreadsheets sheet download downloads export exports exported file files raw
        data
    """,
    "payout": "owe owes owed owing payout payouts",
    "campaign": "campaign campaigns",
    "allowance": """
        allowance allowances limit limits approve approval approvals approver approvers permission permissions allowed
        rights
    """,
    "usage": """
        money wallet balance credit credits budget spend spends spent spending cost costs price prices pay paid paying
        bill billing charge charged runway funds cash afford broke expensive usage dollars bucks invoice left
    """,
    "digest": "report reports reporting digest digests summary summaries recap overview daily weekly newsletter",
    "compare": "compare comparison difference better worse vs vs. versus against",
    "leaderboard": "leaderboard leaderboards ranking rankings rank ranks gain gains gained gainers creator creators",
    "videos error": "deleted failed errors",
    "videos change_24h": "growing grew grown gaining movers fastest rising",
    "videos slowest": "slowest slow stuck stagnating stagnated flattened declining dropping losing",
    "videos lowest": "worst lowest least fewest poorest weakest flop flops flopped underperforming unpopular",
    "videos count": """
        best top highest biggest most winner winners winning popular viral hits trending
    """,
    "videos cost": "costliest priciest",
    "videos ending": "ending ends expire expires expiring finishing",
    "status": "status working work works broken down alive online health healthy ping version",
    "stats": """
        stat stats statistics chart charts graph growth view views likes comments number numbers metrics performance
        performing perform performed doing details
    """,
    "videos": "list all running tracked tracking everything mine videos clips new newest latest recent",
    "help": """
        help commands command menu hello hi hey morning afternoon evening manual instructions start started starting
        begin tutorial guide
    """,
}
"""The command that a question means, by its words; the first entry that contains one of them wins."""
OPPOSITES: Mapping[str, str] = {
    "change_24h": "slowest",
    "count": "lowest",
    "lowest": "count",
    "slowest": "change_24h",
    "performing": "lowest",
}
"""The orders of a list that a negation turns into each other, and the word for a list that does well."""

PHRASES: Mapping[str, str] = {
    r"(?:who|which people|what people|everyone who) (?:else )?(?:may|can|could|gets to|is allowed to|should|has)\b.*"
    r"\b(?:spend|track|start|approve|stop|change|see (?:money|costs?|balances?)|permission|access)\b.*": "allowance",
    r"(?:may|am) (?:i|we) (?:allowed to )?(?:spend|track|start|approve|stop)\b.*": "allowance",
    r"(?:add|put|move|include) (?P<what>.+) (?:to|into|in|under) (?P<where>.+)": "campaign add {what} to {where}",
    r"(?:take|remove|drop|delete) (?P<what>.+) (?:out of|from) (?P<where>.+)": "campaign remove {what} from {where}",
    r"rename (?P<what>.+) (?:to|as|into) (?P<where>.+)": "campaign rename {what} to {where}",
    r"(?:start|begin)(?: to)? track(?:ing)?(?: (?:an?|my|the|some|more))?(?: videos?)?": "help track",
    r"pay(?:ing)? (?:out |off )?(?:the |my |our |all )*(?:creators?|influencers?|clippers?|people|them)\b.*": "payout",
    r"(?:change|replace|update|rotate) (?:the |my |our |api )*key\b.*": "help connect",
    r"(?:remove|delete|revoke|disconnect|unlink) (?:the |my |our |api )*key\b.*": "help disconnect",
    r"(?:delete|erase|wipe|forget|remove) (?:all |of |the |my |our )*(?:everything|data|account|workspace)\b.*"
    r"|uninstall\b.*": "help disconnect",
}
"""Lines whose verb comes before the names, and questions with an answer of their own, with the line that they mean."""

PAST: Mapping[str, str] = {
    r"yesterday(?:'s)?": "yesterday",
    r"last night": "yesterday",
    r"(?:the )?(?:last|past|previous) week(?:'s)?": "7d",
    r"(?:on|last|since) (?:mon|tues|wednes|thurs|fri|satur|sun)day": "7d",
    r"(?:the )?(?:last|past|previous) month(?:'s)?": "month",
    r"(?:the )?day before yesterday": "7d",
    r"(?:a|two|three|\d+) (?:days|weeks?) ago": "7d",
}
"""Words for a time in the past, with the period of a leaderboard that is nearest; `yesterday` alone is exact."""
TITLE_FILLERS = OPENERS.union(*(TOPICS[each].split() for each in ("export", "stats")))
"""Words that a title is also searched without."""

_NEAR: Mapping[str, str] = {
    "lowest": "worst least fewest bottom flop flops",
    "slowest": "slow stuck flat flattened stagnating declining",
    "error": "deleted removed gone failed failing broken errors private",
    "monitoring": "active live current ongoing tracking tracked",
    "completed": "done complete over past old final",
    "cancelled": "stopped canceled cancel ended",
    "paused": "pause waiting unpaid",
    "count": "best biggest most popular viral highest viewed",
    "change_24h": "growing fastest rising gained trending movers",
    "cost": "expensive costliest priciest",
    "newest": "recent latest new",
    "ending": "expiring finishing soon soonest",
    "youtube": "youtubes shorts",
    "tiktok": "tiktoks tok",
    "instagram": "grams reels",
    "twitter": "tweets tweet",
}
NEAR: Mapping[str, str] = {word: choice for choice, words in _NEAR.items() for word in words.split()}
"""Words that aren't a choice of an argument, with the nearest choice."""
