"""Where the records of a bulk run come from: what is taken, what becomes of a bad row, what is refused as a whole."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from cadence.engine.sources import open_source, slices
from cadence.engine.wanted import Details, Untaken, Wanted
from cadence.errors import PlanError
from cadence.model.people import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


def rows(records: Any, *, by: str | None = None) -> list[Wanted | Untaken]:
    async def read() -> list[Wanted | Untaken]:
        return [item async for some in slices(open_source(records, by=by), 2) for item in some]

    return asyncio.run(read())


def wanted(records: Any, *, by: str | None = None) -> list[tuple[int, str, Details]]:
    found = rows(records, by=by)
    return [(each.row, each.reference, each.details()) for each in found if isinstance(each, Wanted)]


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path, *, by: str | None = None) -> str:
    with pytest.raises(PlanError) as caught:
        open_source(path, by=by)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_a_row_names_its_record_and_the_other_columns_are_fields(tmp_path: Path) -> None:
    path = file(tmp_path, "c.csv", "email,seats,plan,zip\nada@x.test, 25 ,,0123\n")
    assert wanted(path) == [(2, "ada@x.test", Details({"seats": 25, "zip": "0123"}, {}, None))]


def test_start_and_params_are_read_by_their_own_types_and_not_as_fields(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "c.csv",
        "Email,Start,param.csm,Param.size,record.start,owner.email\na@x.test,2026-12-01,7,,x,k@x.test\n",
    )
    ((_, reference, details),) = wanted(path)
    assert reference == "a@x.test"
    assert details == Details({"start": "x", "owner": {"email": "k@x.test"}}, {"csm": "7"}, "2026-12-01")


@pytest.mark.parametrize(
    ("header", "row", "reference"),
    [
        ("id,email,name", "R-17,a@x.test,Ada", "R-17"),
        ("email,id,name", "a@x.test,,Ada", "a@x.test"),
        ("name,id,email", "Ada,,", "Ada"),
        ("Record ID,Email", "9,a@x.test", "9"),
        ("record_id,name", "9,Ada", "9"),
        ("\ufeffemail,x", "a@x.test,1", "a@x.test"),
    ],
)
def test_the_record_is_named_by_id_then_email_then_name_whichever_is_filled(
    tmp_path: Path, header: str, row: str, reference: str
) -> None:
    assert [name for _, name, _ in wanted(file(tmp_path, "c.csv", f"{header}\n{row}\n"))] == [reference]


def test_any_column_can_be_said_to_name_the_record(tmp_path: Path) -> None:
    path = file(tmp_path, "c.csv", "Contact,email\nR-1,a@x.test\n")
    assert wanted(path, by="Contact") == [(2, "R-1", Details({"email": "a@x.test"}, {}, None))]
    assert refusal(path, by="Contct") == "c.csv:1: no column 'Contct' to name the record; did you mean 'Contact'?"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_are_separated_by_what_the_header_has(tmp_path: Path, mark: str) -> None:
    path = file(tmp_path, "c.csv", mark.join(("email", "seats")) + "\r\n" + mark.join(("a@x.test", "5")) + "\r\n")
    assert wanted(path) == [(2, "a@x.test", Details({"seats": 5}, {}, None))]


def test_a_bad_row_is_named_with_its_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        "c.csv",
        'email,name\n"two\nlines",x\na,b,c\n\n,\n"x"y,1\n,Only name\n b@x.test ,B\nalone\nc@x.test,"never closed\nd,e\n',
    )
    found = rows(path)
    assert [(each.row, type(each).__name__, each.reference) for each in found] == [
        (2, "Wanted", "two\nlines"),
        (4, "Untaken", ""),
        (7, "Untaken", ""),
        (8, "Wanted", "Only name"),
        (9, "Wanted", "b@x.test"),
        (10, "Untaken", ""),
        (11, "Untaken", ""),
    ]
    assert [each.reason for each in found if isinstance(each, Untaken)] == [
        "the row has 3 cells, expected 2; quote a cell that holds a comma",
        "not CSV: ',' expected after '\"'; check the quotes of that row",
        "the row has 1 cell, expected 2; leave a cell empty rather than out",
        "not CSV in lines 11 to 12: unexpected end of data; check the quotes of that row",
    ]


def test_a_row_that_names_nobody_says_which_columns_are_empty(tmp_path: Path) -> None:
    path = file(tmp_path, "c.csv", "id,email,x\n,,1\n")
    assert rows(path) == [Untaken(2, "", "the row names no record: 'id' and 'email' are empty")]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.csv", "", "c.csv: the file is empty; expected a row for each record"),
        ("c.csv", "\nemail\na@x.test\n", "c.csv:1: the first line is blank, expected the names of the fields; begin with a line such as email,first_name,timezone"),
        ("c.csv", " , \n", "c.csv:1: the first line is blank, expected the names of the fields; begin with a line such as email,first_name,timezone"),
        ("c.ndjson", "", "c.ndjson: the file is empty; expected a row for each record"),
        ("c.csv", "email,x,email\n", "c.csv:1: column 'email' comes twice; name each field once in the first line"),
        ("c.csv", "email,,x\n", "c.csv:1: column 2 has no name; name each field once in the first line"),
        (
            "c.csv",
            "first,last\na,b\n",
            "c.csv:1: no column names the record, expected one called id, email or name; say which one does with --by; the columns are 'first', 'last'",
        ),
        ("c.xlsx", "PK", "c.xlsx: '.xlsx' is not known, expected .csv, .ndjson, .jsonl or .parquet; export the records as CSV"),
        (
            "c.csv",
            "email,name\na@x.test,Zoë\nb@x.test,".encode() + b"\xe9\n",
            "c.csv:3: byte 34 is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)",
        ),
        ("c.csv", "email\n".encode("utf-16"), "c.csv:1: byte 0 is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"),
        ("c.csv", b"email\na\xc3", "c.csv:2: byte 7 is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"),
        ("c.ndjson", b'{"id": "\xff"}\n', "c.ndjson:1: byte 8 is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_as_a_whole_is_refused(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    assert refusal(file(tmp_path, name, content)) == message


@pytest.mark.parametrize("name", ["c.csv", "c.ndjson", "c.parquet", "63"])
def test_a_pipe_is_refused_without_being_opened(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    why = "is no regular file, and the rows are read twice; save them in a file first, as in people.csv"
    assert refusal(tmp_path / name) == f"{name}: {why}"


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_stdin_is_refused_as_a_pipe_is(name: str) -> None:
    with pytest.raises(PlanError) as caught:
        open_source(name)
    why = "is no regular file, and the rows are read twice; save them in a file first, as in people.csv"
    assert str(caught.value) == f"{name}: {why}"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "c.csv") == "c.csv: cannot be read: No such file or directory; check the path"


def test_a_file_whose_columns_change_after_it_was_looked_over_is_refused(tmp_path: Path) -> None:
    path = file(tmp_path, "c.csv", "id,first_name\na,A\n")
    items = open_source(path).items()
    file(tmp_path, "c.csv", "id,last_name\na,A\n")
    assert isinstance(items, Iterator)
    with pytest.raises(PlanError) as caught:
        next(items)
    assert str(caught.value) == f"{path}: the file changed while it was read; leave it as it is until the run is over"


def test_the_last_byte_of_a_long_file_is_looked_at_before_the_first_row(tmp_path: Path) -> None:
    path = file(tmp_path, "c.csv", b"email\n" + b"a@x.test,\xc3\xa9\n" * 200_000 + b"\xc3\n")
    assert (
        refusal(path)
        == f"c.csv:200002: byte {path.stat().st_size - 2} is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"
    )


def test_a_line_of_ndjson_is_an_object_and_anything_else_a_bad_row(tmp_path: Path) -> None:
    lines = [
        '{"id": 5, "seats": 3}',
        "",
        "[1]",
        "{",
        '{"email": null}',
        '{"x": 1}',
        '"R-1"',
        '{"id": "r", "param": {"csm": 1}}',
    ]
    path = file(tmp_path, "c.ndjson", "\n".join(lines))
    assert wanted(path) == [
        (1, "5", Details({"seats": 3}, {}, None)),
        (7, "R-1", Details({}, {}, None)),
        (8, "r", Details({}, {"csm": 1}, None)),
    ]
    assert [(each.row, each.reason) for each in rows(path) if isinstance(each, Untaken)] == [
        (3, "expected an object with the record's id, email or name, got a list"),
        (4, "not JSON: expecting property name enclosed in double quotes; write one object a line"),
        (5, "the row names no record: 'email' is empty"),
        (6, "the row names no record: it has neither id, email nor name"),
    ]


def test_what_no_database_takes_is_refused_with_its_row(tmp_path: Path) -> None:
    path = file(tmp_path, "c.ndjson", '{"id": 1, "a": "x\\u0000"}\n{"id": 2, "a": ["\\ud800"]}\n{"id": "\\ud800"}\n')
    first, second, third = rows(path)
    for each in (first, second):
        assert isinstance(each, Wanted)
        with pytest.raises(PlanError, match="'a' holds a character that cannot be stored"):
            each.details()
    assert third == Untaken(3, "", "the row names no record: 'id' is empty")


@pytest.mark.parametrize("depth", [41, 900, 3_000, 30_000, 1_000_000])
def test_a_row_nested_without_end_is_refused_by_itself(tmp_path: Path, depth: int) -> None:
    """Python's own limit depends on its release and on the thread: some of these rows can be read, some cannot."""
    deep = "[" * depth + "]" * depth
    path = file(tmp_path, "c.ndjson", f'{{"id": "a", "x": {deep}}}\n{{"id": "b"}}\n')
    first, second = rows(path)
    if isinstance(first, Wanted):
        with pytest.raises(PlanError) as caught:
            first.details()
        assert str(caught.value) == "'x' is nested deeper than 40 levels; keep it flat, or take it out of the row"
    else:
        assert first.reason == "not JSON: nested too deep; write one object a line"
    assert isinstance(second, Wanted)


