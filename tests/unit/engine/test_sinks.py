"""Files that rows are written to as they come."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from cadence.engine.recordreport import HEADER, report_path
from cadence.engine.sinks import Output, is_being_written, open_sink
from cadence.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WRITES_UNTIL_ITS_INPUT_ENDS = """
import sys
from pathlib import Path
from cadence.engine.sinks import open_sink
sink = open_sink(Path(sys.argv[1]), ("row", "why"))
sink.write([(2, "theirs")])
print("written", flush=True)
sys.stdin.read()
"""


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """Have no file of this process grow beyond *size* bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_every_batch_is_on_the_disk_in_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    sink = open_sink(path, ("row", "why"))
    sink.write([(2, "=1+1"), (3, None)])
    assert path.read_text(encoding="utf-8").splitlines() == ["row,why", "2,'=1+1", "3,"]
    sink.write([])
    sink.write([(4, 'a "quote"')])
    sink.close()
    assert path.read_text(encoding="utf-8").splitlines()[-1] == '4,"a ""quote"""'


def test_a_file_that_another_run_is_writing_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    other = subprocess.Popen(
        [sys.executable, "-c", _WRITES_UNTIL_ITS_INPUT_ENDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"written\n"
        before = path.read_bytes()
        with pytest.raises(ConfigError) as caught:
            open_sink(path, ("row", "why"))
        assert str(caught.value) == (
            f"{path} cannot be written: another run is writing it; wait for it, or name another file"
        )
        assert path.read_bytes() == before == b"row,why\r\n2,theirs\r\n"
        assert is_being_written(path)
        other.kill()
    assert not is_being_written(path)
    open_sink(path, ("row", "why")).close()
    assert path.read_bytes() == b"row,why\r\n"


def test_a_report_gets_a_number_while_another_run_writes_that_of_the_file(tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    first = report_path(source)
    assert first == tmp_path / "people.report.csv"
    with closing(open_sink(first, HEADER)):
        second = report_path(source)
        assert second == tmp_path / "people.report-2.csv"
        with closing(open_sink(second, HEADER)):
            assert report_path(source) == tmp_path / "people.report-3.csv"
    assert report_path(source) == first


def test_ndjson_has_an_object_a_line(tmp_path: Path) -> None:
    sink = open_sink(tmp_path / "r.jsonl", ("row", "why"))
    sink.write([(2, "é"), (3, "")])
    sink.close()
    lines = (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"row": 2, "why": "é"}, {"row": 3, "why": ""}]


def test_parquet_comes_back_as_it_was_written(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    sink = open_sink(tmp_path / "r.parquet", ("row", "why"), kinds=(".parquet",))
    sink.write([(2, "a"), (3, None)])
    sink.write([])
    sink.close()
    assert pq.read_table(tmp_path / "r.parquet").to_pylist() == [{"row": "2", "why": "a"}, {"row": "3", "why": None}]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("r.xlsx", "{}/r.xlsx: '.xlsx' is not known, expected .csv, .ndjson or .jsonl; name the file by what it is to hold"),
        ("no/r.csv", "{}/no/r.csv cannot be written: No such file or directory; check the folder and its permissions"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_sink(tmp_path / name, ("row",))
    assert str(caught.value) == message.format(tmp_path)


@pytest.mark.parametrize(("name", "text"), [("r.csv", "row,why\n2,a\n"), ("r.ndjson", '{"row": 2, "why": "a"}\n')])
def test_a_disk_that_fills_up_leaves_whole_lines_and_is_told_once(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    output = Output(path, ("row", "why"))
    output.begin()
    with disk_of(40):
        output.write([(2, "a")])
        assert output.failure is None
        output.write([(3, "b" * 100)])
        output.write([(4, "c")])
    output.close()
    assert str(output.failure) == f"{path} cannot be written: File too large; make room, or name another file"
    assert path.read_text(encoding="utf-8") == text


def test_rows_for_no_file_go_nowhere() -> None:
    output = Output(None, ("row",))
    output.begin()
    output.write([(1,)])
    output.close()
    assert output.failure is None
