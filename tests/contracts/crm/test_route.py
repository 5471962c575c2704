"""The way to a target as the environment says: through a proxy or past it, and whose certificates are believed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from cadence.crm import route
from cadence.crm.credentials import Credentials
from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent
from cadence.errors import ConfigError
from tests.contracts.crm.authority import server_context
from tests.contracts.crm.faulty import Exchange, FaultyCrm, answer, faulty_crm
from tests.contracts.crm.proxy import Proxy, proxy_to
from tests.contracts.crm.ways import BODY, ID, KEY, WAYS, Way

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contracts.crm.faulty import Fault

HOST = "crm.invalid"  # no name server knows it: only a proxy can reach it
ADDRESS = f"https://{HOST}"
OURS = [way for way in WAYS if way.sees_the_wire and way.tls is None]
UNUSABLE = ["socks5://127.0.0.1:1080", "ftp://127.0.0.1", "http://", "http://[1", "http://127.0.0.1:70000"]

pytestmark = pytest.mark.parametrize("way", OURS, ids=lambda way: way.name)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def created(
    way: Way,
    monkeypatch: pytest.MonkeyPatch,
    *,
    fault: Fault | None = None,
    creates: int = 1,
    named: str = "http://127.0.0.1:{}",
    variable: str = "HTTPS_PROXY",
    **options: Any,
) -> tuple[Answer, FaultyCrm, Proxy]:
    """Return what the last create amounts to through a proxy *named* like this, and what CRM and proxy saw."""

    async def call() -> tuple[Answer, FaultyCrm, Proxy]:
        fault_ = fault or keeping(creates)
        async with (
            faulty_crm(fault_, tls=server_context(HOST)) as crm,
            proxy_to(crm.base_url, **options) as proxy,
        ):
            monkeypatch.setenv(variable, named.format(proxy.port))
            async with way.client(ADDRESS) as client:
                for _ in range(creates - 1):
                    await client.create_activity(BODY)
                return await client.create_activity(BODY), crm, proxy

    result: tuple[Answer, FaultyCrm, Proxy] = way.run(call())
    return result


def keeping(requests: int) -> Fault:
    """Return the fault of answering so many requests on one connection."""

    async def fault(exchange: Exchange) -> None:
        for _ in range(requests):
            await answer(201, {"id": ID})(exchange)

    return fault


def test_a_request_goes_through_the_proxy_which_sees_the_host_and_no_key(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome, crm, proxy = created(way, monkeypatch)
    assert (outcome, len(crm.requests), len(proxy.asked)) == (Accepted(ID), 1, 1)
    assert proxy.asked[0].startswith(f"CONNECT {HOST}:443 HTTP/1.1\r\n")
    assert KEY not in proxy.asked[0]
    assert KEY.encode() in crm.requests[0]


def test_one_tunnel_serves_many_requests_and_the_environment_is_read_once(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def getproxies() -> dict[str, str]:
        read.append("read")
        return {"https": f"http://127.0.0.1:{port[0]}"}

    port: list[int] = []
    monkeypatch.setattr(route, "getproxies", getproxies)
    monkeypatch.setattr(monkeypatch, "setenv", lambda _name, value: port.append(int(value)))
    outcome, crm, proxy = created(way, monkeypatch, creates=3, named="{}")
    assert (outcome, len(crm.requests), len(proxy.asked), read) == (Accepted(ID), 3, 1, ["read"])


@pytest.mark.parametrize(
    ("variable", "named"),
    [("ALL_PROXY", "http://127.0.0.1:{}"), ("https_proxy", "http://127.0.0.1:{}"), ("HTTPS_PROXY", "127.0.0.1:{}")],
)
def test_a_proxy_is_named_as_for_curl(way: Way, variable: str, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, _, proxy = created(way, monkeypatch, variable=variable, named=named)
    assert (outcome, len(proxy.asked)) == (Accepted(ID), 1)


def test_name_and_password_are_for_the_proxy_alone(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, crm, proxy = created(way, monkeypatch, named="http://ada:s3cret@127.0.0.1:{}")
    assert outcome == Accepted(ID)
    assert re.search(r"\r\nproxy-authorization: basic YWRhOnMzY3JldA==\r\n", proxy.asked[0], re.IGNORECASE)
    assert b"authorization" not in crm.requests[0].lower()


def test_a_proxy_may_speak_tls_itself(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, crm, proxy = created(way, monkeypatch, named="https://127.0.0.1:{}", tls=server_context("127.0.0.1"))
    assert (outcome, len(crm.requests), len(proxy.asked)) == (Accepted(ID), 1, 1)


@pytest.mark.parametrize("exempt", [HOST, ".invalid", "*"])
def test_a_host_that_is_exempt_is_not_reached_through_the_proxy(
    way: Way, exempt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", exempt)
    outcome, _, proxy = created(way, monkeypatch)
    assert isinstance(outcome, NotSent)
    assert proxy.asked == []


@pytest.mark.parametrize("refusal", ["407 Proxy Authentication Required", "502 Bad Gateway", "403 No"])
def test_a_tunnel_that_is_refused_carried_nothing(way: Way, refusal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, crm, _ = created(way, monkeypatch, refusal=refusal)
    assert isinstance(outcome, NotSent), outcome
    assert refusal[:3] in outcome.reason
    assert "through the proxy 'http://127.0.0.1:" in outcome.reason
    assert crm.requests == []


def test_a_proxy_that_is_not_there_is_named_and_nothing_is_sent(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, crm, proxy = created(way, monkeypatch, named="http://ada:s3cret@127.0.0.1:1")
    assert isinstance(outcome, NotSent)
    assert "through the proxy 'http://127.0.0.1:1'" in outcome.reason
    assert "s3cret" not in outcome.reason
    assert (crm.requests, proxy.asked) == ([], [])


def test_a_tunnel_that_breaks_after_the_request_leaves_it_in_doubt(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    async def reset(exchange: Exchange) -> None:
        await exchange.read_request()
        exchange.writer.transport.abort()

    outcome, crm, _ = created(way, monkeypatch, fault=reset)
    assert isinstance(outcome, InDoubt)
    assert len(crm.requests) == 1


@pytest.mark.parametrize("proxy", UNUSABLE)
def test_a_proxy_that_cannot_be_used_is_refused_before_anything_is_sent(
    way: Way, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    said = refused(way, ADDRESS)
    assert said == f"the CRM: the proxy that the environment names cannot be used: '{proxy}'"
    assert accepts(way, "http://127.0.0.1:1"), "this machine is reached directly"


def test_the_password_of_a_proxy_that_cannot_be_used_is_not_shown(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5h://ada:s3cret@127.0.0.1:1080")
    said = refused(way, ADDRESS)
    assert said == "the CRM: the proxy that the environment names cannot be used: 'socks5h://127.0.0.1:1080'"


def test_nothing_of_netrc_is_sent(way: Way, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login ada password s3cret\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    outcome, crm, _ = created(way, monkeypatch)
    assert outcome == Accepted(ID)
    assert b"authorization" not in crm.requests[0].lower()


@pytest.mark.parametrize("names", [("elsewhere.example",), (HOST,)], ids=["another host", "an unknown authority"])
def test_a_certificate_that_is_not_to_be_trusted_is_sent_nothing(
    way: Way, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if names == (HOST,):
        file = tmp_path / "others.pem"
        trustme.CA().cert_pem.write_to_path(str(file))
        monkeypatch.setenv("SSL_CERT_FILE", str(file))

    async def call() -> tuple[Answer, FaultyCrm]:
        tls = server_context(*names)
        async with faulty_crm(answer(201, {"id": ID}), tls=tls) as crm, proxy_to(crm.base_url) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            async with way.client(ADDRESS) as client:
                return await client.create_activity(BODY), crm

    outcome, crm = way.run(call())
    assert isinstance(outcome, NotSent), outcome
    assert "certificate verify failed" in outcome.reason
    assert crm.requests == []


def test_authorities_that_cannot_be_read_are_named(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/not/there")
    said = refused(way, ADDRESS)
    assert said.startswith("the CRM: the authorities to trust cannot be read from SSL_CERT_FILE '/not/there': ")


def refused(way: Way, base_url: str) -> str:
    """Return why a transport to *base_url* is refused."""
    with pytest.raises(ConfigError) as caught:
        accepts(way, base_url)
    return caught.value.message


def accepts(way: Way, base_url: str) -> bool:
    """Return True where a transport to *base_url* can be made."""

    async def call() -> bool:
        async with way.open(Credentials(base_url, KEY, "b-1", "u-1")):
            return True

    accepted: bool = way.run(call())
    return accepted
