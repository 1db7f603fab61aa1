"""Web server: Slack's requests over HTTP, OAuth installation pages, health probes and metrics."""
