"""Gathers the front-end files that packages carry into one folder: nobody else's code is kept in this repository."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

WEIGHTS = ("Regular", "Medium", "SemiBold")
# Served below STATIC_URL as carried/…; theme.css and the base templates name these files.
FOLDER = "carried"
SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=[^*]*\*/\s*")


def sources() -> dict[str, Traversable]:
    """Every gathered file: its name in the folder, and where the package keeps it."""
    bootstrap, font = files("bootstrap"), files("fontpkg_be_vietnam_pro")
    found = {
        "bootstrap.min.css": bootstrap / "css" / "bootstrap.min.css",
        "bootstrap.LICENSE.txt": bootstrap / "LICENSE",
        "BeVietnamPro.LICENSE.txt": font / "LICENSE",
    }
    for weight in WEIGHTS:
        found[f"BeVietnamPro-{weight}.ttf"] = font / "files" / f"BeVietnamPro-{weight}.ttf"
    return found


def gather(target: Path) -> list[Path]:
    """Write the files to ``target``/carried (made if missing); those already there and equal are left untouched."""
    folder = Path(target) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, source in sources().items():
        content = source.read_bytes()
        if name.endswith(".css"):
            # The source map is not gathered, so nothing may point at it.
            content = SOURCE_MAP.sub(b"", content)
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
        written.append(path)
    return written
