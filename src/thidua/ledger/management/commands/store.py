"""``thidua store verify``."""

from __future__ import annotations

from django.utils.translation import gettext as _

from thidua.core.files import Fault
from thidua.core.refusals import need
from thidua.ledger import store
from thidua.ui import command


class Verify(command.Command):
    help = "Read every stored file; name those that are missing or not what was stored, and those that no row names."
    example = "thidua store verify --json"

    def handle(self, **options):
        found, lots = store.Found(), sum(-(-shelf.rows().count() // store.TOGETHER) for shelf in store.SHELVES.values())
        for _read in self.progress(store.verify(found), total=lots, label="files"):
            pass
        store.look_for_orphans(found)
        self.answer(_document(found), _text(found))
        lost, other = found.counts[Fault.MISSING], found.counts[Fault.CHANGED]
        need(
            found.is_whole,
            _("%(missing)s files are missing, %(changed)s changed.") % {"missing": lost, "changed": other},
        )


def _document(found: store.Found) -> dict[str, object]:
    def named(files: list[tuple[str, int, str]]) -> list[dict[str, object]]:
        return [{"kind": kind, "id": id, "key": key} for kind, id, key in files]

    return {
        "whole": found.is_whole,
        "files": found.files,
        "bytes": found.size,
        "counts": {**found.counts, "orphaned": found.orphans},
        "missing": named(found.missing),
        "changed": named(found.changed),
        "orphaned": found.orphaned,
    }


def _text(found: store.Found) -> str:
    lines = [f"{fault.label}: {kind} {id} {key}" for fault, files in _faults(found) for kind, id, key in files]
    if found.orphans:
        lines.append(_("%(n)s files that no row names, which is no fault.") % {"n": found.orphans})
    lines.append(_("%(n)s files were read, %(size)s MB.") % {"n": found.files, "size": found.size // 2**20})
    return "\n".join(lines)


def _faults(found: store.Found):
    return ((Fault.MISSING, found.missing), (Fault.CHANGED, found.changed))


class Command(command.Subcommands):
    help = "Look whether stored files are what they were."
    verbs = {"verify": Verify}
