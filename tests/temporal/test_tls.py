"""TLS to Temporal, by a real proxy with real certificates before a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence.config import TemporalSettings
from cadence.engine.running import run
from cadence.errors import CadenceError
from cadence.runner.bulkfaults import Unanswered
from cadence.runner.temporal import Temporal
from tests.temporal.processes import Command
from tests.temporal.tls import Certificates, tls_before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.temporal.processes import TemporalServer

NO_PROOF = (
    "closed the connection: it may want a client certificate, or another one; "
    "correct cert and key in [temporal]: signed by an authority that the server trusts, and not expired"
)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def port(server: TemporalServer, certificates: Certificates) -> Iterator[int]:
    with tls_before(server.port, certificates) as port:
        yield port


@pytest.fixture
def strict(server: TemporalServer, certificates: Certificates) -> Iterator[int]:
    """The port of a proxy that lets in only who shows a certificate of ours."""
    with tls_before(server.port, certificates, clients=True) as port:
        yield port


def settings_for(port: int, certificates: Certificates, **files: str) -> TemporalSettings:
    paths: Any = {name: certificates.path(file) for name, file in files.items()}
    return TemporalSettings(f"127.0.0.1:{port}", **paths)


def asked(settings: TemporalSettings) -> int:
    """Return how many runs Temporal remembers of a queue that nobody uses."""

    async def ask() -> int:
        return len(await (await Temporal.connect(settings)).runs(1))

    return run(ask())


def refusal(settings: TemporalSettings) -> str:
    with pytest.raises(CadenceError) as raised:
        asked(settings)
    assert not isinstance(raised.value, Unanswered)  # waiting would not help
    return str(raised.value).removeprefix(f"Temporal at '{settings.address}' ")


def test_the_authority_that_signed_the_servers_certificate_is_trusted(port: int, certificates: Certificates) -> None:
    assert asked(settings_for(port, certificates, ca="ours.pem")) == 0


def test_a_client_certificate_lets_us_in(strict: int, certificates: Certificates) -> None:
    files = {"ca": "ours.pem", "cert": "ours-client.crt", "key": "ours-client.key"}
    assert asked(settings_for(strict, certificates, **files)) == 0


def test_the_command_takes_its_certificates_from_the_environment(
    project: Path, strict: int, certificates: Certificates
) -> None:
    environment = {
        "CADENCE_LEDGER__URL": "postgresql://nobody@127.0.0.1:1/x",
        "CADENCE_TEMPORAL__ADDRESS": f"127.0.0.1:{strict}",
        "CADENCE_TEMPORAL__CA": certificates.path("ours.pem"),
        "CADENCE_TEMPORAL__CERT": certificates.path("ours-client.crt"),
        "CADENCE_TEMPORAL__KEY": certificates.path("ours-client.key"),
    }
    assert Command(project, "bulk", "status", **environment).done() == (0, "", "nothing to show\n")


@pytest.mark.parametrize("files", [{"ca": "others.pem"}, {}], ids=["another", "the system's"])
def test_an_authority_that_signed_something_else_is_not_trusted(
    port: int, certificates: Certificates, files: dict[str, str]
) -> None:
    settings = settings_for(port, certificates, **files) if files else TemporalSettings(f"127.0.0.1:{port}", tls=True)
    assert refusal(settings) == (
        "cannot be trusted: no authority that is known has signed its certificate; "
        "name the authority's file as ca in [temporal]"
    )


@pytest.mark.parametrize(
    ("server_is", "what"),
    [
        (
            "elsewhere",
            "its certificate is for another host; write the address in [temporal] as it is in the certificate",
        ),
        ("late", "its certificate has expired; renew it there"),
    ],
)
def test_a_server_that_proves_nothing_is_not_trusted(
    server: TemporalServer, certificates: Certificates, server_is: str, what: str
) -> None:
    with tls_before(server.port, certificates, server=server_is) as port:
        assert refusal(settings_for(port, certificates, ca="ours.pem")) == f"cannot be trusted: {what}"


@pytest.mark.parametrize("who", ["", "others-client", "ours-expired"], ids=["none", "another authority's", "expired"])
def test_a_client_certificate_that_the_server_does_not_take(strict: int, certificates: Certificates, who: str) -> None:
    own = {"cert": f"{who}.crt", "key": f"{who}.key"} if who else {}
    assert refusal(settings_for(strict, certificates, ca="ours.pem", **own)) == NO_PROOF


def test_plain_text_to_a_server_that_speaks_tls(port: int) -> None:
    assert refusal(TemporalSettings(f"127.0.0.1:{port}")) == (
        "closed the connection: it may speak TLS only; set tls = true, or ca, in [temporal]"
    )


def test_tls_to_a_server_that_speaks_none(server: TemporalServer, certificates: Certificates) -> None:
    assert refusal(settings_for(server.port, certificates, ca="ours.pem")) == (
        "speaks no TLS, and [temporal] asks for it; "
        "take tls, ca, cert, key and api_key out of [temporal], or correct its address"
    )


def test_a_key_that_is_not_the_certificates(port: int, certificates: Certificates) -> None:
    files = {"ca": "ours.pem", "cert": "ours-client.crt", "key": "others-client.key"}
    assert refusal(settings_for(port, certificates, **files)) == (
        "cannot be shown who we are: cert and key in [temporal] are no pair; name the two that are"
    )


def test_files_that_are_not_there_or_no_certificates(tmp_path: Path, certificates: Certificates) -> None:
    assert refusal(TemporalSettings(ca=str(tmp_path / "ca.pem"))) == (
        f"{tmp_path}/ca.pem: cannot be read: No such file or directory; correct ca in [temporal]"
    )
    assert refusal(settings_for(1, certificates, ca="ours-client.key")) == (
        f"{certificates.path('ours-client.key')}: holds no certificate in PEM; "
        "correct ca in [temporal]: -----BEGIN CERTIFICATE-----"
    )
