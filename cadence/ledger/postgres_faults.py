"""What PostgreSQL, or the way to it, complains of, in words that say what to do.

Source of the codes: PostgreSQL 18, appendix A. A connection that was never made has no code, only the server's words,
which are English unless the server speaks another language; then they are shown as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import LedgerAway, LedgerError
from cadence.ledger.faults import TAKE_IT_OUT, damaged

if TYPE_CHECKING:
    from cadence.ledger.database import Database

__all__ = ["explained_fault", "sqlstate"]

_AGAIN = "nothing is half-written; run the same command again once it answers"
_START = "start the server, or correct the url; nothing was sent that is not in the ledger: run the same command again"
_GRANT = (
    "grant it: CREATE on the database for the first run, then USAGE on the schema, all rights on its tables and USAGE "
    "on its sequences"
)
_SEE = "grant it USAGE on the schema; where the tables are gone, restore them from a backup"
_ROOM = "make room on the server; nothing was sent that is not in the ledger"
_NUL = ("cannot hold a text with the character NUL in it", TAKE_IT_OUT)
_CODES = {
    "42501": ("may not be used by this role", _GRANT),
    "42P01": ("has no tables that this role can see", _SEE),
    "25006": ("cannot be written: the server is read-only", "name the primary server, not a replica"),
    "53100": ("cannot grow: the server's disk is full", _ROOM),
    "53200": ("cannot be used: the server is out of memory", _AGAIN),
    "53300": ("cannot be opened: the server has too many connections", "raise max_connections, or run fewer workers"),
    "55P03": ("is locked by another program", "wait for it to end, or stop it"),
    "40P01": ("is locked by another program", "run the same command again"),
    "28P01": ("cannot be opened: wrong password", "correct the password in the url, PGPASSWORD or ~/.pgpass"),
    "28000": ("cannot be opened: the server does not let this role in", "check the role and the server's pg_hba.conf"),
    "3D000": ("cannot be opened: there is no such database", "create it with createdb, or correct the url"),
    "22P05": _NUL,  # in JSON
    "57014": (
        "did not do what was asked: somebody cancelled it at the server",
        "nothing is half-written; run the same command again",
    ),
    "57P03": ("cannot be opened: the server is starting up or shutting down", _AGAIN),
}
_CLASSES = {
    "08": ("cannot be reached", _AGAIN),
    "57": ("went away: the server closed the connection", _AGAIN),
    "25": ("went away: the server gave up a transaction of a process that had been stopped", _AGAIN),
}
_PASSING = ("08", "57P", "25P", "40", "53200", "53300")  # what may be over in a moment
_DAMAGE = ("XX001", "XX002", "58030", "58P01")
_WORDS = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "pg_hba.conf": "28000",
    "starting up": "57P03",
    "shutting down": "57P03",
    "too many": "53300",
    "remaining connection slots": "53300",
}
_SAID = {
    "does not support SSL": ("offers no TLS, and the url asks for it", "turn ssl on at the server, or correct sslmode"),
    "no encryption": ("lets this role in over TLS only", "add sslmode=verify-full to the url"),
    "requires a valid client certificate": (
        "asks for a client certificate",
        "add sslcert=FILE and sslkey=FILE to the url",
    ),
    "certificate verify failed": (
        "cannot be trusted: no authority that is known has signed its certificate",
        "name the authority's file as sslrootcert=FILE in the url",
    ),
    "does not match host name": (
        "cannot be trusted: its certificate is for another host",
        "write the host in the url as it is in the certificate",
    ),
    "root certificate file": (
        "cannot be trusted: there is no file of authorities",
        "name one as sslrootcert=FILE in the url, or sslrootcert=system",
    ),
    "cannot contain NUL": _NUL,  # says psycopg, before it asks the server
    "invalid connection option": ("cannot be opened: its url holds a parameter that libpq does not know", "correct it"),
    "startup parameter": (
        "cannot be opened: a pooler between here and the server refuses a parameter of the url",
        "connect to the server itself, or to a pooler in session mode",
    ),
}


def explained_fault(database: Database, error: BaseException | None) -> LedgerError:
    """Return the fault in words; one that is not known is shown in the server's own. LedgerAway if it may pass."""
    code = sqlstate(error)
    if code in _DAMAGE:
        return damaged(database, _first_line(error))
    if said := _said(error):
        return LedgerError(f"ledger '{database}' {said[0]}", hint=said[1])
    what, hint = _CODES.get(code) or _CLASSES.get(code[:2]) or _unknown(error, code)
    kind = LedgerAway if not code or code.startswith(_PASSING) else LedgerError
    return kind(f"ledger '{database}' {what}", hint=hint)


def _said(error: BaseException | None) -> tuple[str, str] | None:
    """Return what the way to the server complains of; the server itself would give a code."""
    if getattr(error, "sqlstate", None):
        return None
    return next((known for part, known in _SAID.items() if part in str(error)), None)


def sqlstate(error: BaseException | None) -> str:
    """Return the code of *error*, told from its words where it has none; empty where they tell nothing."""
    code = getattr(error, "sqlstate", None)
    if code:
        return str(code)
    words = str(error)
    if "does not exist" in words:
        return "28000" if 'role "' in words else "3D000" if 'database "' in words else ""
    return next((known for part, known in _WORDS.items() if part in words), "")


def _unknown(error: BaseException | None, code: str) -> tuple[str, str]:
    said = _first_line(error)
    if code:
        return f"cannot be used: {said}", "the message is the server's own; see its log"
    if any(words in said for words in ("connection to server", "connection failed", "resolve host", "timeout expired")):
        return f"cannot be reached: {_reason(said)}", _START
    return f"went away: {said}", _AGAIN


def _reason(said: str) -> str:
    return said.rpartition("failed: ")[2]


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]