def test_a_program_hands_over_mappings_records_and_references() -> None:
    start = datetime(2026, 12, 1, tzinfo=UTC)
    given = [{"id": "a", "start": start, "fields": {"x": 1}}, Record("b", {"y": 2}), "c", 7]
    assert wanted(iter(given)) == [
        (1, "a", Details({"x": 1}, {}, start)),
        (2, "b", Details({"y": 2}, {}, None)),
        (3, "c", Details({}, {}, None)),
    ]
    assert rows(given)[-1] == Untaken(4, "", "expected an object with the record's id, email or name, got a number")


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        (1001.0, "1001"),
        (1e5, "100000"),
        (1.5, "1.5"),
        (1001, "1001"),
        (Decimal("1001.00"), "1001"),
        (b"a@x.test", "a@x.test"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_record_is_called_the_same_whichever_type_its_id_was_read_with(value: object, reference: str) -> None:
    assert [name for _, name, _ in wanted([{"id": value}])] == [reference]


@pytest.mark.parametrize("nothing", [None, float("nan"), Decimal("nan"), "", " "])
def test_null_and_nan_are_empty_cells(nothing: object) -> None:
    assert [name for _, name, _ in wanted([{"id": nothing, "email": "a@x.test"}])] == ["a@x.test"]
    assert rows([{"id": nothing}]) == [Untaken(1, "", "the row names no record: 'id' is empty")]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (True, "true or false"),
        ([1], "a list"),
        ({"a": 1}, "an object"),
        ({1}, "a set"),
        (date(2026, 1, 1), "a date"),
        (b"\xff", "bytes that are not UTF-8"),
        (float("inf"), "no number that can be written out"),
        pytest.param(10**5000, "no number that can be written out", id="5000 digits"),
    ],
)
def test_what_nobody_calls_a_record_by_is_refused_though_another_column_is_filled(value: object, what: str) -> None:
    reason = f"'id' names no record: it is {what}; give the record's id, email or name as text"
    assert rows([{"id": value, "email": "a@x.test"}]) == [Untaken(1, "", reason)]


