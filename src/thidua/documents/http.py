"""A Word file as the answer to a request."""

from __future__ import annotations

from django.http import HttpResponse

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word_response(content: bytes, name: str) -> HttpResponse:
    """A download; ``name`` without ending."""
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return response
