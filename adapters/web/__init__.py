"""The web server: Slack's requests, the pages that install the app, health probes and metrics."""
