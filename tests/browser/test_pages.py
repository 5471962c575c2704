"""The pages of the service in a real browser: that each shuts nobody out, and that its main action does what it says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from cadence.config import load_settings
from cadence.engine import Engine
from tests.acceptance.service.running import serve
from tests.browser.conftest import PHONE, WIDE, overflow
from tests.pages import MIA, schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.acceptance.service.running import Served
    from tests.pages import Office

pytestmark = pytest.mark.slow
ENROLLMENT = "/enrollments/MIA"
PAGES = {
    "today": "/today",
    "load": "/load",
    "enrollments": "/enrollments",
    "enrollment": ENROLLMENT,
    "preview": "/preview",
    "ledger": "/ledger",
    "parked": "/ledger?show=parked",
    "rejected": "/ledger?show=rejected",
    "deliveries": "/ledger/deliveries",
    "zone": "/zone",
}
VIEWS = [("light", WIDE), ("dark", WIDE), ("light", PHONE)]


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_window_and_shuts_nobody_out(
    name: str,
    scheme: str,
    width: int,
    *,
    visit: Callable[..., Page],
    office: Office,
    axe: Callable[[Page], list[str]],
    shoot: Callable[[Page, str], None],
) -> None:
    path = PAGES[name].replace("MIA", office.key_of("Mia Wolf"))
    page = visit(path, width=width, scheme=scheme)
    shoot(page, f"{name}-{scheme}-{'phone' if width == PHONE else 'wide'}")
    assert overflow(page) == 0
    assert axe(page) == []


def test_what_is_only_read_aloud_at_the_far_end_of_a_table_does_not_widen_the_page(visit: Callable[..., Page]) -> None:
    page = visit("/load", width=PHONE)
    right = page.evaluate(
        """() => {
            const last = document.querySelector(".heat tbody tr td:last-child");
            last.insertAdjacentHTML("beforeend", '<span class="visually-hidden">away</span>');
            return last.getBoundingClientRect().right;
        }"""
    )
    assert right > PHONE
    assert overflow(page) == 0


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_so_does_the_way_in(
    scheme: str,
    width: int,
    *,
    open_page: Callable[..., Page],
    served: Served,
    axe: Callable[[Page], list[str]],
    shoot: Callable[[Page, str], None],
) -> None:
    page = open_page(f"{served.base_url}/today", width=width, scheme=scheme)
    shoot(page, f"sign-in-{scheme}-{'phone' if width == PHONE else 'wide'}")
    assert overflow(page) == 0
    assert axe(page) == []


def test_one_signs_in_by_key_and_sees_times_in_the_zone_of_ones_browser(
    open_page: Callable[..., Page], served: Served, office: Office
) -> None:
    page = open_page(f"{served.base_url}/today?state=all", timezone_id="Australia/Brisbane")
    page.get_by_label("API key").fill(office.admin.api_key)
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text("Times in Australia/Brisbane")).to_be_visible()
    assert page.url == f"{served.base_url}/today?state=all"
    page.get_by_text("Ana Ruiz").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("API key")).to_be_visible()


class TestToday:
    @pytest.fixture
    def task(self, served: Served, office: Office, request: pytest.FixtureRequest) -> str:
        """The note of a task of this test's own."""
        note = request.node.name
        schedule(served, office.admin, hours=30, note=note, employee_id=office.admin.user_id)
        return f"{note}"

    def test_done_is_said_and_can_be_undone(self, visit: Callable[..., Page], task: str) -> None:
        page = visit(f"/today?q={task}")
        page.get_by_role("button", name="Done: ").click()
        expect(page.get_by_role("listitem").filter(has_text="done ")).to_be_visible()
        expect(page.locator("#notice")).to_contain_text("Done: ")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Done: ")).to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Done: ")).to_be_visible()

    def test_a_task_is_moved_and_back(self, visit: Callable[..., Page], task: str) -> None:
        page = visit(f"/today?q={task}")
        before = page.locator(".task time").inner_text()
        page.get_by_label("Change: ").click()
        page.get_by_label("Due in ").fill("2031-03-04T05:06")
        page.get_by_role("button", name="Reschedule").click()
        expect(page.locator(".task time")).to_have_text("05:06")
        expect(page.locator("#notice")).to_contain_text("Moved to Tue 4 Mar 2031 05:06")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".task time")).to_have_text(before)

    def test_a_task_is_handed_on(self, visit: Callable[..., Page], task: str) -> None:
        page = visit(f"/today?q={task}")
        page.get_by_label("Change: ").click()
        page.locator(".task select").select_option(label="Kim Lee")
        page.get_by_role("button", name="Reassign").click()
        expect(page.locator(".task-who")).to_have_text("Kim Lee")
        page.reload()
        expect(page.locator(".task-who")).to_have_text("Kim Lee")

    def test_the_address_keeps_what_is_shown(self, visit: Callable[..., Page], task: str) -> None:
        page = visit("/today")
        page.get_by_label("In the note").fill(task)
        page.get_by_label("Assignee", exact=True).first.select_option(label="Me")
        expect(page).to_have_url(re.compile("assignee=me"))
        expect(page.locator(".task")).to_have_count(1)
        kept = visit(page.url.removeprefix(page.evaluate("location.origin")))
        expect(kept.locator(".task")).to_have_count(1)
        expect(kept.get_by_label("Assignee", exact=True).first).to_have_value("me")

    def test_the_keyboard_is_enough(self, visit: Callable[..., Page], task: str) -> None:
        page = visit(f"/today?q={task}")
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to the page")).to_be_focused()
        page.keyboard.press("Enter")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.getAttribute('aria-label') || ''").startswith("Done: "):
                break
        page.keyboard.press("Enter")
        expect(page.locator(".task .chip")).to_contain_text("done ")
        expect(page.get_by_role("button", name="Open again: ")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Done: ")).to_be_focused()


class TestLoad:
    def test_a_cell_leads_to_the_day(self, visit: Callable[..., Page], served: Served, office: Office) -> None:
        schedule(served, office.admin, hours=24 * 8, employee_id=office.admin.user_id)
        page = visit("/load")
        cell = page.get_by_role("link", name=re.compile("Ana Ruiz, .* task")).first
        number = int(cell.inner_text())
        cell.click()
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        expect(page.locator(".task")).to_have_count(number)
        assert set(page.locator(".task-who").all_inner_texts()) == {"Ana Ruiz"}

    def test_a_plan_shows_what_it_would_change(self, visit: Callable[..., Page], office: Office) -> None:
        text = "sequence: extra\nassign: {employee: ana@example.com}\nsteps:\n  - {id: one, activity: call, due: 2 days after start}\n"
        path = office.folder / "extra.yaml"
        path.write_text(text, encoding="utf-8")
        plan = Engine(load_settings(office.folder)).plan(path, MIA)
        page = visit("/load")
        page.get_by_text("Before and after a plan").click()
        page.locator("#plan").fill(plan.to_json())
        page.get_by_role("button", name="Show the load with this plan").click()
        expect(page.get_by_text(f"With the plan {plan.digest[:12]}")).to_be_visible()
        assert page.locator(".heat i").all_inner_texts() == ["+1"]

    def test_what_is_no_plan_is_said_beside_it_and_kept_to_be_corrected(self, visit: Callable[..., Page]) -> None:
        page = visit("/load")
        proof = page.locator("input[name=csrf]").first.input_value()
        answer = page.request.post(page.url, form={"csrf": proof, "plan": '{"version": 1}'})
        assert answer.status == 400
        page.set_content(answer.text())
        expect(page.get_by_role("alert")).to_contain_text("This is not a plan that can be shown")
        expect(page.locator("#plan")).to_have_value('{"version": 1}')


class TestPreview:
    TEXT = """\
sequence: visit
timezone: record.timezone
calendar: {hours: {mon-fri: "09:00-17:00"}, closed: {2027-01-20: stocktaking}}
assign: {employee: kim@example.com}
if_past: keep
steps:
  - {id: one, activity: call, due: 1 week after start at 10:00}
  - {id: two, activity: call, due: 5 weeks after start at 10:00}
  - {id: three, activity: call, due: 15 weeks after start at 10:00}
"""

    def test_findings_stand_at_their_lines_and_go_as_one_types(self, visit: Callable[..., Page]) -> None:
        page = visit("/preview?sequence=follow-up.yaml")
        text = page.locator("#text")
        whole = text.input_value().replace("sequence: follow-up", "sequence: other")
        text.fill(whole.replace("activity: call", "activty: call"))
        expect(page.locator("#gutter .gutter-error")).to_have_text(["9", "10"])
        expect(page.locator("#findings")).to_contain_text("did you mean 'activity'?")
        expect(page.locator("figure.timeline")).to_have_count(0)
        expect(page.get_by_role("button", name="Download the plan")).to_have_count(0)
        page.get_by_role("button", name="line 10").click()
        assert page.evaluate("getSelection().toString()").strip() == "activty: call"
        text.fill(whole.replace("at 10:00", "at 11:30"))
        expect(page.locator("figure.timeline")).to_contain_text("11:30")
        expect(page.locator("#gutter .gutter-error")).to_have_count(0)

    def test_another_record_and_another_start_redraw_it(self, visit: Callable[..., Page]) -> None:
        page = visit("/preview")
        page.get_by_label("Record", exact=True).fill(MIA)
        expect(page.locator("#drawing h2")).to_have_text("hello for Mia Wolf")
        page.get_by_label("Start", exact=True).fill("2031-03-03T10:00")
        expect(page.locator("figure.timeline")).to_contain_text("Tue 4 Mar 2031 10:00 UTC+1")
        page.get_by_label("Record", exact=True).fill("nobody@example.com")
        page.keyboard.press("Enter")
        expect(page.locator("#findings")).to_contain_text("record 'nobody@example.com' is not in target 'local'")

    def test_clock_changes_closed_dates_and_leave_are_marked(self, visit: Callable[..., Page]) -> None:
        page = visit("/preview")
        page.get_by_label("Record", exact=True).fill(MIA)
        page.get_by_label("Start", exact=True).fill("2026-12-16T10:00")
        page.locator("#text").fill(self.TEXT)
        notes = page.get_by_role("list", name="Dates to know")
        expect(notes).to_contain_text("clocks go forward in Europe/Berlin")
        expect(notes).to_contain_text("stocktaking")
        expect(notes).to_contain_text("Kim Lee away")

    def test_its_plan_is_that_of_the_command_and_nothing_is_written(
        self, visit: Callable[..., Page], office: Office
    ) -> None:
        tables = ("enrollments", "entries", "changes", "attempts", "plans")
        with office.ledger() as ledger:
            before = [ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]  # noqa: S608
        page = visit("/preview?sequence=follow-up.yaml&record=raj@example.com")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the plan").click()
        found = json.loads(download.value.path().read_text(encoding="utf-8"))
        wanted = json.loads(Engine(load_settings(office.folder)).plan("follow-up", "raj@example.com").to_json())
        assert found["target"] == wanted["target"]
        assert found["enrollments"][0]["activities"] == wanted["enrollments"][0]["activities"]
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as a page").click()
        assert "follow-up for Raj Patel" in download.value.path().read_text(encoding="utf-8")
        with office.ledger() as ledger:
            after = [ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]  # noqa: S608
        assert after == before

    def test_it_leads_to_the_load_with_its_plan(self, visit: Callable[..., Page]) -> None:
        page = visit("/preview")
        page.get_by_label("Record", exact=True).fill(MIA)
        page.get_by_label("Start", exact=True).fill("2031-03-03T10:00")
        page.locator("#text").fill(self.TEXT.replace("5 weeks", "2 weeks"))
        expect(page.locator("figure.timeline")).to_contain_text("Mon 17 Mar 2031")
        page.get_by_role("button", name="Show the load with it").click()
        expect(page.get_by_text("With the plan ")).to_be_visible()
        assert page.locator(".heat i").all_inner_texts() == ["+1", "+1"]


class TestEnrollments:
    def test_one_is_found_by_a_part_of_its_name_and_shows_why(self, visit: Callable[..., Page]) -> None:
        page = visit("/enrollments")
        page.get_by_label("Record or sequence").fill("mia")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("q=mia"))
        expect(page.locator("#enrollments tbody tr")).to_have_count(1)
        page.get_by_role("link", name="Mia Wolf").click()
        expect(page.get_by_role("heading", name="follow-up for Mia Wolf")).to_be_visible()
        expect(page.locator("figure.timeline .tl-lane")).to_have_count(3)
        expect(page.locator(".why").last).to_contain_text("1 business day after call at 15:00")
        expect(page.get_by_role("region", name="What was decided and sent")).to_contain_text("create: accepted")

    def test_a_task_leads_to_its_own(self, visit: Callable[..., Page], office: Office) -> None:
        page = visit("/today?q=[cadence&type=call")
        page.get_by_role("link", name=re.compile("Why: .* Raj Patel")).click()
        expect(page).to_have_url(re.compile(office.key_of("Raj Patel")))
        expect(page.get_by_role("heading", name="follow-up for Raj Patel")).to_be_visible()

    def test_where_the_sequence_is_gone_the_ledger_is_shown(self, visit: Callable[..., Page], office: Office) -> None:
        path = office.folder / "sequences" / "follow-up.yaml"
        away = path.rename(path.with_suffix(".away"))
        try:
            page = visit(f"/enrollments/{office.key_of('Mia Wolf')}")
        finally:
            away.rename(path)
        expect(page.locator(".aside")).to_contain_text("This is what the ledger has.")
        expect(page.locator("figure.timeline .tl-lane")).to_have_count(3)


