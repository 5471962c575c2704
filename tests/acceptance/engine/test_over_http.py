"""The engine against a CRM at a base URL: the embedded service, served on loopback, with keys of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

import cadence
from cadence.config import load_settings
from cadence.engine import Engine
from cadence.errors import ConfigError, PlanError, StalePlanError, TargetError
from cadence.server.seed import LOCAL_BUSINESS, LOCAL_USER
from cadence.server.store.keys import Caller, Scope
from tests.contracts.crm.running import Reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.model.plan import Plan
    from tests.conftest import StoppedClock

SEQUENCE = """\
sequence: hello
assign: {owner: true}
steps:
  - {id: call, activity: call, due: 1 business day after start at 10:00, note: "Hi {{ record.first_name }}"}
  - {id: mail, activity: email, due: 2 days after call}
"""


class Account:
    """A CRM over HTTP, and engines whose target `kizen` it is."""

    def __init__(self, project: Path, reached: Reached, clock: StoppedClock) -> None:
        self.project = project
        self.reached = reached
        self.clock = clock

    def engine(self, **changes: str) -> Engine:
        key = self.reached.key
        settings = {
            "base_url": self.reached.base_url or "",
            "api_key": key.api_key,
            "business_id": key.business_id,
            "user_id": key.user_id,
            **changes,
        }
        environ = {f"CADENCE_TARGETS__KIZEN__{name.upper()}": value for name, value in settings.items()}
        return Engine(load_settings(self.project, environ), clock=self.clock, target="kizen")

    def key(self, scope: Scope) -> str:
        return self.reached.store.keys.mint(Caller(LOCAL_BUSINESS, LOCAL_USER, scope)).api_key

    def put(self, **fields: Any) -> None:
        from cadence.engine.running import run  # noqa: PLC0415 - a test's own helper

        async def put() -> None:
            async with self.reached.client() as client:
                await client.upsert_record("client_client", fields["email"], fields)

        run(put())

    def notes(self) -> list[str]:
        from cadence.engine.running import run  # noqa: PLC0415 - as above

        async def notes() -> list[str]:
            async with self.reached.client() as client:
                return [each.note async for each in client.find_activities()]

        return run(notes())


@pytest.fixture
def account(project: Path, clock: StoppedClock) -> Iterator[Account]:
    (project / "hello.yaml").write_text(SEQUENCE, encoding="utf-8")
    (project / "team.yaml").write_text(
        "team: [{name: Kim, email: kim@acme.test, timezone: Europe/Paris}]\n", encoding="utf-8"
    )
    reached = Reached(project / "crm.db", clock)
    with reached.over("over HTTP"):
        account = Account(project, reached, clock)
        local = replace(load_settings(project, {}), targets={})
        Engine(replace(local, root=project), clock=clock)
        _import_team(account)
        account.put(email="ada@acme.test", first_name="Ada", timezone="Europe/Paris", owner="kim@acme.test")
        yield account
    reached.store.close()


def _import_team(account: Account) -> None:
    from cadence.engine.importing import import_team  # noqa: PLC0415 - as above
    from cadence.engine.running import run  # noqa: PLC0415 - as above
    from cadence.engine.targets import OpenTarget  # noqa: PLC0415 - as above
    from cadence.files import load_team  # noqa: PLC0415 - as above
    from cadence.model.people import TargetIdentity  # noqa: PLC0415 - as above

    async def fill() -> None:
        async with account.reached.client() as client:
            identity = TargetIdentity("local", "", LOCAL_BUSINESS)
            await import_team(OpenTarget(identity, client, is_local=True), load_team(account.project / "team.yaml"))

    run(fill())


def plan(account: Account, **asked: Any) -> Plan:
    return account.engine().plan("hello.yaml", "ada@acme.test", **asked)


def test_a_plan_is_applied_once_however_often_it_is_applied(account: Account) -> None:
    made = plan(account)
    assert account.engine().apply(made).scheduled == 2
    assert account.engine().apply(made).kept == 2
    again = plan(account)
    assert not again.has_changes
    assert len(account.notes()) == len(set(account.notes())) == 2


def test_the_enrolled_record_and_its_owner_are_in_every_body(account: Account) -> None:
    made = plan(account)
    [enrollment] = made.enrollments
    employee = {each.assignee.name for each in enrollment.activities if each.assignee}
    assert employee == {"Kim"}
    for activity in enrollment.activities:
        assert activity.body is not None
        assert activity.body["associated_entities"][0]["entity_id"] == enrollment.record.id


def test_a_wrong_key_is_refused_before_anything_is_read(account: Account) -> None:
    with pytest.raises(TargetError) as caught:
        account.engine(api_key="wrong").plan("hello.yaml", "ada@acme.test")
    assert caught.value.status == 401
    assert "wrong" not in str(caught.value)
    assert caught.value.request_id


def test_a_key_that_may_only_read_is_rejected_and_says_so(account: Account) -> None:
    reader = account.engine(api_key=account.key(Scope.READ))
    report = reader.apply(plan(account))
    assert (report.scheduled, report.rejected, report.held) == (0, 1, 1)
    assert report.problems[0].startswith("step 'call': rejected: ")
    assert account.notes() == []


def test_missing_credentials_are_named_with_their_variable(account: Account) -> None:
    with pytest.raises(ConfigError) as caught:
        account.engine(api_key="").plan("hello.yaml", "ada@acme.test")
    assert str(caught.value) == (
        "kizen: api_key is empty; set it in [targets.kizen] of cadence.toml, or as CADENCE_TARGETS__KIZEN__API_KEY"
    )


def test_a_key_of_another_business_is_refused(account: Account) -> None:
    with pytest.raises(TargetError) as caught:
        account.engine(business_id="6d3d2f5e-0000-4000-8000-000000000000").plan("hello.yaml", "ada@acme.test")
    assert caught.value.status == 401


def test_a_plan_for_another_account_is_refused(account: Account) -> None:
    made = plan(account)
    with pytest.raises(StalePlanError) as caught:
        Engine(load_settings(account.project, {}), clock=account.clock, target="local").apply(made)
    assert "it was made for target 'kizen'" in str(caught.value)
    assert account.notes() == []


def test_a_plan_whose_record_changed_is_refused_and_says_what_changed(account: Account) -> None:
    made = plan(account)
    account.put(email="ada@acme.test", first_name="Augusta")
    with pytest.raises(StalePlanError) as caught:
        account.engine().apply(made)
    assert "first_name" in str(caught.value)
    assert account.notes() == []


def test_a_plan_whose_sequence_changed_is_refused(account: Account) -> None:
    made = plan(account)
    (account.project / "hello.yaml").write_text(SEQUENCE.replace("10:00", "11:00"), encoding="utf-8")
    with pytest.raises(StalePlanError) as caught:
        account.engine().apply(made)
    assert "the sequence 'hello' has changed" in str(caught.value)


def test_an_expired_plan_is_refused(account: Account) -> None:
    made = plan(account)
    account.clock.advance(25 * 3600)
    with pytest.raises(StalePlanError) as caught:
        account.engine().apply(made)
    assert "it expired at 2026-11-21T15:00:00Z" in str(caught.value)


def test_an_unreachable_account_says_so(account: Account) -> None:
    with pytest.raises(TargetError) as caught:
        account.engine(base_url="http://127.0.0.1:9").plan("hello.yaml", "ada@acme.test")
    assert caught.value.status is None
    assert "kizen" in str(caught.value)


def test_a_record_that_is_not_there_or_matches_two_is_refused(account: Account) -> None:
    with pytest.raises(PlanError) as absent:
        account.engine().plan("hello.yaml", "nobody@acme.test")
    assert str(absent.value) == (
        "record 'nobody@acme.test' is not in target 'kizen'; "
        "check the id, email or name, or plan it ad hoc with --field timezone=Europe/Paris"
    )
    account.put(email="one@acme.test", first_name="Jo", last_name="Ray", timezone="Europe/Paris")
    account.put(email="two@acme.test", first_name="Jo", last_name="Ray", timezone="Europe/Paris")
    with pytest.raises(TargetError) as two:
        account.engine().plan("hello.yaml", "Jo Ray")
    assert "record 'Jo Ray' matches 2 records of client_client" in str(two.value)


def test_a_plan_made_without_a_target_is_bound_where_it_is_applied(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = account.engine()
    [enrollment] = plan(account).enrollments
    fields = dict(enrollment.record.fields) | {"owner": enrollment.activities[0].body["employee_id"]}  # type: ignore[index]
    made = cadence.plan(
        "hello.yaml", {"id": enrollment.record.id, **fields}, now=datetime(2026, 11, 20, 15, tzinfo=UTC)
    )
    assert made.target is None
    assert engine.apply(made).scheduled == 2
    assert engine.apply(made).kept == 2
    assert not plan(account).has_changes
    del monkeypatch


def test_an_ad_hoc_record_is_not_applied_to_a_crm_that_does_not_know_it(account: Account) -> None:
    engine = account.engine()
    made = engine.plan("hello.yaml", "x-1", fields={"timezone": "Europe/Paris", "first_name": "X", "owner": "Kim"})
    with pytest.raises(PlanError) as caught:
        engine.apply(made)
    assert str(caught.value) == (
        "record 'x-1' is not in target 'kizen'; an ad hoc record can be planned, but only applied to the target local"
    )


def test_what_the_account_does_not_have_is_named_before_anything_is_sent(account: Account) -> None:
    (account.project / "hello.yaml").write_text(
        SEQUENCE.replace("activity: email", "activity: emial"), encoding="utf-8"
    )
    with pytest.raises(PlanError) as caught:
        plan(account)
    [finding] = caught.value.findings
    assert finding.code == "unknown-activity"
    assert finding.hint == "did you mean 'email'?"
    assert account.notes() == []


def test_a_plan_that_names_a_stranger_says_who_and_how_to_go_on(account: Account) -> None:
    made = cadence.plan("hello.yaml", {"id": "0f8b1d1e-5a55-4c39-9f0e-6f7c1d1f7a10", "timezone": "UTC",
                                       "first_name": "A", "owner": "zoe@acme.test"})  # fmt: skip
    account.put(email="z@acme.test", first_name="Z", timezone="UTC")
    with pytest.raises(PlanError) as caught:
        account.engine().apply(made)
    assert str(caught.value).splitlines() == [
        "the plan names what target 'kizen' does not have",
        "  step 'call': the account has no employee 'zoe@acme.test'",
        "  step 'mail': the account has no employee 'zoe@acme.test'",
    ]
    assert {finding.hint for finding in caught.value.findings} == {
        "import the team with 'cadence team import', or name another"
    }
    assert account.notes() == []
