"""What the CRM told, in SQL: each event once, however often it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from cadence.frozen import dataclass
from cadence.server.instant import micros

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

__all__ = ["Arrival", "keep"]

_KEEP = text(
    "INSERT INTO webhook_inbox (event_id, event, content, sent_at, received_at, state) "
    "VALUES (:event_id, :event, :content, :sent_at, :received_at, 'received') ON CONFLICT (event_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that came: its id, its name, its JSON as it came, and when it was sent and received."""

    event_id: str
    event: str
    content: str
    sent_at: datetime
    received_at: datetime


def keep(connection: Connection, arrival: Arrival) -> bool:
    """Keep an event as `received`, and return whether it was not there."""
    values = {
        "event_id": arrival.event_id,
        "event": arrival.event,
        "content": arrival.content,
        "sent_at": micros(arrival.sent_at),
        "received_at": micros(arrival.received_at),
    }
    return connection.execute(_KEEP, values).rowcount > 0
