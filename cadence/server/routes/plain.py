"""Paths that one function answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from cadence.server.problem import Problem

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["PlainRoute"]


class PlainRoute(Route):
    """A route that refuses the methods it does not have in the shape in which the API does."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises Problem."""
        methods = self.methods or set()
        if scope["method"] not in methods:
            raise Problem.not_allowed(scope["method"], methods)
        await super().handle(scope, receive, send)
