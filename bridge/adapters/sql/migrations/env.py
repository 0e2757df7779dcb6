"""Alembic runs this file for every migration; ``bridge.adapters.sql.schema`` hands it the open connection."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
