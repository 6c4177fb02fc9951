"""``thidua units import|list``."""

from __future__ import annotations

from thidua.core.units import UnitKind
from thidua.people import bulk
from thidua.people.management.commands._lists import ImportCommand, ListCommand
from thidua.people.models import Unit
from thidua.ui import command


class Import(ImportCommand):
    help = "Import units from Excel or CSV: all rows, or none while one is wrong."
    example = "thidua units import units.csv --dry-run"
    file_help = (
        "Excel or CSV file with the columns code, name, kind, parent (Vietnamese headings too: mã, tên, loại, đơn vị "
        f"cấp trên). Kinds: {', '.join(UnitKind)}; or in words, as “phòng”, “trường”, “trung tâm”"
    )
    run = staticmethod(bulk.import_units)


class List(ListCommand):
    help = "List the units."
    example = "thidua units list --search 'hoa sen' --json"

    def rows(self, search):
        units = Unit.objects.select_related("parent").search(search).in_order()
        return [
            {"code": unit.code, "name": unit.name, "kind": unit.kind, "parent": unit.parent.code if unit.parent else ""}
            for unit in units
        ]


class Command(command.Subcommands):
    help = "Import and list units."
    verbs = {"import": Import, "list": List}
