"""Charts: numbers in, a PNG, the sentences for its alt text and a file name out, drawn in a process of their own.

A picture stands alone: its subject's name, the unit, the period and its zone are in it. Nothing here knows a chat, the
store or the API.
"""
