"""A transport that answers from a list and remembers what was asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence.crm.client import CrmClient
from cadence.crm.transport import MAX_ANSWER, Outcome, Reply, always

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ScriptedTransport", "client_of", "ok", "page"]


class ScriptedTransport:
    def __init__(self, *outcomes: Outcome) -> None:
        self._outcomes = list(outcomes)
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        self.slept: list[float] = []

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        limit: int = MAX_ANSWER,
        may_go: Callable[[], bool] = always,
    ) -> Outcome:
        assert limit >= MAX_ANSWER
        assert may_go()
        self.asked.append((method, path, dict(query or {}), body))
        return self._outcomes.pop(0)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def aclose(self) -> None:
        self._outcomes.clear()


def client_of(*outcomes: Outcome) -> tuple[CrmClient, ScriptedTransport]:
    transport = ScriptedTransport(*outcomes)
    return CrmClient(transport, target="kizen", sleep=transport.sleep), transport


def ok(payload: Any, *, status: int = 200) -> Reply:
    return Reply(status, json.dumps(payload).encode(), "application/json", "r-1")


def page(rows: list[Any], *, more: bool = False, **extra: Any) -> Reply:
    return ok({"next": "https://elsewhere.example/api?page=9" if more else None, "results": rows, **extra})
