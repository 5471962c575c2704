"""What stops a run before its first POST: the plan file, the credentials, the account. A real CRM counts the requests."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence.cli.main import run
from cadence.planning.codec import plan_from_json
from cadence.server.seed import LOCAL_BUSINESS, LOCAL_USER
from cadence.server.store.keys import Caller, Scope
from tests.acceptance.applying import STEPS, Shop, open_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cadence.model.plan import Plan

AGAIN = "make it again with 'cadence plan ... --out plan.json'"


@pytest.fixture
def shop(project: Path) -> Iterator[Shop]:
    with open_shop(project, ".cadence/ledger.db") as shop:
        yield shop


@pytest.fixture
def plan(shop: Shop) -> Plan:
    plan = shop.account.plan(1)
    shop.door.requests.clear()
    return plan


def refusal(shop: Shop, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """Return what `cadence apply` says in the end, having sent and recorded nothing."""
    capsys.readouterr()
    assert run(["apply", "plan.json", *more]) == 1
    said = capsys.readouterr()
    assert "POST" not in [method for method, _ in shop.door.requests]
    assert not (shop.account.folder / ".cadence" / "ledger.db").exists()
    return "\n".join(line for line in said.err.splitlines() if line.startswith(("error", "hint")))


def edited(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


SPOILT: list[tuple[str, Callable[[Path], object], str]] = [
    (
        "edited by hand",
        lambda path: edited(path, lambda plan: plan["enrollments"][0]["activities"][0].update(note="x")),
        f"error: plan.json: the plan was changed after it was made: its digest does not fit\nhint: {AGAIN}",
    ),
    (
        "of an older version",
        lambda path: edited(path, lambda plan: plan.update(version=0)),
        f"error: plan.json: the plan has version '0', this program reads version 1\nhint: {AGAIN}",
    ),
    (
        "of a newer version",
        lambda path: edited(path, lambda plan: plan.update(version=99)),
        f"error: plan.json: the plan has version '99', this program reads version 1\nhint: {AGAIN}",
    ),
    (
        "cut off",
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        f"error: plan.json: the plan is cut off in line {{last}}\nhint: {AGAIN}",
    ),
    ("empty", lambda path: path.write_bytes(b""), f"error: plan.json: the plan is empty\nhint: {AGAIN}"),
    (
        "not JSON",
        lambda path: path.write_text("steps: []\n"),
        f"error: plan.json: the plan is not JSON: expecting value in line 1\nhint: {AGAIN}",
    ),
    (
        "other JSON",
        lambda path: path.write_text("[1, 2]"),
        f"error: plan.json: the JSON is no plan: it has no version and no enrollments\nhint: {AGAIN}",
    ),
    (
        "not UTF-8",
        lambda path: path.write_bytes(b'{"version": "\xff"}'),
        "error: plan.json is not UTF-8\nhint: write the plan again with `cadence plan --out`",
    ),
    (
        "nested deeply",
        lambda path: path.write_text('{"version": ' + "[" * 200_000),
        f"error: plan.json: the plan is nested too deeply to be one\nhint: {AGAIN}",
    ),
    (
        "200 MB of nothing",
        lambda path: _sparse(path, 200_000_000),
        f"error: plan.json: the plan is not JSON: expecting value in line 1\nhint: {AGAIN}",
    ),
    (
        "a folder",
        _folder,
        "error: plan.json cannot be read: Is a directory\nhint: check the path",
    ),
    (
        "not there",
        lambda path: path.unlink(),
        "error: plan.json cannot be read: No such file or directory\nhint: check the path",
    ),
]


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize(("spoil", "said"), [each[1:] for each in SPOILT], ids=[each[0] for each in SPOILT])
def test_a_plan_file_that_is_not_what_was_written(
    shop: Shop, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], object], said: str
) -> None:
    path = shop.account.folder / "plan.json"
    spoil(path)
    last = path.read_text(errors="replace").count("\n") + 1 if "{last}" in said else 0
    assert refusal(shop, capsys) == said.replace("{last}", str(last))
    assert shop.door.requests == []


def test_a_plan_that_expired(shop: Shop, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    stale = replace(plan, expires_at=plan.now.replace(year=2020))
    (shop.account.folder / "plan.json").write_text(stale.to_json(), encoding="utf-8")
    assert refusal(shop, capsys) == (
        f"error: the plan no longer holds: it expired at {stale.expires_at:%Y-%m-%dT%H:%M:%SZ}\n"
        "hint: plan again and review the changes"
    )
    assert shop.door.requests == []


def test_a_plan_for_another_business(shop: Shop, plan: Plan, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan.target is not None
    other = replace(plan, target=replace(plan.target, business_id="another"))
    path = shop.account.folder / "plan.json"
    path.write_text(other.to_json(), encoding="utf-8")
    assert plan_from_json(path.read_text(encoding="utf-8")).target == other.target
    url = plan.target.base_url
    assert refusal(shop, capsys) == (
        f"error: the plan no longer holds: it was made for target 'crm' ({url}, business 'another'), "
        f"not for target 'crm' ({url}, business '{plan.target.business_id}')\n"
        "hint: plan again and review the changes"
    )
    assert shop.door.requests == []


# ---- credentials


def settings(shop: Shop, **changed: str) -> None:
    """Change settings of the target in `cadence.toml`."""
    path = shop.account.folder / "cadence.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    for name, value in changed.items():
        lines = [f"{name} = {json.dumps(value)}" if line.startswith(f"{name} =") else line for line in lines]
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("setting", ["api_key", "business_id", "user_id"])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("abc\rX-Evil: 1", "U+000D at position 4 of 13"),
        ("abc\nX-Evil: 1", "U+000A at position 4 of 13"),
        ("abc\0", "U+0000 at position 4 of 4"),
        ("ab cd", "U+0020 at position 3 of 5"),
        ("naïve", "U+00EF at position 3 of 5"),
    ],
)
def test_a_header_value_that_must_not_be_sent(
    shop: Shop, capsys: pytest.CaptureFixture[str], setting: str, value: str, said: str
) -> None:
    settings(shop, **{setting: value})
    if setting == "business_id":  # of which the plan has another
        edited_target(shop, value)
    assert refusal(shop, capsys) == (
        f"error: crm: {setting} holds a character that no header may carry ({said})\n"
        "hint: copy it again, without spaces or line breaks"
    )
    assert shop.door.requests == []


def edited_target(shop: Shop, business_id: str) -> None:
    path = shop.account.folder / "plan.json"
    plan = plan_from_json(path.read_text(encoding="utf-8"))
    assert plan.target is not None
    path.write_text(replace(plan, target=replace(plan.target, business_id=business_id)).to_json(), encoding="utf-8")


@pytest.mark.usefixtures("plan")
def test_a_key_that_is_missing(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    settings(shop, api_key="")
    assert refusal(shop, capsys) == (
        "error: crm: api_key is empty\nhint: set it in [targets.crm] of cadence.toml, or as CADENCE_TARGETS__CRM__API_KEY"
    )
    assert shop.door.requests == []


NOT_ACCEPTED = (
    "error: crm: reading the business: the credentials were not accepted (status 401 not_authenticated): "
    "The API key, business or user is not valid.\nhint: check api_key, business_id and user_id of [targets.crm]"
)


def without_request_id(text: str) -> str:
    return re.sub(r" \[request \w+\]", "", text)


@pytest.mark.usefixtures("plan")
def test_a_key_that_the_crm_does_not_know(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    settings(shop, api_key="s3cret-of-another")
    assert without_request_id(refusal(shop, capsys)) == NOT_ACCEPTED
    assert {status for _, status in shop.door.requests} == {401}


@pytest.mark.usefixtures("plan")
def test_a_key_of_another_business(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    settings(shop, business_id="0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e3f")
    edited_target(shop, "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e3f")
    assert without_request_id(refusal(shop, capsys)) == NOT_ACCEPTED
    assert {status for _, status in shop.door.requests} == {401}


@pytest.mark.usefixtures("plan")
def test_a_key_that_may_only_read_is_known_by_the_first_answer_alone(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    key = shop.account.reached.store.keys.mint(Caller(LOCAL_BUSINESS, LOCAL_USER, Scope.READ))
    settings(shop, api_key=key.api_key)
    capsys.readouterr()
    assert run(["apply", "plan.json", "--format", "json"]) == 1
    said = capsys.readouterr()
    report = json.loads(said.out)
    assert (report["rejected"], report["held"], report["scheduled"]) == (1, STEPS - 1, 0)
    assert "step 'one': rejected: 403 This key may not do this" in said.err
    assert [status for method, status in shop.door.requests if method == "POST"] == [403]
    assert key.api_key not in said.err
