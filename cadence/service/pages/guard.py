"""What keeps other sites and other scripts out of the pages.

Sources: OWASP cheat sheets on cross-site request forgery, clickjacking and content security policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from cadence.server.problem import Problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from cadence.server.store.sessions import Session

__all__ = ["LOOPBACK", "PROOF", "check_origin", "check_proof", "harden", "parts_of"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine that nobody else can give to theirs."""
PROOF = "X-CSRF-Token"
_PROOF_FIELD = "csrf"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def harden(response: Response) -> None:
    """Allow the page its own styles and scripts and nothing else, in no frame, kept in no cache."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def check_origin(request: Request, *, public_url: str) -> None:
    """Raise Problem for a change that another site asks for."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise _foreign()
    origin = request.headers.get("origin")
    hosts = {request.headers.get("host", ""), parts_of(public_url).netloc}
    if origin is not None and parts_of(origin).netloc not in hosts - {""}:
        raise _foreign()


def check_proof(request: Request, session: Session, form: dict[str, str]) -> None:
    """Raise Problem for a form that does not come from one of our pages."""
    given = request.headers.get(PROOF) or form.pop(_PROOF_FIELD, "")
    if not session.is_proved_by(given):
        raise Problem.detail(403, "This page is out of date; load it again and repeat what you did.", "csrf")


def parts_of(address: str) -> SplitResult:
    """Return the parts of *address*, which are empty where it cannot be read."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _foreign() -> Problem:
    return Problem.detail(403, "Another site asked for this change; nothing was done.", "csrf")
