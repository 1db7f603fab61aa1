"""The core of contentstats-bot: it knows ContentStats and the database, and no chat platform."""
