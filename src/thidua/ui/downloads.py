"""A file as the answer to a request: the one place that says what it is and what it is called. Nothing in it runs."""

from __future__ import annotations

import io
from typing import BinaryIO

from django.http import FileResponse

from thidua.core.files import TYPES, called

# A file that is shown, or opened by mistake, is a page of nobody's: no script, no form, nothing from elsewhere.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"


def download(content: bytes | BinaryIO, name: str, ending: str, *, shown: bool = False) -> FileResponse:
    """``name`` may be whatever the sender called it; ``ending`` is what the content is (core.files.TYPES). ``shown``:
    in the browser instead of saved."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return FileResponse(
        file,
        as_attachment=not shown,
        filename=called(name, ending),
        content_type=TYPES[ending],
        headers={"Content-Security-Policy": SANDBOX},
    )
