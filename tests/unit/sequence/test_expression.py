from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cadence.diagnostics import Place
from cadence.errors import PlanError
from cadence.model.sequence import Expression, Template
from cadence.sequence import EvaluationError, MissingVariable, compile_expression, compile_template, parse_sequence
from tests.unit.sequence.writing import findings, with_step

CONTEXT: dict[str, Any] = {
    "record": {
        "first_name": "Ana",
        "last_name": "Ruiz <admin>",
        "seats": "25",
        "price": Decimal("9.50"),
        "plan": None,
        "tags": ["a", "b"],
        "empty": "",
        "signed": "2026-11-20",
        "company": {"name": "Müller & Söhne", "address": {"city": "Köln"}},
        "Odd name": 1,
        "vip": True,
    },
    "param": {"csm": "ben@example.com", "seats": 20},
    "start": datetime(2026, 11, 20, 10, 30, tzinfo=UTC),
    "today": date(2026, 11, 23),
    "completed": {"kickoff": "cancelled"},
    "assignee": {"name": "Ben"},
}


def _value(source: str) -> Any:
    return compile_expression(Expression(source))(CONTEXT)


def _text(source: str) -> str:
    return compile_template(Template(source))(CONTEXT)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("record.first_name == 'Ana'", True),
        ("record.seats >= 20", True),  # a text that reads as a number compares as one
        ("record.seats == 25", True),
        ("record.seats < seats", False),  # a param may be written without its root
        ("record.seats < param.seats + 10", True),
        ("10 < record.seats <= 25", True),
        ("record.price * 2 == 19", True),
        ("record.signed < start", True),  # a date in text compares with a date
        ("record.signed == today()", False),
        ("days_between(record.signed, today())", 3),
        ("start.year + start.month", 2037),
        ("record['Odd name']", 1),
        ("record.company.address.city", "Köln"),
        ("record.first_name in ['Ana', 'Ben']", True),
        ("'a' in record.tags and 'c' not in record.tags", True),
        ("not record.vip or record.empty", ""),
        ("record.plan is none", True),
        ("record.plan is defined", False),
        ("record.first_name is defined", True),
        ("record.nickname is defined", False),
        ("record.nickname is undefined", True),
        ("record.nickname | default('none')", "none"),
        ("record.plan | default('free')", "free"),
        ("record.empty | default('x')", ""),
        ("record.empty | default('x', true)", "x"),
        ("completed('kickoff')", True),
        ("completed('other')", False),
        ("outcome('kickoff') == 'cancelled'", True),
        ("outcome('other')", ""),
        ("1 if record.vip else 2", 1),
        ("-3 + 10 // 3 - 7 % 4", -3),
        ("7 / 2", 3.5),
        ("record.first_name ~ ' ' ~ 1", "Ana 1"),
        ("record.tags | join('-')", "a-b"),
        ("record.tags | first ~ (record.tags | last)", "ab"),
        ("record.tags | length", 2),
        ("'Hello world' | replace('o', '0') | upper", "HELL0 W0RLD"),
        ("'  x ' | trim | capitalize", "X"),
        ("'one two' | title", "One Two"),
        ("'ABC' | lower", "abc"),
        ("'2.5' | round", 3),
        ("2.345 | round(2)", 2.35),
        ("'7.9' | int", 7),
        ("'1.5' | float", 1.5),
        ("'abcdefgh' | truncate(5)", "abcd…"),
        ("start | date", "2026-11-20"),
        ("start | time", "10:30"),
        ("start | datetime('%a %e %b %Y, %l:%M %p')", "Fri 20 Nov 2026, 10:30 AM"),
        ("record.signed | date('%A %d.%m.%y %j %B %%')", "Friday 20.11.26 324 November %"),
    ],
)
def test_an_expression_gives(source: str, expected: object) -> None:
    assert _value(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain text with <b>HTML</b>", "plain text with <b>HTML</b>"),
        ("Hi {{ record.first_name }}", "Hi Ana"),
        ("<b>{{ record.last_name }}</b>", "<b>Ruiz &lt;admin&gt;</b>"),
        ("{{ record.company.name | escape }}", "Müller &amp; Söhne"),
        ("{{ record.tags }} {{ record.vip }} {{ record.price }}", "a, b true 9.50"),
        ("{% if record.seats > 20 %}big{% elif record.vip %}vip{% else %}small{% endif %}\n", "big\n"),
        ("{# a remark #}{% raw %}{{ as it is }}{% endraw %}", "{{ as it is }}"),
        ("{{ 'yes' if record.vip }}{{ 'no' if not record.vip }}", "yes"),
    ],
)
def test_a_template_renders(source: str, expected: str) -> None:
    assert _text(source) == expected


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "{{ record.frist_name }}",
            "there is no record.frist_name; did you mean 'first_name'?",
        ),
        (
            "{{ record.nickname }}",
            (
                "there is no record.nickname; give it with --field nickname=..., "
                "or write {{ record.nickname | default('...') }}"
            ),
        ),
        (
            "{{ record.plan }}",
            "record.plan is empty; give it with --field plan=..., or write {{ record.plan | default('...') }}",
        ),
        (
            "{{ owner }}",
            "there is no param.owner; give it with --param owner=..., or write {{ param.owner | default('...') }}",
        ),
        ("{{ business.name }}", "there is no business; write {{ business | default('...') }}"),
    ],
)
def test_a_missing_variable_is_named_with_the_way_out(source: str, message: str) -> None:
    place = Place("s.yaml", 3, 7)
    with pytest.raises(MissingVariable) as caught:
        compile_template(Template(source, place=place))(CONTEXT)
    assert str(caught.value) == message
    assert (caught.value.place, caught.value.source) == (place, source)
    assert isinstance(caught.value, PlanError)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "record.first_name > 20",
            "'Ana' (text) and '20' (a number) cannot be compared; compare numbers with numbers and texts with texts",
        ),
        (
            "record.plan > 20",
            "nothing and '20' (a number) cannot be compared; compare numbers with numbers and texts with texts",
        ),
        ("record.first_name * 3", "'Ana' (text) is not a number; join texts with ~, as in first ~ ' ' ~ last"),
        ("1 / 0", "cannot calculate with '1' (a number) and '0' (a number): division by zero"),
        ("record.first_name | int", "'Ana' is not a number"),
        ("record.company | upper", "value is a mapping, which cannot be shown as text; name one of its fields"),
        ("record.empty | first", "first and last need a list or a text that is not empty"),
        ("record.first_name | date", "'Ana' is not a date; write it as '2026-12-24'"),
        ("record.signed | date('%Q')", "unknown date directive '%Q'; known: %Y %m %d %e %y %j %H %I %l %M %S %p %A %a %B %b %%"),
        ("record.vip | length", "'True' has no length"),
        ("days_between('x', today())", "'x' is not a date; write it as '2026-12-24'"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_an_error_that_names_it(source: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        _value(source)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' | replace('a', 'aaaaaaaaaa')" + " | replace('a', 'aaaaaaaaaa')" * 20 + " }}",
        "{{ record.long }}{{ record.long }}",
        "{{ record.long ~ record.long }}",
        "{{ [record.long, record.long] | join('-') }}",
    ],
)
def test_a_text_that_would_grow_too_long_is_refused_before_it_is_made(source: str) -> None:
    context = {**CONTEXT, "record": {**CONTEXT["record"], "long": "x" * 15_000}}
    with pytest.raises(EvaluationError, match="the text has more than 20,000 characters; shorten it with truncate"):
        compile_template(Template(source))(context)


