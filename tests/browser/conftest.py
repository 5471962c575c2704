"""Pages in a real browser: the system's Chromium, driven by Playwright, and axe-core to look for what shuts people out.

`browser` lives as long as the tests of a file, not of a worker: while it does, Playwright's loop runs in the thread of
the tests, and a test that starts a loop of its own would be refused. `open_page` gives a page of a width and a scheme, in
which nothing may fail to load, be refused by the page's policy or be written to the console. `make screenshots` says
where `shoot` keeps what it takes; without that it keeps nothing.
"""

from __future__ import annotations

import json
import os
import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.sync_api import sync_playwright

from tests.acceptance.service.running import serve
from tests.pages import COOKIE, Visitor, furnish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from tests.acceptance.service.running import Served
    from tests.pages import Office

PHONE, WIDE = 390, 1280
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# No sandbox, since CI runs as root in a container; and nothing that looks for hosts of its own.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SCREENSHOTS = "CADENCE_SCREENSHOTS"

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return what opens an address: `open_page(url, width=PHONE, scheme="dark")`."""
    contexts = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        complaints.append(f"{message.type}: {message.text}")

    def failed(request: Request) -> None:
        if request.failure == "net::ERR_ABORTED":
            return  # by the browser itself: a download ends its navigation, and leaving a page what it was fetching
        complaints.append(f"not loaded: {request.url} ({request.failure})")

    def open_(url: str, *, width: int = WIDE, height: int = 900, scheme: Scheme = "light", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("requestfailed", failed)
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Return what lists the serious findings of axe-core on a page, a line each; no page may have any."""
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def look(page: Page) -> list[str]:
        page.evaluate(source)  # not a script element: the page's policy would refuse it
        found = page.evaluate("async () => JSON.stringify((await axe.run()).violations)")
        return [
            f"{each['impact']}: {each['id']}: {node['target']} {node['failureSummary']}"
            for each in json.loads(found)
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    return look


@pytest.fixture(scope="session")
def shoot() -> Callable[[Page, str], None]:
    """Return what keeps a picture of the whole page as `NAME.png`, where `make screenshots` asks for it."""
    folder = os.environ.get(_SCREENSHOTS)

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A team with a service, a ledger in which something needs somebody, and tasks."""
    made = furnish(tmp_path_factory.mktemp("office"))
    made.put("state = 'in_doubt', activity_id = NULL, unclear_until = 0, reason = 'no answer within 30 s'", "hello")
    made.put("state = 'parked', reason = 'found in the CRM with its marker: a, b'", "call")
    made.put("state = 'rejected', activity_id = NULL, reason = '403 You may not [permission_required]'", "offer")
    return made


@pytest.fixture(scope="session")
def served(office: Office) -> Iterator[Served]:
    with serve(office.folder) as running:
        yield running


@pytest.fixture(scope="session")
def signed_in(served: Served, office: Office) -> dict[str, Any]:
    """What a browser is opened with that Ana has signed in with."""
    token = Visitor(served, office.admin).token
    cookie = {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/", "expires": -1}
    return {"cookies": [{**cookie, "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []}


@pytest.fixture
def visit(open_page: Callable[..., Page], served: Served, signed_in: dict[str, Any]) -> Callable[..., Page]:
    """Return what opens a page of the service as Ana: `visit("/today", width=PHONE)`."""
    return lambda path, **options: open_page(served.base_url + path, storage_state=signed_in, **options)


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
