from __future__ import annotations

from datetime import date

import pytest

from cadence.errors import ConfigError
from cadence.model.sequence import GapRule, NotOnRule, Outside, PerDayRule, QuietRule, Rules
from cadence.sequence import parse_rules
from cadence.timing.offset import Offset


def test_the_rules_of_a_project_are_read_like_those_of_a_sequence() -> None:
    assert parse_rules(
        {
            "quiet_hours": {"between": "20:00-08:00", "then": "fail"},
            "max_per_day": 2,
            "min_gap": "4 hours",
            "not_on": [date(2026, 12, 24), "2026-12-31..2027-01-01"],
        }
    ) == Rules(
        QuietRule(72_000, 115_200, Outside.FAIL),
        PerDayRule(2),
        GapRule(Offset(seconds=14_400)),
        NotOnRule(((date(2026, 12, 24), date(2026, 12, 24)), (date(2026, 12, 31), date(2027, 1, 1)))),
    )
    assert parse_rules({}) == Rules()


def test_all_that_is_wrong_with_them_comes_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rules({"quiet_hour": "20:00-08:00", "max_per_day": "2", "min_gap": True})
    assert str(caught.value) == "the section [rules] in cadence.toml has 3 errors"
    assert [str(finding) for finding in caught.value.findings] == [
        "cadence.toml: error[unknown-key] unknown key 'quiet_hour' in rules; did you mean 'quiet_hours'?",
        "cadence.toml: error[wrong-type] max_per_day is text; expected a whole number from 1 to 1,000,000",
        (
            "cadence.toml: error[not-text] min_gap reads as a boolean: 'true'; expected an offset such as '2 business days'; "
            'if it is meant as text, put it in quotes: "true"'
        ),
    ]
