"""`cadence serve`."""

from __future__ import annotations

import click

from cadence.cli import options

__all__ = ["command"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="The port; 0: a free one.")
@options.db
@click.option("--demo", is_flag=True, help="Serve sample data, a project of its own, and show a key for it.")
@click.option(
    "--fault", "faults", multiple=True, metavar="NAME=VALUE", help="Fail on purpose, for rehearsals: 429, 500, ..."
)
def command(*, host: str, port: int, db: str | None, demo: bool, faults: tuple[str, ...]) -> None:
    """Serve the CRM's API on a store of your own, until SIGTERM or Ctrl-C.

    Prints `listening on URL` once it accepts requests. `cadence keys create` makes the keys that it asks for.

    \b
    cadence serve
    cadence serve --db postgresql://cadence@db.example/crm --host 0.0.0.0 --port 80
    cadence serve --demo
    cadence serve --fault latency=0.2 --fault 429=0.1 --fault 500-after=0.02 --fault late=0.01
    """  # noqa: D301 - \b is click's mark for lines kept as they are
    if demo and host not in _LOOPBACK:
        raise click.UsageError(f"--demo listens on this machine only, not on '{host}'", click.get_current_context())
    from cadence.cli.serving import serve

    serve(host, port, db=db, demo=demo, wanted=faults)
