"""Page adapter: the bot in a local browser, drawn from the payloads for Slack and Discord and styled like them."""
