"""The demo in a real browser: a page full of life fits its window and shuts nobody out, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.acceptance.service.running import serve
from tests.browser.conftest import PHONE, WIDE, overflow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.acceptance.service.running import Served

pytestmark = pytest.mark.slow
PAGES = {
    "today": "/today",
    "load": "/load",
    "enrollments": "/enrollments",
    "preview": "/preview?sequence=first-month.yaml",
    "parked": "/ledger?show=parked",
    "ledger": "/ledger",
    "deliveries": "/ledger/deliveries",
    "calendars": "/calendars",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("demo")
    with serve(folder, "--demo", environ={"TMPDIR": str(folder)}) as served:
        yield served


@pytest.mark.parametrize(("scheme", "width"), [("light", WIDE), ("dark", WIDE), ("light", PHONE)])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_demo_fits_its_window_and_shuts_nobody_out(
    name: str,
    scheme: str,
    width: int,
    *,
    demo: Served,
    open_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    shoot: Callable[[Page, str], None],
) -> None:
    page = open_page(demo.base_url + PAGES[name], width=width, scheme=scheme)
    shoot(page, f"demo-{name}-{scheme}-{'phone' if width == PHONE else 'wide'}")
    assert overflow(page) == 0
    assert axe(page) == []


def test_on_a_telephone_the_menu_of_a_task_is_all_there(demo: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{demo.base_url}/today", width=PHONE)
    page.get_by_label("Change: ").first.click()
    box = page.locator(".task .menu").first.bounding_box()
    assert box is not None
    assert (box["x"] >= 0, box["x"] + box["width"] <= PHONE, overflow(page)) == (True, True, 0)
    page.keyboard.press("Escape")
    expect(page.locator("details.more[open]")).to_have_count(0)
    expect(page.get_by_label("Change: ").first).to_be_focused()


def test_an_overdue_task_leads_to_its_why_and_is_done_there_once_it_is_done(
    demo: Served, open_page: Callable[..., Page], shoot: Callable[[Page, str], None]
) -> None:
    page = open_page(f"{demo.base_url}/today?q=[cadence")
    counted = page.get_by_role("list", name="What is open").get_by_role("listitem").first
    before = int(counted.locator("b").inner_text())
    late = page.locator(".task-late").filter(has=page.get_by_role("link", name="Why: ")).first
    late.get_by_role("button", name="Done: ").click()
    expect(page.locator("#notice")).to_contain_text("Done: ")
    expect(counted).to_have_text(f"{before - 1} overdue")
    page.locator(".task-done").first.get_by_role("link", name="Why: ").click()
    expect(page.locator("#stands + .table-scroll")).to_contain_text("done")
    expect(page.locator("figure.timeline")).to_contain_text("kept: is completed")
    shoot(page, "demo-enrollment-light-wide")