def test_a_number_in_ndjson_and_in_parquet_names_the_record_that_it_names_in_csv(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"id": [1e5, None, 7.0]}), tmp_path / "c.parquet")
    pq.write_table(pa.table({"id": [b"abc", b"\xff\xfe"]}), tmp_path / "b.parquet")
    assert [name for _, name, _ in wanted(tmp_path / "c.parquet")] == ["100000", "7"]
    assert [name for _, name, _ in wanted(file(tmp_path, "c.ndjson", '{"id": 1e5}\n{"id": 7.0}\n'))] == ["100000", "7"]
    assert [name for _, name, _ in wanted(file(tmp_path, "c.csv", "id\n100000\n7\n"))] == ["100000", "7"]
    _, second = rows(tmp_path / "b.parquet")
    reason = "'id' names no record: it is bytes that are not UTF-8; give the record's id, email or name as text"
    assert second == Untaken(2, "", reason)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        pytest.param({"id": "a", "x": 10**5000}, "'x' holds a number with more digits than can be stored", id="number"),
        pytest.param(Record("a", {"x": 10**5000}), "'x' holds a number with more digits than can be stored", id="Record"),
        pytest.param({"id": "a", "start": 10**5000}, "'start' holds a number with more digits than can be stored", id="start"),
        pytest.param({"id": "a", "x": [10**5000]}, "'x' holds what cannot be written as JSON", id="list"),
        pytest.param({"id": "a", "x": {(1, 2): 3}}, "'x' holds what cannot be written as JSON", id="names"),
    ],
)  # fmt: skip
def test_what_no_ledger_can_hold_is_refused_with_its_row(row: object, what: str) -> None:
    (only,) = rows([row])
    assert isinstance(only, Wanted)
    with pytest.raises(PlanError) as caught:
        only.details()
    assert str(caught.value) == f"{what}; write it as text, or take it out of the row"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": "a", "x\ud800": 1}, "the name of a field holds a character that cannot be stored; take it out of the row"),
        ({"id": "a", "x\0": 1}, "the name of a field holds a character that cannot be stored; take it out of the row"),
        ({"id": "a", "fields": {5: 1}}, "the name of a field is a number, expected a text; write it in quotes"),
        ({"id": "a", "param": {5: 1}}, "the name of a field is a number, expected a text; write it in quotes"),
    ],
)  # fmt: skip
def test_a_name_of_a_field_that_no_ledger_can_hold_is_refused_with_its_row(row: object, reason: str) -> None:
    (only,) = rows([row])
    assert isinstance(only, Wanted)
    with pytest.raises(PlanError) as caught:
        only.details()
    assert str(caught.value) == reason


