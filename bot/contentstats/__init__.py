"""The ContentStats API and short links: the one room that speaks HTTP. It stores nothing and renders nothing."""

import sys

# httpx also imports its command line where it can, which takes half as long and as much memory again as the rest of it.
# None here says that there is none, for which httpx is prepared.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
