"""Slack: it turns what people do there into calls of the bot, and the bot's neutral replies into Block Kit."""
