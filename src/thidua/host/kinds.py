"""What may be written in a setting, and what becomes of it: each kind takes the text, "" where nothing is set, and
raises ValueError with the rest of a sentence that begins with the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

Kind = Callable[[str], Any]
ON, OFF = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
NUMBER, SPACE = re.compile(r"[0-9]{1,12}"), re.compile(r"\s")
CLUSTER = re.compile(r"\A(spark|sc|local)(://[^\s]+|\[[0-9*]+\])\Z")
SENDER = re.compile(r"(?:[^<>@]{1,200}<)?[^<>@\s]{1,100}@[^<>@\s]{1,200}>?")
LIMIT = re.compile(r"\A([a-z_.]+)=([1-9][0-9]{0,8})/([1-9][0-9]{0,8})\Z")
LOOPBACK_NAMES = {"localhost", "testserver"}


def text(given: str) -> str:
    return given


def flag(given: str) -> bool:
    if given.lower() not in ON | OFF:
        raise ValueError("is neither on nor off (1, true, yes, on; 0, false, no, off)")
    return given.lower() in ON


def number(least: int, most: int | None = None) -> Kind:
    """A whole number; None where nothing is set and there is no default."""
    bounds = f"from {least} on" if most is None else f"from {least} to {most}"

    def read(given: str) -> int | None:
        if not given:
            return None
        if not NUMBER.fullmatch(given) or not least <= int(given) <= (most or 10**12):
            raise ValueError(f"is not a number {bounds}")
        return int(given)

    return read


def names(given: str) -> list[str]:
    return [item.strip() for item in given.split(",") if item.strip()]


def some_of(*known: str, none: str) -> Kind:
    """Some of the known names, or a word for none of them; None where nothing is set."""

    def read(given: str) -> list[str] | None:
        if not given or given == none:
            return [] if given else None
        if unknown := [each for each in names(given) if each not in known]:
            raise ValueError(f"names {', '.join(unknown)}; there are only {', '.join(known)}")
        return names(given)

    return read


def address(given: str) -> str:
    """``https://host`` or ``http://host``, with a port or a path; without a slash at its end."""
    if given:
        parts = _split(given)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("is not an address such as https://thidua.example.vn")
        if parts.query or parts.fragment or SPACE.search(given):
            raise ValueError("has more than an address holds (“?”, “#” or a space)")
    return given.rstrip("/")


def _split(given: str) -> SplitResult:
    try:
        parts = urlsplit(given)
        _port = parts.port
    except ValueError:
        raise ValueError("has a host or port that cannot be") from None
    return parts


def addresses(given: str) -> list[str]:
    return [address(each) for each in names(given)]


def database(given: str) -> str:
    if given:
        parts = _split(given)
        if parts.scheme not in {"postgresql", "postgres"}:
            raise ValueError("does not begin with postgresql:// (thidua knows no other database)")
        if not parts.path.lstrip("/"):
            raise ValueError("names no database: postgresql://user:password@host:port/name")
    return given


def engine(given: str) -> str:
    if given and not CLUSTER.match(given):
        raise ValueError("is no engine that is known: spark://host:port or sc://host:port, or nothing for DuckDB")
    return given


def mail_address(given: str) -> str:
    if not SENDER.fullmatch(given):
        raise ValueError("is not a mail address")
    return given


def mail_addresses(given: str) -> list[str]:
    return [mail_address(each) for each in names(given)]


def paths(given: str) -> list[Path]:
    found = [Path(each) for each in names(given)]
    if missing := [str(each) for each in found if not each.exists()]:
        raise ValueError(f"names what is not there: {', '.join(missing)}")
    return found


def networks(given: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(each, strict=False) for each in names(given)]
    except ValueError:
        raise ValueError("is no list of networks such as 10.0.0.0/8,::1") from None


def limits(defaults: Mapping[str, tuple[int, int]]) -> Kind:
    """``kind=how many/seconds``, with commas between: the defaults, with what is written instead."""

    def read(given: str) -> dict[str, tuple[int, int]]:
        found = dict(defaults)
        for each in names(given):
            parts = LIMIT.match(each)
            if not parts or parts[1] not in defaults:
                raise ValueError(f"is not kind=number/seconds, of one of {', '.join(defaults)}")
            found[parts[1]] = (int(parts[2]), int(parts[3]))
        return found

    return read


def host_of(address: str) -> str:
    """The host that an address names, as a request names it: of IPv6 in brackets."""
    host = urlsplit(address).hostname or ""
    return f"[{host}]" if ":" in host else host


def is_of_this_machine(host: str) -> bool:
    """Whether a host name means the machine itself."""
    host = host.strip("[]").lower()
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES or host.endswith(".localhost")


def answers_to(hosts: Iterable[str], host: str) -> bool:
    """Whether one of the names that are answered means this host; ``.example.vn`` means all below it."""
    said = [each.strip("[]").lower() for each in hosts]
    host = host.strip("[]").lower()
    return any(each in {"*", host} or (each.startswith(".") and f".{host}".endswith(each)) for each in said)
