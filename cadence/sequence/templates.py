"""Expressions and templates as values. The parser is imported only where there is something to parse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence.model.sequence import Expression, Template
from cadence.sequence.shape import INVALID

if TYPE_CHECKING:
    from cadence.diagnostics.collector import Collector
    from cadence.sequence.nodes import ScalarNode

__all__ = ["is_plain", "read_expression", "read_template"]


def is_plain(text: str) -> bool:
    """Whether *text* holds nothing to be rendered."""
    return not any(mark in text for mark in ("{{", "{%", "{#"))


def read_template(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the Template that *node* writes, or INVALID with a finding."""
    if is_plain(node.text):
        return Template(node.text, place=node.place)
    from cadence.sequence.expression import Complaint, parse_template  # noqa: PLC0415 - imports Jinja2

    try:
        return Template(node.text, names=parse_template(node.text).names, place=node.place)
    except Complaint as wrong:
        found.error(wrong.code, f"{wrong} in {key}", node.at(wrong.offset), wrong.hint)
        return INVALID


def read_expression(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the Expression that *node* writes, or INVALID with a finding."""
    from cadence.sequence.expression import Complaint, parse_expression  # noqa: PLC0415 - imports Jinja2

    try:
        parsed = parse_expression(node.text)
    except Complaint as wrong:
        found.error(wrong.code, f"{wrong} in {key}", node.at(wrong.offset), wrong.hint)
        return INVALID
    return Expression(node.text, names=parsed.names, steps=parsed.steps, place=node.place)
