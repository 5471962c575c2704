"""The catalogue as a page of the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.diagnostics.catalogue.entry import Entry

__all__ = ["page"]

_HEAD = """# Findings

What `cadence check`, `cadence plan` and the imports report: `file:line:column: severity[code] message; hint`. The codes
are stable. Errors stop; warnings deserve a look; notes inform. This page is made from the catalogue in the code.
"""


def page(sections: Mapping[str, Mapping[str, Entry]]) -> str:
    """Return the page in Markdown, a section for each code."""
    parts = [_HEAD]
    for title, entries in sections.items():
        parts.append(f"\n## {title}\n")
        parts.extend(_section(code, entries[code]) for code in sorted(entries))
    return "".join(parts)


def _section(code: str, entry: Entry) -> str:
    return f"\n### {code}\n\n{entry.meaning}\n\n```yaml\n{entry.example}\n```\n\n{entry.way_out}\n"
