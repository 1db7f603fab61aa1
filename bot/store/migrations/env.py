"""Runs the migrations on the connection, and inside the transaction, that `bot.store.migrate` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,  # SQLite alters a table by making it anew
    transactional_ddl=True,  # all or nothing on SQLite too, where Alembic does not expect it
)
context.run_migrations()
