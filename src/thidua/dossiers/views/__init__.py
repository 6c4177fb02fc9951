"""Lists, forms, pages and the review desk. Each verb is a POST view named like its action."""

from thidua.dossiers.views.beginning import begin, links, qr, short
from thidua.dossiers.views.desk import accept, accept_many, return_, review
from thidua.dossiers.views.files import attach, detach, file
from thidua.dossiers.views.lists import excel, list_
from thidua.dossiers.views.pages import page, print_, report_progress, versions, word
from thidua.dossiers.views.steps import close, confirm, present, recall, submit, withdraw
from thidua.dossiers.views.typing import autosave, conflict, form, save

__all__ = [
    "accept",
    "accept_many",
    "attach",
    "autosave",
    "begin",
    "close",
    "confirm",
    "conflict",
    "detach",
    "excel",
    "file",
    "form",
    "links",
    "list_",
    "page",
    "present",
    "print_",
    "qr",
    "recall",
    "report_progress",
    "return_",
    "review",
    "save",
    "short",
    "submit",
    "versions",
    "withdraw",
    "word",
]
