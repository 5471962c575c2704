from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in links(page.read_text(encoding="utf-8")) if not _resolves(link, page)]
    assert broken == []


def _resolves(link: str, page: Path) -> bool:
    if link.startswith("https://"):
        return True
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not fragment or fragment in anchors(target.read_text(encoding="utf-8"))


def test_every_page_is_reached_from_the_start_page() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        targets = (link.partition("#")[0] for link in links(page.read_text(encoding="utf-8")))
        waiting.extend((page.parent / target).resolve() for target in targets if target.endswith(".md"))
    assert sorted(str(page.relative_to(ROOT)) for page in set(PAGES) - seen) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_folder_of_somebody_s_machine(page: Path) -> None:
    assert re.findall(r"/(?:home|root|Users|work)/\S*", page.read_text(encoding="utf-8")) == []
