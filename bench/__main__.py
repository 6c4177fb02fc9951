"""``make bench``: what the product costs, as one JSON document; nothing here is a test or fails by its numbers.

``python -m bench [part …]`` measures some parts only. Each part runs in a process of its own, in a home of its own
below ``build/bench``; ratios compare two things of the same run.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

from bench import homes

# part → the sizes of campaign that it is measured on
PARTS = {
    "pages": (homes.SMALL, homes.LARGE),
    "decisions": (homes.LARGE,),
    "excel": (homes.LARGE,),
    "report": (homes.LARGE,),
    "memory": (homes.LARGE,),
    "registrations": (homes.LARGE,),
    "surveys": (homes.LARGE,),
    "deadline": (homes.LARGE,),
    "hostile": (homes.LARGE,),
    "store": (homes.SMALL,),
    "kills": (homes.KILLS,),
    "trail": (homes.LARGE,),  # leaves a long trail behind, so it comes after what meets the large home
    "signatures": (homes.SMALL,),
    "measures": (homes.SMALL,),
    "records": (homes.SMALL,),
    "explorer": (homes.EXPLORER,),
    "publishing": (homes.PUBLISHING,),
}


def main(parts: list[str]) -> None:
    result: dict[str, object] = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load_before": round(os.getloadavg()[0], 1),
    }
    for part in parts or PARTS:
        found = {size.name: _measured(part, size) for size in PARTS[part]}
        result[part] = found if len(found) > 1 else next(iter(found.values()))
    result["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(result, indent=2, ensure_ascii=False))  # noqa: T201 — the result is what this program is for


def _measured(part: str, size: homes.Size) -> object:
    homes.prepare(size)
    command = [sys.executable, "-m", "bench.part", part, size.name]
    done = subprocess.run(command, env=size.environment, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return json.loads(done.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
