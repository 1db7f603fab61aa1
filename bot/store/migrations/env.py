"""Runs the migrations on the connection and in the transaction of `bot.store.migrate`."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    render_as_batch=True,  # SQLite alters a table by recreating it
    transactional_ddl=True,  # all or nothing on SQLite too, where Alembic does not expect it
)
context.run_migrations()
