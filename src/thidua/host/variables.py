"""Every setting of the product: an environment variable, declared here once. Plain Python: read before Django is there.

To add one: a ``Variable`` in the group of VARIABLES where it belongs, with its kind (kinds.py: what may be written and
what becomes of it), then ``value("THIDUA_…")`` where it is needed (config/settings.py as a rule), then ``thidua
tables``, which prints the table of docs/operating.md. What two variables owe each other is a line in ``agreement.py``.

All of them are checked together at each start, by every command and the web process: ``check()`` raises
``WrongSettings`` with a sentence for each fault, and the process ends with 2.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from thidua.core.units import RoleKind
from thidua.host import agreement, kinds
from thidua.host.process import HostError

PREFIX = "THIDUA_"
HOSTS_OF_THIS_MACHINE = "localhost,127.0.0.1,[::1],testserver"

WITH_SECOND_FACTOR = ["administrator", "office", "director"]

# How often somebody may do something (ledger.limits): kind → (how many, in how many seconds).
LIMITS = {
    # Sign-in: after so many wrong passwords each next one waits twice as long; forgotten so long after the last.
    "sign_in.account": (5, 12 * 3600),  # for one name or address as it is typed, from wherever
    "sign_in.address": (30, 3600),  # from one network address, for whomever
    "sign_in.device": (5, 12 * 3600),  # for one account, in a browser in which its owner was signed in before
    # The second factor likewise, for who has the password.
    "code.account": (5, 12 * 3600),
    "code.address": (30, 3600),
    "code.device": (5, 12 * 3600),
    # Letters that a stranger has sent by the page of forgotten passwords, to whomever.
    "reset.address": (30, 3600),  # from one network address
    "reset.mailbox": (3, 3600),  # to one e-mail address
    "api.address": (1200, 60),  # calls of one network address, whatever they show
    "api.calls": (240, 60),  # calls of one access code
    "api.failures": (30, 600),  # calls of one access code that came to nothing
    "files.megabytes": (2000, 86_400),  # that one person hands in
    "surveys.answer": (300, 600),  # answers of one network address; a school is one
    # Pages, in each web process: no person works so fast, and no office of people signs in so often.
    "pages.person": (600, 60),  # of one person who is signed in
    "pages.address": (1200, 60),  # of one network address, by who is not signed in
}


@dataclass(frozen=True)
class Variable:
    """``default`` is read where nothing is set; ``shown`` says it in the table, where the text itself would not."""

    name: str
    default: str
    meaning: str
    kind: kinds.Kind = kinds.text
    shown: str = ""
    is_secret: bool = False  # never quoted
    is_own: bool = False  # set by the program itself, so not in the table


VARIABLES = (
    # The machine
    Variable(
        "THIDUA_HOME", "var", "everything on this machine that is not code", shown="`var` below the current folder"
    ),
    Variable(
        "DATABASE_URL",
        "",
        "`postgresql://user:password@host:port/name?option=…`, of the role that runs the application",
        kinds.database,
        "the embedded PostgreSQL",
        is_secret=True,
    ),
    Variable(
        "DATABASE_OWNER_URL",
        "",
        "of the role that owns the tables; used by `init`, `migrate` and other commands that change tables",
        kinds.database,
        "`DATABASE_URL`",
        is_secret=True,
    ),
    Variable(
        "DATABASE_SUPERUSER_URL",
        "",
        "of a role that may make roles; used by `thidua roles --run` alone, set it for that command only",
        kinds.database,
        is_secret=True,
    ),
    Variable("THIDUA_FREE_MB", "500", "free room on the disk of files, below which `/healthz` fails", kinds.number(0)),
    Variable("THIDUA_METRICS", "", "answer `GET /metrics` for Prometheus, to this machine alone", kinds.flag),
    Variable(
        "THIDUA_METRICS_SECRET",
        "",
        "with it, to whoever sends `Authorization: Bearer …`, and nobody else",
        is_secret=True,
    ),
    # Addresses
    Variable(
        "THIDUA_SECRET_KEY",
        "",
        "signs sessions and links; the same on every machine",
        shown="made once, in `<home>/secret_key`",
        is_secret=True,
    ),
    Variable(
        "THIDUA_BASE_URL",
        "",
        "how links in letters, QR codes and posters begin; where others come in it must be set, to `https://…`",
        kinds.address,
        "`http://127.0.0.1:8000` (`thidua run`: its port)",
    ),
    Variable(
        "THIDUA_HOSTS",
        "",
        "host names that are answered",
        kinds.names,
        "this machine's, and the one of `THIDUA_BASE_URL`",
    ),
    Variable(
        "THIDUA_TRUSTED_ORIGINS",
        "",
        "origins whose forms are taken, where the proxy changes the host",
        kinds.addresses,
    ),
    Variable(
        "THIDUA_BEHIND_PROXY",
        "",
        "believe `X-Forwarded-Proto: https` of the proxy; only where the proxy sets it itself",
        kinds.flag,
    ),
    Variable(
        "THIDUA_TRUSTED_PROXIES",
        "",
        "networks of the proxies before this application, whose `X-Forwarded-For` is believed",
        kinds.networks,
        "none (`127.0.0.0/8,::1` with `THIDUA_BEHIND_PROXY`)",
    ),
    Variable(
        "THIDUA_HTTP",
        "",
        "plain http: no redirect to https, no secure cookies, no HSTS. For one machine only",
        kinds.flag,
        "off (`thidua run`: on)",
    ),
    Variable("THIDUA_DEBUG", "", "Django's debug pages; never where others can reach it", kinds.flag),
    Variable("PORT", "8000", "of `thidua run` and `thidua web`", kinds.number(1, 65535)),
    # How much of the machine is used (sizes.py)
    Variable(
        "THIDUA_WEB_WORKERS",
        "",
        "processes of the web server",
        kinds.number(1, 64),
        "one for each core, from 2 to 8",
    ),
    Variable(
        "THIDUA_WEB_THREADS", "3", "requests of people who work here that run at once in each", kinds.number(1, 64)
    ),
    Variable("THIDUA_WEB_PUBLIC_THREADS", "1", "requests of pages without an account, likewise", kinds.number(1, 64)),
    Variable("THIDUA_WEB_PROGRAM_THREADS", "1", "calls of the API, likewise", kinds.number(1, 64)),
    Variable(
        "THIDUA_WORKER_JOBS",
        "",
        "jobs at once of one `thidua worker`",
        kinds.number(1, 64),
        "one for each core, from 2 to 8",
    ),
    Variable(
        "THIDUA_WEB_PATIENCE",
        "20",
        "seconds after which a web process that no longer answers is replaced (`thidua run`, `thidua web`)",
        kinds.number(2, 3600),
    ),
    Variable(
        "THIDUA_FINISHED_JOBS_DAYS",
        "7",
        "days that jobs stay in the database after they were done, or after they failed and were set aside",
        kinds.number(1),
    ),
    # People
    Variable("THIDUA_ORGANISATION", "Sở Giáo dục và Đào tạo", "name in the head of every page"),
    Variable(
        "THIDUA_SECOND_FACTOR_ROLES",
        "",
        "roles that see nothing without a second factor; `none` for nobody",
        kinds.some_of(*RoleKind, none="none"),
        "`administrator,office,director`; with `THIDUA_HTTP` nobody, which every page says",
    ),
    Variable(
        "THIDUA_ADDRESS_WAIT_HOURS",
        "24",
        "hours after which an account is recovered by a new address, if no two administrators agree before",
        kinds.number(0),
    ),
    Variable(
        "THIDUA_OIDC_ISSUER",
        "",
        "address of an OpenID Connect provider",
        kinds.address,
        "none: no such sign-in",
    ),
    Variable("THIDUA_OIDC_NAME", "OpenID Connect", "its name on the button"),
    Variable("THIDUA_OIDC_CLIENT", "", "what it gave for this application"),
    Variable("THIDUA_OIDC_SECRET", "", "and the secret with it", is_secret=True),
    Variable(
        "THIDUA_LIMITS",
        "",
        "other limits than the built-in ones: `kind=how many/seconds`, with commas between",
        kinds.limits(LIMITS),
        "see below",
    ),
    # Letters
    Variable("THIDUA_SMTP_HOST", "", "mail server", shown="none: letters stay in the notices and in `<home>/mail`"),
    Variable("THIDUA_SMTP_PORT", "587", "its port", kinds.number(1, 65535)),
    Variable("THIDUA_SMTP_USER", "", "who signs in there"),
    Variable("THIDUA_SMTP_PASSWORD", "", "and by which password", is_secret=True),
    Variable("THIDUA_SMTP_TLS", "", "STARTTLS", kinds.flag),
    Variable("THIDUA_MAIL_FROM", "thidua@localhost", "sender of letters", kinds.mail_address),
    # Files and records
    Variable(
        "THIDUA_S3_BUCKET",
        "",
        "bucket for stored files and batches of records",
        shown="none: files lie in `<home>/files`",
    ),
    Variable("THIDUA_S3_ENDPOINT", "", "a store other than Amazon's, addressed by path", kinds.address, "Amazon's"),
    Variable("THIDUA_S3_KEY", "", "key of the store"),
    Variable("THIDUA_S3_SECRET", "", "and its secret", is_secret=True),
    Variable(
        "THIDUA_TRUST_PUBLIC",
        "",
        "trust roots of public units, see below",
        kinds.paths,
        "none: every signature is “untrusted”",
    ),
    Variable(
        "THIDUA_TRUST_PRIVATE",
        "",
        "trust roots of private units",
        kinds.paths,
        "none: every signature is “untrusted”",
    ),
    Variable(
        "THIDUA_READ_AT_ONCE",
        "262144",
        "bytes of a batch that a program is answered at once; a larger one is read by the worker (202)",
        kinds.number(0),
    ),
    Variable(
        "THIDUA_READ_AT_ONCE_SECONDS",
        "10",
        "seconds that reading takes while somebody waits for the answer",
        kinds.number(1, 300),
    ),
    Variable(
        "THIDUA_READING_SECONDS", "1800", "seconds that reading a file takes in the worker", kinds.number(10, 86_400)
    ),
    Variable(
        "THIDUA_READING_MEMORY",
        "1536",
        "megabytes of addresses of a process that reads; it takes half of that at most in memory",
        kinds.number(1024),
    ),
    Variable(
        "THIDUA_ENGINE",
        "",
        "Spark: `spark://host:port` or `sc://host:port`",
        kinds.engine,
        "none: DuckDB in the process",
    ),
    # The trail
    Variable(
        "THIDUA_ANCHORS_TO_STORAGE",
        "",
        "each anchor of the trail also goes to the store of files, as `anchors/<installation>/<number>.json`",
        kinds.flag,
    ),
    Variable(
        "THIDUA_ANCHORS_TO_MAIL",
        "",
        "addresses to which each anchor is mailed, better outside this organisation",
        kinds.mail_addresses,
    ),
    Variable("THIDUA_TIMESTAMP_URL", "", "a time stamp authority (RFC 3161) that stamps each anchor", kinds.address),
    # What the program tells itself
    Variable("THIDUA_AS_OWNER", "", "this command changes tables", kinds.flag, is_own=True),
    Variable("THIDUA_CONNECTIONS", "0", "to the database, which threads share", kinds.number(0, 1000), is_own=True),
    Variable("THIDUA_WITH_PARENT", "", "ends with the process that started it", kinds.flag, is_own=True),
)
_known = {each.name: each for each in VARIABLES}


class WrongSettings(HostError):
    """Settings that cannot be; the text has a line for each fault."""

    exit_code = 2


def value(name: str) -> Any:
    """What a variable is set to, or its default, as its kind reads it. KeyError for one that is not declared here."""
    variable = _known[name]
    return variable.kind(os.environ.get(name) or variable.default)


def read(name: str, text: str) -> Any:
    """The same of a text that came another way, by an option of a command. Raises WrongSettings."""
    try:
        return _known[name].kind(text or _known[name].default)
    except ValueError as error:
        raise WrongSettings(_fault(_known[name], text, error)) from None


def check(*, serving: bool = False) -> None:
    """Raise WrongSettings unless all agree; ``serving``: for a process that people use, not for a command."""
    found = list(problems(os.environ, serving=serving))
    if found:
        raise WrongSettings("\n".join(["These settings cannot be:", *(f"  {each}" for each in found)]))


def problems(environment: Mapping[str, str], *, serving: bool) -> Iterator[str]:
    """A sentence for each fault: names that there are not, what cannot be read, what does not agree."""
    yield from _misspelt(environment)
    read: dict[str, Any] = {}
    for each in VARIABLES:
        text = environment.get(each.name) or each.default
        try:
            read[each.name] = each.kind(text)
        except ValueError as error:
            yield _fault(each, text, error)
    yield from agreement.problems(read, serving=serving)


def _fault(variable: Variable, text: str, error: ValueError) -> str:
    return f"{variable.name}: {'it' if variable.is_secret else f'“{text}”'} {error}."


def _misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in _known:
            short = [each.removeprefix(PREFIX) for each in _known]
            near = difflib.get_close_matches(name.removeprefix(PREFIX), short, n=1)
            yield f"{name}: there is no such setting" + (f"; did you mean {PREFIX}{near[0]}?" if near else ".")


def table() -> Iterator[str]:
    """The lines of the table in docs/operating.md."""
    yield "| Variable | Default | Meaning |\n|---|---|---|"
    for each in VARIABLES:
        if not each.is_own:
            yield f"| `{each.name}` | {each.shown or _said(each)} | {each.meaning} |"


def _said(variable: Variable) -> str:
    if variable.default:
        return f"`{variable.default}`"
    return "off" if variable.kind is kinds.flag else "none"
