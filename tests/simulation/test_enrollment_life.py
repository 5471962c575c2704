"""The life of an enrollment over several plans: random sequences, edits, faults and interruptions; laws at its end.

Each life is a list of acts drawn from a seed. An act says all that it does, so a life can be shortened act by act.
"""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random  # noqa: TID251 - seeded
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent, Refused
from cadence.delivery.move import holds_up
from cadence.delivery.resolution import Adopt, Drop, is_refused, resolved
from cadence.errors import PlanError, SequenceError
from cadence.ledger import Decision, Holder
from cadence.model.entry import State
from cadence.model.people import Directory, Employee, Record, Role
from cadence.model.plan import Action
from cadence.planning.plan import make_plan
from cadence.runner import Conditions, Pace, retry, settle, submit
from cadence.sequence import parse_sequence
from tests.simulation.crm import FAULTS, OK, REJECTED, UNAUTHORIZED, Fault, Held, ScriptedCrm
from tests.simulation.plans import TARGET, utc
from tests.simulation.process import MACHINE, Crash, Fuse, Fused, When
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from cadence.ledger.ledger import Ledger
    from cadence.model.entry import Entry
    from cadence.model.plan import Plan
    from tests.simulation.stores import MemoryStore

TEAM = (Employee("e-1", "Ann", "ann@example.com", "UTC"), Employee("e-2", "Bob", "bob@example.com", "UTC"))
DIRECTORY = Directory(target=TARGET, team=TEAM, roles=(Role("r-1", "Desk"),))
CREATES = {
    fault.name: fault
    for fault in (
        *FAULTS,
        REJECTED,
        UNAUTHORIZED,
        Fault("403, applied", lambda _: Refused(403, "forbidden by the gateway"), 0.05),
        Fault("403", lambda _: Refused(403, "forbidden")),
    )
}
CHANGES: dict[str, tuple[bool, Answer | None]] = {
    "ok": (True, None),
    "503, applied": (True, InDoubt("503", 503)),
    "503, not applied": (False, InDoubt("503", 503)),
    "400": (False, Refused(400, "no")),
    "not sent": (False, NotSent("connection refused")),
    "429": (False, Refused(429, "slow down")),
    "401": (False, Refused(401, "wrong key")),
}
LASTING = ("500, applied", "500, not applied", "400", "403, applied", "403")
NULLABLE = frozenset({"note", "employee_id", "role_id", "original_due_datetime"})
"""The fields that the service takes null for (`cadence.server.bodies.scheduled`); a list or a truth value it does not."""

DEADLY = frozenset({"record", "save", "create_activity", "patch_activity", "delete_activity", "find_activities"})
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Step:
    """A step of a sequence."""

    id: str
    due: str
    activity: str = "call"
    note: str = "Call them"
    more: tuple[str, ...] = ()

    def line(self) -> str:
        texts = (f"id: {self.id}", f"activity: {self.activity}", f"due: {self.due}", f"note: {self.note}", *self.more)
        return f"  - {{{', '.join(texts)}}}"


@dataclass(frozen=True)
class Plans:
    """The sequence is edited to these steps, the record has these fields, and the plan is applied, or only kept.

    `creates` and `changes` are the faults that the first requests of each kind meet, `stops_at` the request at which
    the run is interrupted and `dies_at` the call at which it dies, if any.
    """

    steps: tuple[Step, ...]
    fields: tuple[tuple[str, bool], ...] = ()
    creates: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    wait: bool = True
    stops_at: int | None = None
    dies_at: int | None = None

    def text(self) -> str:
        head = ("sequence: s", "timezone: UTC", "if_past: keep", "exit_when: record.gone", "steps:")
        return "\n".join((*head, *(each.line() for each in self.steps)))


@dataclass(frozen=True)
class Passes:
    """Time passes."""

    seconds: int


@dataclass(frozen=True)
class Again:
    """The plan that was recorded last is applied again, or one before it."""

    back: int = 0


@dataclass(frozen=True)
class Settles:
    """`cadence settle`."""


@dataclass(frozen=True)
class Retries:
    """`cadence retry`."""


Act = Plans | Passes | Again | Settles | Retries


