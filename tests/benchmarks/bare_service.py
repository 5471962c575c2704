"""The least that could serve: no keys, no checks, no audit, no counts, no pages.

A POST puts the same row into the same table, with a commit of its own; a GET answers the first hundred activities of
the business in the same shape, from the same two queries, put together as one would.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cadence.service.serving import listen, serve

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_INSERT = (
    "INSERT INTO scheduled_activities (id, business_id, type_id, due_at, original_due_at, note, mentions,"
    " notify_mentioned, notifications, created_at, created_by, updated_at)"
    " VALUES (?, ?, ?, ?, ?, ?, '[]', 0, '[]', ?, ?, ?)"
)
_PAGE = (
    "SELECT a.*, t.name, t.api_name, t.association_mode, t.calendar_sync_duration FROM scheduled_activities a"
    " JOIN activity_types t ON t.business_id = a.business_id AND t.id = a.type_id"
    " WHERE a.business_id = ? ORDER BY a.due_at, a.id LIMIT 100 OFFSET ?"
)
_HEADERS = [(b"content-type", b"application/json")]


class Bare:
    """Answers POST with an insert of its own commit, GET with the first hundred rows."""

    def __init__(self, path: str, business_id: str, type_id: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA synchronous = FULL")
        self._business_id = business_id
        self._type_id = type_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        answer, status = (self._made(json.loads(body)), 201) if scope["method"] == "POST" else (self.listed(0), 200)
        await send({"type": "http.response.start", "status": status, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _made(self, body: dict[str, Any]) -> dict[str, Any]:
        row_id = str(uuid.uuid4())
        values = (row_id, self._business_id, self._type_id, 1, 1, body.get("note", ""), 1, self._business_id, 1)
        self._connection.execute(_INSERT, values)
        return {"id": row_id, **body}

    def listed(self, skipped: int) -> dict[str, Any]:
        """Return the hundred rows after so many."""
        rows = self._connection.execute(_PAGE, (self._business_id, skipped)).fetchall()
        linked = self._connection.execute(
            f"SELECT * FROM scheduled_entities WHERE activity_id IN ({','.join('?' * len(rows))})",  # noqa: S608 - marks
            [row["id"] for row in rows],
        )
        entities: dict[str, list[dict[str, Any]]] = {}
        for link in linked:
            entities.setdefault(link["activity_id"], []).append(dict(link))
        return {"results": [_shape(row, entities.get(row["id"], [])) for row in rows]}


def _shape(row: sqlite3.Row, entities: list[dict[str, Any]]) -> dict[str, Any]:
    kind = ("name", "api_name", "association_mode", "calendar_sync_duration")
    return {
        "id": row["id"],
        "note": row["note"],
        "due_datetime": _instant(row["due_at"]),
        "original_due_datetime": _instant(row["original_due_at"]),
        "completed_at": _instant(row["completed_at"]),
        "logged_activity_id": row["logged_id"],
        "created": _instant(row["created_at"]),
        "activity_object": {"id": row["type_id"], **{name: row[name] for name in kind}},
        "employee": None,
        "role": None,
        "mentions": json.loads(row["mentions"]),
        "notify_mentioned": bool(row["notify_mentioned"]),
        "associated_entities": entities,
        "notifications": json.loads(row["notifications"]),
        "access": {"view": True, "edit": True, "remove": True},
    }


def _instant(stored: int | None) -> str | None:
    return None if stored is None else datetime.fromtimestamp(stored / 1_000_000, UTC).isoformat()


def _announce(url: str) -> None:
    sys.stdout.write(f"listening on {url}\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until killed; the path of the store, the business and the activity type come as arguments."""
    app = Bare(*sys.argv[1:4])
    serve(app, listen("127.0.0.1", 0), host="127.0.0.1", announce=_announce)


if __name__ == "__main__":
    main()
