"""The papers that rooms declare in their ``papers.py``; this room keeps and fills templates, whatever they are for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thidua.core.words import Sentence


@dataclass(frozen=True)
class Paper:
    """A kind of official paper.

    ``placeholders``: name in the template → what it stands for. ``build`` gives the shipped template. ``trial`` gives
    data that an uploaded template is filled with before it is taken.
    """

    key: str
    name: Sentence
    placeholders: Mapping[str, Sentence]
    build: Callable[[], bytes]
    trial: Callable[[], Mapping[str, Any]]


PAPERS: dict[str, Paper] = {}


def declare(paper: Paper) -> Paper:
    PAPERS[paper.key] = paper
    return paper
