"""Digests: a workspace's videos over a period, gathered from the mirror, planned, and shown as a card."""
