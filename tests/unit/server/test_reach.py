"""Where webhooks may go: out, never in, however the place is written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cadence.server.webhooks.addresses import is_public
from cadence.server.webhooks.reach import Reach, Unreachable, place_of

if TYPE_CHECKING:
    from collections.abc import Sequence

INSIDE = [
    "0.0.0.0",  # noqa: S104 - an address, not something to listen on
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "4000::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_the_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


NO_PLACES = {
    "": "its scheme is '', expected http or https",
    "hook": "its scheme is '', expected http or https",
    "ftp://example.com/": "its scheme is 'ftp', expected http or https",
    "file:///etc/passwd": "its scheme is 'file', expected http or https",
    "gopher://127.0.0.1:6379/_FLUSHALL": "its scheme is 'gopher', expected http or https",
    "https://": "its host '' is not a name",
    "https:///path": "its host '' is not a name",
    "https://user@example.com/": "it must hold no user and no password",
    "https://user:pass@example.com/": "it must hold no user and no password",
    "https://example.com@127.0.0.1/": "it must hold no user and no password",
    "https://example.com:0/": "its port is none",
    "https://example.com:/": "its port is none",
    "https://example.com:99999/": "its host or port cannot be read",
    "https://example.com:x/": "its host or port cannot be read",
    "https://[::1/": "its host or port cannot be read",
    "https://[fe80::1%25eth0]/": "its host 'fe80::1%25eth0' is not an address",
    "https://exa_mple..com/": "its host 'exa_mple..com' is not a name",
    "https://localhost./": "its host 'localhost.' is not a name",
    "https://-example.com/": "its host '-example.com' is not a name",
    "https://2130706433/": "its host '2130706433' is a number, expected an address as in '203.0.113.7' or a name",
    "https://0x7f000001/": "its host '0x7f000001' is a number, expected an address as in '203.0.113.7' or a name",
    "https://017700000001/": "its host '017700000001' is a number, expected an address as in '203.0.113.7' or a name",
    "https://0177.0.0.1/": "its host '0177.0.0.1' is a number, expected an address as in '203.0.113.7' or a name",
    "https://127.1/": "its host '127.1' is a number, expected an address as in '203.0.113.7' or a name",
    "https://127.0.0.0x1/": "its host '127.0.0.0x1' is a number, expected an address as in '203.0.113.7' or a name",
    "https://0x7f.0.0.1/": "its host '0x7f.0.0.1' is a number, expected an address as in '203.0.113.7' or a name",
    "https://1.2.3.4.5/": "its host '1.2.3.4.5' is a number, expected an address as in '203.0.113.7' or a name",
}
PLAIN = "it must be a URL of at most 2000 plain characters, as in 'https://example.com/hook'"
NOT_PLAIN = [
    "https://example.com\\@127.0.0.1/",
    "https://example.com/a b",
    "https://example.com/\t",
    "https://example.com/\r\nHost: evil",
    "https://①②⑦.⓪.⓪.①/",
    "https://exämple.com/",
    "https://example.com/" + "a" * 2000,
]


@pytest.mark.parametrize(("url", "why"), [*NO_PLACES.items(), *((url, PLAIN) for url in NOT_PLAIN)])
def test_a_url_that_could_be_read_in_two_ways_is_no_place(url: str, why: str) -> None:
    with pytest.raises(Unreachable) as refused:
        place_of(url)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://example.com/hook?token=1", ("example.com", 443)),
        ("http://Example.COM:8080", ("example.com", 8080)),
        ("https://[2606:4700::1111]:8443/", ("2606:4700::1111", 8443)),
        ("https://8.8.8.8/", ("8.8.8.8", 443)),
        ("https://xn--exmple-cua.com/", ("xn--exmple-cua.com", 443)),
    ],
)
def test_any_port_of_any_host_is_a_place(url: str, place: tuple[str, int]) -> None:
    assert place_of(url) == place


class Names:
    """A resolver whose answers change, as those of an attacker do."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def addresses(reach: Reach, host: str, port: int = 443) -> list[str]:
    return asyncio.run(reach.addresses(host, port))


def test_every_address_of_a_name_must_be_public() -> None:
    reach = Reach(resolve=Names(["8.8.8.8", "10.0.0.1"]))
    with pytest.raises(Unreachable, match=r"^'example.com \(10.0.0.1\)' is not a public address$"):
        addresses(reach, "example.com")


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    with pytest.raises(Unreachable):
        addresses(Reach(resolve=Names([address])), "example.com")


def test_an_address_is_not_looked_up() -> None:
    names = Names(["8.8.8.8"])
    with pytest.raises(Unreachable, match=r"^'127.0.0.1' is not a public address$"):
        addresses(Reach(resolve=names), "127.0.0.1")
    assert names.asked == 0


def test_what_settings_name_is_let_pass_at_that_port_alone() -> None:
    reach = Reach(["hooks.internal", "127.0.0.1:9000", "[::1]:9000"], resolve=Names(["10.0.0.1"]))
    assert addresses(reach, "hooks.internal", 1) == ["10.0.0.1"]
    assert addresses(reach, "127.0.0.1", 9000) == ["127.0.0.1"]
    assert addresses(reach, "::1", 9000) == ["::1"]
    for host, port in [("127.0.0.1", 9001), ("other.internal", 1), ("hooks.internal.evil.example", 1), ("::1", 9001)]:
        with pytest.raises(Unreachable):
            addresses(reach, host, port)


def test_a_name_that_cannot_be_looked_up_may_be_configured() -> None:
    async def fails(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such host")

    asyncio.run(Reach(resolve=fails).check("https://not-yet.example.com/"))
