"""The short of `make load`: the service is killed once on each backend; and proofs that the judge can see."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests import postgres
from tests.load.judge import Held, judge
from tests.load.play import play
from tests.load.receiver import Arrival
from tests.load.traffic import Load, Told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.load.judge import Verdict

SHORT = Load(activities=600, rate=100, seconds=3, kills=1)
TOLD = Told(made={"a": "load 0", "b": "load 1"}, logged={"l": "a"}, logged_at={"l": 1.0}, took_s=1.0)
OPEN = {"id": "b", "note": "load 1", "completed_at": None, "logged_activity_id": None}
DONE = {"id": "a", "note": "load 0", "completed_at": "2026-11-20T15:00:00Z", "logged_activity_id": "l"}
HELD = Held([DONE, OPEN], [{"id": "l", "scheduled_activity_id": "a"}], (2, 1))
CAME = Arrival("msg_l", at=1.5, is_signed=True)


@pytest.mark.slow
@pytest.mark.crash
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_a_service_that_is_killed_under_load_loses_nothing_and_tells_everything(
    backend: str, tmp_path: Path, figures: Callable[..., None]
) -> None:
    if backend == "sqlite":
        verdict = play(tmp_path, f"sqlite:///{tmp_path / 'store.db'}", SHORT)
    else:
        with postgres.fresh_database() as url:
            verdict = play(tmp_path, url, SHORT)
    counted = ("kills", "created", "unanswered", "logged", "lost", "doubled", "untold")
    figures(f"load: {backend}", **{name: getattr(verdict, name) for name in counted})
    assert verdict.broken == []
    assert verdict.unanswered > 0, "no create was under way when the service was killed: this proves nothing"
    assert verdict.logged > 200


def test_what_holds_is_not_found_broken() -> None:
    verdict = judge(TOLD, HELD, [CAME, CAME])
    assert (verdict.broken, verdict.created, verdict.logged, verdict.told_again) == ([], 2, 1, 1)
    assert verdict.median_delay_s == 0.5


@pytest.mark.parametrize(
    ("verdict", "law"),
    [
        (judge(TOLD, replace(HELD, scheduled=[DONE], counts=(1, 1)), [CAME]), "1 that were acknowledged are not there"),
        (
            judge(TOLD, replace(HELD, scheduled=[DONE, OPEN, {**OPEN, "id": "c"}], counts=(3, 1)), [CAME]),
            "1 are there more than once",
        ),
        (judge(TOLD, HELD, []), "1 that were logged were told to nobody"),
        (judge(TOLD, replace(HELD, counts=(3, 1)), [CAME]), "the lists count (3, 1), and hold 2 and 1"),
        (judge(replace(TOLD, made={"a": "load 0"}), HELD, [CAME]), "nobody asked for ['load 1']"),
        (judge(TOLD, HELD, [replace(CAME, is_signed=False)]), "the signature of ['msg_l'] does not hold"),
        (judge(TOLD, HELD, [CAME, replace(CAME, event_id="msg_m")]), "['msg_m'] were told and never logged"),
        (
            judge(TOLD, replace(HELD, scheduled=[{**DONE, "completed_at": None}, OPEN]), [CAME]),
            "0 are completed, 1 by what was logged",
        ),
    ],
)
def test_what_is_broken_is_found(verdict: Verdict, law: str) -> None:
    assert verdict.broken == [law]
