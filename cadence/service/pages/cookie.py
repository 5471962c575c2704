"""The cookie that keeps a browser signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["Cookie"]

_NAME = "cadence_session"


@dataclass(frozen=True, slots=True)
class Cookie:
    """No script sees it, no other site sends it. Over HTTPS nothing but this very host can have set it.

    Source: RFC 6265bis, section 4.1.3.2, for the prefix of its name.
    """

    name: str
    secure: bool

    @classmethod
    def of(cls, request: Request, *, public_url: str) -> Cookie:
        """Return the cookie as it is for the way on which the browser comes."""
        secure = request.url.scheme == "https" or public_url.startswith("https:")
        return cls(f"__Host-{_NAME}" if secure else _NAME, secure)

    def read(self, request: Request) -> str:
        """Return the token, empty where there is none."""
        return request.cookies.get(self.name, "")

    def put(self, response: Response, token: str) -> None:
        """Have the browser keep *token* until it is closed, or signs out."""
        response.set_cookie(self.name, token, path="/", secure=self.secure, httponly=True, samesite="lax")

    def drop(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="lax")
