"""Records: read one, search, add or update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from cadence.crm.wire import RecordWire, UpsertWire
from cadence.errors import TargetError
from cadence.model.people import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

    from cadence.crm.link import Link

    Turn = Callable[[], Awaitable[None]]

__all__ = ["MULTIPLE", "RecordCalls"]

_REFERENCE_FIELDS = ("email", "name", "full_name", "id", "external_id")
_MOST_CANDIDATES = 200
MULTIPLE = "multiple_matches"
"""The code of the error for a reference that several records answer to."""


class RecordCalls:
    """The calls on records of one object, named by its name or id."""

    _link: Link

    async def record(self, object_name: str, reference: str, *, turn: Turn | None = None) -> Record | None:
        """Return the record with that id, email or name, None where there is none.

        *turn*, where there is one, is awaited before every request. Raises TargetError where several match, and for
        what the CRM refuses.
        """
        if _is_uuid(reference):
            return await self._by_id(object_name, reference, turn)
        found = await self._lookup(object_name, reference, turn)
        return found or await self._only_match(object_name, reference, turn)

    async def search_records(
        self, object_name: str, *, search: str = "", limit: int | None = None, turn: Turn | None = None
    ) -> AsyncIterator[Record]:
        """Yield records whose text contains *search*, at most *limit*. Raises TargetError.

        *turn*, where there is one, is awaited before every request.
        """
        query = {"search": search} if search else {}
        path = _path(object_name, "search")
        rows = self._link.rows(f"searching {object_name}", path, query=query, body={}, turn=turn)
        count = 0
        async for row in rows:
            if limit is not None and count >= limit:
                return
            count += 1
            yield row.read_as(RecordWire).value(object_name)

    async def upsert_record(self, object_name: str, lookup_value: str, fields: Mapping[str, Any]) -> tuple[str, bool]:
        """Create or update the record found by *lookup_value*; return its id and whether it is new.

        Raises TargetError.
        """
        body = {"lookup_value": lookup_value, "fields": _named(fields)}
        answer = await self._link.change(f"importing '{lookup_value}'", "POST", _path(object_name, "upsert"), body)
        done = answer.read_as(UpsertWire)
        return done.id, done.action == "created"

    async def add_record(self, object_name: str, fields: Mapping[str, Any], *, record_id: str | None = None) -> str:
        """Create a record and return its id; only the embedded service lets an administrator choose it.

        A *record_id* that is no UUID becomes the one that a plan derives from it, and is kept as the field `id`.
        Raises TargetError.
        """
        body: dict[str, Any] = {"fields": _named(fields)}
        if record_id is not None:
            body["id"] = Record(record_id, object=object_name).entity_id
            if not _is_uuid(record_id):
                body["fields"] += _named({"id": record_id})
        answer = await self._link.change("adding a record", "POST", _path(object_name, "add"), body)
        return answer.read_as(UpsertWire).id

    async def _by_id(self, object_name: str, record_id: str, turn: Turn | None) -> Record | None:
        what = f"reading record '{record_id}'"
        document = await self._link.read_or_none(what, _path(object_name, record_id), turn=turn)
        return None if document is None else document.read_as(RecordWire).value(object_name)

    async def _lookup(self, object_name: str, reference: str, turn: Turn | None) -> Record | None:
        what = f"looking up '{reference}'"
        try:
            document = await self._link.read_or_none(
                what, _path(object_name, "lookup"), query={"identifier": reference}, turn=turn
            )
        except TargetError as error:
            if error.code == MULTIPLE:
                return None
            raise
        return None if document is None else document.read_as(RecordWire).value(object_name)

    async def _only_match(self, object_name: str, reference: str, turn: Turn | None) -> Record | None:
        found = self.search_records(object_name, search=reference, limit=_MOST_CANDIDATES, turn=turn)
        candidates = [record async for record in found]
        matches = [record for record in candidates if _answers_to(record, reference)]
        if len(matches) > 1:
            raise TargetError(
                f"{self._link.target}: record '{reference}' matches {len(matches)} records of {object_name}: "
                f"{_listed(matches)}",
                hint="use the id or the email of the one you mean",
                code=MULTIPLE,
            )
        return matches[0] if matches else None


def _path(object_name: str, rest: str) -> str:
    return f"/api/records/{quote(object_name, safe='')}/{quote(rest, safe='')}"


def _named(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in fields.items()]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _answers_to(record: Record, reference: str) -> bool:
    names = [record.name, *(record.fields.get(name) for name in _REFERENCE_FIELDS)]
    return reference.casefold() in {str(name).casefold() for name in names if name}


def _listed(records: Iterable[Record]) -> str:
    shown = [f"{record.label} ({record.fields.get('email') or 'no email'}, id {record.id})" for record in records]
    more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""  # noqa: PLR2004 - a line's worth
    return ", ".join(shown[:5]) + more
