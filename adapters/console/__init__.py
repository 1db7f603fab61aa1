"""Console adapter: the bot at a terminal, in a pipe or for a single line, without a chat account."""
