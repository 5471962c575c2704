"""What is wrong with a request, in the shapes in which the API says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Problem"]


class Problem(Exception):  # noqa: N818 - a definite answer, not a failure of the program
    """An answer other than success: its status, its JSON body and its headers."""

    def __init__(self, status: int, payload: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {payload}")
        self.status = status
        self.payload = payload
        self.headers = dict(headers or {})

    @classmethod
    def detail(cls, status: int, detail: str, code: str, headers: Mapping[str, str] | None = None) -> Self:
        """One detail with its code."""
        return cls(status, {"detail": detail, "code": code}, headers)

    @classmethod
    def unknown_caller(cls) -> Self:
        """The three headers do not belong together, or the key is revoked."""
        return cls.detail(401, "The API key, business or user is not valid.", "not_authenticated")

    @classmethod
    def not_found(cls) -> Self:
        """Absent, or not visible to the caller: the two are not told apart."""
        return cls.detail(404, "Not found.", "not_found")

    @classmethod
    def not_allowed(cls, method: str, allowed: Iterable[str]) -> Self:
        """The path is there, and does not have that method."""
        names = {"Allow": ", ".join(sorted(allowed))}
        return cls.detail(405, f'Method "{method}" not allowed.', "method_not_allowed", names)

    @classmethod
    def invalid(cls, field: str, message: str, code: str = "invalid") -> Self:
        """One field error with a code."""
        return cls(400, {field: [{"message": message, "code": code}]})

    @classmethod
    def does_not_exist(cls, field: str, kind: str, reference: str) -> Self:
        """A body names something that is not there."""
        return cls.invalid(field, f"{kind} '{reference}' does not exist.", "does_not_exist")
