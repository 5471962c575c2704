"""The standard streams, where whoever started the command closed some of them."""

from __future__ import annotations

import os
import sys

__all__ = ["open_closed_streams"]

_STREAMS = ("stdin", "stdout", "stderr")


def open_closed_streams() -> None:
    """Put the null device where a standard stream is closed, before anything else is opened.

    The next file to be opened, a ledger say, would else get the stream's number, and what is written to stderr.
    """
    for number, name in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
