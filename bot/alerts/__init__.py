"""Alerts: one file per kind, the engine that turns events into messages, and their cards."""
