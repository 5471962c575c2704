"""What Alembic runs: the migrations, on the connection that was handed over."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table_schema=context.config.attributes["schema"],
    transactional_ddl=False,
)
context.run_migrations()
