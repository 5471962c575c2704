"""The documentation as data: its pages, their links, headings and the blocks that are run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^ *(`{3,})(?P<language>\w*)[^\n]*\n(?P<body>.*?)^ *\1[ \t]*$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- (?P<key>project|file|not run): (?P<value>[^\n]*) -->\s*\Z")
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block and the comment right before it, such as `<!-- file: sequences/x.yaml -->`."""

    language: str
    body: str
    line: int
    mark: str = ""
    value: str = ""


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page in order."""
    for fence in _FENCE.finditer(text):
        mark = _MARK.search(text, 0, fence.start())
        key, value = (mark["key"], mark["value"]) if mark else ("", "")
        yield Block(fence["language"], fence["body"], text.count("\n", 0, fence.start()) + 1, key, value)


def project(text: str) -> str:
    """Return which project a page's commands run in: `empty`, or the one its comment names."""
    named = re.search(r"<!-- project: (\w+) -->", text)
    return named[1] if named else "empty"


def links(text: str) -> Iterator[str]:
    """Yield the targets of the links in a page's prose."""
    return (link["target"] for link in _LINK.finditer(_FENCE.sub("", text)))


def anchors(text: str) -> set[str]:
    """Return the fragments by which a page's headings are linked, as GitHub makes them."""
    headings = (heading["text"] for heading in _HEADING.finditer(_FENCE.sub("", text)))
    words = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings)
    return {text.replace(" ", "-") for text in words}
