"""Who gets a step."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.people import Employee, Role
from cadence.model.plan import Assignee
from cadence.model.sequence import AssignKind, ParamType
from cadence.planning.changes import assigned_in
from cadence.planning.fields import find_field
from cadence.planning.people import employee_in, employee_named, role_named
from cadence.planning.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cadence.model.entry import Entry
    from cadence.model.people import Directory, Record
    from cadence.model.sequence import Assign, Sequence

__all__ = ["Assigned", "Assigner", "Turns", "assignee_of"]

_POOLS = frozenset({AssignKind.ROUND_ROBIN, AssignKind.LEAST_LOADED})


class Assigned(NamedTuple):
    """A person or a role, and why; `pool` is the one whose turn that would use up."""

    who: Employee | Role
    reason: str
    pool: str | None = None


@dataclass(slots=True)
class Turns:
    """What goes on from record to record: whose turn it is in each pool, and how many activities each has got."""

    cursors: dict[str, int] = field(default_factory=dict)
    load: defaultdict[str, int] = field(default_factory=partial(defaultdict, int))


class Assigner:
    """Picks the assignees of one record. A pool is drawn from once per record: `kept` holds who was drawn before.

    To pick uses up no turn: that is for what will be sent, see `take`.
    """

    def __init__(
        self, sequence: Sequence, record: Record, *, params: Mapping[str, Any], directory: Directory, turns: Turns
    ) -> None:
        self.kept: dict[str, Employee] = {}
        self._sequence = sequence
        self._record = record
        self._params = params
        self._directory = directory
        self._turns = turns

    def pick(self, assign: Assign, *, pool: str) -> Assigned:
        """Return who gets it, or would get it now. Raises Problem for nobody."""
        try:
            return self._pick(assign, pool)
        except Problem:
            if assign.otherwise is None:
                raise
            return self.pick(assign.otherwise, pool=f"{pool}:else")

    def take(self, assigned: Assigned) -> None:
        """Use up the turn by which somebody was picked; whoever gets it keeps it for this record."""
        if assigned.pool is not None and isinstance(assigned.who, Employee) and assigned.pool not in self.kept:
            self.kept[assigned.pool] = assigned.who
            self._turns.cursors[assigned.pool] = self._turns.cursors.get(assigned.pool, 0) + 1

    def assigned_before(self, entry: Entry) -> Assigned | None:
        """Return whom the ledger's entry was assigned to, None for nobody."""
        field = assigned_in(entry)
        if field is None:
            return None
        name, reference = field
        if name == "role_id":
            return Assigned(self._directory.role(reference) or Role(reference, reference), "assigned before")
        return Assigned(self._directory.employee(reference) or Employee(reference, reference), "assigned before")

    def keep(self, assign: Assign, *, pool: str, entries: Iterable[Entry]) -> None:
        """Leave the turns of the pools in *assign*, those of `else` and `cover` too, with whom they were drawn for.

        An entry does not say how its assignee was found. Whoever is in one pool alone was drawn from that; whoever is
        in none of them keeps what the first would give, for people leave pools.
        """
        ways = dict(_ways(assign, pool))
        if all(each.kind not in _POOLS for each in ways.values()):
            return
        ids = {name: self._ids(each) for name, each in ways.items()}
        before = [each.who for each in map(self.assigned_before, entries) if each is not None]
        people = [each for each in before if isinstance(each, Employee)]
        for name, each in ways.items():
            if each.kind in _POOLS and people:
                elsewhere = frozenset[str]().union(*(some for other, some in ids.items() if other != name))
                found = min(people, key=lambda who: (who.id not in ids[name], who.id in elsewhere))
                if found.id in ids[name] or name == pool:
                    self.kept.setdefault(name, found)

    def _ids(self, assign: Assign) -> frozenset[str]:
        """Return the ids of those whom *assign* may give it to."""
        try:
            if assign.kind in _POOLS:
                return frozenset(each.id for each in self._people(assign))
            return frozenset([self._pick(assign, "").who.id])
        except Problem:
            return frozenset()

    def _pick(self, assign: Assign, pool: str) -> Assigned:
        match assign.kind:
            case AssignKind.EMPLOYEE:
                return Assigned(employee_named(self._directory, assign.value), "named in the sequence")
            case AssignKind.ROLE:
                return Assigned(role_named(self._directory, assign.value), "the role named in the sequence")
            case AssignKind.OWNER:
                return self._from_field("owner", "the record's owner")
            case AssignKind.FIELD:
                return self._from_field(assign.value, f"named in record.{assign.value}")
            case AssignKind.PARAM:
                return self._from_param(assign.value)
            case AssignKind.ROUND_ROBIN | AssignKind.LEAST_LOADED:
                return self._from_pool(assign, pool)

    def _from_field(self, name: str, reason: str) -> Assigned:
        value = find_field(self._record, name)
        if value is None:
            raise Problem(
                "no-assignee",
                f"the record '{self._record.label}' names nobody in its field '{name}'",
                hint=f"give --field {name}=<employee>, or write who gets it otherwise: assign: {{..., else: ...}}",
            )
        return Assigned(employee_in(self._directory, value), reason)

    def _from_param(self, name: str) -> Assigned:
        value = self._params.get(name)
        if value is None:
            raise Problem(
                "no-assignee",
                f"param '{name}' names nobody",
                hint=f"give --param {name}=<employee>, or write who gets it otherwise: assign: {{..., else: ...}}",
            )
        declared = next((param.type for param in self._sequence.params if param.name == name), None)
        read = role_named if declared is ParamType.ROLE else employee_named
        return Assigned(read(self._directory, str(value)), f"named by param.{name}")

    def _from_pool(self, assign: Assign, pool: str) -> Assigned:
        if pool in self.kept:
            return Assigned(self.kept[pool], "kept from before")
        people = self._people(assign)
        return (self._in_turn if assign.kind is AssignKind.ROUND_ROBIN else self._least_loaded)(people, pool)

    def _in_turn(self, people: tuple[Employee, ...], pool: str) -> Assigned:
        turn = self._turns.cursors.get(pool, 0) % len(people)
        return Assigned(people[turn], f"round robin, {turn + 1} of {len(people)}", pool)

    def _least_loaded(self, people: tuple[Employee, ...], pool: str) -> Assigned:
        load = self._turns.load
        chosen = min(people, key=lambda employee: load[employee.id])
        return Assigned(chosen, f"least loaded, {load[chosen.id]} in this plan", pool)

    def _people(self, assign: Assign) -> tuple[Employee, ...]:
        if assign.pool:
            return tuple(employee_named(self._directory, reference) for reference in assign.pool)
        everybody = self._directory.team
        people = (
            tuple(e for e in everybody if _has_role(e, assign.value, self._directory)) if assign.value else everybody
        )
        if not people:
            whom = f"has the role '{assign.value}'" if assign.value else "is in the team"
            raise Problem("no-assignee", f"nobody {whom}", hint="import the team with 'cadence team import'")
        return people


def _ways(assign: Assign, pool: str) -> Iterator[tuple[str, Assign]]:
    """Yield *assign* and whatever it falls back on, each with the name of its pool."""
    yield pool, assign
    if assign.otherwise is not None:
        yield from _ways(assign.otherwise, f"{pool}:else")
    if assign.cover is not None:
        yield from _ways(assign.cover, f"{pool}:cover")


def assignee_of(who: Employee | Role) -> Assignee:
    """Return the plan's word for a person or a role."""
    return Assignee(who.id, who.name or who.id, isinstance(who, Role))


def _has_role(employee: Employee, reference: str, directory: Directory) -> bool:
    role = directory.role(reference)
    names = {reference.casefold()} | ({role.id.casefold(), role.name.casefold()} if role else set())
    return any(name.casefold() in names for name in employee.roles)
