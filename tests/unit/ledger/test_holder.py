"""Whether the process that holds a lease still lives."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from cadence.ledger import holder
from cadence.ledger.holder import Holder, is_gone, this_process

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def test_this_process_lives() -> None:
    assert not is_gone(this_process())


@linux
def test_a_process_that_ended_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        code = "from cadence.ledger.holder import _started; import sys; print(_started(int(sys.argv[1])))"
        started = subprocess.check_output([sys.executable, "-c", code, str(process.pid)], text=True).strip()
        other = replace(this_process(), pid=process.pid, started=started)
        assert not is_gone(other)
        process.kill()
        process.wait()
        assert is_gone(other)


@linux
def test_a_pid_that_was_given_to_another_process_is_gone() -> None:
    assert is_gone(replace(this_process(), started="1"))


@linux
def test_every_process_before_the_same_machine_started_again_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    here = this_process()
    again = replace(here, boot="another-boot/pid:[1]/the-machine")
    monkeypatch.setattr(holder, "_boot", lambda: "this-boot/pid:[1]/the-machine")
    assert is_gone(again)
    assert not is_gone(replace(again, boot="another-boot/pid:[1]/a-machine-of-the-same-name"))
    assert not is_gone(replace(again, boot="another-boot/pid:[1]/"))


@linux
def test_a_process_of_another_container_cannot_be_judged() -> None:
    here = this_process()
    assert not is_gone(replace(here, pid=1, started="1", boot=here.boot.partition("/")[0] + "/pid:[1]"))


@pytest.mark.parametrize("other", [Holder(1, "elsewhere", "boot", "1"), Holder(1, this_process().host, "", "1")])
def test_a_process_that_cannot_be_seen_from_here_is_not_called_gone(other: Holder) -> None:
    assert not is_gone(other)


def test_a_holder_is_named_by_process_and_machine() -> None:
    assert str(Holder(4711, "laptop")) == "process 4711 on laptop"
