"""Discord: what the bot says there and how it is called there. It only translates; it decides nothing."""
