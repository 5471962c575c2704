"""What an engine refuses to be made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import cadence
from cadence.config import Settings, SubmitSettings
from cadence.engine import Engine
from cadence.errors import ConfigError
from tests.simulation.plans import plan_of
from tests.unit.delivery.test_table import NOW


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate": float("nan")}, "submit.rate is 'nan'; give 0 for no limit, or a number from 0.0001 to 10,000"),
        ({"rate": 1e-300}, "submit.rate is '1e-300'; give 0 for no limit, or a number from 0.0001 to 10,000"),
        ({"quiet_period": 1e12}, "submit.quiet_period is '1000000000000.0'; give a number from 0 to 2,592,000"),
        ({"concurrency": 3.7}, "submit.concurrency is '3.7'; give a whole number from 1 to 1,000"),
    ],
)
def test_settings_of_a_program_keep_to_the_same_bounds(wrong: dict[str, Any], said: str) -> None:
    for submit in (SubmitSettings(**wrong), replace(SubmitSettings(), **wrong)):
        with pytest.raises(ConfigError) as caught:
            Engine(Settings(submit=submit))
        assert str(caught.value) == said


@pytest.mark.parametrize("client", [5, 0, "https://crm.example.com", {"api_key": "s3cret"}])
def test_a_client_that_cannot_be_called_is_refused(client: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        cadence.apply(plan_of(1, 1, now=NOW), client=client)
    assert str(caught.value) == (
        f"client is of type '{type(client).__name__}', which cannot be called; "
        "give a function that sends one request, called as client(method, path, json=body)"
    )
