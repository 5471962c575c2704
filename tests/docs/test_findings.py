from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from cadence.diagnostics.catalogue import CATALOGUE
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
_MAKERS = {"Finding", "Problem", "error", "warning", "find", "at"}


@cache
def _trees() -> tuple[ast.Module, ...]:
    files = (path for path in (ROOT / "cadence").rglob("*.py") if "catalogue" not in path.parts)
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in files)


def _texts(tree: ast.AST) -> Iterator[str]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _codes_of_findings() -> Iterator[str]:
    for tree in _trees():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and call.args and _name(call.func) in _MAKERS:
                yield from (text for text in _texts(call.args[0]) if _CODE.fullmatch(text))


def _name(function: ast.expr) -> str:
    match function:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def test_every_code_that_is_emitted_has_its_section() -> None:
    assert sorted(set(_codes_of_findings()) - set(CATALOGUE)) == []


def test_every_section_is_about_a_code_that_is_emitted() -> None:
    written = {text for tree in _trees() for text in _texts(tree)}
    assert sorted(set(CATALOGUE) - written) == []


def test_every_code_is_on_the_page_of_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^#+ `?([a-z0-9-]+)`?$", page, re.MULTILINE))
    assert sorted(set(CATALOGUE) - headings) == []
