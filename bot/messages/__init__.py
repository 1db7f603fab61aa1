"""Messages: each function turns facts of the domain into one `Reply`. Nothing is fetched here."""
