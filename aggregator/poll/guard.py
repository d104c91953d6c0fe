"""Which addresses may be connected to. Pure; the transport asks it about the very address it is about to connect to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the way to the whole IPv4 internet for a network that has IPv6 alone
_DISGUISES = (
    IPv6Network("::ffff:0:0/96"),  # RFC 4291: IPv4-mapped
    IPv6Network("::/96"),  # RFC 4291: IPv4-compatible, with :: and ::1
    IPv6Network("2002::/16"),  # RFC 3056: 6to4
    IPv6Network("2001::/32"),  # RFC 4380: Teredo
    IPv6Network("64:ff9b:1::/48"),  # RFC 8215: NAT64 of a local network
)
_METADATA = frozenset(
    ip_address(text) for text in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)


@lru_cache(maxsize=1024)
def literal(host: str) -> Address | None:
    """The address that a host spells in its usual form, else None. A zone (`fe80::1%eth0`) is dropped."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """True when one of the networks opened on purpose holds the address, in the very form in which it is written."""
    return any(address.version == network.version and address in network for network in allowed)


def refusal(address: Address, allowed: Iterable[Network] = ()) -> str | None:
    """Why this address must not be connected to, or None when it may be.

    Only globally reachable unicast addresses pass, and those in `allowed`. An IPv4 address inside an IPv6 one counts as
    a disguise and is refused, but for NAT64, where the inner address decides (and has to be public).
    """
    if is_allowed(address, allowed):
        return None
    if address in _METADATA:
        return "it is a cloud's metadata address"
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return refusal(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(address in network for network in _DISGUISES):
            return "it is an address of this machine" if address.is_loopback else "it is an IPv4 address in disguise"
    return _kind(address)


def _kind(address: Address) -> str | None:
    if address.is_unspecified:
        return "it is the unspecified address"
    if address.is_loopback:
        return "it is an address of this machine"
    if address.is_link_local:
        return "it is a link-local address"
    if address.is_multicast:
        return "it is a multicast address"
    if address.is_reserved:
        return "it is a reserved address"
    return None if address.is_global and not address.is_private else "it is an address of a private network"
