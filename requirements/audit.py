"""Are the locked packages free of what is publicly known to be unsafe? ``python requirements/audit.py``

Asks by pip-audit, which asks the Python package index for advisories. Where these cannot be had (no network, no
pip-audit) that is said, and it is no failure: not to know is not to be unsafe. Found advisories are one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCKED = Path(__file__).with_name("run.txt")
COMMAND = ["pip-audit", "--requirement", str(LOCKED), "--require-hashes", "--disable-pip"]
OPTIONS = ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
SECONDS = 300


def main() -> int:
    try:
        done = subprocess.run(  # noqa: S603 — our own command
            [*COMMAND, *OPTIONS], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        return _skipped("pip-audit is not installed here")
    except subprocess.TimeoutExpired:
        return _skipped("the list of advisories does not answer in time")
    found = _read(done.stdout)
    if found is None:
        return _skipped((done.stderr.strip().splitlines() or ["no answer"])[-1][:300])
    for name, version, advisory in found:
        mended = ", ".join(advisory["fix_versions"]) or "no version yet"
        print(f"{name} {version}: {advisory['id']}, mended in {mended}")
    if not found:
        print("Packages: no advisory is known for any of those locked in requirements/run.txt.")
    return 1 if found else 0


def _read(text: str) -> list[tuple[str, str, dict]] | None:
    """What pip-audit found; None where it did not come to an answer."""
    try:
        packages = json.loads(text)["dependencies"]
        return [(each["name"], each["version"], it) for each in packages for it in each.get("vulns", ())]
    except (ValueError, KeyError, TypeError):
        return None


def _skipped(why: str) -> int:
    print(f"AUDIT OF PACKAGES SKIPPED: {why}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
