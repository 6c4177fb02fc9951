"""Charts as pictures for papers, and outlines of pictures that came in. Both take memory, so the worker does it and not
the web."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from thidua.core import integrity
from thidua.host.bounded import MEGABYTE, READER, Ended, readers

POINTS_LIMIT = 60_000_000  # of a picture that is looked at: three times what a good camera makes
BYTES_LIMIT = 256 * MEGABYTE  # that its points take once it is unpacked


@lru_cache(maxsize=1)
def _engine():
    import vl_convert

    vl_convert.register_font_directory(str(files("fontpkg_be_vietnam_pro") / "files"))
    return vl_convert


def png(spec: Mapping[str, Any], *, scale: float = 2) -> bytes:
    """A Vega-Lite specification with its data inside, drawn without asking anything of a network."""
    return _engine().vegalite_to_png(dict(spec), scale=scale, allowed_base_urls=[])


def outline_of(data: bytes) -> str:
    """What nearly equal pictures have in common (core.integrity), found by a process of its own; empty where the file
    is no picture after all, or one that takes more than pictures do."""
    try:
        return readers.run("thidua.documents.pictures:outline", data, limits=READER)
    except Ended:
        return ""


def outline(data: bytes, tell: object = None) -> str:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            points = image.width * image.height  # as the head of the file says it; nothing is unpacked yet
            if points > POINTS_LIMIT or points * _bytes_of(image.mode) > BYTES_LIMIT:
                return ""
            image.draft("L", (integrity.WIDTH * 16, integrity.HEIGHT * 16))  # a JPEG is read small and grey at once
            upright = ImageOps.exif_transpose(image).convert("L")
            small = upright.resize((integrity.WIDTH, integrity.HEIGHT), Image.Resampling.BOX)
            return integrity.outline(small.tobytes())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""


def _bytes_of(mode: str) -> int:
    return 4 if mode in ("I", "F", "CMYK", "RGBA", "RGB") else 2  # Pillow keeps three colours in four bytes
