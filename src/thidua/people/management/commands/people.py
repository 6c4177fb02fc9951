"""``thidua people import|list``."""

from __future__ import annotations

from django.utils import timezone

from thidua.people import bulk, queries
from thidua.people.management.commands._lists import ImportCommand, ListCommand
from thidua.people.models import Person
from thidua.ui import command


class Import(ImportCommand):
    help = "Import people from Excel or CSV: all rows, or none while one is wrong."
    example = "thidua people import people.xlsx --dry-run"
    run = staticmethod(bulk.import_people)


class List(ListCommand):
    help = "List the people and their units."
    example = "thidua people list --search an --json"

    def rows(self, search):
        posts = queries.posts_today(timezone.localdate())
        people = Person.objects.search(search).in_order().prefetch_related(posts)
        return [
            {
                "username": person.username,
                "full_name": person.full_name,
                "units": ", ".join(post.unit.code for post in person.posts_now),
            }
            for person in people
        ]


class Command(command.Subcommands):
    help = "Import and list people."
    verbs = {"import": Import, "list": List}
