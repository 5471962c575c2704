"""`cadence keys`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cadence.cli import options
from cadence.cli.asking import print_bytes
from cadence.cli.group import OrderedGroup
from cadence.cli.listing import print_rows
from cadence.cli.table import Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["command"]

_TITLES = ("ID", "PREFIX", "NAME", "SCOPE", "BUSINESS", "CREATED", "LAST USED", "REVOKED")


@click.group("keys", cls=OrderedGroup)
def command() -> None:
    """Make, list and revoke the keys of the service."""


@command.command("create")
@options.db
@click.option("--business", metavar="ID", help="The business, or `new` for one of its own; the local one by default.")
@click.option("--user", metavar="ID", help="The user who acts, such as an employee; a new one by default.")
@click.option(
    "--scope",
    type=click.Choice(["read", "write", "admin"]),
    default="write",
    show_default=True,
    help="What it may do; each includes those before it.",
)
@click.option("--name", default="", metavar="TEXT", help="What it is for, to recognise it by.")
@options.form("text", "json")
def create(*, db: str | None, business: str | None, user: str | None, scope: str, name: str, form: str) -> None:
    """Make a key; it is shown this once, and only its digest is kept.

    A store that is not there is made, an older one is migrated.
    """
    from cadence.clock import SystemClock
    from cadence.server.store.keys import Scope
    from cadence.service.keys import KeyWish, create_key

    wish = KeyWish(business=business, user=user, scope=Scope[scope.upper()], name=name)
    facts = asdict(create_key(options.store_url(db), wish, now=SystemClock().now()))
    if form == "json":
        import json

        print_bytes(json.dumps(facts) + "\n")
    else:
        for key, value in facts.items():
            click.echo(f"{key}: {value}")


@command.command("list")
@options.db
@options.form("table", "json", "csv")
def list_(*, db: str | None, form: str) -> None:
    """List the keys; of a key itself only its first characters are known."""
    from cadence.service.keys import list_keys

    rows = list_keys(options.store_url(db))
    print_rows(_TITLES, [_row(row) for row in rows], rows, form)


@command.command("revoke")
@click.argument("key", metavar="ID")
@options.db
def revoke(key: str, *, db: str | None) -> None:
    """End a key, named by its id or its first characters; whoever uses it is turned away from then on."""
    from cadence.clock import SystemClock
    from cadence.service.keys import revoke as revoke_key

    click.echo(f"revoked {revoke_key(options.store_url(db), key, now=SystemClock().now())}")


def _row(row: Mapping[str, Any]) -> Row:
    shown = ("id", "prefix", "name", "scope", "business_id", "created", "last_used", "revoked")
    return Row(tuple(str(row[name] or "") for name in shown), "dim" if row["revoked"] else "")
