"""The neutral reply model that every chat renders: replies, their parts, and calls."""
