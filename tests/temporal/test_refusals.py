"""What cannot work is refused with the way out, before anything is recorded or sent."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cadence.config import TemporalSettings
from cadence.engine.running import run
from cadence.errors import CadenceError
from cadence.runner.temporal import Temporal
from tests.temporal.processes import Command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.temporal.processes import TemporalServer

SEQUENCE = "sequence: hello\nsteps: [{id: call, activity: call, due: 1 day after start}]\n"
APPLY = ("apply", "hello.yaml", "--record", "ada", "--field", "timezone=UTC", "--engine", "temporal")
NO_SQLITE = """\
error: a SQLite ledger cannot be shared by workers, and the engine 'temporal' has workers
hint: set CADENCE_LEDGER__URL, or url in [ledger], to a postgresql:// URL
"""


def refused(folder: Path, *arguments: str, **environment: str) -> str:
    (folder / "hello.yaml").write_text(SEQUENCE, encoding="utf-8")
    code, _, err = Command(folder, *arguments, **environment).done()
    assert code == 1
    return err


@pytest.mark.parametrize("arguments", [APPLY, ("worker",), ("bulk", "status", "0123456789abcdef")])
def test_a_sqlite_ledger(project: Path, arguments: tuple[str, ...]) -> None:
    assert refused(project, *arguments).endswith(NO_SQLITE)
    assert not (project / ".cadence" / "ledger.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [APPLY, ("worker",), ("bulk", "status"), ("bulk", "status", "0123"), ("bulk", "pause", "0123")],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_temporal_that_does_not_answer(project: Path, ledger_url: str, arguments: tuple[str, ...]) -> None:
    environment = {"CADENCE_TEMPORAL__ADDRESS": "127.0.0.1:1", "CADENCE_LEDGER__URL": ledger_url}
    err = refused(project, *arguments, **environment)
    assert err.endswith(
        "error: Temporal at '127.0.0.1:1' does not answer: connection refused\n"
        "hint: start it, or correct [temporal] in cadence.toml; "
        "the ledger keeps everything: run the same command again\n"
    )


@pytest.mark.parametrize("arguments", [APPLY, ("worker",)], ids=lambda arguments: arguments[0])
def test_a_ledger_that_does_not_answer(project: Path, server: TemporalServer, arguments: tuple[str, ...]) -> None:
    environment = {
        "CADENCE_TEMPORAL__ADDRESS": server.address,
        "CADENCE_LEDGER__URL": "postgresql://ada:s3cret@127.0.0.1:1/crm",
    }
    err = refused(project, *arguments, **environment)
    assert err.endswith(
        "error: ledger 'postgresql://ada@127.0.0.1:1/crm' cannot be reached: Connection refused\n"
        "hint: start the server, or correct the url; "
        "nothing was sent that is not in the ledger: run the same command again\n"
    )
    assert "s3cret" not in err


def test_a_machine_without_the_package(project: Path) -> None:
    (project / "hello.yaml").write_text(SEQUENCE, encoding="utf-8")
    code = "import sys; sys.modules['temporalio'] = None; from cadence.cli.main import main; main()"
    environment = {"CADENCE_LEDGER__URL": "postgresql://nobody@127.0.0.1:1/x"}
    ended = subprocess.run(
        [sys.executable, "-c", code, "worker"],
        cwd=project, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr == (
        "error: the engine 'temporal' needs the package temporalio\nhint: pip install 'cadence-engine[temporal]'\n"
    )


def message(settings: TemporalSettings, ask: str = "runs") -> str:
    async def call() -> None:
        temporal = await Temporal.connect(settings, as_worker=bool(settings.metrics))
        await (temporal.runs(1) if ask == "runs" else temporal.steer("0123456789abcdef", ask))

    with pytest.raises(CadenceError) as raised:
        run(call())
    return str(raised.value)


def test_a_namespace_that_is_not_there(server: TemporalServer) -> None:
    assert message(TemporalSettings(address=server.address, namespace="nowhere")) == (
        f"Temporal at '{server.address}' has no namespace 'nowhere'; create it, or correct namespace in [temporal]"
    )


@pytest.mark.parametrize("how", ["pause", "resume", "cancel"])
def test_a_run_that_nobody_knows(server: TemporalServer, how: str) -> None:
    assert message(TemporalSettings(address=server.address), how) == (
        "no bulk run '0123456789abcdef' is under way; `cadence bulk status` lists the runs; "
        "apply the same plan again to go on with one that ended"
    )


def test_traces_without_opentelemetry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "temporalio.contrib.opentelemetry", None)
    assert message(TemporalSettings(traces=True)) == (
        "temporal.traces is true and OpenTelemetry is not installed; "
        "pip install 'temporalio[opentelemetry]', or set traces = false"
    )


def test_metrics_that_cannot_be_served_are_not_taken_for_a_temporal_that_is_away(server: TemporalServer) -> None:
    taken = TemporalSettings(address=server.address, metrics=server.address)
    said = message(taken)
    assert said.startswith(f"temporal.metrics is '{server.address}', which cannot be used: ")
    assert said.endswith(
        "ddress already in use (os error 98); name a free host:port to be read from, a URL to push to, or take it out"
    )
