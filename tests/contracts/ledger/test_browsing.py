"""What pages read of any ledger: of one business, and all of that."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from cadence.ledger.browsing import count_needs, count_states, find_enrolled, find_entries
from cadence.model.entry import State
from cadence.model.people import TargetIdentity
from tests.simulation.plans import TARGET, plan_of
from tests.unit.delivery.test_table import NOW

if TYPE_CHECKING:
    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Plan

OTHER = TargetIdentity("crm", "https://crm.example", "another-business")


def of_another_business(plan: Plan) -> Plan:
    """The same plan for another account, whose keys are others."""
    enrollments = tuple(
        replace(
            each,
            key=f"other-{each.key}",
            activities=tuple(replace(activity, key=f"other-{activity.key}") for activity in each.activities),
        )
        for each in plan.enrollments
    )
    return replace(plan, target=OTHER, enrollments=enrollments)


@pytest.mark.parametrize("others", [0, 3])
def test_a_business_is_counted_and_listed_whether_or_not_the_ledger_has_others(ledger: Ledger, others: int) -> None:
    ledger.record(plan_of(2, 2, now=NOW), by="ada", at=NOW)
    if others:
        ledger.record(of_another_business(plan_of(others, 2, now=NOW)), by="ada", at=NOW)
    own = TARGET.business_id
    assert ledger.browse(partial(count_states, business_id=own)) == {State.PLANNED: 4}
    assert ledger.browse(partial(count_needs, business_id=own)) == {
        "doubt": 0,
        "parked": 0,
        "rejected": 0,
        "waiting": 4,
    }
    needs = ledger.browse(partial(find_entries, business_id=own, need="waiting", first=1, size=2))
    assert {need.enrolled.target.business_id for need in needs} == {own}
    assert len(needs) == 2
    for search, state, count in (("", "", 2), ("", "planned", 2), ("", "parked", 0), ("nobody", "", 0)):
        asked = partial(find_enrolled, business_id=own, search=search, state=state)
        enrolled, found = ledger.browse(asked)
        assert (len(enrolled), found, {each.target.business_id for each in enrolled} <= {own}) == (count, count, True)
    assert ledger.browse(partial(find_enrolled, business_id=OTHER.business_id))[1] == others
    assert ledger.browse(partial(find_enrolled, business_id=own, first=50)) == ([], 2)
