"""A bad day on purpose: what a client can be tried against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.acceptance.service.running import SCHEDULED, Key, cadence, make_key, serve

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow
BODY = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return make_key(tmp_path)


def count(served: Served, key: Key) -> int:
    with served.client(key) as client:
        return int(client.get(SCHEDULED).json()["count"])


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("503", 503), ("500", 500)])
def test_a_refusal_on_purpose_does_nothing_and_says_that_it_is_one(
    tmp_path: Path, key: Key, fault: str, status: int
) -> None:
    with serve(tmp_path, "--fault", f"{fault}=1") as served:
        with served.client(key) as client:
            answer = client.post(SCHEDULED, json=BODY)
            health = client.get("/healthz")
        assert answer.status_code == status
        assert answer.headers.get("retry-after") == (None if status == 500 else "2")
        assert health.status_code == 200
        assert "rehearsal: the API fails on purpose" in served.log.read_text()
    with serve(tmp_path) as served:
        assert count(served, key) == 0


def test_a_500_after_the_fact_did_what_was_asked(tmp_path: Path, key: Key) -> None:
    with serve(tmp_path, "--fault", "500-after=1") as served, served.client(key) as client:
        assert client.post(SCHEDULED, json=BODY).status_code == 500
    with serve(tmp_path) as served:
        assert count(served, key) == 1


def test_a_cut_answer_cannot_be_read_and_the_work_is_done(tmp_path: Path, key: Key) -> None:
    with (
        serve(tmp_path, "--fault", "cut=1") as served,
        served.client(key) as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        client.post(SCHEDULED, json=BODY)
    with serve(tmp_path) as served:
        assert count(served, key) == 1


def test_what_comes_late_is_done_although_the_caller_is_gone(tmp_path: Path, key: Key) -> None:
    with serve(tmp_path, "--fault", "late=1", "--fault", "late-after=1") as served:
        with served.client(key) as client, pytest.raises(httpx.ReadTimeout):
            client.post(SCHEDULED, json=BODY, timeout=0.2)
        served.process.terminate()
        served.process.wait(30)
    with serve(tmp_path) as served:
        assert count(served, key) == 1


@pytest.mark.parametrize("wanted", ["429", "429=2", "oops=0.1", "latency=-1", "cut=nan"])
def test_a_fault_that_is_none_is_refused(tmp_path: Path, wanted: str) -> None:
    done = cadence(tmp_path, "serve", "--port", "0", "--fault", wanted)
    assert done.returncode == 1
    assert f"--fault '{wanted}' is none" in done.stderr
    assert not (tmp_path / ".cadence").exists()
