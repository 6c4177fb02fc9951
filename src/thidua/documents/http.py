"""Papers and stored files as answers to a request."""

from __future__ import annotations

from django.http import FileResponse

from thidua.ledger.files import PREVIEWED
from thidua.ledger.models import StoredFile
from thidua.ledger.store import open_stored
from thidua.ui.downloads import download


def word_response(content: bytes, name: str) -> FileResponse:
    """A download; ``name`` without ending."""
    return download(content, name, "docx")


def stored_response(row: StoredFile, name: str, *, preview: bool = False) -> FileResponse:
    """A stored file, once it is known to be what was stored. Shown in the browser where that is asked for and safe.
    Raises Away, Faulty."""
    return download(open_stored(row), name, row.extension, shown=preview and row.extension in PREVIEWED)
