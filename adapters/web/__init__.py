"""The web server: what Slack sends, the pages of an installation, and whether the program is well."""
