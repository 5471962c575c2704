"""The figures of a proof are printed at the end of the run, wherever the test ran."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_PROOF = """
import pytest

@pytest.mark.parametrize(("runs", "attempts"), [(260, 1.0625), (1000, 1.03)])
def test_a_proof(figures, runs, attempts):
    figures("proof", runs=runs, lost=0, attempts_per_step=attempts)
    assert {holds}
"""


@pytest.mark.slow
@pytest.mark.parametrize("holds", [True, False])
def test_figures_are_printed_also_by_a_worker_and_for_a_test_that_fails(tmp_path: Path, holds: bool) -> None:
    shutil.copy(Path(__file__).parents[1] / "conftest.py", tmp_path)
    (tmp_path / "test_proof.py").write_text(_PROOF.format(holds=holds), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", str(tmp_path)]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "= figures =" in ended.stdout
    assert "\nproof: runs 1,260, lost 0, attempts per step 1.0625\n" in ended.stdout
    assert ended.returncode == (0 if holds else 1)
