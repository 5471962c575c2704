"""The command as somebody at a terminal sees it."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

__all__ = ["on_a_terminal"]


def on_a_terminal(cadence: Cadence, *arguments: str, env: dict[str, str] | None = None, code: int = 0) -> str:
    """Return what a terminal of 80 columns would show of a run that ends with *code*."""
    main, worker = pty.openpty()
    process = subprocess.Popen(
        cadence.argv(*arguments), cwd=cadence.folder, env=cadence.environment({"COLUMNS": "80", **(env or {})}),
        stdin=worker, stdout=worker, stderr=worker,
    )  # fmt: skip
    os.close(worker)
    shown = b""
    try:
        while part := os.read(main, 65536):
            shown += part
    except OSError:  # Linux says EIO when the other end is closed
        pass
    finally:
        os.close(main)
    assert process.wait(60) == code, shown
    return shown.decode()
