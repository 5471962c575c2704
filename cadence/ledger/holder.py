"""Who holds a lease, and whether that process still lives."""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from pathlib import Path

from cadence.frozen import dataclass

__all__ = ["Holder", "is_gone", "this_boot", "this_process"]


@dataclass(frozen=True, slots=True)
class Holder:
    """A process. `boot` names the start of the machine, the space its pids are counted in and the machine itself,
    `started` the process's own start, both in the system's own words and empty where it does not tell.
    """  # noqa: D205 - one sentence

    pid: int
    host: str
    boot: str = ""
    started: str = ""

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


def this_process() -> Holder:
    """Return who is asking."""
    pid = os.getpid()
    return Holder(pid, platform.node(), _boot(), _started(pid) or "")


def this_boot() -> str:
    """Return what names the start of this machine, empty where the system does not tell."""
    return _boot().partition("/")[0]


def is_gone(holder: Holder) -> bool:
    """Return whether *holder* certainly runs no more. False where that cannot be known from here."""
    here = this_process()
    if holder.host != here.host or not holder.boot:
        return False
    if holder.boot != here.boot:
        return _booted_since(holder.boot, here.boot)
    return _started(holder.pid) != holder.started


@cache
def _boot() -> str:
    if not sys.platform.startswith("linux"):
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}/{_pid_space()}/{_machine()}"


def _machine() -> str:
    """Return what tells this machine from others that may have the same name; empty in most containers."""
    try:
        return Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _pid_space() -> str:
    """Return the name of the pid namespace: two containers may share a host name but not their pids."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _booted_since(theirs: str, ours: str) -> bool:
    """Return whether the same machine was started again; another one of the same name may well be at work."""
    their_boot, _, their_rest = theirs.partition("/")
    our_boot, _, our_rest = ours.partition("/")
    machine = our_rest.rpartition("/")[2]
    return bool(machine) and machine == their_rest.rpartition("/")[2] and their_boot != our_boot


def _started(pid: int) -> str | None:
    """Return when process *pid* started, in clock ticks since boot; None where there is none, a zombie included.

    Source: proc(5), /proc/pid/stat: field 3 is the state, field 22 the start; the name in field 2 may hold spaces.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]