class TestLedger:
    def test_what_is_refused_is_tried_again_and_what_is_parked_decided(
        self, visit: Callable[..., Page], office: Office
    ) -> None:
        """One after another, as a person would: a parked step holds up those after it."""
        page = visit("/ledger?show=parked")
        expect(page.locator(".needs > li")).to_have_count(2)
        page.get_by_label("Decide: call of Mia Wolf").click()
        page.get_by_role("button", name="Give it up").first.click()
        expect(page.locator(".came")).to_contain_text("call of Mia Wolf: given up.")
        expect(page.locator(".needs > li")).to_have_count(1)
        page.goto(page.url.replace("parked", "doubt"))
        expect(page.locator(".needs > li")).to_have_count(2)
        page.get_by_role("button", name="Settle").click()
        expect(page.locator(".came")).to_contain_text("Settled: 2 adopted")
        page.goto(page.url.replace("doubt", "rejected"))
        page.get_by_label("Try again: offer of Mia Wolf").click()
        expect(page.locator(".came")).to_contain_text("Tried again: 1 adopted")
        expect(page.get_by_text("Nothing is rejected.")).to_be_visible()
        page.get_by_role("link", name="What happened").click()
        expect(page.locator("tbody tr").first).to_contain_text("Ana Ruiz")
        with office.ledger() as ledger:
            rows = ledger.execute(
                "SELECT step, state, activity_id IS NULL FROM entries WHERE enrollment = ?",
                (office.key_of("Mia Wolf"),),
            )
            assert {(step, state) for step, state, _ in rows} == {
                ("hello", "scheduled"),
                ("call", "cancelled"),
                ("offer", "scheduled"),
            }

    def test_an_activity_is_adopted_by_its_id_where_it_is_there(
        self, visit: Callable[..., Page], office: Office
    ) -> None:
        with office.ledger() as ledger:
            chosen = "SELECT activity_id FROM entries WHERE step = 'call' AND enrollment = ?"
            (there,) = ledger.execute(chosen, (office.key_of("Raj Patel"),)).fetchone()
        nowhere = "0192f0c1-77aa-7bb0-8c3f-5d1e2f3a4b5c"
        said = {nowhere: f"has no scheduled activity '{nowhere}'", there: "call of Raj Patel: adopted; settle to go on"}
        for activity_id, words in said.items():
            page = visit("/ledger?show=parked")
            page.get_by_label("Decide: call of Raj Patel").click()
            need = page.locator(".needs > li", has_text="Raj Patel")
            need.get_by_label("It is there, under this id").fill(activity_id)
            need.get_by_role("button", name="Adopt it").click()
            expect(page.locator(".came")).to_contain_text(words)


def test_what_is_done_while_the_service_is_away_is_said_not_to_have_been(
    browser: Browser, office: Office, signed_in: Any
) -> None:
    """In a browser of its own: what `open_page` opens may not fail to load anything."""
    with serve(office.folder) as away:
        context = browser.new_context(storage_state=signed_in)
        page = context.new_page()
        page.goto(f"{away.base_url}/today")
        away.process.kill()
        away.process.wait()
        page.get_by_role("button", name="Done: ").first.click()
        expect(page.locator("#notice")).to_contain_text("The service does not answer. Nothing was changed; try again.")
        expect(page.locator(".task-done")).to_have_count(0)
        context.close()
