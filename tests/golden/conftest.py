from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cadence.config import load_settings
from cadence.engine import Engine

SEQUENCES = Path(__file__).resolve().parents[2] / "sequences"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The engine of a project with the examples, and the demo's team and records in its local store."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(SEQUENCES, folder / "sequences")
    engine = Engine(load_settings(folder))
    engine.init(folder)
    assert engine.team_import(folder / "sequences" / "demo" / "team.yaml").findings == ()
    assert engine.records_import(folder / "sequences" / "demo" / "records.csv").findings == ()
    return engine
