"""The description of the API is true: Schemathesis finds nothing in thousands of cases."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cadence.server.webhooks.signature import new_secret
from tests.acceptance.service.running import make_key, serve

HERE = Path(__file__).parent
CASES = 4_000


@pytest.mark.slow
def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    key = make_key(tmp_path, "--scope", "admin")
    headers = [argument for name, value in key.headers.items() for argument in ("-H", f"{name}: {value}")]
    with serve(tmp_path, environ={"CADENCE_SERVICE__HOOK_SECRET": new_secret()}) as served:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli"),
                *("--config-file", str(HERE / "schemathesis.toml")),
                *("run", f"{served.base_url}/openapi.json", "--max-examples", "1", "--seed", "1", "--no-color"),
                *headers,
            ],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(HERE.parents[2]),
                "SCHEMATHESIS_HOOKS": "tests.acceptance.service.schemathesis_checks",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.search(r"^FAILURES$.*^WARNINGS$", done.stdout, re.MULTILINE | re.DOTALL)
        assert done.returncode == 0, "\n".join(line[:300] for line in (found[0] if found else done.stdout).splitlines())
        generated = re.search(r"([\d,]+) generated", done.stdout)
        assert generated is not None
        assert int(generated[1].replace(",", "")) >= CASES
        assert "Traceback" not in served.log.read_text()
