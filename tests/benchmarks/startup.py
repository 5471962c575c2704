"""How long a command takes, as a multiple of `python -c pass` on the same machine in the same minute."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.verdict import Measure

ROOT = Path(__file__).resolve().parents[2]
SEQUENCE = Path(__file__).with_name("eight-steps.yaml")
CADENCE = str(Path(sys.executable).with_name("cadence"))
ROUNDS = 15
FIELDS = ("--field", "timezone=America/New_York", "--field", "contract_end=2027-11-30")


def measure() -> list[Measure]:
    """Return the ratios of the medians to bare Python's, measured by turns so that all meet the same noise."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _prepare(folder)
        commands = {
            "bare python": [sys.executable, "-c", "pass"],
            "cadence --help": [CADENCE, "--help"],
            "ad hoc cadence plan": [CADENCE, "plan", str(SEQUENCE), "--record", "bench", *FIELDS],
            "cadence apply, local": [CADENCE, "apply", str(SEQUENCE), "--record", ""],
        }
        times: dict[str, list[float]] = {what: [] for what in commands}
        for turn in range(ROUNDS):
            commands["cadence apply, local"][-1] = f"bench-{turn}@example.com"
            for what, command in commands.items():
                times[what].append(_seconds(command, folder / ("adhoc" if "ad hoc" in what else "project")))
    medians = {what: statistics.median(taken) for what, taken in times.items()}
    bare = medians["bare python"]
    aims = {"cadence --help": 5, "ad hoc cadence plan": 15, "cadence apply, local": 60}
    return [
        Measure(what, f"{medians[what] * 1000:.0f} ms", medians[what] / bare, "at most", aim)
        for what, aim in aims.items()
    ]


def _prepare(folder: Path) -> None:
    """Make one folder without a store, and a project with a store and a record for each round."""
    for name in ("adhoc", "project"):
        shutil.copytree(ROOT / "sequences" / "calendars", folder / name / "sequences" / "calendars")
    rows = [f"bench-{turn}@example.com,America/New_York,2027-11-30" for turn in range(ROUNDS)]
    (folder / "project" / "records.csv").write_text("email,timezone,contract_end\n" + "\n".join(rows) + "\n")
    for command in (["init"], ["records", "import", "records.csv"]):
        _seconds([CADENCE, *command], folder / "project")


def _seconds(command: list[str], folder: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return taken
