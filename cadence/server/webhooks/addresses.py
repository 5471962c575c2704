"""Which addresses are out on the internet, also where one is wrapped in another."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

__all__ = ["is_public"]

# Global by the registries of IANA, and yet not the internet: the former relays of 6to4 (RFC 7526), and the address
# at which every machine of one cloud finds its own platform.
_SPECIAL = (IPv4Network("192.88.99.0/24"), IPv4Network("168.63.129.16/32"))
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_DOCUMENTATION = IPv6Network("3fff::/20")


def is_public(text: str) -> bool:
    """Return whether *text* is an address that anybody may be sent to.

    An address that wraps one of IPv4 (NAT64, 6to4) is as public as that; Teredo and mapped ones never are. Sources:
    RFC 6890 and the registries of IANA; RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).
    """
    address = ip_address(text)
    return _is_public_4(address) if isinstance(address, IPv4Address) else _is_public_6(address)


def _is_public_4(address: IPv4Address) -> bool:
    is_special = any(address in network for network in _SPECIAL)
    return address.is_global and not address.is_multicast and not address.is_reserved and not is_special


def _is_public_6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    wrapped = _wrapped(address)
    if wrapped is not None:
        return _is_public_4(wrapped)
    is_ours = address in _GLOBAL_UNICAST and address not in _DOCUMENTATION
    return is_ours and address.is_global and address.teredo is None


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return address.sixtofour
