"""What settings owe each other, and what a process that people use demands of them: a sentence for each fault.

A setting that cannot be read by itself is not in ``read``; what rests on it is then not asked.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from thidua.host import kinds

# By any of these the library of the store finds keys of its own (an account of the machine, a file).
KEYS_FROM_ELSEWHERE = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
# Which variables mean nothing without another one.
NEEDS = {
    "DATABASE_OWNER_URL": "DATABASE_URL",
    "THIDUA_METRICS_SECRET": "THIDUA_METRICS",
    "THIDUA_S3_ENDPOINT": "THIDUA_S3_BUCKET",
    "THIDUA_S3_KEY": "THIDUA_S3_SECRET",
    "THIDUA_S3_SECRET": "THIDUA_S3_KEY",
    "THIDUA_SMTP_USER": "THIDUA_SMTP_PASSWORD",
    "THIDUA_SMTP_PASSWORD": "THIDUA_SMTP_USER",
    "THIDUA_SMTP_TLS": "THIDUA_SMTP_HOST",
    "THIDUA_OIDC_ISSUER": "THIDUA_OIDC_CLIENT",
    "THIDUA_OIDC_CLIENT": "THIDUA_OIDC_SECRET",
    "THIDUA_OIDC_SECRET": "THIDUA_OIDC_ISSUER",
}
# And those that come in pairs, beside the one they are for.
NEEDS_TOO = {"THIDUA_S3_KEY": "THIDUA_S3_BUCKET", "THIDUA_SMTP_USER": "THIDUA_SMTP_HOST"}


def problems(read: Mapping[str, Any], *, serving: bool) -> Iterator[str]:
    for needs in (NEEDS, NEEDS_TOO):
        for name, other in needs.items():
            if read.get(name) and other in read and not read[other]:
                yield f"{name} is set and {other} is not: one is of no use without the other."
    yield from _databases(read)
    yield from _store(read)
    if read.get("THIDUA_ENGINE") and not _is_installed("pyspark"):
        yield "THIDUA_ENGINE: Spark is not installed (requirements/spark.txt)."
    yield from _addresses(read)
    if serving and "THIDUA_HTTP" in read:
        yield from _of_one_machine(read) if read["THIDUA_HTTP"] else _production(read)


def _databases(read: Mapping[str, Any]) -> Iterator[str]:
    one, other = (urlsplit(read.get(name) or "") for name in ("DATABASE_URL", "DATABASE_OWNER_URL"))
    if read.get("DATABASE_URL") and read.get("DATABASE_OWNER_URL") and one.path != other.path:
        yield "DATABASE_URL and DATABASE_OWNER_URL name two databases; they are two roles of one."


def _store(read: Mapping[str, Any]) -> Iterator[str]:
    if not read.get("THIDUA_S3_BUCKET"):
        return
    if not _is_installed("boto3"):
        yield "THIDUA_S3_BUCKET: the packages of the store are not installed (pip install 'django-storages[s3]')."
    if not (read.get("THIDUA_S3_KEY") or any(os.environ.get(name) for name in KEYS_FROM_ELSEWHERE)):
        yield "THIDUA_S3_BUCKET is set without THIDUA_S3_KEY and THIDUA_S3_SECRET."


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def _addresses(read: Mapping[str, Any]) -> Iterator[str]:
    parts = urlsplit(read.get("THIDUA_BASE_URL") or "")
    host = parts.hostname or ""
    if parts.scheme == "http" and not kinds.is_of_this_machine(host):
        yield f"THIDUA_BASE_URL: http:// is for this machine alone; {host} needs https://."
    hosts = read.get("THIDUA_HOSTS")
    if host and hosts and not kinds.is_of_this_machine(host) and not kinds.answers_to(hosts, host):
        yield f"THIDUA_HOSTS does not name {host}, to which the links of THIDUA_BASE_URL lead."


def _of_one_machine(read: Mapping[str, Any]) -> Iterator[str]:
    """Nobody else comes in over plain http; where the server listens is looked at by who starts it (supervise)."""
    host = urlsplit(read.get("THIDUA_BASE_URL") or "").hostname or ""
    if host and not kinds.is_of_this_machine(host):
        yield f"THIDUA_HTTP is for this machine alone, and THIDUA_BASE_URL leads others here ({host}). Switch it off."
    if read.get("THIDUA_BEHIND_PROXY"):
        yield "THIDUA_HTTP is for this machine alone, and THIDUA_BEHIND_PROXY lets others in. Switch one of them off."


def _production(read: Mapping[str, Any]) -> Iterator[str]:
    """Where people come in over the network."""
    if "THIDUA_BASE_URL" in read and not read["THIDUA_BASE_URL"]:
        yield (
            "THIDUA_BASE_URL is not set: links in letters begin with it, as https://thidua.example.vn. "
            "(To try thidua on one machine: thidua run.)"
        )
    parts = urlsplit(read.get("THIDUA_BASE_URL") or "")
    if parts.scheme == "http" and kinds.is_of_this_machine(parts.hostname or ""):
        yield "THIDUA_BASE_URL begins with http://, and without THIDUA_HTTP every page is answered over https alone."
    if read.get("THIDUA_DEBUG"):
        yield "THIDUA_DEBUG is on: its pages show settings and rows to whoever comes by. Switch it off."
    if "*" in (read.get("THIDUA_HOSTS") or []):
        yield "THIDUA_HOSTS: “*” answers to any name. Name the hosts that people use."
