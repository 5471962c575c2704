from __future__ import annotations

import re
from pathlib import Path

from cadence.server.app import PATHS

_PAGE = Path(__file__).parents[3] / "docs" / "reference" / "service.md"


def test_every_call_and_its_scope_stand_in_the_reference() -> None:
    listed = re.findall(r"^\| `([A-Z]+) (\S+)` \| (\w+) \|", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    served = [
        (method, path, operation.scope.name.lower())
        for path, operations in PATHS.items()
        for method, operation in operations.items()
    ]
    assert sorted(listed) == sorted(served)
