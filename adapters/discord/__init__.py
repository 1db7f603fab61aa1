"""Discord adapter: translates interactions into calls of the bot, and replies into message components."""
