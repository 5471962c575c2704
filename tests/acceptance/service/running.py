"""`cadence serve` as a process of its own, and what one does beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

__all__ = ["SCHEDULED", "Key", "Served", "cadence", "make_key", "name_target", "serve"]

SCHEDULED = "/api/activities/scheduled-activity"
_COMMAND = (sys.executable, "-m", "cadence")


@dataclass(frozen=True)
class Key:
    api_key: str
    business_id: str
    user_id: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-KEY": self.api_key, "X-BUSINESS-ID": self.business_id, "X-USER-ID": self.user_id}


@dataclass(frozen=True)
class Served:
    process: subprocess.Popen[str]
    base_url: str
    log: Path

    def client(self, key: Key | None = None) -> httpx.Client:
        return httpx.Client(base_url=self.base_url, headers=key.headers if key else {}, timeout=30)


@contextmanager
def serve(folder: Path, *arguments: str, environ: dict[str, str] | None = None) -> Iterator[Served]:
    """Start it on a free port and yield it once it says that it listens; in the end it is killed where it still runs."""
    log = folder / "serve.log"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [*_COMMAND, "serve", "--port", "0", *arguments],
            cwd=folder,
            env={**os.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on http://"), log.read_text()
            yield Served(process, line.removeprefix("listening on ").strip(), log)
        finally:
            process.kill()


def cadence(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in *folder*."""
    return subprocess.run([*_COMMAND, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def make_key(folder: Path, *arguments: str) -> Key:
    """Return a key that `cadence keys create` made."""
    done = cadence(folder, "keys", "create", "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return Key(**facts)


def name_target(monkeypatch: pytest.MonkeyPatch, served: Served, key: Key) -> None:
    """Make the service the target `ours` of the commands that follow, with *key*."""
    values = {
        "BASE_URL": served.base_url,
        "API_KEY": key.api_key,
        "BUSINESS_ID": key.business_id,
        "USER_ID": key.user_id,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"CADENCE_TARGETS__OURS__{name}", value)
