"""Posting outside a reply: the poster interface, delivery from the outbox, and the notices about it."""
