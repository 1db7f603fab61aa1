"""The outer ring: what turns a chat, a terminal or a web server into calls of the core, and its replies back."""
