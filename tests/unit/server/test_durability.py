"""A 201 is a promise: what was answered is there after the process is killed."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from cadence.server.store.opening import open_store
from cadence.server.store.schema import scheduled_activities

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = textwrap.dedent(
    """
    import asyncio, sys
    from cadence.clock import SystemClock
    from cadence.crm.client import connect
    from cadence.crm.credentials import Credentials
    from cadence.server.app import build_app
    from cadence.server.local import open_local

    clock = SystemClock()
    store, key = open_local(sys.argv[1], now=clock.now())
    credentials = Credentials("http://localhost", key.api_key, key.business_id, key.user_id)
    client = connect(credentials, now=clock.now, app=build_app(store))

    async def create(lane):
        while True:
            body = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z", "note": lane}
            answer = await client.create_activity(body)
            sys.stdout.write(answer.activity_id + "\\n")
            sys.stdout.flush()

    async def main():
        await asyncio.gather(*(create(str(lane)) for lane in range(8)))

    asyncio.run(main())
    """
)


@pytest.mark.slow
@pytest.mark.crash
@pytest.mark.parametrize("acknowledged", [1, 40, 150])
def test_nothing_that_was_answered_is_lost_when_the_process_is_killed(tmp_path: Path, acknowledged: int) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with subprocess.Popen([sys.executable, "-c", _PROGRAM, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(acknowledged)]
        process.kill()
        answered += process.stdout.read().split()
    with open_store(url) as store:
        kept = set(store.read_now(lambda c: c.execute(select(scheduled_activities.c.id)).scalars().all()))
    answered = [line for line in answered if len(line) == 36]
    assert len(answered) >= acknowledged
    assert set(answered) <= kept
