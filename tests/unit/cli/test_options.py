"""The options that plan, apply and explain share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from cadence.cli import options
from cadence.cli.options import Question


@click.command("ask", cls=options.AskingCommand)
@options.asks("SEQUENCE")
@click.option("--quick", is_flag=True)
def ask(question: Question, *, quick: bool) -> tuple[Question, bool]:
    return question, quick


def asked(*arguments: str) -> tuple[Question, bool]:
    answer: Any = ask.main(list(arguments), standalone_mode=False)
    question, quick = answer
    return question, quick


def test_a_question_holds_what_was_asked() -> None:
    question, quick = asked(
        "s.yaml", "--record", "ana", "--field", "seats=25", "--field", "owner.email=k@x.org", "--param", "csm=007",
        "--start", "2026-11-23", "--now", "2026-11-23T09:00Z", "--calendars", "cals", "--quick",
    )  # fmt: skip
    assert quick
    assert question == Question(
        sequence="s.yaml",
        record="ana",
        fields={"seats": 25, "owner.email": "k@x.org"},
        params={"csm": "007"},
        start="2026-11-23",
        now="2026-11-23T09:00Z",
        calendars=Path("cals"),
    )


def test_several_assignments_may_follow_one_option() -> None:
    question, quick = asked("--field", "a=1", "b=2", "--quick", "-p", "c=3", "d=4", "s.yaml", "--record", "r=1")
    assert quick
    assert (question.sequence, question.record) == ("s.yaml", "r=1")
    assert (question.fields, question.params) == ({"a": 1, "b": 2}, {"c": "3", "d": "4"})


def test_the_value_begins_after_the_first_equals_sign() -> None:
    assert asked("s", "--field", "formula=a=b")[0].fields == {"formula": "a=b"}
    assert asked("s", "--field", "note=")[0].fields == {"note": ""}
    assert asked("s", "--field=a=-1")[0].fields == {"a": -1}


@pytest.mark.parametrize("text", ["seats", "=25", " =25", "owner..email=x", ".owner=x", "owner.=x"])
def test_an_assignment_without_name_or_sign_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        asked("s", "--field", text)
    assert caught.value.message == f"'{text}' is not an assignment; write it as name=value, as in seats=25"


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(click.UsageError) as caught:
        asked("s", "--param", "csm=a", "--param", "csm=b")
    assert caught.value.message == "--param csm is given twice; give it once"


def test_given_names_the_options_that_were_used() -> None:
    assert asked("s")[0].given() == []
    assert asked("s", "--now", "2026-11-23", "--field", "a=1")[0].given() == ["--field", "--now"]


@click.command("send")
@options.sending
def send(*, submit: dict[str, Any]) -> dict[str, Any]:
    return submit


@pytest.mark.parametrize("rate", ["nan", "inf", "-1", "1e8", "1e10", "1e-300", "fast"])
def test_a_rate_beyond_its_bounds_is_refused(rate: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        send.main([f"--rate={rate}"], standalone_mode=False)
    assert caught.value.message == (f"'{rate}' is no rate; give 0 for no limit, or a number from 0.0001 to 10,000")


@pytest.mark.parametrize("rate", [0.0, 0.0001, 20.0, 10_000.0])
def test_a_rate_is_read(rate: float) -> None:
    assert send.main(["--rate", str(rate)], standalone_mode=False) == {"rate": rate}
