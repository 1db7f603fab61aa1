"""What runs by itself: reading the accounts, planning digests, raising alerts, delivering messages, and the clock."""
