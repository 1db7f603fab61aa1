"""Slack: translates its requests into calls of the bot, and replies into Block Kit."""
