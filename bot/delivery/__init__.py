"""Posting outside a reply: the poster protocol, delivery from the outbox, and the notices about it."""
