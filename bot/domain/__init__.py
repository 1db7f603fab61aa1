"""What is true without a network, a database or a clock of its own: pure Python on the standard library."""
