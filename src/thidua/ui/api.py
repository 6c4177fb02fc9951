"""What every operation of the API may answer, as its description says it."""

from __future__ import annotations

from ninja import Schema


class Problem(Schema):
    """As ``ui.answers.problem`` makes it."""

    status: int
    sentence: str
    fields: dict[str, str] = {}


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """These, and what any call may be told."""
    return dict.fromkeys((*statuses, 400, 401, 422, 429, 503), Problem)
