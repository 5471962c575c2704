"""A CRM on loopback in a process of its own: `python -m tests.chaos.crm` prints its port and serves until stdin ends.

Each round opens an account of its own, which keeps a book of every create, and meets faults by its own seed.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.chaos.book import Book
from tests.chaos.faults import Fault, Weather
from tests.chaos.rawledger import state_of
from tests.contracts.crm.faulty import reset

__all__ = ["TYPES"]

TYPES = ("call", "email", "task", "meeting")
_SCHEDULED = "/api/activities/scheduled-activity"


@dataclass
class Account:
    """What one business of the CRM holds, the newest last."""

    business: str
    ledger: str
    weather: Weather
    book: Book
    activities: list[dict[str, Any]] = field(default_factory=list)

    def apply(self, body: dict[str, Any], marker: str) -> str:
        """Make the activity, and write that down first."""
        activity_id = str(uuid.uuid4())
        self.book.applied(marker, activity_id)
        kind = {"id": body["activity_object_name"], "api_name": body["activity_object_name"]}
        listed = {"id": activity_id, "note": body["note"], "due_datetime": body["due_datetime"]}
        self.activities.append({**listed, "activity_object": kind})
        return activity_id

    def listed(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Return the activities of the type and the days that *query* asks for."""
        first, last = (datetime.fromisoformat(query[name]) for name in ("from_date", "to_date"))
        return [
            each
            for each in self.activities
            if each["activity_object"]["api_name"] == query["activity_name"]
            and first <= datetime.fromisoformat(each["due_datetime"]) <= last
        ]


@dataclass
class Request:
    """One request, read whole."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


class Crm:
    """All accounts, by business."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._late: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, one after the other."""
        try:
            while await self._answer(await _read(reader), writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever asked was killed: that is what this is for
        finally:
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Answer, and return whether the connection lives on."""
        if request.path == "/accounts":
            return await _send(writer, 201, self._open(request.body))
        account = self._accounts[request.headers["x-business-id"]]
        if (request.method, request.path) == ("POST", _SCHEDULED):
            return await self._create(account, request, writer)
        await asyncio.sleep(account.weather.latency_s() / 4)
        if request.path == _SCHEDULED:
            if account.weather.fails_to_list():
                return await _send(writer, 500, {"detail": "try again"})
            return await _send(writer, 200, _page(account.listed(request.query), request.query))
        return await _send(writer, 200, _about(account, request.path))

    def _open(self, wanted: dict[str, Any]) -> dict[str, Any]:
        weather = Weather(wanted["seed"], share=wanted["share"], busy=wanted["busy"])
        book = Book(Path(wanted["book"]))
        self._accounts[wanted["business"]] = Account(wanted["business"], wanted["ledger"], weather, book)
        return {}

    async def _create(self, account: Account, request: Request, writer: asyncio.StreamWriter) -> bool:
        marker = request.body["note"].splitlines()[-1]
        fault = account.weather.create()
        intent = state_of(account.ledger, marker)
        account.book.asked(marker, user=request.headers["x-user-id"], fault=fault.name, intent=intent)
        activity_id = self._take_effect(account, request.body, marker=marker, fault=fault)
        await asyncio.sleep(account.weather.latency_s())
        if fault.answer is None:
            reset(writer)
            return False
        body = {"id": activity_id} if fault.answer.named and activity_id else {}
        return await _send(
            writer, fault.answer.status, body, retry_after=fault.answer.retry_after, whole=fault.answer.whole
        )

    def _take_effect(self, account: Account, body: dict[str, Any], *, marker: str, fault: Fault) -> str:
        if not fault.applied:
            return ""
        if not fault.late:
            return account.apply(body, marker)

        async def later() -> None:
            await asyncio.sleep(account.weather.late_s())
            account.apply(body, marker)

        task = asyncio.create_task(later())
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        return ""


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    url = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    return Request(method, url.path, query, headers, json.loads(body) if body else {})


async def _send(
    writer: asyncio.StreamWriter, status: int, body: Any, *, retry_after: int | None = None, whole: bool = True
) -> bool:
    content = json.dumps(body).encode()
    hint = f"Retry-After: {retry_after}\r\n" if retry_after is not None else ""
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n{hint}\r\n"
    writer.write(head.encode() + (content if whole else content[: len(content) // 2]))
    await writer.drain()
    return whole


def _page(rows: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
    size = int(query["page_size"])
    first = (int(query["page"]) - 1) * size
    more = first + size < len(rows)
    return {"count": len(rows), "next": "more" if more else None, "results": rows[first : first + size]}


def _about(account: Account, path: str) -> Any:
    """Return what a plan asks of an account: it has all types of activities, every record and nobody in it."""
    match path.removeprefix("/api/").split("/"):
        case ["business", "mine"]:
            return {"id": account.business, "name": "Acme"}
        case ["activities"]:
            return [{"id": name, "name": name, "api_name": name} for name in TYPES]
        case ["custom-objects"]:
            return [{"id": "client_client", "name": "client_client"}]
        case ["records", _, record]:
            return {"id": record, "fields": {}}
        case _:
            return []


async def main() -> None:
    """Serve until whoever started this lets go."""
    server = await asyncio.start_server(Crm().serve, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
