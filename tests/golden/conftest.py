from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SEQUENCES = Path(__file__).resolve().parents[2] / "sequences"


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the examples, the demo records and the team in its local store."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(SEQUENCES, folder / "sequences")
    cadence = str(Path(sys.executable).with_name("cadence"))
    for command in (
        ["init"],
        ["team", "import", "sequences/demo/team.yaml"],
        ["records", "import", "sequences/demo/records.csv"],
    ):
        subprocess.run([cadence, *command], cwd=folder, check=True, capture_output=True)
    return folder
