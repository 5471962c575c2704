"""Opening the store, the port and the log of `cadence serve`, in this order; any of them may refuse."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from cadence.clock import SystemClock
from cadence.config import load_settings
from cadence.server.store.keys import digest_of
from cadence.server.store.opening import open_store
from cadence.service.application import build_service
from cadence.service.logs import start_logging
from cadence.service.rehearsal import parse_faults
from cadence.service.serving import address_of, listen
from cadence.service.serving import serve as serve_application
from cadence.service.webhooks.beside import deliverer

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.server.store.keys import IssuedKey

__all__ = ["serve"]


def serve(host: str, port: int, *, db: str | None, demo: bool, wanted: tuple[str, ...]) -> None:
    """Serve until a signal. Raises ConfigError or TargetError for what cannot be opened."""
    settings, clock, faults = load_settings(), SystemClock(), parse_faults(wanted)
    start_logging()
    with ExitStack() as open_all_the_while:
        if demo:
            from cadence.service.demo.folder import demo_project

            settings = open_all_the_while.enter_context(demo_project(settings, db=db))
        store = open_all_the_while.enter_context(open_store(db or settings.store_url))
        listening = listen(host, port)
        signed_in = None
        if demo:
            from cadence.service.demo.demo import make_demo, with_hooks

            address = address_of(listening, host)
            settings = with_hooks(settings, address.partition("//")[2])
            key = make_demo(store, settings, clock=clock, address=address)
            signed_in = store.keys.known(digest_of(key.api_key))
            _show_demo(key, settings.root)
        if faults is not None:
            click.echo(f"rehearsal: the API fails on purpose: {faults}", err=True)
        app = build_service(store, clock=clock, settings=settings, demo=signed_in, faults=faults)
        beside = deliverer(store, clock=clock, settings=settings)
        serve_application(app, listening, host=host, announce=_announce, beside=beside)


def _announce(url: str) -> None:
    click.echo(f"listening on {url}")


def _show_demo(key: IssuedKey, folder: Path) -> None:
    click.echo("demo: a business with sample data; this key ends with this process", err=True)
    click.echo(f"  X-API-KEY: {key.api_key}", err=True)
    click.echo(f"  X-BUSINESS-ID: {key.business_id}", err=True)
    click.echo(f"  X-USER-ID: {key.user_id}", err=True)
    click.echo(f"its sequences and ledger are in {folder}, which goes with it", err=True)