@pytest.mark.parametrize(
    ("expression", "finding"),
    [
        ("record.x * 10 ** 9", ("s.yaml:6:9: error[expression-forbidden] a power is not allowed in if; names, constants, "
         "comparisons, and, or, not, if and the listed filters and functions are")),
        ("record.x => 1", ("s.yaml:6:9: error[bad-expression] 'record.x => 1' cannot be read: unexpected '=' in if; "
         "compare with ==, !=, <, <=, >, >=, in; join conditions with and, or, not")),
        ("record.a && record.b", ("s.yaml:6:9: error[bad-expression] 'record.a && record.b' cannot be read: "
         "unexpected char '&' at 9 in if; write and, or, not")),
        ("range(3)", ("s.yaml:6:9: error[unknown-function] unknown function 'range' in if; "
         "known: completed, days_between, outcome, today")),
        ("complete('a')", "s.yaml:6:9: error[unknown-function] unknown function 'complete' in if; did you mean 'completed'?"),
        ("completed(record.x)", ("s.yaml:6:9: error[expression-forbidden] completed takes a step's id in quotes in if; "
         "write completed('kickoff')")),
        ("days_between(start)", "s.yaml:6:9: error[expression-forbidden] days_between takes 2 arguments in if"),
        ("today", "s.yaml:6:9: error[expression-forbidden] 'today' is a function in if; write today(...)"),
        ("record.x | uper", "s.yaml:6:20: error[unknown-filter] unknown filter 'uper' in if; did you mean 'upper'?"),
        ("record.x | upper(1)", "s.yaml:6:20: error[expression-forbidden] filter 'upper' takes 0 arguments, not 1 in if"),
        ("record.x is odd", "s.yaml:6:21: error[expression-forbidden] unknown test 'odd' in if; known: defined, none, undefined"),
        ("record.x.strip()", ("s.yaml:6:9: error[unknown-function] a call of something that is no function in if; "
         "only completed, outcome, days_between and today are called")),
        ("record[0]", ("s.yaml:6:9: error[expression-forbidden] a field is taken of something that is no name in if; "
         "write it as record.field")),
        ("record.x[1:2]", ("s.yaml:6:9: error[expression-forbidden] a field is taken of something that is no name in if; "
         "write it as record.field")),
    ],
)  # fmt: skip
def test_what_the_list_does_not_name_is_refused_when_the_file_is_read(expression: str, finding: str) -> None:
    assert findings(with_step(f"if: {expression}")) == [finding]


