"""Codes about files as such: finding, reading and decoding them, and what of YAML has no place here."""

from __future__ import annotations

from cadence.diagnostics.catalogue.entry import Entry

__all__ = ["FILES"]

FILES = {
    "ambiguous-value": Entry(
        "A value that YAML readers take for different things: 010 is eight to some, no is false to others.",
        "params:\n  code: {default: 010}",
        "Put it in quotes, or write the number or the truth value that is meant.",
    ),
    "byte-order-mark": Entry(
        "The file starts with a byte order mark, which some programs take for text.",
        "(bytes EF BB BF, then) sequence: onboarding",
        "Save the file as UTF-8 without a byte order mark.",
    ),
    "calendar-file-name": Entry(
        "A calendar's name is not its file's name, so no sequence can refer to it.",
        "calendar: us-support   # in calendars/support.yaml",
        "Name the file after the calendar.",
    ),
    "damaged-lock": Entry(
        "The file holidays.lock.json cannot be read, so holidays are not known.",
        '{"version": 1, "regions": ...   # cut off',
        "Write it again with `cadence calendar lock`.",
    ),
    "duplicate-key": Entry(
        "A key is there twice. YAML readers silently keep one of the two.",
        "title: First\ntitle: Second",
        "Remove one of them.",
    ),
    "empty-file": Entry(
        "The file holds nothing, or only comments.",
        "# to be written",
        "Write a sequence, or run `cadence init` for one to start from.",
    ),
    "file-too-large": Entry(
        "The file has more than 1 MiB. It is refused before it is parsed.",
        "(a file of 5 MB)",
        "Split it, or check that it is the file you meant.",
    ),
    "no-such-file": Entry(
        "There is no file at the path.",
        "team: demo/teem.yaml   # in a golden file",
        "Check the path and the folder it starts from.",
    ),
    "not-a-file": Entry("The path is a directory.", "cadence plan sequences/", "Name a file in it."),
    "not-a-mapping": Entry(
        "The file holds a list or a single text in place of keys with values.",
        "- id: welcome",
        "Start with the file's first key: sequence, calendar, team or cases.",
    ),
    "not-utf8": Entry(
        "The file is not UTF-8 text.",
        "(bytes of Latin-1 or UTF-16)",
        "Save the file as UTF-8.",
    ),
    "nothing-to-check": Entry(
        "A folder that was to be checked has no YAML file in it.",
        "cadence check docs/",
        "Name a file, or a folder with sequences.",
    ),
    "too-many-findings": Entry(
        "The file has more than two hundred findings; the rest is not shown.",
        "(a file of another kind)",
        "Mend the first ones and check again.",
    ),
    "unknown-file-kind": Entry(
        "Nothing in the file says whether it is a sequence, a calendar, a team or golden cases.",
        "services: {web: {image: nginx}}",
        "Name only files of Cadence, or add the key that is missing.",
    ),
    "unreadable": Entry(
        "The file is there but cannot be read.",
        "(a file without read permission)",
        "Change its permissions.",
    ),
    "yaml-alias": Entry(
        "Anchors and aliases are not followed: a few lines of them can stand for gigabytes.",
        "title: &t Welcome",
        "Write the value out where it is needed.",
    ),
    "yaml-documents": Entry(
        "The file holds more than one YAML document.",
        "title: One\n---\ntitle: Two",
        "Keep one document a file.",
    ),
    "yaml-key": Entry("A list or a mapping stands where a key is expected.", "? [a, b]\n: c", "Keys are plain words."),
    "yaml-merge": Entry("The merge key << is not followed.", "<<: {title: Welcome}", "Write the keys out."),
    "yaml-syntax": Entry(
        "The file is not YAML. Often it is a tab, a missing quote or a colon inside a text.",
        "title: Welcome: the first call",
        "Put the value in quotes; indent with spaces; look at the lines above as well.",
    ),
    "yaml-tag": Entry(
        "A tag such as !!str or !include has no meaning here.", "title: !!str Welcome", "Remove the tag."
    ),
    "yaml-too-deep": Entry(
        "Lists and mappings are nested more than 32 levels deep. Reading stops there.",
        "title: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "No file of Cadence needs more than a few levels.",
    ),
}
