"""One API key's account, joined from the API and the store: mirror, background sync, spending and stopping."""