@pytest.mark.parametrize(
    ("note", "what"),
    [
        ("{% for x in record.tags %}{{ x }}{% endfor %}", "a loop"),
        ("{% set x = 1 %}", "'set'"),
        ("{% macro m() %}{% endmacro %}", "a macro"),
        ("{% include 'x' %}", "'include'"),
        ("{% import 'x' as y %}", "'import'"),
        ("{% extends 'x' %}", "'extends'"),
        ("{% block x %}{% endblock %}", "'block'"),
        ("{% with x = 1 %}{% endwith %}", "'with'"),
        ("{% filter upper %}x{% endfilter %}", "a filter block"),
        ("{{ {'a': 1} }}", "a dict"),
    ],
)
def test_templates_have_no_statements_but_if(note: str, what: str) -> None:
    found = findings(with_step(f'note: "{note}"'))
    assert [finding.split("] ")[1].split(";")[0] for finding in found] == [f"{what} is not allowed in note"]


@pytest.mark.parametrize(
    "name", ["record.__class__", "record.first_name.__class__", "start.__reduce__", "record.tags.pop"]
)
def test_attributes_of_python_objects_are_not_there(name: str) -> None:
    with pytest.raises(MissingVariable, match=f"there is no {name}"):
        _value(name)


@pytest.mark.parametrize(
    "source", ["(" * 3000 + "1", "not " * 2000 + "1", "-" * 3000 + "1", "1" + "+1" * 3000, "1 + " + "9" * 6000]
)
def test_an_expression_that_is_nested_too_deeply_is_refused(source: str) -> None:
    found = findings(with_step(f"if: {source}"))
    assert len(found) == 1
    assert "error[expression-too-long]" in found[0]


def test_an_expression_that_is_too_long_is_refused_before_it_is_parsed() -> None:
    source = "record.x == '" + "x" * 10_000 + "'"
    assert findings(with_step(f'if: "{source}"')) == [
        "s.yaml:6:10: error[expression-too-long] 10,014 characters are more than the 10,000 that are read in if; shorten it"
    ]


def test_a_finding_in_a_block_text_stands_at_its_own_line() -> None:
    text = with_step("note: |\n  Dear {{ record.name }},\n  see {{ nobody }}")
    assert findings(text) == [
        "s.yaml:8:14: error[unknown-param] unknown param 'nobody' in note; declare it under params as 'nobody'"
    ]


def test_names_and_steps_are_known_without_evaluating() -> None:
    step = parse_sequence(
        with_step("if: record.a.b == param.x and completed('a')", more="params: {x: string}\n")
    ).steps[0]
    assert step.condition is not None
    assert (step.condition.names, step.condition.steps) == (("record.a.b", "param.x"), ("a",))
