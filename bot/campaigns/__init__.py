"""Campaigns: totals, rankings and payouts of a campaign's links, computed from the mirror, and their cards."""
