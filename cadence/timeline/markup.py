"""Elements of HTML and SVG. Whatever is no Markup is text that somebody else may have written, and is escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from markupsafe import Markup, escape

from cadence.wording.text import printable

__all__ = ["Markup", "Text", "el", "joined", "paragraphs"]

Text: TypeAlias = "str | Markup | None"
_VOID = frozenset({"meta", "br", "link", "input"})


def el(tag: str, /, *children: Text, **attributes: str | float | None) -> Markup:
    """Return the element. `class_` is class, `stroke_width` stroke-width; what is None is left out."""
    written = [f' {_name(name)}="{_safe(str(value))}"' for name, value in attributes.items() if value is not None]
    opening = f"<{tag}{''.join(written)}>"
    return Markup(opening if tag in _VOID else f"{opening}{_content(children)}</{tag}>")  # noqa: S704 - all is escaped


def joined(*parts: Text) -> Markup:
    """Return the parts one after the other."""
    return Markup(_content(parts))  # noqa: S704 - it is escaped


def _content(parts: tuple[Text, ...]) -> str:
    return "".join([_safe(part) for part in parts if part is not None])


def paragraphs(text: str) -> Markup:
    """Return text of several lines, its line ends kept."""
    return el("br").join(map(joined, text.splitlines()))


def _safe(text: str | Markup) -> str:
    """Return *text* escaped for content and for quoted attributes alike, control characters shown as their codes."""
    return text if isinstance(text, Markup) else escape(printable(text))


@lru_cache
def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")
