"""Charts: specs in; a PNG, its alt text and a file name out, drawn in a separate process.

A picture stands alone: it names its subject, unit, period and time zone. Charts know no chat, store or API.
"""
