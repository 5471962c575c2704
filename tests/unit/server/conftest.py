from __future__ import annotations

import uuid
from functools import cache
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests import postgres
from tests.unit.server.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.clock import Clock


@cache
def database() -> str:
    """Return the URL of a database of this process, in which each test has a schema of its own."""
    name = f"service_{uuid.uuid4().hex}"
    with psycopg.connect(postgres.url_of("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return postgres.url_of(name)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'activities.db'}"
    return f"{database()}&schema=s_{uuid.uuid4().hex}"


@pytest.fixture
def service(url: str, clock: Clock) -> Iterator[Service]:
    running = Service(url, clock)
    yield running
    running.store.close()
