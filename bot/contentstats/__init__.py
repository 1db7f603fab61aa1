"""Client of the ContentStats API and resolver of short links. Stores and renders nothing."""

import sys

# Keeps httpx from importing its command line, which takes half as long and as much memory as the rest of it. httpx
# handles the missing module.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
