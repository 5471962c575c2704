"""What a command does not need it does not import: each of these packages takes 15 to 300 ms."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEQUENCE = str(ROOT / "tests" / "benchmarks" / "eight-steps.yaml")
CALENDARS = ("--calendars", str(ROOT / "sequences" / "calendars"))
FIELDS = ("--field", "timezone=America/New_York", "--field", "contract_end=2027-11-30")

SERVING = frozenset({"uvicorn", "temporalio"})
BULK = frozenset({"numpy", "pyarrow", "aiohttp", "uvloop"})
SENDING = frozenset({"sqlalchemy", "pydantic", "starlette", "asyncio", "sqlite3", "cadence.runner", "cadence.server"})
NEVER_HERE = SERVING | BULK | {"alembic", "httpx", "holidays", "rich", "psycopg"}
READING = frozenset({"yaml", "jinja2", "dateutil"})

COMMAND = "import sys; from cadence.cli.main import run; code = run(sys.argv[1:])"
PLAN = f"""import cadence
calendars = cadence.load_calendars({CALENDARS[1]!r})
record = {{'id': 'x', 'timezone': 'Europe/Paris', 'contract_end': '2027-11-30'}}
cadence.plan({SEQUENCE!r}, record, calendars=calendars)"""


def _modules(folder: Path, code: str, *arguments: str) -> set[str]:
    """Run *code* in a process of its own and return the modules that it had imported at its end."""
    told = f"import sys\n{code}\nprint('MODULES', *sys.modules)\nsys.exit(vars().get('code', 0))"
    done = subprocess.run(
        [sys.executable, "-c", told, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("MODULES")[2].split())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "records.csv").write_text("email,timezone,contract_end\nana@example.com,America/New_York,2027-11-30\n")
    _modules(tmp_path, COMMAND, "init")
    _modules(tmp_path, COMMAND, "records", "import", "records.csv")
    return tmp_path


def test_the_package_itself_imports_nothing_heavy(tmp_path: Path) -> None:
    found = _modules(tmp_path, "import cadence")
    assert not found & (NEVER_HERE | SENDING | READING | {"click", "json"})
    assert {name for name in found if name.startswith("cadence.")} == {"cadence.version"}


def test_help_imports_nothing_but_click(tmp_path: Path) -> None:
    found = _modules(tmp_path, COMMAND, "--help")
    assert "click" in found
    assert not found & (NEVER_HERE | SENDING | READING | {"json", "pathlib", "cadence.engine", "cadence.model"})


def test_an_ad_hoc_plan_imports_neither_ledger_nor_client(tmp_path: Path) -> None:
    found = _modules(tmp_path, COMMAND, "plan", SEQUENCE, "--record", "x", *FIELDS, *CALENDARS)
    assert "cadence.planning.plan" in found
    assert not found & (NEVER_HERE | SENDING | {"jinja2", "dateutil", "tomllib", "cadence.ledger.lease", "cadence.crm"})


def test_a_plan_of_the_library_needs_no_command(tmp_path: Path) -> None:
    found = _modules(tmp_path, PLAN)
    assert "cadence.planning.plan" in found
    assert not found & (NEVER_HERE | SENDING | {"click", "jinja2", "dateutil", "cadence.cli", "cadence.crm"})


def test_templates_alone_need_jinja(tmp_path: Path) -> None:
    sequence = tmp_path / "one.yaml"
    sequence.write_text(
        "sequence: one\nsteps:\n  - {id: a, activity: call, due: 1 day after start, note: '{{ record.id }}'}\n"
    )
    found = _modules(tmp_path, COMMAND, "plan", str(sequence), "--record", "x", *FIELDS)
    assert "jinja2" in found
    assert not found & (NEVER_HERE | SENDING)


def test_an_apply_to_the_embedded_service_imports_no_client_of_the_network(project: Path) -> None:
    found = _modules(project, COMMAND, "apply", SEQUENCE, "--record", "ana@example.com", *CALENDARS)
    assert {"sqlalchemy", "starlette", "cadence.runner"} <= found
    assert not found & (NEVER_HERE | {"sqlalchemy.orm", "jinja2", "dateutil", "cadence.engine.bulk"})
