"""Adapters: Slack, Discord, the console and the web server, translated to and from calls of the core."""
