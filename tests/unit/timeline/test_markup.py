"""Elements and what they escape."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cadence.timeline.markup import Markup, el, joined, paragraphs


def test_an_element_has_its_attributes_and_children_in_order() -> None:
    made = el("text", "10:00", el("tspan", "x"), class_="tl-tick", text_anchor="middle", x=1, title=None)
    assert made == '<text class="tl-tick" text-anchor="middle" x="1">10:00<tspan>x</tspan></text>'


def test_an_element_without_content_is_not_closed() -> None:
    assert el("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_text_is_escaped_in_content_and_in_attributes() -> None:
    assert el("p", '<i> & "you"', title="'>\"<") == ('<p title="&#39;&gt;&#34;&lt;">&lt;i&gt; &amp; &#34;you&#34;</p>')


def test_characters_that_turn_or_hide_text_are_shown_as_codes() -> None:
    assert joined("a\u202eb\x00") == "a\\x202eb\\x00"


def test_lines_of_a_text_stay_lines() -> None:
    assert paragraphs("one\n<two>") == "one<br>&lt;two&gt;"


@given(st.text())
def test_no_text_opens_a_tag_or_ends_an_attribute(text: str) -> None:
    made = el("p", text, title=text)
    assert (made.count("<"), made.count('"')) == (2, 2)
    assert isinstance(made, Markup)
