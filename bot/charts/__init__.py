"""Charts: numbers in, a PNG and the sentence for its alt text out, drawn in a process of their own.

No title, name or link ever enters a picture, so no script can turn into boxes: the message's table carries those, and
the picture refers to its rows by label. Nothing here knows a chat, the store or the API.
"""
