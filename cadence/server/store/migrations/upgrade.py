"""Bringing an older store to the newest revision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["upgrade"]


def upgrade(connection: Connection, revision: str = "head", *, schema: str | None = None) -> None:
    """Run the migrations up to *revision* inside the connection's transaction; *schema* is its search path's."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes.update(connection=connection, schema=schema)
    command.upgrade(config, revision)
