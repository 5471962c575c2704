"""A ledger in memory for the histories of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.stores import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def memory() -> Iterator[MemoryStore]:
    """Clear it before each history."""
    store = MemoryStore()
    yield store
    store.close()
