"""The page: the bot in a browser on this machine, drawn from what Slack and Discord are sent, and styled like them."""
