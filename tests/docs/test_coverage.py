from __future__ import annotations

import re
import tomllib
from dataclasses import fields

import click

from cadence.cli.group import SUMMARIES, cadence
from cadence.config.settings import ServiceSettings, SubmitSettings, TargetSettings, TemporalSettings
from tests.docs.pages import ROOT

REFERENCE = ROOT / "docs" / "reference"


def _command_names() -> list[str]:
    context = click.Context(cadence)
    names = []
    for name in SUMMARIES:
        command = cadence.get_command(context, name)
        assert command is not None
        names.append(name)
        if isinstance(command, click.Group):
            names.extend(f"{name} {inner}" for inner in command.list_commands(context))
    return names


def test_every_command_has_its_place_in_the_reference() -> None:
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert [name for name in _command_names() if f"cadence {name}" not in page] == []


def test_every_dependency_has_its_reason() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = settings["optional-dependencies"]
    ours = [text for name in ("bulk", "ics", "postgres", "temporal") for text in extras[name]]
    wanted = [*settings["dependencies"], *ours]
    names = {re.split(r"[\[<>=]", text)[0] for text in wanted}
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    assert names == set(re.findall(r"^\| ([a-z0-9-]+) \| (?!why)", page, re.MULTILINE)) - {"package"}


def test_every_decision_is_on_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\((\d{4}-[a-z-]+\.md)\)", (folder / "index.md").read_text(encoding="utf-8")))
    assert listed == {page.name for page in folder.glob("[0-9]*.md")}


def test_every_setting_is_on_the_page_of_settings() -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    keys = {f"submit.{each.name}" for each in fields(SubmitSettings)} - {"submit.wait"}
    keys |= {f"service.{each.name}" for each in fields(ServiceSettings)}
    keys |= {f"temporal.{each.name}" for each in fields(TemporalSettings)}
    keys |= {f"targets.NAME.{each.name}" for each in fields(TargetSettings)} - {"targets.NAME.name", "targets.NAME.url"}
    keys |= {"ledger.url", "sequences.path", "calendars.path", "plan.expires", "targets.default", "targets.local.url"}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
