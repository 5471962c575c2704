"""Every worked example, planned for a demo record: the whole output on a narrow and on a wide terminal."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.cli.conftest import Cadence

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Outcome

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden" / "cli"
EXAMPLES = {
    "employee-onboarding": ("thabo.nkosi@protea.example", "2027-01-04T09:00", "2026-11-20T15:00:00Z"),
    "inbound": ("oscar.reyes@brightloom.example", "2026-11-20T17:58", "2026-11-20T23:58:00Z"),
    "invoice": ("jonas.weber@isarwerk.example", "2026-11-10T09:00", "2026-11-10T08:00:00Z"),
    "onboarding": ("maya.chen@northwind.example", "2026-11-20T10:00", "2026-11-20T15:00:00Z"),
    "outbound": ("neil.squires@avalon.example", "2026-11-20T10:00", "2026-11-20T13:30:00Z"),
    "quarterly-review": ("grace.liu@harbour.example", "2026-11-20T10:00", "2026-11-19T23:00:00Z"),
    "renewal": ("harriet.shaw@fenwick.example", "2026-09-01T09:00", "2026-09-01T08:00:00Z"),
    "seven-by-seven": ("maya.chen@northwind.example", "2026-11-20T10:00", "2026-11-20T15:00:00Z"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Cadence:
    run = Cadence(tmp_path_factory.mktemp("demo"))
    shutil.copytree(ROOT / "sequences", run.folder / "sequences")
    assert run("team", "import", "sequences/demo/team.yaml").code == 0
    add_ids(run.folder / "sequences/demo/records.csv")
    assert run("records", "import", "sequences/demo/records.csv").code == 0
    return run


def add_ids(path: Path) -> None:
    """Give each row an id: slots are spread by a hash of it."""
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    ids = [f"0b0e7a52-6f5a-4f7c-9f1e-{number:012d}" for number in range(len(rows))]
    lines = [f"id,{head}", *(f"{own},{row}" for own, row in zip(ids, rows, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def ask(name: str) -> tuple[str, ...]:
    record, start, now = EXAMPLES[name]
    return (name, "--record", record, "--start", start, "--now", now)


def compare(path: Path, done: Outcome) -> None:
    assert done.code == 0, done.err
    if os.environ.get("CADENCE_UPDATE_GOLDEN"):
        path.write_text(done.out, encoding="utf-8")
    assert done.out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("name", list(EXAMPLES))
def test_an_example_reads_well_at_any_width(demo: Cadence, name: str, width: int) -> None:
    done = demo("plan", *ask(name), env={"COLUMNS": str(width)})
    assert max(map(len, done.out.splitlines()), default=0) <= width
    compare(GOLDEN / f"{name}-{width}.txt", done)


def test_the_onboarding_tells_its_whole_story(demo: Cadence) -> None:
    compare(GOLDEN / "explain-onboarding-80.txt", demo("explain", *ask("onboarding"), env={"COLUMNS": "80"}))
