from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from cadence.config import load_settings
from cadence.engine import Engine
from cadence.errors import PlanError

if TYPE_CHECKING:
    from cadence.model.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
SEQUENCES = ROOT / "sequences"
EXAMPLES = sorted(path for path in SEQUENCES.glob("*.yaml") if not path.name.endswith(".golden.yaml"))
GOLDENS = sorted(SEQUENCES.glob("*.golden.yaml"))


def _rows() -> list[dict[str, str]]:
    with (SEQUENCES / "demo" / "records.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_examples_are_the_eight_of_the_documentation() -> None:
    assert [path.stem for path in EXAMPLES] == [
        "employee-onboarding",
        "inbound",
        "invoice",
        "onboarding",
        "outbound",
        "quarterly-review",
        "renewal",
        "seven-by-seven",
    ]


def test_every_example_has_its_golden() -> None:
    assert [path.name.removesuffix(".golden.yaml") for path in GOLDENS] == [path.stem for path in EXAMPLES]


def test_every_file_of_the_examples_checks_without_a_single_finding() -> None:
    assert [str(finding) for finding in Engine(load_settings(ROOT)).check([SEQUENCES])] == []


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.name)
def test_an_example_becomes_what_its_golden_says(golden: Path) -> None:
    results = Engine(load_settings(ROOT)).test([golden])
    assert results
    assert {result.name: result.differences for result in results if not result.passed} == {}


def test_a_golden_that_is_wrong_by_a_minute_fails(tmp_path: Path) -> None:
    golden = shutil.copytree(SEQUENCES, tmp_path / "sequences") / "renewal.golden.yaml"
    text = golden.read_text(encoding="utf-8")
    assert text.count("2027-03-02T10:00-05:00") == 1
    golden.write_text(text.replace("2027-03-02T10:00-05:00", "2027-03-02T10:01-05:00"), encoding="utf-8")
    results = Engine(load_settings(tmp_path)).test([golden])
    assert [result.differences for result in results] == [
        ("review-usage: expected due 2027-03-02 10:01-05:00, got 2027-03-02 10:00:00-05:00[America/New_York]",),
        (),
        (),
    ]


def test_the_demo_records_live_in_twelve_zones_on_five_continents() -> None:
    zones = {row["timezone"] for row in _rows() if row["timezone"]}
    assert len(zones) >= 12
    assert {zone.split("/")[0] for zone in zones} >= {"America", "Europe", "Africa", "Asia", "Australia"}


def test_one_zone_of_the_demo_is_half_an_hour_off_and_one_has_its_summer_in_january() -> None:
    january, july = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
    zones = [ZoneInfo(row["timezone"]) for row in _rows() if row["timezone"]]
    offsets = [(january.astimezone(zone).utcoffset(), july.astimezone(zone).utcoffset()) for zone in zones]
    assert any(winter and winter % timedelta(hours=1) == timedelta(minutes=30) for winter, _ in offsets)
    assert any(winter and summer and winter > summer for winter, summer in offsets)


def test_every_demo_record_but_one_has_email_and_zone() -> None:
    assert len([row for row in _rows() if not (row["email"] and row["timezone"])]) == 1


def _plan(engine: Engine, example: str, email: str) -> Plan:
    return engine.plan(example, email, start="2026-11-02T15:00Z", now="2026-11-02T15:00Z")


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_can_be_planned_for_every_demo_record_with_a_zone(example: Path, demo: Engine) -> None:
    emails = [row["email"] for row in _rows() if row["timezone"]]
    assert [email for email in emails if not _plan(demo, example.stem, email).enrollments[0].activities] == []


def test_a_record_without_a_zone_gets_that_of_its_assignee(demo: Engine) -> None:
    assert _plan(demo, "seven-by-seven", "sam.doe@nowhere.example").enrollments[0].zone == "America/New_York"


def test_a_prospect_without_a_zone_is_not_called_at_a_guess(demo: Engine) -> None:
    with pytest.raises(PlanError) as refused:
        _plan(demo, "outbound", "sam.doe@nowhere.example")
    assert str(refused.value) == (
        "sequence 'outbound': no time zone resolves for the record 'Sam Doe' (tried record.timezone); "
        "give --field timezone=Europe/Paris"
    )
