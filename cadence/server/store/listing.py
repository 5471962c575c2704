"""Pages of a table from its index: what is skipped is not read; what lies past the middle is sought from the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, func, select

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from cadence.server.paging import Page

__all__ = ["By", "Window", "count_of", "page_query", "read_page"]


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


@dataclass(frozen=True, slots=True)
class Window:
    """The rows of a page, counted from whichever end is nearer."""

    size: int
    skipped: int
    backwards: bool

    @classmethod
    def of(cls, page: Page, count: int) -> Window:
        """Return the window of *page* on *count* rows; past the last it is empty."""
        size = max(0, min(page.size, count - page.offset))
        after = count - page.offset - size
        backwards = after < page.offset
        return cls(size, after if backwards else page.offset, backwards)


def page_query(
    shown: Sequence[ColumnElement[Any]], condition: ColumnElement[bool], order: Sequence[By], *, backwards: bool
) -> Select[Any]:
    """Return the query for the columns *shown* of the `size` rows that follow the first, or last, `skipped`.

    The keys of the page are found in an index alone; only then its rows are read.
    """
    table = shown[0].table
    keys = list(table.primary_key.columns)
    sought = (
        select(*keys)
        .where(condition)
        .order_by(*(by.clause(backwards=backwards) for by in order))
        .limit(bindparam("size", type_=Integer))
        .offset(bindparam("skipped", type_=Integer))
        .subquery()
    )
    same = and_(*(key == sought.c[key.name] for key in keys))
    return select(*shown).join(sought, same).order_by(*(by.clause(backwards=False) for by in order))


def read_page(
    connection: Connection,
    table: Table,
    condition: ColumnElement[bool],
    order: Sequence[By],
    page: Page,
    *,
    count: int,
) -> list[dict[str, Any]]:
    """Return the rows of *page* out of the *count* that pass *condition*."""
    window = Window.of(page, count)
    if not window.size:
        return []
    query = page_query(list(table.c), condition, order, backwards=window.backwards)
    rows = connection.execute(query, {"size": window.size, "skipped": window.skipped})
    return [dict(row) for row in rows.mappings()]
