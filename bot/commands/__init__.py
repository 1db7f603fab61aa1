"""What can be asked of the bot: one file a command family, the registry of all, and the reading of what was typed."""
