"""Slack adapter: translates Slack's requests into calls of the bot, and replies into Block Kit."""