def test_a_name_of_too_many_digits_is_refused_with_its_row() -> None:
    reason = "the name of a field has more digits than can be stored; take it out of the row"
    assert rows([{"id": "a", 10**5000: 1}]) == [Untaken(1, "", reason)]


def test_an_asynchronous_generator_is_read_as_any_other() -> None:
    async def given() -> AsyncIterator[dict[str, str]]:
        for name in ("a", "b", "c"):
            yield {"id": name}

    assert [name for _, name, _ in wanted(given())] == ["a", "b", "c"]


def test_parquet_is_read_with_its_types(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    table = pa.table({
        "email": ["a@x.test", None], "seats": [5, 6], "start": pa.array([at, at], pa.timestamp("ns", "UTC")), "none": [None, 1],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "c.parquet")
    source = open_source(tmp_path / "c.parquet")
    assert (source.total, source.params) == (2, ())
    assert wanted(tmp_path / "c.parquet") == [(1, "a@x.test", Details({"seats": 5}, {}, at))]
    assert rows(tmp_path / "c.parquet")[1] == Untaken(2, "", "the row names no record: 'email' is empty")
    assert refusal(file(tmp_path, "bad.parquet", "PAR1")).startswith("bad.parquet: not a Parquet file: ")


def test_what_parquet_holds_and_python_does_not_fails_its_row_alone(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(
        pa.table({
            "id": ["a", "b", "c"],
            "day": pa.array([2**31 - 1, 0, None], pa.date32()),
            "at": pa.array([None, None, 2**50], pa.timestamp("ms")),
            "zoned": pa.array([None, 0, None], pa.timestamp("us", "Mars/Phobos")),
        }),
        tmp_path / "c.parquet",
    )  # fmt: skip
    reasons = []
    for each in rows(tmp_path / "c.parquet"):
        assert isinstance(each, Wanted)
        with pytest.raises(PlanError) as caught:
            each.details()
        reasons.append(str(caught.value))
    hint = "that cannot be read; write it as text, or take it out of the row"
    assert reasons == [
        f"'day' holds a value of date32[day] {hint}",
        f"'zoned' holds a value of timestamp[us, tz=Mars/Phobos] {hint}",
        f"'at' holds a value of timestamp[ms] {hint}",
    ]


def test_a_name_in_parquet_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"id": pa.array([2**31 - 1], pa.date32())}), tmp_path / "c.parquet")
    reason = "'id' names no record: it is a value of date32[day] that cannot be read; give the record's id, email or name as text"
    assert rows(tmp_path / "c.parquet") == [Untaken(1, "", reason)]


def test_what_is_finer_than_a_microsecond_in_parquet_is_cut_off(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"id": ["a"], "t": pa.array([1001], pa.time64("ns")), "d": pa.array([2001], pa.duration("ns"))})
    pq.write_table(table, tmp_path / "c.parquet")
    fields = {"t": time(0, 0, 0, 1), "d": timedelta(microseconds=2)}
    assert wanted(tmp_path / "c.parquet") == [(1, "a", Details(fields, {}, None))]


def test_the_number_of_rows_is_known_before_they_are_read(tmp_path: Path) -> None:
    assert open_source(file(tmp_path, "c.csv", "email\na\nb")).total == 2
    assert open_source(file(tmp_path, "c.jsonl", '{"id":1}\n')).total == 1
    assert open_source([{"id": 1}]).total == 1
    assert open_source(iter([])).total is None
