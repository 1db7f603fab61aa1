"""Campaigns: the totals of a campaign's links, rankings and payouts, worked out from the mirror and shown as cards."""
