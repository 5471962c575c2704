"""From Jinja2's tree to closures, over an allow-list of its nodes.

What the list does not name has no closure, so there is nothing to be escaped from: no loops, no attributes of Python
objects, no calls but the listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence.diagnostics import did_you_mean
from cadence.sequence.evaluation import (
    Context,
    MissingVariable,
    as_date,
    as_text,
    bounded,
    calculate,
    check_length,
    compare,
    escaped,
    look_up,
)
from cadence.sequence.filters import FILTERS
from cadence.sequence.syntax import Complaint, line_start, too_deep

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import nodes

    Evaluate = Callable[[Context], Any]

__all__ = ["Compiler"]

_MAX_DEPTH = 60
_ROOTS = frozenset({"record", "param", "sequence", "step", "start", "assignee", "business"})
_FUNCTIONS = {"completed": 1, "outcome": 1, "days_between": 2, "today": 0}
_FORBIDDEN = {
    "For": "a loop", "Assign": "'set'", "AssignBlock": "'set'", "Macro": "a macro", "CallBlock": "'call'",
    "FilterBlock": "a filter block", "Include": "'include'", "Import": "'import'", "FromImport": "'import'",
    "Extends": "'extends'", "Block": "'block'", "With": "'with'", "Pow": "a power", "Slice": "a slice",
    "Dict": "a dict",
}  # fmt: skip


class Compiler:
    """Compiles one tree, collecting what it reads."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._names: dict[str, None] = {}
        self._steps: dict[str, None] = {}
        self._depth = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted names that were read."""
        return tuple(self._names)

    @property
    def steps(self) -> tuple[str, ...]:
        """The ids of the steps that were asked about."""
        return tuple(self._steps)

    def compile(self, node: nodes.Node | None) -> Evaluate:
        """Return the closure of *node*. Raises Complaint for what the list does not name."""
        if node is None:
            return lambda _: ""
        kind = type(node).__name__
        method = getattr(self, f"_{kind.lower()}", None)
        if method is None:
            what = _FORBIDDEN.get(kind, f"'{kind.lower()}'")
            hint = "names, constants, comparisons, and, or, not, if and the listed filters and functions are"
            raise self._complaint(f"{what} is not allowed", node, hint=hint)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise too_deep(self._source)
        closure: Evaluate = method(node)
        self._depth -= 1
        return closure

    def _complaint(
        self, message: str, node: nodes.Node, *, hint: str | None, word: str = "", code: str = "expression-forbidden"
    ) -> Complaint:
        start = line_start(self._source, node.lineno)
        at = max(self._source.find(word, start) if word else start, 0)
        return Complaint(message, code=code, offset=at, hint=hint)

    # templates

    def _template(self, node: Any) -> Evaluate:
        return self._output_of(node.body)

    def _output(self, node: Any) -> Evaluate:
        return self._output_of(node.nodes)

    def _output_of(self, children: list[Any]) -> Evaluate:
        pieces = [self._piece(child) for child in children]

        def render(context: Context) -> str:
            texts, length = [], 0
            for piece in pieces:
                text = piece(context)
                length += len(text)
                check_length(length)
                texts.append(text)
            return "".join(texts)

        return render

    def _piece(self, node: Any) -> Evaluate:
        closure = self.compile(node)
        if type(node).__name__ in {"TemplateData", "Output", "If"}:
            return closure
        name = self._spelled(node)
        return lambda context: escaped(as_text(closure(context), name))

    def _templatedata(self, node: Any) -> Evaluate:
        text = node.data
        return lambda _: text

    def _if(self, node: Any) -> Evaluate:
        branches = [(self.compile(branch.test), self._output_of(branch.body)) for branch in (node, *node.elif_)]
        otherwise = self._output_of(node.else_)

        def choose(context: Context) -> Any:
            return next((body for test, body in branches if test(context)), otherwise)(context)

        return choose

    # names and constants

    def _name(self, node: Any) -> Evaluate:
        return self._path(node)

    def _getattr(self, node: Any) -> Evaluate:
        return self._path(node)

    def _getitem(self, node: Any) -> Evaluate:
        return self._path(node)

    def _path(self, node: Any) -> Evaluate:
        path = self._names_of(node)
        if path[0] in _FUNCTIONS:
            raise self._complaint(f"'{path[0]}' is a function", node, hint=f"write {path[0]}(...)", word=path[0])
        if path[0] not in _ROOTS:
            path = ("param", *path)  # a param may be written without its root
        self._names.setdefault(".".join(path))
        return lambda context: look_up(context, path)

    def _names_of(self, node: Any) -> tuple[str, ...]:
        kind = type(node).__name__
        if kind == "Name":
            return (node.name,)
        if kind == "Getattr":
            return (*self._names_of(node.node), node.attr)
        if kind == "Getitem" and isinstance(getattr(node.arg, "value", None), str):
            return (*self._names_of(node.node), node.arg.value)
        raise self._complaint("a field is taken of something that is no name", node, hint="write it as record.field")

    def _spelled(self, node: Any) -> str:
        try:
            return ".".join(self._names_of(node))
        except Complaint:
            return "a value"

    def _const(self, node: Any) -> Evaluate:
        value = node.value
        return lambda _: value

    def _list(self, node: Any) -> Evaluate:
        items = [self.compile(item) for item in node.items]
        return lambda context: [item(context) for item in items]

    _tuple = _list

    # logic

    def _compare(self, node: Any) -> Evaluate:
        first = self.compile(node.expr)
        rest = [(operand.op, self.compile(operand.expr)) for operand in node.ops]

        def chain(context: Context) -> bool:
            left = first(context)
            for kind, right_of in rest:
                right = right_of(context)
                if not compare(kind, left, right):
                    return False
                left = right
            return True

        return chain

    def _and(self, node: Any) -> Evaluate:
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda context: left(context) and right(context)

    def _or(self, node: Any) -> Evaluate:
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda context: left(context) or right(context)

    def _not(self, node: Any) -> Evaluate:
        operand = self.compile(node.node)
        return lambda context: not operand(context)

    def _condexpr(self, node: Any) -> Evaluate:
        test, yes, no = self.compile(node.test), self.compile(node.expr1), self.compile(node.expr2)
        return lambda context: yes(context) if test(context) else no(context)

    def _test(self, node: Any) -> Evaluate:
        if node.name not in {"defined", "undefined", "none"} or node.args or node.kwargs:
            hint = did_you_mean(node.name, ("defined", "undefined", "none"))
            raise self._complaint(f"unknown test '{node.name}'", node, hint=hint, word=node.name)
        operand = self.compile(node.node)
        wanted = node.name == "defined"

        def is_defined(context: Context) -> bool:
            try:
                value = operand(context)
            except MissingVariable:
                return not wanted
            return (value is not None) is wanted if node.name != "undefined" else False

        return is_defined

    # numbers and texts

    def _operation(self, node: Any) -> Evaluate:
        kind = type(node).__name__
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda context: calculate(kind, left(context), right(context))

    _add = _sub = _mul = _div = _floordiv = _mod = _operation

    def _neg(self, node: Any) -> Evaluate:
        operand = self.compile(node.node)
        return lambda context: calculate("Sub", 0, operand(context))

    def _pos(self, node: Any) -> Evaluate:
        operand = self.compile(node.node)
        return lambda context: calculate("Add", 0, operand(context))

    def _concat(self, node: Any) -> Evaluate:
        parts = [self.compile(part) for part in node.nodes]
        return lambda context: bounded("".join(as_text(part(context)) for part in parts))

    # filters and functions

    def _filter(self, node: Any) -> Evaluate:
        if node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            raise self._complaint(f"filter '{node.name}' takes plain arguments only", node, hint=None, word=node.name)
        if node.name not in FILTERS:
            hint = did_you_mean(node.name, FILTERS) or f"known: {', '.join(sorted(FILTERS))}"
            raise self._complaint(
                f"unknown filter '{node.name}'", node, hint=hint, word=node.name, code="unknown-filter"
            )
        function, least, most = FILTERS[node.name]
        if not least <= len(node.args) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            message = f"filter '{node.name}' takes {wanted} arguments, not {len(node.args)}"
            raise self._complaint(message, node, hint=None, word=node.name)
        value, arguments = self.compile(node.node), [self.compile(argument) for argument in node.args]
        if node.name == "default":
            return _default(value, arguments)
        return lambda context: _limited(function(value(context), *(argument(context) for argument in arguments)))

    def _call(self, node: Any) -> Evaluate:
        name = getattr(node.node, "name", "")
        if name not in _FUNCTIONS or type(node.node).__name__ != "Name":
            hint = (
                did_you_mean(name, _FUNCTIONS) if name else "only completed, outcome, days_between and today are called"
            )
            message = f"unknown function '{name}'" if name else "a call of something that is no function"
            raise self._complaint(message, node, hint=hint, word=name, code="unknown-function")
        if len(node.args) != _FUNCTIONS[name] or node.kwargs or node.dyn_args or node.dyn_kwargs:
            message = f"{name} takes {_FUNCTIONS[name]} arguments"
            raise self._complaint(message, node, hint=None, word=name)
        if name in {"completed", "outcome"}:
            return self._event(name, node)
        if name == "today":
            return lambda context: look_up(context, ("today",))
        a, b = (self.compile(argument) for argument in node.args)
        return lambda context: (as_date(b(context)) - as_date(a(context))).days

    def _event(self, name: str, node: Any) -> Evaluate:
        step = getattr(node.args[0], "value", None)
        if not isinstance(step, str):
            raise self._complaint(
                f"{name} takes a step's id in quotes", node, hint=f"write {name}('kickoff')", word=name
            )
        self._steps.setdefault(step)
        if name == "completed":
            return lambda context: step in context.get("completed", ())
        return lambda context: context.get("completed", {}).get(step, "")


def _default(value: Evaluate, arguments: list[Evaluate]) -> Evaluate:
    """Return the closure of `value | default(other)`: other for what is missing or empty (with true: or falsy)."""
    other = arguments[0]
    falsy = arguments[1] if len(arguments) > 1 else None

    def choose(context: Context) -> Any:
        try:
            found = value(context)
        except MissingVariable:
            return other(context)
        is_empty = found is None or (falsy is not None and falsy(context) and not found)
        return other(context) if is_empty else found

    return choose


def _limited(value: Any) -> Any:
    return bounded(value) if isinstance(value, str) else value
