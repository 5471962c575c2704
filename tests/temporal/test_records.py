"""`cadence apply --records --engine temporal`: recorded by batches, sent by workers, reported row by row."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.temporal.account import STEPS
from tests.temporal.processes import Command, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.temporal.account import Account
    from tests.temporal.processes import Worker

    Hire = Callable[..., Worker]

pytestmark = pytest.mark.slow

PEOPLE = 5


APPLY = ("apply", "hardy.yaml", "--records", "people.csv", "--engine", "temporal", "--format", "json")


def apply(account: Account) -> Command:
    return Command(account.folder, *APPLY)


def people(account: Account) -> None:
    account.plan(PEOPLE)  # puts them into the CRM
    names = [*(f"person-{number}@secret.test" for number in range(PEOPLE)), "nobody@secret.test"]
    (account.folder / "people.csv").write_text("\n".join(["email", *names, ""]), encoding="utf-8")


def report(account: Account) -> dict[int, tuple[str, str, str]]:
    with (account.folder / "people.report.csv").open(encoding="utf-8", newline="") as file:
        return {int(line["row"]): (line["outcome"], line["scheduled"], line["kept"]) for line in csv.DictReader(file)}


def counts(command: Command) -> dict[str, Any]:
    code, out, err = command.done()
    assert code == 1, err  # nobody@secret.test is in no CRM
    found: dict[str, Any] = json.loads(out)
    return found


def test_rows_are_sent_by_workers_and_reported_as_by_this_process(account: Account, hire: Hire) -> None:
    people(account)
    hire()
    first = counts(apply(account))
    assert (first["scheduled"], first["records"], first["failed"], first["stopped"]) == (PEOPLE * STEPS, PEOPLE, 1, "")
    assert len(set(account.sent())) == len(account.sent()) == PEOPLE * STEPS
    expected = dict.fromkeys(range(2, PEOPLE + 2), ("scheduled", str(STEPS), "0"))
    assert report(account) == {**expected, PEOPLE + 2: ("failed", "0", "0")}

    second = counts(apply(account))
    assert (second["scheduled"], second["kept"], second["records"]) == (0, PEOPLE * STEPS, PEOPLE)
    assert len(account.sent()) == PEOPLE * STEPS


def test_a_second_call_follows_the_run_that_the_first_began(account: Account, hire: Hire) -> None:
    people(account)
    first = apply(account)
    until(lambda: "running" in bulk_runs(account), what="the run")
    second = apply(account)
    hire()
    both = [counts(first), counts(second)]
    assert [each["scheduled"] for each in both] == [PEOPLE * STEPS] * 2
    assert bulk_runs(account).count('"run"') == 1
    assert len(set(account.sent())) == len(account.sent()) == PEOPLE * STEPS


def bulk_runs(account: Account) -> str:
    code, out, err = Command(account.folder, "bulk", "status", "--format", "json").done()
    assert code == 0, err
    return out


def test_a_row_that_the_run_under_way_does_not_have_fails_in_the_report_of_who_follows(
    account: Account, hire: Hire
) -> None:
    people(account)
    first = apply(account)
    until(lambda: "running" in bulk_runs(account), what="the run")
    account.put("nobody@secret.test")
    second = Command(account.folder, *APPLY, "--report", "second.csv")
    until(lambda: "no worker is there" in second.told(), what="a call that follows")
    hire()
    assert counts(first)["records"] == PEOPLE
    followed = counts(second)
    assert (followed["scheduled"], followed["records"], followed["failed"]) == (PEOPLE * STEPS, PEOPLE, 1)
    with (account.folder / "second.csv").open(encoding="utf-8", newline="") as file:
        *_, last = csv.DictReader(file)
    assert (last["outcome"], last["reason"]) == (
        "failed", "not in the run that was under way, which was planned before; run the same command again",
    )  # fmt: skip


def test_a_row_of_which_nothing_is_to_be_sent_is_skipped_and_no_work_of_the_run(account: Account, hire: Hire) -> None:
    people(account)
    sequence = account.folder / "hardy.yaml"
    leaving = "exit_when: record.first_name == 'Secretname1'\nsteps:\n"
    sequence.write_text(sequence.read_text(encoding="utf-8").replace("steps:\n", leaving), encoding="utf-8")
    hire()
    found = counts(apply(account))
    assert (found["scheduled"], found["skipped"], found["records"]) == ((PEOPLE - 1) * STEPS, STEPS, PEOPLE)
    assert report(account)[3] == ("skipped", "0", "0")
    assert json.loads(bulk_runs(account))[0]["total"] == PEOPLE - 1


def test_another_column_that_names_the_record_is_another_run(account: Account, hire: Hire) -> None:
    account.plan(4)
    people = [f"person-{number}@secret.test" for number in range(4)]
    rows = ["email,referrer", f"{people[0]},{people[2]}", f"{people[1]},{people[3]}", ""]
    (account.folder / "people.csv").write_text("\n".join(rows), encoding="utf-8")
    first = Command(account.folder, *APPLY, "--by", "email", "--report", "1.csv")
    until(lambda: "running" in bulk_runs(account), what="the run")
    second = Command(account.folder, *APPLY, "--by", "referrer", "--report", "2.csv")
    hire()
    for call in (first, second):
        code, out, err = call.done()
        assert (code, json.loads(out)["scheduled"]) == (0, 2 * STEPS), err
    assert len(set(account.sent())) == len(account.sent()) == 4 * STEPS
