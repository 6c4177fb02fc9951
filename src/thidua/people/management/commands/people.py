"""``thidua people import|list|slip``."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from thidua.core.refusals import need
from thidua.people import actions, bulk, queries
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


class Slip(command.Command):
    help = "Print one-time passwords: how the first accounts of a new machine are opened."
    example = "thidua people slip quan-tri"

    def add_arguments(self, parser):
        parser.add_argument("username", nargs="+", help="sign-in names")

    def handle(self, *, username, **options):
        people = list(Person.objects.filter(username__in=username, is_active=True).in_order())
        unknown = sorted(set(username) - {person.username for person in people})
        need(not unknown, _("Nobody signs in as: %(names)s.") % {"names": ", ".join(unknown)})
        slips = actions.issue_first_passwords(people=people, by=None, at=timezone.now())
        rows = [{"username": person.username, "password": password} for person, password in slips]
        self.answer(rows, "\n".join("\t".join(row.values()) for row in rows))


class Factor(command.Command):
    help = "Remove the second factor of a person whose telephone or key is lost."
    example = "thidua people factor quan-tri"

    def add_arguments(self, parser):
        parser.add_argument("username", help="sign-in name")

    def handle(self, *, username, **options):
        person = Person.objects.filter(username=username).first()
        need(person, _("Nobody signs in as: %(names)s.") % {"names": username})
        actions.remove_factors(account=person, by=None, at=timezone.now())
        self.answer({"username": username}, _("The second factor of %(name)s is removed.") % {"name": person})


class Command(command.Subcommands):
    help = "Import and list people, and open their accounts."
    verbs = {"import": Import, "list": List, "slip": Slip, "factor": Factor}