class Interrupted(ScriptedCrm):
    """The CRM by script, whose changes fail by script too, and that may be where the run is interrupted."""

    def __init__(self, time: VirtualTime, watch: Callable[[str], None]) -> None:
        super().__init__(time, watch=watch)
        self.posted: list[dict[str, Any]] = []
        self.nulls: list[tuple[str, dict[str, Any]]] = []
        self.begin(None)

    def begin(self, act: Plans | None) -> None:
        self.first, self.act, self.requests, self.queue = len(self.sent), act, 0, list(act.changes if act else ())
        names = act.creates if act else ()
        self.script = lambda number: CREATES[names[number - self.first]] if number - self.first < len(names) else OK

    def _request(self) -> None:
        self.requests += 1
        if self.act is not None and self.act.stops_at == self.requests:
            signal.raise_signal(signal.SIGINT)

    async def create_activity(self, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]) -> Answer:
        self._request()
        if may_go():
            self.posted.append(dict(body))
        return await super().create_activity(body, may_go=may_go)

    async def patch_activity(
        self, activity_id: str, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]
    ) -> Answer:
        applied, answer = self._change()
        nulls = {name for name, value in body.items() if value is None} - NULLABLE
        if nulls:
            self.nulls.append((activity_id, dict(body)))
            return Refused(400, f"null in {sorted(nulls)}")
        if not applied:
            return answer or Accepted()
        done = await super().patch_activity(activity_id, body, may_go=may_go)
        return answer or done

    async def delete_activity(self, activity_id: str, /, *, may_go: Callable[[], bool]) -> Answer:
        applied, answer = self._change()
        if not applied:
            return answer or Accepted()
        done = await super().delete_activity(activity_id, may_go=may_go)
        return answer or done

    def _change(self) -> tuple[bool, Answer | None]:
        self._request()
        return CHANGES[self.queue.pop(0) if self.queue else "ok"]


