"""The file of a plan, as a browser shows it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cadence.config import load_settings
from cadence.engine import Engine
from cadence.timeline.page import plan_html
from tests.browser.conftest import PHONE, WIDE, overflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

SEQUENCES = Path(__file__).resolve().parents[2] / "sequences"
CASES: dict[str, tuple[str, str, dict[str, str]]] = {
    "inbound": ("oscar.reyes@brightloom.example", "2026-11-20T17:58", {}),
    "onboarding": ("maya.chen@northwind.example", "2026-11-20T10:00", {"csm": "ben.okafor@cadence.example"}),
    "quarterly-review": ("maya.chen@northwind.example", "2026-11-20T10:00", {}),
    "outbound": ("tane.parata@kauri.example", "2026-09-22T10:00", {}),
}
VIEWS = [
    *(("onboarding", scheme, width) for scheme in ("light", "dark") for width in (WIDE, PHONE)),
    ("inbound", "dark", WIDE),
    ("inbound", "light", PHONE),
    ("quarterly-review", "light", WIDE),
    ("outbound", "dark", PHONE),
]
WIDTHS = (320, PHONE, 700, 1024, WIDE, 1920)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of the file of each example's plan."""
    folder = tmp_path_factory.mktemp("pages")
    shutil.copytree(SEQUENCES, folder / "sequences")
    engine = Engine(load_settings(folder))
    engine.init(folder)
    engine.team_import(folder / "sequences" / "demo" / "team.yaml")
    engine.records_import(folder / "sequences" / "demo" / "records.csv")
    return {name: _write(engine, name, folder / f"{name}.html").as_uri() for name in CASES}


def _write(engine: Engine, name: str, path: Path) -> Path:
    record, start, params = CASES[name]
    plan = engine.plan(name, record, start=start, now=start, params=params)
    path.write_text(plan_html(plan, engine.timelines(plan, sequence=name, viewer="Europe/London")), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("example", "scheme", "width"), VIEWS)
def test_a_page_fits_its_window_and_shuts_nobody_out(
    example: str,
    scheme: str,
    width: int,
    *,
    pages: dict[str, str],
    open_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    shoot: Callable[[Page, str], None],
) -> None:
    page = open_page(pages[example], width=width, scheme=scheme)
    shoot(page, f"plan-{example}-{scheme}-{'phone' if width == PHONE else 'wide'}")
    assert overflow(page) == 0
    assert axe(page) == []


_TOUCHING = """() => {
  const found = [];
  for (const svg of document.querySelectorAll('.tl-axis svg')) {
    for (const row of ['.tl-context', '.tl-tick']) {
      const boxes = [...svg.querySelectorAll(row)].map(t => [t.textContent, t.getBoundingClientRect()])
        .filter(([, box]) => box.width).sort((a, b) => a[1].left - b[1].left);
      boxes.slice(1).forEach(([text, box], i) => { if (box.left < boxes[i][1].right) found.push(boxes[i][0] + '|' + text); });
    }
  }
  return found;
}"""


@pytest.mark.slow
@pytest.mark.parametrize("example", CASES)
def test_no_label_of_an_axis_touches_another_at_any_width(
    example: str, pages: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(pages[example])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, page.evaluate(_TOUCHING), overflow(page)) == (width, [], 0)


_DUES = """() => [...document.querySelectorAll('.tl-lane')].map(lane => {
  const track = lane.querySelector('.tl-track').getBoundingClientRect();
  const due = lane.querySelector('.tl-status').getBoundingClientRect();
  return [(due.left + due.width / 2 - track.left) / track.width, due.top >= track.top - 1 && due.bottom <= track.bottom + 1];
})"""


@pytest.mark.slow
@pytest.mark.parametrize("example", CASES)
def test_dues_stand_in_their_lanes_from_left_to_right(
    example: str, pages: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(pages[example])
    for width in (PHONE, WIDE):
        page.set_viewport_size({"width": width, "height": 900})
        placed: list[Any] = page.evaluate(_DUES)
        assert [part for part, _ in placed] == sorted(part for part, _ in placed)
        assert all(0 < part < 1 and inside for part, inside in placed)


def test_the_same_is_said_in_words_to_those_who_do_not_see_the_picture(
    pages: dict[str, str], open_page: Callable[..., Page]
) -> None:
    page = open_page(pages["onboarding"])
    lane = page.get_by_role("figure").get_by_role("listitem").filter(has_text="friday-check").first
    assert "Mon 30 Nov 2026 15:00 UTC-5" in lane.inner_text()
    assert "Fri 27 Nov 2026 is Day After Thanksgiving (US-CA): closed, moved to Mon 30 Nov 2026" in lane.inner_text()
    drawing = lane.get_by_role("img")
    assert drawing.locator("title").first.text_content() == "friday-check, planned: Mon 30 Nov 2026 15:00 UTC-5"


def test_on_paper_every_lane_and_every_why_is_there(pages: dict[str, str], open_page: Callable[..., Page]) -> None:
    page = open_page(pages["onboarding"], scheme="dark")
    page.emulate_media(media="print", color_scheme="light")
    assert page.locator(".tl-lane:visible").count() == page.locator(".steps > li:visible").count() == 10
    assert len(page.pdf()) > 10_000
