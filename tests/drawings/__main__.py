"""`python -m tests.drawings --lines`: the lines of each card of the gallery on a phone, in Slack and in Discord."""

import sys

from tests.drawings.measure import lines_of
from tests.drawings.render import CHATS, cards
from tests.gallery import gallery

for name, reply in gallery().items():
    counts = (sum(map(lines_of, cards(chat, reply))) for chat in CHATS)
    sys.stdout.write(" ".join([*(f"{count:4}" for count in counts), f" {name}\n"]))
