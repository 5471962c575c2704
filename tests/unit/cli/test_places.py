"""Where things are, as seen from the working directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadence.cli.places import seen_from, target_line
from cadence.config import Settings, TargetSettings
from cadence.errors import ConfigError

HERE = Path("/project")


def test_without_any_target_the_local_one_is_named_with_the_way_to_another() -> None:
    assert target_line(Settings(root=HERE), None, here=HERE) == (
        "target: local (.cadence/activities.db); set [targets.kizen] in cadence.toml for a CRM"
    )


def test_a_store_elsewhere_is_shown_whole() -> None:
    settings = Settings(root=Path("/other"), targets={"local": TargetSettings("local")})
    assert target_line(settings, None, here=HERE) == "target: local (/other/.cadence/activities.db)"


def test_a_crm_is_named_with_its_address() -> None:
    settings = Settings(targets={"kizen": TargetSettings("kizen", "https://crm.example", "s3cret")})
    assert target_line(settings, "kizen", here=HERE) == "target: kizen (https://crm.example)"
    assert target_line(settings, "local", here=HERE).startswith("target: local (")


@pytest.mark.parametrize(
    "url",
    [
        "https://ana:s3cret@crm.example/api",
        "https://s3cret@crm.example/api",
        "https://crm.example/api?key=s3cret",
        "https://crm.example/api#s3cret",
        "https://crm.example/api#a?s3cret",
    ],
)
def test_what_an_address_should_not_hold_is_not_shown(url: str) -> None:
    settings = Settings(targets={"kizen": TargetSettings("kizen", url)})
    assert target_line(settings, None, here=HERE) == "target: kizen (https://crm.example/api)"


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown target 'kizn'"):
        target_line(Settings(), "kizn", here=HERE)


def test_a_store_that_is_no_file_is_shown_by_its_url() -> None:
    settings = Settings(targets={"local": TargetSettings("local", url="postgresql://db/activities")})
    assert target_line(settings, None, here=HERE) == "target: local (postgresql://db/activities)"


def test_the_password_of_a_store_is_not_shown() -> None:
    url = "postgresql://ana:s3cret@db/activities?password=s3cret"
    settings = Settings(targets={"local": TargetSettings("local", url=url)})
    assert target_line(settings, None, here=HERE) == "target: local (postgresql://ana@db/activities)"


def test_only_what_lies_below_is_shortened() -> None:
    assert seen_from(HERE, HERE / "sequences") == Path("sequences")
    assert seen_from(HERE, Path("/project-2/sequences")) == Path("/project-2/sequences")
