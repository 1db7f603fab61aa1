"""Floor of row 8: decodes the bytes to plain dicts and lists, without parsing times or building objects."""

import json


def decode(body: bytes) -> object:
    """Decode a JSON body."""
    return json.loads(body)
