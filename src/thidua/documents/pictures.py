"""Charts as pictures for papers, and outlines of pictures that came in. Both take memory, so the worker does it and not
the web."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import IO, Any

from thidua.core import integrity

POINTS_LIMIT = 60_000_000  # of a picture that is looked at: three times what a good camera makes


@lru_cache(maxsize=1)
def _engine():
    import vl_convert

    vl_convert.register_font_directory(str(files("fontpkg_be_vietnam_pro") / "files"))
    return vl_convert


def png(spec: Mapping[str, Any], *, scale: float = 2) -> bytes:
    """A Vega-Lite specification with its data inside, drawn without asking anything of a network."""
    return _engine().vegalite_to_png(dict(spec), scale=scale, allowed_base_urls=[])


def outline(file: IO[bytes]) -> str:
    """What nearly equal pictures have in common (core.integrity); empty where the file is no picture after all."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as image:
            if image.width * image.height > POINTS_LIMIT:
                return ""
            image.draft("L", (integrity.WIDTH * 16, integrity.HEIGHT * 16))  # a JPEG is read small and grey at once
            upright = ImageOps.exif_transpose(image).convert("L")
            small = upright.resize((integrity.WIDTH, integrity.HEIGHT), Image.Resampling.BOX)
            return integrity.outline(small.tobytes())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # what Pillow says of damaged files
        return ""
