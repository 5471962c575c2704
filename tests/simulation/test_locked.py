"""Two real processes and one file: who waits in vain for the lock is told whose it is."""

from __future__ import annotations

import platform
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cadence.errors import LedgerError
from cadence.ledger import open_ledger, sqlite
from tests.simulation.plans import plan_of
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from pathlib import Path


def test_a_ledger_that_another_process_has_locked_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.2)
    path, plan = tmp_path / "ledger.db", plan_of(1, 1, now=VirtualTime.START)
    command = [sys.executable, "-m", "tests.simulation.hold_lock", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        with open_ledger(str(path)) as ledger, pytest.raises(LedgerError) as raised:
            ledger.record(plan, by="bob", at=VirtualTime.START)
        other.communicate()
    who = f"process {other.pid} on {platform.node()}, begun by ada at "
    assert str(raised.value).startswith(f"ledger '{path}' is locked by another run: {who}")
    assert str(raised.value).endswith(" UTC; wait for it to end, or stop it")
