"""Temporal is known in one place."""

from __future__ import annotations

import re
from pathlib import Path

import cadence

PACKAGE = Path(cadence.__file__).parent


def test_exactly_one_module_imports_temporalio() -> None:
    imports = re.compile(r"^\s*(?:from|import) temporalio\b", re.MULTILINE)
    found = [path for path in PACKAGE.rglob("*.py") if imports.search(path.read_text(encoding="utf-8"))]
    assert [path.relative_to(PACKAGE).as_posix() for path in found] == ["runner/temporal.py"]
