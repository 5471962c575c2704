"""Every answer held against what /openapi.json says of it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from cadence.server.app import PATHS
from cadence.server.openapi.document import document

__all__ = ["assert_described"]


def assert_described(method: str, path: str, status: int, content: bytes) -> None:
    """Fail where the answer is not one that the description has for the call."""
    template = next((each for each in PATHS if _pattern(each).fullmatch(path.partition("?")[0])), None)
    if template is None or method not in PATHS[template] or status == 405:
        return
    described = _document()["paths"][template][method.lower()]["responses"]
    assert str(status) in described, f"{method} {template} answers {status}, which is not described"
    if "content" in described[str(status)]:
        _validator(template, method.lower(), str(status)).validate(json.loads(content))
    else:
        assert content == b""


@cache
def _document() -> dict[str, Any]:
    return document(PATHS)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", template))


@cache
def _validator(template: str, method: str, status: str) -> Draft202012Validator:
    schema = _document()["paths"][template][method]["responses"][status]["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": _document()["components"]})
