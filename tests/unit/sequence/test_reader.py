from __future__ import annotations

import subprocess
import sys
import time

import pytest

from cadence.diagnostics.collector import Collector
from cadence.sequence.nodes import ListNode, MapNode, ScalarNode
from cadence.sequence.reader import MAX_BYTES, read_document


def _read(source: str | bytes) -> tuple[MapNode | None, list[str]]:
    found = Collector("f.yaml")
    return read_document(source, found), [str(finding) for finding in found.findings]


def test_every_value_knows_its_line_and_column() -> None:
    node, findings = _read("a: 1\nb:\n  - x\n  - {c: 'two words'}\n")
    assert findings == []
    assert node is not None
    items = node.entries["b"]
    assert isinstance(items, ListNode)
    assert [str(item.place) for item in items.items] == ["f.yaml:3:5", "f.yaml:4:5"]
    inner = items.items[1]
    assert isinstance(inner, MapNode)
    assert (str(inner.keys["c"]), str(inner.entries["c"].place)) == ("f.yaml:4:6", "f.yaml:4:9")


def test_a_scalar_stays_the_text_that_was_written() -> None:
    node, _ = _read("a: 010\nb: 10:30\nc: no\nd: 2026-12-24\n")
    assert node is not None
    assert [entry.text for entry in node.entries.values() if isinstance(entry, ScalarNode)] == [
        "010",
        "10:30",
        "no",
        "2026-12-24",
    ]


def test_a_place_within_a_text_counts_from_its_quote() -> None:
    node, _ = _read("a: plain text\nb: 'quoted text'\nc: |\n  first\n  second\nd: folded\n  over lines\n")
    assert node is not None
    places = {key: entry.at(6) for key, entry in node.entries.items() if isinstance(entry, ScalarNode)}
    assert {key: str(place) for key, place in places.items()} == {
        "a": "f.yaml:1:10",
        "b": "f.yaml:2:11",
        "c": "f.yaml:5:3",
        "d": "f.yaml:6:4",
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", "f.yaml: error[empty-file] the file is empty; write a sequence in it"),
        ("# only a comment\n", "f.yaml: error[empty-file] the file is empty; write a sequence in it"),
        (
            "~",
            "f.yaml:1:1: error[not-a-mapping] the file holds nothing, not keys with values; start with a key, as in sequence: onboarding",
        ),
        (
            "- a\n",
            "f.yaml:1:1: error[not-a-mapping] the file holds a list, not keys with values; start with a key, as in sequence: onboarding",
        ),
        (
            "hello",
            "f.yaml:1:1: error[not-a-mapping] the file holds a single value, not keys with values; start with a key, as in sequence: onboarding",
        ),
        (
            "a: 1\nb: 2\na: 3\n",
            "f.yaml:3:1: error[duplicate-key] key 'a' is given twice, first on line 1; remove one of them",
        ),
        (
            "a: !!str 1\n",
            (
                "f.yaml:1:4: error[yaml-tag] tag 'tag:yaml.org,2002:str' has no meaning here; "
                "remove it; types are known by key"
            ),
        ),
        ("a: &x 1\n", "f.yaml:1:4: error[yaml-alias] anchor '&x' has no meaning here; write the value out"),
        ("a: *x\n", "f.yaml:1:4: error[yaml-alias] alias '*x' is not followed; write the value out"),
        ("<<: {a: 1}\n", "f.yaml:1:1: error[yaml-merge] merge key '<<' is not followed; write the keys out"),
        ("? [a]\n: 1\n", "f.yaml:1:3: error[yaml-key] a list cannot be a key; keys are plain words"),
        (
            "a: 1\n---\nb: 2\n",
            "f.yaml:2:1: error[yaml-documents] a second document starts here; keep one document a file, without '---'",
        ),
        (
            "a: b: c\n",
            (
                "f.yaml:1:5: error[yaml-syntax] not YAML: mapping values are not allowed in this context; "
                "put the value in quotes"
            ),
        ),
        (
            "a:\n\tb: 1\n",
            (
                "f.yaml:2:1: error[yaml-syntax] not YAML: found character that cannot start any token "
                "while scanning for the next token; indent with spaces, not with tabs"
            ),
        ),
        (
            "a: 'x\n",
            (
                "f.yaml:2:1: error[yaml-syntax] not YAML: found unexpected end of stream "
                "while scanning a quoted scalar; check the indentation and the quotes at and above this line"
            ),
        ),
        (
            "a: \x00\n",
            (
                "f.yaml: error[yaml-syntax] not YAML: unacceptable character #x0000: control characters are not allowed; "
                "check the indentation and the quotes at and above this line"
            ),
        ),
        (b"\xff\xfea\x00", "f.yaml: error[not-utf8] not UTF-8 but UTF-16; save the file as UTF-8"),
        (b"a: b\nc: \xe9\n", "f.yaml: error[not-utf8] not UTF-8: byte 0xe9 on line 2; save the file as UTF-8"),
        (
            "a: \ud800",
            "f.yaml: error[not-utf8] not UTF-8: the text holds half of a surrogate pair; save the file as UTF-8",
        ),
        (
            b"\xef\xbb\xbfa: 1\n",
            "f.yaml: warning[byte-order-mark] the file starts with a byte order mark; save it as UTF-8 without one",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_whole(source: str | bytes, expected: str) -> None:
    assert _read(source)[1] == [expected]


def test_a_file_of_five_megabytes_is_refused_before_it_is_parsed() -> None:
    started = time.perf_counter()
    node, findings = _read(b"a: [" + b"x," * 2_600_000 + b"]")
    assert node is None
    assert findings == [
        f"f.yaml: error[file-too-large] 5,200,005 bytes is more than the {MAX_BYTES:,} that are read; split it"
    ]
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_fifty_thousand_nested_brackets_end_at_the_depth_that_is_read(opening: str) -> None:
    script = (
        "from cadence.diagnostics.collector import Collector\n"
        "from cadence.sequence.reader import read_document\n"
        "found = Collector('f.yaml')\n"
        f"read_document('a: ' + {opening!r} * 50_000, found)\n"
        "print(*found.findings)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert (
        "error[yaml-too-deep] nested more than 32 levels deep; close the brackets; a few levels are enough"
        in run.stdout
    )


def test_an_alias_bomb_is_reported_alias_by_alias_and_never_expanded() -> None:
    lines = ["a0: &a0 [lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    started = time.perf_counter()
    _, findings = _read("\n".join(lines))
    assert len(findings) == 10 + 9 * 9
    assert all("error[yaml-alias]" in finding for finding in findings)
    assert time.perf_counter() - started < 1


def test_of_very_many_findings_the_rest_is_counted_out() -> None:
    _, findings = _read("\n".join(f"a{n}: *x" for n in range(500)))
    assert len(findings) == 201
    assert "f.yaml: error[too-many-findings] more than 200 findings; the rest is not shown" in findings
