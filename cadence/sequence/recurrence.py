"""Recurrence rules as RFC 5545 writes them, for dates that come again."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cadence.model.sequence import Repeat
from cadence.sequence import grammar
from cadence.sequence.shape import INVALID

if TYPE_CHECKING:
    from cadence.diagnostics.collector import Collector
    from cadence.sequence.nodes import ScalarNode

__all__ = ["repeat", "rrule"]

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_HINT = "write it as in RFC 5545: 'FREQ=MONTHLY;BYDAY=1MO;COUNT=3'"


def repeat(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the Repeat that is written as a rule alone."""
    rule = rrule(node, key, found)
    return rule if rule is INVALID else Repeat(rrule=rule)


def rrule(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return the rule that *node* writes, without its prefix; it is one that dateutil reads and that ends."""
    wrong = _wrong(node.text)
    if wrong is not None:
        found.error("bad-rrule", f"'{node.shown}' is no recurrence rule in {key}: {wrong}", node.place, _HINT)
        return INVALID
    text = node.text.strip().removeprefix("RRULE:")
    if not re.search(r"(COUNT|UNTIL)=", text):
        found.error(
            "endless-repeat", f"'{text}' never ends in {key}", node.place, "add ';COUNT=4' or ';UNTIL=20271231'"
        )
        return INVALID
    return text


def _wrong(text: str) -> str | None:
    if not re.fullmatch(grammar.RRULE, text):
        return "it is not made of NAME=value pairs"
    pairs = dict(pair.partition("=")[::2] for pair in text.strip().removeprefix("RRULE:").split(";"))
    if pairs.get("FREQ") not in _FREQUENCIES:
        return f"FREQ is none of {', '.join(sorted(_FREQUENCIES))}"
    if re.fullmatch("0*", pairs.get("INTERVAL", "1")):
        return "INTERVAL is not at least 1"  # dateutil would never come to an end
    return _refused_by_dateutil(text.strip())


def _refused_by_dateutil(text: str) -> str | None:
    from dateutil.rrule import rrulestr  # noqa: PLC0415 - few sequences have a rule

    local = re.sub(r"(UNTIL=\w+)Z", r"\1", text)  # dateutil wants zones on both or on none, and dates have none
    try:
        rrulestr(local, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001 - local dates have no zone
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        return str(error) or "it cannot be read"
    return None
