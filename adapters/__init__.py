"""Adapters: chats, the terminal and the web server, translated into calls of the core and back."""
