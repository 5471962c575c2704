"""Expressions and templates in Jinja2's syntax: parsed by it, compiled and evaluated here."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.sequence.compiler import Compiler
from cadence.sequence.evaluation import Context, EvaluationError
from cadence.sequence.syntax import Complaint, parse
from cadence.sequence.templates import is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence.model.sequence import Expression, Template

    Evaluate = Callable[[Context], Any]

__all__ = ["Complaint", "Parsed", "compile_expression", "compile_template", "parse_expression", "parse_template"]


class Parsed(NamedTuple):
    """A source that was parsed: how to evaluate it, the dotted names it reads, the steps it asks about."""

    evaluate: Evaluate
    names: tuple[str, ...]
    steps: tuple[str, ...]


def compile_template(template: Template) -> Callable[[Mapping[str, Any]], str]:
    """Return the function from a context to the rendered text; values are escaped for HTML, the template is not.

    It raises MissingVariable, or EvaluationError where a value does not fit or the text grows too long. The context
    maps record, param, sequence, step, start, assignee, business, today and completed to their values.
    """
    if is_plain(template.source):
        return lambda _: template.source
    return _placed(parse_template(template.source).evaluate, template)


def compile_expression(expression: Expression) -> Callable[[Mapping[str, Any]], Any]:
    """Return the function from a context to the expression's value; see `compile_template` for both.

    `completed` maps the ids of the steps that were completed to their outcomes; `today` is the local date.
    """
    return _placed(parse_expression(expression.source).evaluate, expression)


def _placed(evaluate: Evaluate, of: Template | Expression) -> Evaluate:
    def run(context: Context) -> Any:
        try:
            return evaluate(context)
        except EvaluationError as error:
            error.source, error.place = of.source, of.place
            raise

    return run


@lru_cache(maxsize=1024)
def parse_expression(source: str) -> Parsed:
    """Return the compiled expression. Raises Complaint."""
    return _parsed(source, whole=False)


@lru_cache(maxsize=1024)
def parse_template(source: str) -> Parsed:
    """Return the compiled template. Raises Complaint."""
    return _parsed(source, whole=True)


def _parsed(source: str, *, whole: bool) -> Parsed:
    compiler = Compiler(source)
    evaluate = compiler.compile(parse(source, whole=whole))
    return Parsed(evaluate, compiler.names, compiler.steps)
