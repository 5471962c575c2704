"""A served store that two businesses share, each with one of everything that has an id."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, select

from cadence.clock import SystemClock
from cadence.server.seed import CONTACTS
from cadence.server.store import schema
from cadence.server.store.keys import Scope
from cadence.server.store.opening import open_store
from cadence.server.webhooks.signature import new_secret
from cadence.service import keys
from cadence.service.keys import KeyWish
from tests.acceptance.service.described import Description, Operation, filled
from tests.acceptance.service.listening import until
from tests.acceptance.service.running import SCHEDULED, Key, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import httpx

    from tests.acceptance.service.listening import Listening
    from tests.acceptance.service.running import Served

__all__ = ["House", "Household", "housed", "states"]

Rows = dict[str, list[tuple[Any, ...]]]
_NOTED = {"api_keys": {"last_used_at"}}
_TABLES = [table for table in vars(schema).values() if isinstance(table, Table)]


@dataclass(frozen=True)
class Household:
    """A business, a key of each scope, and the ids of what it has; its word is in every text of its own."""

    word: str
    keys: Mapping[str, Key]
    things: Mapping[str, str]
    objects: tuple[str, ...]

    @property
    def admin(self) -> Key:
        return self.keys["admin"]

    @property
    def names(self) -> list[str]:
        """Whatever may stand in a path for something of this business and of no other."""
        return [*self.things.values(), *self.objects[:-1]]

    def addresses(self, path: str) -> list[str]:
        """Return *path* with everything of this business in each of its places, contacts among the objects."""
        return list(filled(path, self.names, objects=self.objects))

    def own(self, path: str) -> list[str]:
        """Return those of the addresses that hold something of no other business."""
        return [address for address in self.addresses(path) if any(name in address for name in self.names)]


@dataclass(frozen=True)
class House:
    """The process, its store, and two businesses in it that know nothing of each other."""

    served: Served
    db: str
    folder: Path
    ours: Household
    theirs: Household
    description: Description

    def key(self, scope: str = "admin", *, business: str = "") -> Key:
        """Make a key of ours, or of another business, beside the process that serves them."""
        return _key(self.db, business or self.ours.admin.business_id, scope)

    def send(self, client: httpx.Client, operation: Operation, path: str, body: Any = None) -> httpx.Response:
        """Call *operation* at *path*, with the smallest body that it takes unless another is given."""
        body = self.description.least(operation) if body is None else body
        query = dict.fromkeys(operation.needed, self.ours.word)
        return client.request(operation.method, path, params=query, **({} if body is None else {"json": body}))

    def rows(self, household: Household | None = None) -> Rows:
        """Return all that the store holds, or all of one business; when a key was used is left out."""
        with open_store(self.db) as store:
            return store.read_now(
                lambda connection: {table.name: _held(connection, table, household) for table in _TABLES}
            )


def _held(connection: Any, table: Table, household: Household | None) -> list[tuple[Any, ...]]:
    columns = [column for column in table.c if column.name not in _NOTED.get(table.name, ())]
    query = select(*columns).order_by(*table.primary_key.columns)
    if household is not None and "business_id" in table.c:
        query = query.where(table.c.business_id == household.admin.business_id)
    return [tuple(row) for row in connection.execute(query)]


@contextmanager
def housed(folder: Path, db: str, receiver: Listening) -> Iterator[House]:
    """Serve *db* from *folder*, with two businesses whose webhooks go to *receiver*."""
    with open_store(db):
        pass
    environ = {"CADENCE_SERVICE__WEBHOOKS_ALLOW": receiver.place, "CADENCE_SERVICE__HOOK_SECRET": new_secret()}
    with serve(folder, "--db", db, environ=environ) as served:
        ours, theirs = (_furnish(served, db, word, receiver) for word in ("oursonly", "theirsonly"))
        yield House(served, db, folder, ours, theirs, Description(served))


def _key(db: str, business: str, scope: str) -> Key:
    with open_store(db) as store:
        wish = KeyWish(business=business, user="new", scope=Scope[scope.upper()])
        issued = keys.make_key(store, wish, now=SystemClock().now())
    return Key(issued.api_key, issued.business_id, issued.user_id)


def _furnish(served: Served, db: str, word: str, receiver: Listening) -> Household:
    admin = _key(db, "new", "admin")
    with served.client(admin) as client:
        things = dict(_made(client, word, receiver))
        until(lambda: states(client) == {"delivered"})
    things |= {"business": admin.business_id, "user": admin.user_id}
    others = {scope: _key(db, admin.business_id, scope) for scope in ("read", "write")}
    return Household(word, {**others, "admin": admin}, things, (things["object"], word, CONTACTS))


def _made(client: httpx.Client, word: str, receiver: Listening) -> Iterator[tuple[str, str]]:
    """Make one of each thing by the API, and yield its kind and its id."""

    def made(path: str, **body: Any) -> str:
        answered = client.post(path, json=body)
        assert answered.status_code == 201, answered.text
        return str(answered.json()["id"])

    def named(value: str) -> list[dict[str, str]]:
        return [{"name": "name", "value": value}]

    client.patch("/api/business/mine", json={"name": word}).raise_for_status()
    yield "role", (role := made("/api/role", name=word))
    yield "employee", (employee := made("/api/team", display_name=word, email=f"{word}@example.com", roles=[word]))
    yield "object", (kind := made("/api/custom-objects", name=word, display_name=word))
    yield "field", made(f"/api/custom-objects/{word}/fields", name=f"{word}_size")
    yield "deal", (deal := made(f"/api/records/{word}/add", fields=named(word)))
    yield "contact", made(f"/api/records/{CONTACTS}/add", fields=[{"name": "first_name", "value": word}])
    yield "type", (activity := made("/api/activities", name=word, description=word))
    task = {"activity_object_name": word, "due_datetime": "2026-12-01T10:00:00Z", "note": word}
    linked = {"custom_object": kind, "entity_id": deal}
    yield (
        "scheduled",
        made(SCHEDULED, **task, employee_id=employee, role_id=role, mentions=[employee], associated_entities=[linked]),
    )
    yield "webhook", made("/api/webhooks", url=f"http://{receiver.place}/{word}", activity_object_id=activity)
    yield "logged", made(f"/api/activities/{word}/log-activity", related_objects=[linked], notes=word)
    (delivery,) = client.get("/api/webhooks/deliveries").json()["results"]
    yield "delivery", str(delivery["id"])


def states(client: httpx.Client) -> set[str]:
    """Return in which states the deliveries of a business are."""
    return {each["state"] for each in client.get("/api/webhooks/deliveries").json()["results"]}
