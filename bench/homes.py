"""Homes with made-up campaigns of two sizes, made once and kept under ``build/bench``."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from thidua.host import cluster, postgres

# All load comes from one address, and from few people.
LIMITS = "surveys.answer=100000000/600,pages.address=100000000/60,pages.person=100000000/60"


@dataclass(frozen=True)
class Size:
    name: str
    units: int
    registrations: int

    @property
    def home(self) -> Path:
        return Path("build/bench").absolute() / self.name

    @property
    def environment(self) -> dict[str, str]:
        return {
            "THIDUA_LIMITS": LIMITS,
            **os.environ,
            "THIDUA_HOME": str(self.home),
            "THIDUA_HTTP": "1",
            "DJANGO_SETTINGS_MODULE": "thidua.config.settings",
        }


SMALL = Size("small", units=100, registrations=300)
LARGE = Size("large", units=300, registrations=10_500)  # asked for in whole ones a unit: somewhat above 10,000
KILLS = Size("kills", units=100, registrations=1_200)  # so that the worker writes the Excel file of all
EXPLORER = Size("explorer", units=100, registrations=300)  # filled with 10 million dossiers by its part

PUBLISHING = Size("publishing", units=12, registrations=36)  # filled with 2,500 units by its part


def prepare(size: Size) -> None:
    """The database with its campaign; its statistics are fresh, as they are after a night of the real one."""
    size.home.mkdir(parents=True, exist_ok=True)
    with postgres.hold(size.home):
        for words in (
            ["init"],
            ["demo", "--if-empty", "--units", str(size.units), "--registrations", str(size.registrations)],
        ):
            subprocess.run(  # noqa: S603 — our own command
                [sys.executable, "-m", "thidua.config.cli", *words],
                env=size.environment,
                stdout=sys.stderr,
                check=True,
            )
        _analyse(size)


def _analyse(size: Size) -> None:
    import psycopg

    with psycopg.connect(postgres.url(size.home, "superuser", cluster.DATABASE), autocommit=True) as connection:
        connection.execute("vacuum analyze")
