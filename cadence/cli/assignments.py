"""`name=value` on the command line, as --field and --param take it."""

from __future__ import annotations

import click

__all__ = ["ASSIGNMENT", "as_mapping"]


class _Assignment(click.ParamType[tuple[str, str]]):
    """Splits at the first `=`; the value stays as written, and may be empty."""

    name = "name=value"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        name, separator, text = value.partition("=")
        if not separator or not all(part.strip() for part in name.split(".")):
            self.fail(f"'{value}' is not an assignment; write it as name=value, as in seats=25", param, ctx)
        return name.strip(), text


ASSIGNMENT = _Assignment()


def as_mapping(option: str, pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the pairs as a mapping. Raises click.UsageError for a name that is given twice."""
    mapping = dict(pairs)
    for name in mapping:
        if sum(given == name for given, _ in pairs) > 1:
            raise click.UsageError(f"{option} {name} is given twice; give it once", click.get_current_context())
    return mapping
