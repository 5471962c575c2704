"""The text of expressions and templates, parsed by Jinja2 into its tree; nothing is evaluated here."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import nodes

__all__ = ["MAX_SOURCE", "Complaint", "line_start", "parse", "too_deep"]

MAX_SOURCE = 10_000


class Complaint(Exception):  # noqa: N818 - becomes a finding where the text stands in a file
    """What is wrong with a source, and at which of its characters."""

    def __init__(self, message: str, *, code: str, offset: int = 0, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.offset, self.hint = code, offset, hint


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment  # noqa: PLC0415 - takes 80 ms; only where there is something to parse

    return Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701 - it parses and never renders


def parse(source: str, *, whole: bool) -> nodes.Node:
    """Return the tree of *source*: of a template where it is *whole*, else of one expression. Raises Complaint."""
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - as above
    from jinja2.parser import Parser  # noqa: PLC0415

    if len(source) > MAX_SOURCE:
        message = f"{len(source):,} characters are more than the {MAX_SOURCE:,} that are read"
        raise Complaint(message, code="expression-too-long", hint="shorten it")
    if not source.strip():
        raise Complaint("nothing to evaluate", code="bad-expression", hint="write it as 'record.seats >= 20'")
    try:
        if whole:
            return Parser(_environment(), source).parse()
        parser = Parser(_environment(), source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            parser.fail(f"unexpected '{parser.stream.current.value}'")
    except TemplateSyntaxError as error:
        offset = line_start(source, error.lineno)
        message = f"'{_short(source)}' cannot be read: {error.message}"
        raise Complaint(message, code="bad-expression", offset=offset, hint=_syntax_hint(source)) from None
    except (RecursionError, ValueError):
        raise too_deep(source) from None
    return tree


def _syntax_hint(source: str) -> str:
    if "{{" in source and source.lstrip().startswith("{{"):
        return "an expression stands without {{ }}"
    if "&&" in source or "||" in source or "!" in source.replace("!=", ""):
        return "write and, or, not"
    return "compare with ==, !=, <, <=, >, >=, in; join conditions with and, or, not"


def too_deep(source: str) -> Complaint:
    """Return the complaint about a source that is nested too deeply."""
    return Complaint(f"'{_short(source)}' is nested too deeply", code="expression-too-long", hint="simplify it")


def _short(source: str) -> str:
    first = source.strip().splitlines()[0]
    return first if len(first) <= 40 else first[:39] + "…"  # noqa: PLR2004 - a glance


def line_start(source: str, line: int) -> int:
    """Return the position at which *line* begins, counted from 1."""
    return sum(map(len, source.splitlines(keepends=True)[: max(line - 1, 0)]))
