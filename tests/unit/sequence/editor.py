"""YAML as an editor reads it for a JSON Schema: plain scalars typed by YAML 1.2's core schema, independent of ours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from cadence.sequence import json_schema

_FORMS = [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+0123456789."),
]


class _Core(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as PyYAML declares it

    def construct_core_int(self, node: yaml.ScalarNode) -> int:
        text = str(node.value)
        return int(text, 0) if text[:2].lower() in {"0o", "0x"} else int(text)


for name, form, first in _FORMS:
    letters: list[Any] = [*first, ""] if name == "null" else list(first)
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(f"^(?:{form})$"), letters)
_Core.add_constructor("tag:yaml.org,2002:int", _Core.construct_core_int)


@lru_cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(json_schema(kind))


def load(text: str) -> Any:
    return yaml.load(text, Loader=_Core)  # noqa: S506 - a safe loader with fewer resolvers
