"""Pages of a table from its index: what is skipped is not read; what lies past the middle is sought from the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from cadence.server.paging import Page

__all__ = ["By", "count_of", "read_page"]


@dataclass(frozen=True, slots=True)
class By:
    """A column that orders a list; where it may be empty, what is empty comes last either way."""

    column: ColumnElement[Any]
    descends: bool = False
    may_be_empty: bool = False

    def clause(self, *, backwards: bool) -> ColumnElement[Any]:
        """Return the order in SQL, or its reverse."""
        directed = self.column.desc() if self.descends != backwards else self.column.asc()
        if not self.may_be_empty:
            return directed
        return directed.nulls_first() if backwards else directed.nulls_last()


def count_of(connection: Connection, table: Table, condition: ColumnElement[bool]) -> int:
    """Return how many rows pass *condition*, by counting them."""
    return int(connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())


def read_page(
    connection: Connection,
    table: Table,
    condition: ColumnElement[bool],
    order: Sequence[By],
    page: Page,
    *,
    count: int,
) -> list[dict[str, Any]]:
    """Return the rows of *page* out of the *count* that pass *condition*.

    The keys of the page are found in an index alone; only then its rows are read.
    """
    size = min(page.size, count - page.offset)
    if size <= 0:
        return []
    before_the_end = count - page.offset - size
    backwards = before_the_end < page.offset
    keys = list(table.primary_key.columns)
    sought = (
        select(*keys)
        .where(condition)
        .order_by(*(by.clause(backwards=backwards) for by in order))
        .limit(size)
        .offset(before_the_end if backwards else page.offset)
        .subquery()
    )
    same = and_(*(key == sought.c[key.name] for key in keys))
    query = select(table).join(sought, same).order_by(*(by.clause(backwards=False) for by in order))
    return [dict(row) for row in connection.execute(query).mappings()]