@dataclass
class Life:
    """One record, from its first plan to its last."""

    ledger: Ledger
    time: VirtualTime = field(default_factory=VirtualTime)
    recorded: list[Plan] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    order: dict[str, int] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.crm = Interrupted(self.time, watch=self._watch)
        self.waiting: set[tuple[str, int]] = set()

    def live(self, acts: list[Act]) -> list[str]:
        """Return the laws that were broken."""
        for act in acts:
            match act:
                case Passes(seconds=seconds):
                    self.time.pass_by(seconds)
                case Settles():
                    self._settle()
                case Retries():
                    self._retry()
                case Again(back=back):
                    if len(self.recorded) > back:
                        self._apply(self.recorded[-1 - back], None, is_again=True)
                case Plans():
                    plan = self.plan(act)
                    if plan is not None:
                        self.recorded.append(plan)
                        self._apply(plan, act)
        last = [act for act in acts if isinstance(act, Plans)]
        if last:
            self._end(replace(last[-1], creates=(), changes=(), wait=True, stops_at=None, dies_at=None))
        return self.broken

    def plan(self, act: Plans, *, afresh: datetime | None = None) -> Plan | None:
        """Return the plan, None where it is refused; *afresh* as if nothing were in the ledger, with that start."""
        try:
            sequence = parse_sequence(act.text())
        except SequenceError:
            return None
        fields = {"yes": False, "gone": False, **dict(act.fields)}
        record = Record("rec-1", object="client_client", name="Ada", fields=fields)
        history = self.ledger.history(TARGET, "s", object=sequence.object, record_id=record.id)
        histories = {} if afresh else {record.id: history}
        try:
            return make_plan(
                sequence, [record], now=self.time.now(), directory=DIRECTORY, histories=histories, start=afresh
            )
        except PlanError:
            return None

    def entries(self) -> list[Entry]:
        return [line.entry for line in self.ledger.entries()]

    def _apply(self, plan: Plan, act: Plans | None, *, is_again: bool = False) -> None:
        self.crm.begin(act)
        self.order = (
            {}
            if is_again
            else {each.key: place for place, each in enumerate(plan.activities) if each.action is not Action.CANCEL}
        )
        self.waiting = set() if is_again or act is None else self._waiting(act)
        asked = len(self.crm.posted), len(self.crm.patched)
        pace = Pace(wait=act is None or act.wait)
        conditions = Conditions(self.time, by="ada", machine=MACHINE, pace=pace)
        fuse = Fuse(act.dies_at if act else None, When.AFTER, lambda name, _: name in DEADLY)
        try:
            self.time.run(submit(Fused(self.ledger, fuse), Fused(self.crm, fuse), plan, conditions=conditions))  # type: ignore[arg-type]
        except Crash:
            self.time.pass_by(31)  # the lease of the one that died
        if act is not None and not is_again:
            self._check_times(act, self.crm.posted[asked[0] :], self.crm.patched[asked[1] :])

    def _check_times(self, act: Plans, posted: list[dict[str, Any]], patched: list[tuple[str, dict[str, Any]]]) -> None:
        """Nothing is sent into the past that the sequence does not want there."""
        afresh = self.plan(act, afresh=self.time.START)
        dues = {utc(each.due_at) for each in afresh.activities if each.due_at} if afresh else set()
        for body in (*posted, *(body for _, body in patched)):
            due = body.get("due_datetime")
            if due and due < utc(self.time.now()) and due not in dues:
                self.broken.append(f"into the past: {due}, which the sequence does not say")

    def _settle(self) -> None:
        self.crm.begin(None)
        self.order, self.waiting = {}, set()
        conditions = Conditions(self.time, by="ada", machine=MACHINE, pace=Pace())
        self.time.run(settle(self.ledger, self.crm, TARGET, conditions=conditions))

    def _retry(self) -> None:
        self.crm.begin(None)
        self.order, self.waiting = {}, set()
        conditions = Conditions(self.time, by="ada", machine=MACHINE, pace=Pace())
        refused = [entry for entry in self.entries() if is_refused(entry)]
        self.time.run(retry(self.ledger, self.crm, refused, conditions=conditions))

    def _waiting(self, act: Plans) -> set[tuple[str, int]]:
        """Return the steps that wait for a completion: whatever the ledger says, they are not sent."""
        afresh = self.plan(act, afresh=self.time.START)
        return (
            {(each.step, each.occurrence) for each in afresh.activities if each.action is Action.ESTIMATE}
            if afresh
            else set()
        )

    def _watch(self, marker: str) -> None:
        by_key = {entry.key: entry for entry in self.entries()}
        one = next(entry for entry in by_key.values() if entry.marker == marker)
        if (one.step, one.occurrence) in self.waiting:
            self.broken.append("estimate sent: a step that waits for a completion was posted")
        place = self.order.get(one.key)
        before = [key for key, at in self.order.items() if place is not None and at < place and key in by_key]
        for key in before:
            if holds_up(by_key[key]):
                self.broken.append(
                    f"order: {one.step} posted while {by_key[key].step} before it is {by_key[key].state}"
                )

    # ---- the end

    def _end(self, act: Plans) -> None:
        self.time.pass_by(120)
        self._resolve()
        plan = self.plan(act)
        if plan is None:
            return
        self._apply(plan, act)
        self._check_bodies()
        if self._resolve():
            self._settle()
            self._apply(self.plan(act) or plan, act)
        again = self.plan(act)
        assert again is not None
        if again.has_changes:
            left = [(each.step, str(each.action)) for each in again.activities if each.action.is_change]
            self.broken.append(f"idempotence: after one apply without a fault, the plan still says {left}")
            for _ in range(3):
                self._apply(again, act)
                again = self.plan(act) or again
        if again.has_changes:
            self.broken.append("idempotence: it never comes to rest")
        self._check(act, again)

    def _resolve(self) -> bool:
        """Decide about what is parked as a careful person would, by what is in the CRM; return whether there was any."""
        parked = False
        for entry in self.entries():
            if entry.state is State.PARKED:
                parked = True
                found = [held.id for held in self.crm.activities.values() if held.marker == entry.marker]
                for extra in found[1:]:
                    del self.crm.activities[extra]
                decided = resolved(entry, Adopt(found[0]) if found else Drop(), at=self.time.now())
                self.ledger.decide([Decision(entry, decided, "resolve")], by="ada", at=self.time.now())
        return parked

    def _check_bodies(self) -> None:
        if any(None in body.values() for body in self.crm.posted):
            self.broken.append("null posted")
        if self.crm.nulls:
            self.broken.append(
                f"null patched where the service takes none: {sorted({n for _, b in self.crm.nulls for n in b})}"
            )
        for _, body in self.crm.patched:
            if "note" in body and "[cadence " not in (body["note"] or ""):
                self.broken.append("note erased")

    def _check(self, act: Plans, plan: Plan) -> None:
        held = Counter(each.marker for each in self.crm.activities.values())
        by_marker = {each.marker: each for each in self.crm.activities.values()}
        entries = {entry.key: entry for entry in self.entries()}
        for each in self.crm.activities.values():
            if "[cadence " not in each.marker:
                self.broken.append("marker erased")
        known = {entry.marker for entry in entries.values()}
        for marker, number in held.items():
            if number > 1:
                self.broken.append(f"doubled: {number} activities of one step")
            if marker not in known:
                self.broken.append("unknown: the ledger does not know of it")
        for entry in entries.values():
            self._check_entry(entry, by_marker.get(entry.marker))
        self._check_wanted(act, plan, by_marker)

    def _check_entry(self, entry: Entry, there: Held | None) -> None:
        if entry.state is State.CANCELLED and there is not None:
            self.broken.append(f"orphan: {entry.step} is cancelled in the ledger and in the CRM all the same")
        if entry.state is State.SCHEDULED and there is None:
            self.broken.append(f"lost: {entry.step} is scheduled in the ledger and not in the CRM")
        if entry.state is State.SCHEDULED and there is not None:
            said = (entry.activity_id, utc(entry.due_at), entry.body.get("employee_id"), entry.body.get("role_id"))
            is_so = (there.id, there.body["due_datetime"], there.body.get("employee_id"), there.body.get("role_id"))
            if said != is_so:
                self.broken.append(f"ledger differs: {said} is {is_so}")
        if entry.state not in (State.SCHEDULED, State.CANCELLED, State.COMPLETED):
            self.broken.append(f"unsettled: {entry.step} is {entry.state}")

    def _check_wanted(self, act: Plans, plan: Plan, by_marker: Mapping[str, Any]) -> None:
        """Compare with a plan that knows nothing of the ledger, but for what stays for its due had passed."""
        start = plan.enrollments[0].start
        afresh = self.plan(act, afresh=start)
        assert afresh is not None
        wanted = {(each.step, each.occurrence): each for each in afresh.activities}
        stays = {each.step for each in plan.activities if each.reason == "its due has passed"}
        if stays:
            return  # what counts from them stays too
        for each in plan.activities:
            there, want = by_marker.get(each.marker), wanted.get((each.step, each.occurrence))
            action = Action.SKIP if want is None else want.action
            if action is Action.CREATE and each.action is Action.KEEP:
                assert want is not None
                assert want.due_at is not None
                who = (want.body or {}).get("employee_id"), (want.body or {}).get("role_id")
                if there is None:
                    self.broken.append(f"missing: {each.step} is wanted")
                elif (there.body["due_datetime"], (there.body.get("employee_id"), there.body.get("role_id"))) != (
                    utc(want.due_at),
                    who,
                ):
                    self.broken.append(
                        f"wrong: {each.step} is due {there.body['due_datetime']}, expected {utc(want.due_at)}; or its assignee"
                    )
            elif action is Action.SKIP and there is not None:
                self.broken.append(f"unwanted: {each.step} is in the CRM")


