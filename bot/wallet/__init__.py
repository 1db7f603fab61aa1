"""One API key's account, joined from the API and the store: reading it, spending from it, stopping in it."""
