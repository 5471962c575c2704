"""The forms of texts as regular expressions, in the subset that Python and ECMA-262 read alike.

The JSON Schema shows them to editors; the parsers accept nothing that they do not.
"""

from __future__ import annotations

import re

__all__ = [
    "ANCHOR",
    "AT",
    "DATE",
    "DATETIME",
    "DATE_RANGE",
    "DAYS",
    "DUE",
    "FIELD",
    "IDENTIFIER",
    "INTERVAL",
    "NAMES",
    "OFFSET",
    "PARAM",
    "RESERVED",
    "SHORT_DAYS",
    "TIME",
    "UUID",
    "WEEKDAY",
    "WEEKDAYS",
    "ZONE",
    "any_case",
]  # fmt: skip

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def any_case(pattern: str) -> str:
    """Return *pattern* with each of its letters in either case; letters inside brackets and escapes stay."""
    pieces = re.split(r"(\\.|\[[^\]]*\])", pattern)
    return "".join(
        piece if index % 2 else re.sub(r"[a-z]", lambda m: f"[{m[0].upper()}{m[0]}]", piece)
        for index, piece in enumerate(pieces)
    )


UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_-]*"
PARAM = r"[A-Za-z_][A-Za-z0-9_]*"
FIELD = r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*)*"
ZONE = r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
DATE_RANGE = rf"{DATE}(?: ?\.\. ?{DATE})?"
_HH_MM = "[0-9]{2}:[0-9]{2}"
DATETIME = rf"(?:[A-Za-z]{{3}} )?{DATE}[T ]{_HH_MM}(?::[0-9]{{2}})?(?:Z|[+-]{_HH_MM})?(?:\[[^\]]+\])?"
RRULE = r"\s*(?:RRULE:)?[A-Z]+=[^\s;=]+(?:;[A-Z]+=[^\s;=]+)*;?\s*"

# Words with a meaning of their own in a due: no step may have them as its id.
RESERVED = (
    "start",
    "record",
    "param",
    "completion",
    "of",
    "after",
    "before",
    "at",
    "on",
    "or",
    "the",
    *WEEKDAYS,
    *SHORT_DAYS,
)

# Words with a meaning of their own in expressions: no param may have them as its name.
NAMES = (
    "record", "param", "sequence", "step", "start", "assignee", "business",
    "completed", "outcome", "days_between", "today",
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
)  # fmt: skip

_COUNT = r"(?:zero|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+"
_NOMINAL = r"(?:yrs?|years?|y|mos?|months?|wks?|weeks?|w|days?|d|bd|workdays?|(?:business|working)\s+days?)"
_CLOCK = r"(?:hours?|hrs?|h|minutes?|mins?|seconds?|secs?|s)"
_EXACT = rf"(?:{_CLOCK}|bh|bmin|bs|(?:business|working)\s+(?:hours?|minutes?|min|seconds?))"
_IN_WORDS = rf"{_COUNT}(?:{_NOMINAL}|{_EXACT})"
_IN_DIGITS = rf"(?:[0-9]+\s*{_NOMINAL}|[0-9]+(?:\.[0-9]+)?\s*{_EXACT})"
_JOINT = r"(?:\s*,\s*and|\s+and|\s*,|\s*\+)"
_MORE = rf"(?:(?:{_JOINT}\s+|\s+){_IN_WORDS}|(?:{_JOINT})?\s*{_IN_DIGITS}|\s*[,+]\s*{_IN_WORDS})"
_SUM = any_case(rf"(?:{_IN_WORDS}|{_IN_DIGITS}){_MORE}*")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_ISO_TIME = rf"t(?=[0-9])(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:[0-9]+s)?"
_ISO = any_case(rf"p(?=[0-9]|t)(?:[0-9]+y)?(?:[0-9]+m)?(?:[0-9]+w)?(?:[0-9]+d)?(?:{_ISO_TIME})?")
OFFSET = rf"\s*(?:{_SUM}|{_ISO})\s*"

_SIXTY = "[0-5][0-9]"
TIME = any_case(
    rf"(?:(?:[01]?[0-9]|2[0-3]):{_SIXTY}(?::{_SIXTY})?|(?:0?[1-9]|1[0-2])(?::{_SIXTY}(?::{_SIXTY})?)?\s*[ap]m)"
).replace("[ap]", "[APap]")
_DASH = r"\s*[-\u2013]\s*"
INTERVAL = rf"\s*{TIME}{_DASH}(?:{TIME}|24:00(?::00)?)\s*"

WEEKDAY = any_case(f"(?:{'|'.join((*WEEKDAYS, *SHORT_DAYS))})")
_GROUP = any_case(r"(?:weekdays|weekend|daily|every\s+day)")
_DAY_RANGE = rf"{_GROUP}|{WEEKDAY}(?:{_DASH}{WEEKDAY})?"
DAYS = rf"\s*(?:{_DAY_RANGE})(?:\s*,\s*(?:{_DAY_RANGE}))*\s*"

_STEP = rf"(?!(?:{any_case('|'.join(RESERVED))})(?:\s|$)){IDENTIFIER}"
ANCHOR = rf"(?:start|completion\s+{any_case('of')}\s+{_STEP}|record\.{FIELD}|param\.{PARAM}|{_STEP})"
_DIRECTION = any_case(r"(?:after|before)")
_ON_DAY = rf"(?:{any_case('(?:on|the)')}\s+)?{WEEKDAY}(?:\s+{any_case('on')}\s+{any_case('or')})?\s+{_DIRECTION}\s+"
_BY_OFFSET = rf"(?:{_SUM}|{_ISO})\s+{_DIRECTION}\s+"
_AT = rf"\s+{any_case('at')}\s+{TIME}(?:{_DASH}{TIME})?"
DUE = rf"\s*(?:(?:{_ON_DAY})?(?:{_BY_OFFSET})?|{any_case('on')}\s+){ANCHOR}(?:{_AT})?\s*"
AT = rf"\s*{TIME}(?:{_DASH}{TIME})?\s*"
