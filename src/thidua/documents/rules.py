"""Who may change the templates of official papers."""

from __future__ import annotations

from thidua.core.refusals import need
from thidua.core.words import _
from thidua.documents import word
from thidua.documents.registry import Paper

PERMISSIONS = {
    "replace": _("Standing office"),
    "restore": _("Standing office"),
}


def check_replace(person, *, at):
    need(person.access.is_office, _("Only the standing office changes the templates of papers."))


check_restore = check_replace


def check_template(paper: Paper, content: bytes) -> None:
    """The template names only what the paper has, and can be filled: it is tried."""
    word.try_out(content, paper.trial())
