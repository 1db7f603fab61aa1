"""What the bot says and hears, in a neutral form that every chat renders: replies, their parts, and calls."""
