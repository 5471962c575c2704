"""The engine over a client that is handed over: no key in the settings, no connection of our own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import cadence
from cadence.config import load_settings
from cadence.engine import Engine
from cadence.engine.applying import conditions_for
from cadence.errors import StalePlanError, TargetError
from tests.contracts.crm.running import Reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import StoppedClock

SEQUENCE = """\
sequence: hello
steps:
  - {id: call, activity: call, due: 1 business day after start at 10:00, note: "Hi {{ record.first_name }}"}
  - {id: mail, activity: email, due: 2 days after call}
"""


class CodeStep:
    """An automation inside the CRM: a client that is signed in already, and counts what it sends."""

    def __init__(self, reached: Reached, clock: StoppedClock) -> None:
        key = reached.key
        headers = {"X-API-KEY": key.api_key, "X-BUSINESS-ID": key.business_id, "X-USER-ID": key.user_id}
        self._http = httpx.Client(base_url=reached.base_url or "", headers=headers, trust_env=False)
        self._clock = clock
        self.business_id = key.business_id
        self.base_url = reached.base_url or ""
        self.api_key = key.api_key
        self.user_id = key.user_id
        self.sent: list[str] = []

    def __call__(self, method: str, path: str, **body: Any) -> httpx.Response:
        self.sent.append(f"{method} {path.partition('?')[0]}")
        return self._http.request(method, path, **body)

    def engine(self, section: dict[str, str] | None = None, *, handed_over: bool = True) -> Engine:
        """Return an engine; *section* is the target `kizen` of its settings."""
        environ = {f"CADENCE_TARGETS__KIZEN__{name.upper()}": value for name, value in (section or {}).items()}
        return Engine(load_settings(None, environ), clock=self._clock, client=self if handed_over else None)

    def creates(self) -> int:
        return self.sent.count("POST /api/activities/scheduled-activity")

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def step(project: Path, clock: StoppedClock) -> Iterator[CodeStep]:
    (project / "hello.yaml").write_text(SEQUENCE, encoding="utf-8")
    reached = Reached(project / "crm.db", clock)
    with reached.over("over HTTP"):
        step = CodeStep(reached, clock)
        fields = [{"name": "email", "value": "ada@acme.test"}, {"name": "first_name", "value": "Ada"},
                  {"name": "timezone", "value": "Europe/Paris"}]  # fmt: skip
        step("POST", "/api/records/client_client/add", json={"fields": fields}).raise_for_status()
        yield step
        step.close()
    reached.store.close()


def test_a_plan_is_applied_through_it_once_however_often(step: CodeStep) -> None:
    plan = step.engine().plan("hello.yaml", "ada@acme.test")
    assert step.engine().apply(plan).scheduled == 2
    assert step.engine().apply(plan).kept == 2
    assert not step.engine().plan("hello.yaml", "ada@acme.test").has_changes
    assert step.creates() == 2


def test_the_library_takes_it_too_also_inside_a_running_loop(step: CodeStep) -> None:
    record = {"id": _record_id(step), "first_name": "Ada", "timezone": "Europe/Paris"}
    plan = cadence.plan("hello.yaml", record)

    async def handler() -> cadence.Report:
        return cadence.apply(plan, client=step)

    assert asyncio.run(handler()).scheduled == 2
    assert cadence.apply(plan, client=step).kept == 2
    assert step.creates() == 2


def test_an_account_that_is_named_is_the_same_with_the_client_and_with_a_key(step: CodeStep) -> None:
    account = {"base_url": step.base_url, "business_id": step.business_id}
    plan = step.engine(account).plan("hello.yaml", "ada@acme.test")
    assert step.engine(account).apply(plan).scheduled == 2
    key = {"api_key": step.api_key, "user_id": step.user_id}
    assert step.engine(account | key, handed_over=False).apply(plan).kept == 2
    assert step.creates() == 2


def test_a_client_of_another_business_than_the_settings_name_is_refused(step: CodeStep) -> None:
    with pytest.raises(TargetError) as caught:
        step.engine({"base_url": step.base_url, "business_id": "b-2"}).plan("hello.yaml", "ada@acme.test")
    assert str(caught.value) == (
        f"target 'kizen': the key opens business '{step.business_id}', the settings name 'b-2'; "
        "correct business_id in [targets.kizen], or take the key of that business"
    )


def test_a_plan_of_another_account_is_refused_before_anything_is_sent(step: CodeStep) -> None:
    account = {"base_url": step.base_url, "business_id": step.business_id}
    plan = step.engine(account).plan("hello.yaml", "ada@acme.test")
    with pytest.raises(StalePlanError) as caught:
        step.engine().apply(plan)
    assert str(caught.value) == (
        f"the plan no longer holds: it was made for target 'kizen' ({step.base_url}, business '{step.business_id}'), "
        f"not for target 'client' (the client handed over, business '{step.business_id}'); "
        "plan again and review the changes"
    )
    assert step.creates() == 0


def test_a_client_that_raises_before_the_first_create_stops_with_what_it_did(step: CodeStep) -> None:
    plan = step.engine().plan("hello.yaml", "ada@acme.test")
    step.close()
    with pytest.raises(TargetError) as caught:
        step.engine().apply(plan)
    assert str(caught.value) == "client: reading the business: no answer came (RuntimeError in the client); try again"


def _record_id(step: CodeStep) -> str:
    found = step("GET", "/api/records/client_client/lookup?identifier=ada@acme.test").json()
    return str(found["id"])


def test_a_function_is_handed_one_request_at_a_time_and_a_coroutine_function_many() -> None:
    def function(*_: Any, **__: Any) -> None: ...

    async def coroutine_function(*_: Any, **__: Any) -> None: ...

    async def concurrency(client: Any) -> int:
        section = {"CADENCE_TARGETS__KIZEN__BUSINESS_ID": "b-1"}
        engine = Engine(load_settings(None, section), client=client)
        async with engine.opened() as opened:
            return conditions_for(engine, opened, None).pace.concurrency

    assert [asyncio.run(concurrency(each)) for each in (function, coroutine_function)] == [1, 8]
