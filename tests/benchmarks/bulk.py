"""Memory and speed of bulk input: ten million rows read and checked, and whole runs over a file of records.

Each figure comes from a process of its own, which says its peak of resident memory. Reading is compared with a bare
loop of `csv.reader` over the same file, by processor time, and every memory with that of the smaller file.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence.config import load_settings
from cadence.engine import Engine
from cadence.engine.batches import checked
from cadence.engine.seen import Seen
from cadence.engine.sources import open_source
from tests.benchmarks.verdict import Measure, table

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 100_000, 10_000_000
SMALL_RUN, RUN = 10_000, 100_000
SEQUENCE = """\
sequence: one
timezone: record.timezone
steps:
  - {id: one, activity: call, due: 1 business day after start at 10:00, note: "Call {{ record.first_name }}"}
"""
BUSINESS = "6ca7b1a4-4dd1-5b7e-9d38-3f0b8c1c2f5e"


def measure() -> list[Measure]:
    """Return the ratios; what is found in the files must be as they were made, or this ends here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one.yaml").write_text(SEQUENCE, encoding="utf-8")
        return [*_of_reading(folder), *_of_runs(folder)]


def _of_reading(folder: Path) -> Iterator[Measure]:
    few, many = (_once("check", _file(folder, rows), rows) for rows in (FEW, MANY))
    bare = _once("bare", _file(folder, MANY), MANY)
    _file(folder, MANY).unlink()
    yield _memory(f"memory: check {MANY:,} rows", few, many)
    figure = f"{many['rate']:,.0f} : {bare['rate']:,.0f}"
    yield Measure("rows/s: check, by csv.reader", figure, many["rate"] / bare["rate"], "at least", 0.03)


def _of_runs(folder: Path) -> Iterator[Measure]:
    few, many = (_once("apply", _file(folder, rows), rows) for rows in (SMALL_RUN, RUN))
    yield _memory(f"memory: apply {RUN:,} records", few, many)


def _memory(what: str, few: dict[str, float], many: dict[str, float]) -> Measure:
    return Measure(what, f"{many['peak']:.0f} : {few['peak']:.0f} MB", many["peak"] / few["peak"], "at most", 1.5)


def _file(folder: Path, rows: int) -> Path:
    """Write a file of records once: of each hundred rows one names an earlier record, and one has too few cells."""
    path = folder / f"records-{rows}.csv"
    if not path.exists():
        with path.open("w", encoding="utf-8") as file:
            file.write("id,first_name\n")
            file.writelines(map(_line, range(rows)))
    return path


def _line(number: int) -> str:
    if number % 100 == 98:
        return "one cell\n"
    named = number - 50 if number % 100 == 99 else number
    return f"00000000-0000-4000-8000-{named:012x},Name {number}\n"


def _once(kind: str, path: Path, rows: int) -> dict[str, float]:
    """Return the peak of resident memory in MB and the rows a second of a process that does *kind* to the file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bulk", kind, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{kind} of {rows} rows ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    if found["taken"] != rows - (rows // 100 * 2 if kind != "bare" else 0):
        raise SystemExit(f"{kind} of {rows} rows took {found['taken']}")
    return {"peak": found["peak"], "rate": rows / found["seconds"]}


async def _check(path: Path) -> int:
    """Read the rows and sort out the bad ones, as a run does before it asks for any record."""
    with Seen() as seen:
        return sum([len(wanted) async for wanted, _ in checked(open_source(path), seen)])


def _bare(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def _engine(folder: Path) -> Engine:
    settings = load_settings(folder, {"CADENCE_SUBMIT__CONCURRENCY": "32"})
    return Engine(settings, client=_crm, ledger=f"sqlite:///{folder}/{os.getpid()}.db")


async def _crm(method: str, path: str, **_body: Any) -> dict[str, Any]:
    """Answer as an account in which every record is, and which takes every activity."""
    head, _, last = path.rpartition("/")
    if method == "POST":
        return {"status": 201, "body": {"id": str(uuid.uuid4())}}
    if head.startswith("/api/records"):
        fields = {
            name: {"name": name, "value": value}
            for name, value in (("timezone", "Europe/Berlin"), ("first_name", "Ada"))
        }
        return {"status": 200, "body": {"id": last, "fields": fields}}
    if last == "mine":
        return {"status": 200, "body": {"id": BUSINESS, "name": "Bench"}}
    if path.startswith("/api/activities"):
        return {"status": 200, "body": [{"id": BUSINESS, "name": "Call", "api_name": "call"}]}
    return {"status": 200, "body": []}


def _do(kind: str, path: Path) -> int:
    match kind:
        case "bare":
            return _bare(path)
        case "check":
            return asyncio.run(_check(path))
        case _:
            done = _engine(path.parent).apply_records(path.parent / "one.yaml", path, report=path.parent / "report.csv")
            return done.counts.scheduled


def main(kind: str, path: Path) -> None:
    """Do *kind* to the file and print what it took."""
    began = time.process_time()
    taken = _do(kind, path)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"taken": taken, "seconds": seconds, "peak": peak}) + "\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.stdout.write(table(measure()) + "\n")
