"""A disk as a power cut leaves it: what was synced is there; of the rest any part may be, in any order.

Sectors of 512 bytes are written whole or not at all. Names reach the disk in order, with the first sync of a new log or
journal, or with a removal that is synced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random  # noqa: TID251 - seeded where it comes from

_SECTOR = 512


@dataclass(frozen=True, slots=True)
class Made:
    """A file was made. With `carries_names` its first sync brings the names of its folder to the disk, too."""

    name: str
    carries_names: bool


@dataclass(frozen=True, slots=True)
class Written:
    name: str
    offset: int
    content: bytes

    def onto(self, content: bytearray) -> None:
        content.extend(bytes(max(0, self.offset - len(content))))
        content[self.offset : self.offset + len(self.content)] = self.content

    def sectors(self) -> Iterator[Written]:
        """Yield the part that falls into each sector."""
        begin, end = self.offset, self.offset + len(self.content)
        while begin < end:
            upto = min(end, (begin // _SECTOR + 1) * _SECTOR)
            yield Written(self.name, begin, self.content[begin - self.offset : upto - self.offset])
            begin = upto


@dataclass(frozen=True, slots=True)
class Resized:
    """A file was cut to a size."""

    name: str
    size: int

    def onto(self, content: bytearray) -> None:
        del content[self.size :]

    def sectors(self) -> Iterator[Resized]:
        yield self


@dataclass(frozen=True, slots=True)
class Mapped:
    """Shared memory was written to. Nothing ever syncs it; the system may bring any of its states to the disk."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Synced:
    name: str


@dataclass(frozen=True, slots=True)
class Removed:
    name: str
    synced: bool


Operation = Made | Written | Resized | Mapped | Synced | Removed


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    unsynced: list[Written | Resized] = field(default_factory=list)
    carries_names: bool = False
    states: list[bytes] = field(default_factory=list)

    def sync(self) -> None:
        self.durable = self.whole()
        self.unsynced.clear()

    def whole(self) -> bytearray:
        content = bytearray(self.durable)
        for change in self.unsynced:
            change.onto(content)
        return content

    def survivors(self, chance: Random) -> bytes:
        """Return the file with all, none or some of what was not synced, in the order of writing or in any other."""
        if self.states:
            return chance.choice([b"", *self.states])
        content = bytearray(self.durable)
        kept = chance.choice((0.0, 1.0, chance.random()))
        sectors = [sector for change in self.unsynced for sector in change.sectors()]
        if chance.random() < 0.5:
            chance.shuffle(sectors)
        for sector in sectors:
            if chance.random() < kept:
                sector.onto(content)
        if sectors and chance.random() < 0.25:  # the size is there, and what was to fill it is not
            content.extend(bytes(max(0, len(self.whole()) - len(content))))
        return bytes(content)


class Disk:
    """One folder of a disk, brought forward operation by operation."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._durable: dict[str, _File] = {}
        self._renames: list[tuple[str, _File | None]] = []

    def apply(self, operation: Operation) -> None:
        match operation:
            case Made(name, carries_names):
                self._name(name, _File(carries_names=carries_names))
            case Removed(name, synced):
                self._name(name, None)
                if synced:
                    self._sync_names()
            case Synced(name):
                self._sync(self._files[name])
            case Written(name) | Resized(name):
                self._files[name].unsynced.append(operation)
            case Mapped(name, content):
                self._files[name].states.append(content)

    def after_a_power_cut(self, chance: Random) -> dict[str, bytes]:
        """Return files as they may be found afterwards."""
        names = dict(self._durable)
        for name, file in self._renames[: chance.randint(0, len(self._renames))]:
            _put(names, name, file)
        return {name: file.survivors(chance) for name, file in names.items()}

    def _name(self, name: str, file: _File | None) -> None:
        _put(self._files, name, file)
        self._renames.append((name, file))

    def _sync(self, file: _File) -> None:
        file.sync()
        if file.carries_names:
            file.carries_names = False
            self._sync_names()

    def _sync_names(self) -> None:
        self._durable = dict(self._files)
        self._renames.clear()


def _put(names: dict[str, _File], name: str, file: _File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file
