"""A paper that the worker writes: asked for, then there, or not to be had."""

from __future__ import annotations

from enum import StrEnum

from thidua.core.words import Sentence, _


class WritingState(StrEnum):
    PREPARED = "prepared"
    READY = "ready"
    FAILED = "failed"

    @property
    def label(self) -> Sentence:
        return WRITING_LABELS[self]


WRITING_LABELS = {
    WritingState.PREPARED: _("Being written"),
    WritingState.READY: _("Ready"),
    WritingState.FAILED: _("Could not be written"),
}
