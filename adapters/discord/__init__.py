"""Discord: translates its interactions into calls of the bot, and replies into Discord's components."""
