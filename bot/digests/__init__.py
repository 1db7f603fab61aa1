"""Digests: a workspace's videos over a period, gathered from the mirror, planned, and rendered as a card."""
