from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import PAGES, ROOT, Block, blocks, project
from tests.docs.session import Command, Session, commands, matches

if TYPE_CHECKING:
    from pathlib import Path

RUN = ("console", "bash")
PAGES_WITH_COMMANDS = [page for page in PAGES if any(block.language in RUN for block in blocks(page.read_text()))]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_on_a_page_does_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    session = Session(tmp_path / "project", project(text))
    for block in blocks(text):
        if block.mark == "file":
            session.write(block.value, block.body)
        elif block.language in RUN and block.mark != "not run":
            _play(block, session, f"{page.relative_to(ROOT)}:{block.line}")


def _play(block: Block, session: Session, where: str) -> None:
    found = commands(block)
    assert found, f"{where}: a {block.language} block without a command"
    for command, following in pairwise([*found, Command("", ())]):
        printed = session.run(command.line)
        assert session.status == 0 or following.line == "echo $?", f"{where}: {command.line}\n{printed}"
        if command.shown:
            assert matches(command.shown, printed), f"{where}: $ {command.line}\n{printed}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    unexplained = [block.line for block in blocks(page.read_text()) if block.mark == "not run" and not block.value]
    assert unexplained == []


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("8 scheduled",), "8 scheduled\n", True),
        (("8 scheduled",), "7 scheduled\n", False),
        (("8 scheduled",), "8 scheduled\nand more\n", False),
        (("at ... by ...", "end"), "at 10:00 by ana\nend\n", True),
        (("at ... by ...",), "at 10:00\nby ana\n", False),
        (("first", "...", "last"), "first\na\nb\nlast\n\n", True),
        (("first", "..."), "first\n", True),
        (("...", "last"), "first\n", False),
    ],
)
def test_dots_stand_for_any_text_in_a_line_and_for_any_lines(
    shown: tuple[str, ...], printed: str, *, same: bool
) -> None:
    assert matches(shown, printed) is same
