"""What the bot says: facts of the domain in, one `Reply` out, one function a message. Nothing is fetched here."""