# ---- what is drawn

BETWEEN: tuple[Act, ...] = (
    Passes(600), Passes(2 * HOUR), Passes(DAY), Passes(3 * DAY), Again(), Again(1), Settles(), Retries(),
)  # fmt: skip


def life_of(seed: int) -> list[Act]:
    """Return the acts of the life with that seed."""
    draw = Random(seed)  # noqa: S311 - a test
    names = ["a", "b", "c", "d", "e", "f", "g", "h"]
    steps: tuple[Step, ...] = ()
    for name in names[: draw.choice((2, 2, 3, 4))]:
        steps = (*steps, _step(draw, name, steps))
    fresh, gone = names[4:], list[Step]()
    acts: list[Act] = []
    fields: dict[str, bool] = {"yes": draw.random() < 0.7}
    for number in range(draw.randint(2, 5)):
        if number:
            steps = _edited(draw, steps, fresh, gone)
            if draw.random() < 0.15:
                fields["yes"] = not fields["yes"]
            if draw.random() < 0.1:
                fields["gone"] = not fields.get("gone", False)
        acts.append(_plans(draw, steps, fields))
        acts += [draw.choice(BETWEEN) for _ in range(draw.choice((0, 1, 1, 2)))]
    return acts


def _plans(draw: Random, steps: tuple[Step, ...], fields: dict[str, bool]) -> Plans:
    faulty = draw.random() < 0.8
    creates = (
        tuple(draw.choice([*CREATES, *LASTING, *LASTING, "ok"]) for _ in range(draw.randint(0, 4))) if faulty else ()
    )
    changes = tuple(draw.choice(list(CHANGES)) for _ in range(draw.randint(0, 3))) if faulty else ()
    if faulty and draw.random() < 0.3:
        changes = ("503, applied" if draw.random() < 0.5 else "503, not applied",) * 6
    return Plans(
        steps,
        tuple(sorted(fields.items())),
        creates,
        changes,
        wait=draw.random() < 0.5,
        stops_at=draw.randint(1, 4) if draw.random() < 0.15 else None,
        dies_at=draw.randint(1, 12) if draw.random() < 0.2 else None,
    )


