"""One part in a process of its own, started by ``python -m bench``: its result as JSON on standard output."""

from __future__ import annotations

import importlib
import json
import sys

from bench import homes
from thidua.host import postgres


def main(part: str, size: str) -> None:
    home = next(
        each.home
        for each in (homes.SMALL, homes.LARGE, homes.KILLS, homes.EXPLORER, homes.PUBLISHING)
        if each.name == size
    )
    with postgres.hold(home):
        import django

        django.setup()
        print(json.dumps(importlib.import_module(f"bench.{part}").measure()))  # noqa: T201 — read by the parent


main(*sys.argv[1:])