def _step(draw: Random, name: str, before: tuple[Step, ...]) -> Step:
    return Step(name, _due(draw, before), draw.choice(["call", "call", "meeting"]), _note(draw), _more(draw, before))


def _due(draw: Random, before: tuple[Step, ...]) -> str:
    anchor = "start"
    if before and draw.random() < 0.4:
        anchor = draw.choice(before).id
        if draw.random() < 0.35:
            anchor = f"completion of {anchor}"
    return f"{draw.randint(1, 9)} days after {anchor}"


def _note(draw: Random) -> str:
    return draw.choice(["Call them", "Ask about the invoice", "Say thanks"])


def _more(draw: Random, before: tuple[Step, ...]) -> tuple[str, ...]:
    more = []
    if draw.random() < 0.2:
        more.append(f"repeat: {{every: {draw.randint(1, 2)} days, times: {draw.randint(2, 3)}}}")
    if draw.random() < 0.2:
        done = f"completed('{draw.choice(before).id}')" if before and draw.random() < 0.3 else "record.yes"
        more.append(f'if: "{done}"')
    if draw.random() < 0.4:
        more.append(
            f"assign: {{{draw.choice(['employee: ann@example.com', 'employee: bob@example.com', 'role: Desk'])}}}"
        )
    if draw.random() < 0.2:
        more.append("notify: [{before: 1 hour}]")
    if draw.random() < 0.1:
        more.append("mentions: [ann@example.com]")
    if draw.random() < 0.3:
        more.append("on_error: continue")
    return tuple(more)


def _edited(draw: Random, steps: tuple[Step, ...], fresh: list[str], gone: list[Step]) -> tuple[Step, ...]:
    for _ in range(draw.choice((1, 1, 2, 3))):
        at = draw.randrange(len(steps))
        one, before = steps[at], steps[:at]
        match draw.choice(["due", "due", "note", "type", "more", "remove", "return", "rename", "reverse"]):
            case "due":
                steps = (*before, replace(one, due=_due(draw, before)), *steps[at + 1 :])
            case "note":
                steps = (*before, replace(one, note=_note(draw)), *steps[at + 1 :])
            case "type":
                steps = (
                    *before,
                    replace(one, activity="meeting" if one.activity == "call" else "call"),
                    *steps[at + 1 :],
                )
            case "more":
                moved = tuple(each for each in one.more if each.startswith("moved_from"))
                steps = (*before, replace(one, more=(*_more(draw, before), *moved)), *steps[at + 1 :])
            case "remove" if len(steps) > 1 and not _is_named(one.id, steps):
                gone.append(one)
                steps = (*before, *steps[at + 1 :])
            case "return" if gone:
                back = gone.pop()
                former = {
                    each.partition(": ")[2] for step in steps for each in step.more if each.startswith("moved_from")
                }
                if back.id not in {*(each.id for each in steps), *former} and _fits(back, steps):
                    steps = (*steps, back)
            case "rename" if fresh and not _is_named(one.id, steps):
                rest = tuple(each for each in one.more if not each.startswith("moved_from"))
                steps = (
                    *before,
                    replace(one, id=fresh.pop(0), more=(*rest, f"moved_from: {one.id}")),
                    *steps[at + 1 :],
                )
            case _:
                pass
    return steps


def _is_named(name: str, steps: tuple[Step, ...]) -> bool:
    return any(each.due.endswith(f" {name}") or f"'{name}'" in str(each.more) for each in steps)


def _fits(step: Step, steps: tuple[Step, ...]) -> bool:
    ids = {each.id for each in steps} | {"start"}
    conditions = [each for each in step.more if "completed(" in each]
    moved = [each.partition(": ")[2] for each in step.more if each.startswith("moved_from")]
    return step.due.rpartition(" ")[2] in ids and not conditions and not set(moved) & ids


def outcome(acts: list[Act], memory: MemoryStore) -> list[str]:
    """Return the laws that a life breaks."""
    memory.clear()
    with memory.opened(Holder(1, "simulated"), lambda _: True) as ledger:
        return Life(ledger).live(acts)


SEEDS = range(140)


@pytest.mark.parametrize("seeds", [SEEDS[at : at + 35] for at in range(0, len(SEEDS), 35)], ids=str)
def test_no_life_of_an_enrollment_breaks_a_law(memory: MemoryStore, seeds: range) -> None:
    broken = {seed: found for seed in seeds if (found := outcome(life_of(seed), memory))}
    assert broken == {}
