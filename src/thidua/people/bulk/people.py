"""People, their posts and roles from a list: one row a post, so a person may stand in several rows.

What is wrong in a row refuses the whole list. A row that would change an account beyond the rights of whoever imports
is refused by itself (core.accounts); the rest is taken.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from thidua.core.accounts import WEIGHTY
from thidua.core.refusals import Denied
from thidua.core.units import PostKind, RoleKind, is_code
from thidua.core.vietnamese import fold
from thidua.core.words import _
from thidua.exchange.outcome import Change, Outcome, RowError
from thidua.exchange.reading import Row, rows_of
from thidua.ledger import actions as ledger
from thidua.ledger import turns
from thidua.people import queries, rules
from thidua.people.actions.addresses import NAMES, record_address
from thidua.people.bulk.cells import PEOPLE_HEADINGS, POST_WORDS, Checks, kind_word, roles_of
from thidua.people.models import Person, Post, Role, Unit


@dataclass(frozen=True)
class Line:
    """One row, read."""

    checks: Checks
    username: str
    facts: dict[str, str]
    unit: Unit | None
    post: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    roles: tuple[str, ...]


@dataclass
class Plan:
    """What the rows of one person come to."""

    person: Person
    change: Change
    facts: list[str]  # what the list says of an account
    posts: list[Post]
    roles: list[str]
    unit_id: int | None
    email_before: str | None  # where the address changes


@transaction.atomic
def import_people(*, content: bytes, name: str, by, at: dt.datetime, commit: bool) -> Outcome:
    """Check the rows of a list of people; make accounts, posts and roles when asked and none is wrong."""
    if by is not None:
        rules.check_import_people(by, at=at)
    rows = rows_of(content, name, PEOPLE_HEADINGS, ("full_name", "unit"))
    if commit:
        turns.take(NAMES)
    outcome, today = Outcome(), timezone.localdate(at)
    units = {unit.code: unit for unit in Unit.objects.all()}
    by_name: dict[str, list[Line]] = {}
    for row in rows:
        line = _line(row, units, outcome)
        by_name.setdefault(line.username, []).append(line)
    found = Person.objects.filter(username__in=by_name).prefetch_related("posts__unit", "roles").order_by("pk")
    # Who changes an address or a password meanwhile waits, and finds it as the list has made it.
    found = found.select_for_update(no_key=True) if commit else found
    present = {person.username: person for person in found}
    _check_each(by_name, present, outcome)
    _check_names(by_name, present, at)
    _check_emails(by_name, at)
    if outcome.errors:
        return outcome
    plans = [_plan(lines, present.get(username), today) for username, lines in by_name.items()]
    changed = [plan for plan in plans if plan.change.after]
    outcome.refused = _refused(changed, by, at)
    rows_refused = {each.row for each in outcome.refused}
    changed = [plan for plan in changed if plan.change.row not in rows_refused]
    outcome.changes = [plan.change for plan in changed]
    outcome.created = sum(each.is_new for each in outcome.changes)
    outcome.changed = len(changed) - outcome.created
    outcome.unchanged = len(plans) - len(changed) - len(rows_refused)
    outcome.committed = commit and not outcome.errors
    if outcome.committed:
        # Two people may have each other's address from now on.
        leaving = [plan.person.pk for plan in changed if plan.email_before]
        Person.objects.filter(pk__in=leaving).update(email="")
        for plan in changed:
            _write(plan, by=by, at=at, today=today)
    return outcome


def _refused(plans: list[Plan], by, at: dt.datetime) -> list[RowError]:
    """Rows that go beyond the rights of ``by``, and those whose new address therefore stays with its owner."""
    found = [] if by is None else [refusal for plan in plans if (refusal := _beyond_rights(plan, by, at))]
    while True:
        rows = {each.row for each in found}
        kept = {plan.email_before for plan in plans if plan.change.row in rows and plan.email_before}
        more = [plan for plan in plans if plan.change.row not in rows and plan.change.after.get("email") in kept]
        if not more:
            return sorted(found, key=lambda each: each.row)
        sentence = _("This e-mail belongs to another person.")
        found += [RowError(plan.change.row, "email", sentence) for plan in more]


def _beyond_rights(plan: Plan, by, at: dt.datetime) -> RowError | None:
    """What of the row changes how an account signs in, acts or is recovered, when it may not."""
    is_new, asked = plan.person.pk is None, []
    if plan.roles:
        asked.append(("role", lambda: rules.check_grant_role(by, at=at)))
    if plan.email_before is not None and not is_new:
        asked.append(("email", lambda: rules.check_change_by_list(plan.person, by, at=at)))
    if not is_new and any(post.kind in WEIGHTY for post in plan.posts):
        asked.append(("post", lambda: rules.check_administer(plan.person, by, at=at)))
    for column, check in asked:
        try:
            check()
        except Denied as refusal:
            return RowError(plan.change.row, column, refusal.sentence)
    return None


def _line(row: Row, units: dict[str, Unit], outcome: Outcome) -> Line:
    values, checks = row.values, Checks(row, outcome)
    post = kind_word(values.get("post", ""), POST_WORDS, PostKind)
    roles, unknown = roles_of(values.get("role", ""))
    facts = checks.texts(Person, "full_name", "title", "email", "phone")
    checks.need("full_name", values["full_name"], _("The full name is missing."))
    for role in unknown:
        known = ", ".join(RoleKind)
        checks.wrong("role", _("“%(role)s” is no role; write one of: %(roles)s.", role=role, roles=known))
    if post is None:
        known = ", ".join(PostKind)
        checks.wrong("post", _("“%(post)s” is no post; write one of: %(posts)s.", post=values["post"], posts=known))
    name = values.get("username") or facts.get("email") or _made_up(values["unit"], values["full_name"])
    starts_on, ends_on = checks.day("starts_on"), checks.day("ends_on")
    if starts_on and ends_on:
        checks.need("ends_on", starts_on <= ends_on, _("The last day cannot lie before the first."))
    return Line(checks, name[:80], facts, units.get(values["unit"]), post, starts_on, ends_on, tuple(roles))


def _made_up(unit: str, full_name: str) -> str:
    return f"{unit}-{fold(full_name).replace(' ', '-')}"


def _check_each(by_name: dict[str, list[Line]], present: dict[str, Person], outcome: Outcome) -> None:
    for username, lines in by_name.items():
        for line in lines:
            # A role is held for the whole department, so who has one, or is known already, needs no unit.
            without = not line.checks.row.values["unit"] and (line.roles or username in present)
            sentence = _("There is no unit with the code “%(code)s”.", code=line.checks.row.values["unit"])
            line.checks.need("unit", line.unit or without, sentence)
            if line.facts != lines[0].facts:
                sentence = _("The sign-in name “%(name)s” stands %(count)s times.", name=username, count=len(lines))
                line.checks.wrong("username", sentence)


def _check_names(by_name: dict[str, list[Line]], present: dict[str, Person], at: dt.datetime) -> None:
    """A new sign-in name is no other person's, nor another's address: people sign in with either, in any capitals."""
    new = {name.lower(): lines[0] for name, lines in by_name.items() if name not in present}
    for name, line in new.items():
        sentence = _("A sign-in name has letters, digits and . - _ @ + (not first), and no spaces.")
        line.checks.need("username", is_code(name), sentence)
    for name in queries.owners_of(new, Person.objects.all(), at):
        new[name].checks.wrong("username", _("Another person signs in with this name."))


def _check_emails(by_name: dict[str, list[Line]], at: dt.datetime) -> None:
    """An address belongs to one person, in the file and in the database, and to who is still recovered by it."""
    lines = [line for several in by_name.values() for line in several[:1] if line.facts.get("email")]
    others = Person.objects.exclude(username__in=by_name)
    owners = queries.owners_of([line.facts["email"] for line in lines], others, at)
    for line in lines:
        if owners.setdefault(line.facts["email"], line.username) != line.username:
            line.checks.wrong("email", _("This e-mail belongs to another person."))


def _plan(lines: list[Line], person: Person | None, today: dt.date) -> Plan:
    username, facts = lines[0].username, lines[0].facts
    is_new = person is None
    person = person or Person(username=username, must_change_password=True)
    before, after = {}, {}
    for key, value in facts.items():
        if is_new or getattr(person, key) != value:
            before[key], after[key] = getattr(person, key), value
            setattr(person, key, value)
    held = [] if is_new else list(person.posts.all())
    posts = []
    for line in sorted(lines, key=lambda each: each.starts_on or today):
        if line.unit and (found := _post(line, person, held, today)):
            post, was = found
            posts.append(post)
            key = f"post {line.unit.code} {post.kind}"
            before[key], after[key] = was, _days(post)
    holds = set() if is_new else {role.kind for role in person.roles.all() if not role.ends_on or role.ends_on >= today}
    roles = [kind for kind in dict.fromkeys(kind for line in lines for kind in line.roles) if kind not in holds]
    if roles:
        before["roles"], after["roles"] = "", ", ".join(roles)
    change = Change(lines[0].checks.row.number, username, {} if is_new else before, after, is_new)
    email_before = before.get("email") if "email" in after else None
    return Plan(person, change, list(facts), posts, roles, lines[0].unit.pk if lines[0].unit else None, email_before)


def _post(line: Line, person: Person, held: list[Post], today: dt.date) -> tuple[Post, str] | None:
    """The post that the row makes or dates anew, with its days before; None when it stands so already."""
    same = [post for post in held if (post.unit_id, post.kind) == (line.unit.pk, line.post)]
    begins = line.starts_on or today
    over = [post for post in same if _overlap(post, begins, line.ends_on)]
    exact = [post for post in same if post.starts_on == line.starts_on]
    post = next(iter([*exact, *over]), None)
    if post is None:
        post = Post(person=person, unit=line.unit, kind=line.post, starts_on=begins, ends_on=line.ends_on)
        held.append(post)
        return post, ""
    was = _days(post)
    post.starts_on, post.ends_on = line.starts_on or post.starts_on, line.ends_on or post.ends_on
    if post.ends_on and post.ends_on < post.starts_on:
        line.checks.wrong("ends_on", _("The last day cannot lie before the first."))
    if any(_overlap(each, post.starts_on, post.ends_on) for each in same if each is not post):
        line.checks.wrong("starts_on", _("This person already holds this post in these days."))
    return (post, was) if was != _days(post) else None


def _overlap(post: Post, begins: dt.date, ends: dt.date | None) -> bool:
    return post.starts_on <= (ends or dt.date.max) and begins <= (post.ends_on or dt.date.max)


def _days(post: Post) -> str:
    return f"{post.starts_on.isoformat()} – {post.ends_on.isoformat() if post.ends_on else ''}".strip()


def _write(plan: Plan, *, by, at: dt.datetime, today: dt.date) -> None:
    person = plan.person
    is_new = person.pk is None
    if is_new:
        person.joined_at = at
        person.set_unusable_password()
    person.save(update_fields=None if is_new else [*plan.facts, "sort_key", "folded"])
    for post in plan.posts:
        post.person = person
        post.save()
    for kind in plan.roles:
        Role.objects.create(person=person, kind=kind, starts_on=today)
    ledger.record(
        by=by,
        at=at,
        verb="people.import_people",
        thing=person,
        unit_id=plan.unit_id,
        before=plan.change.before,
        after={"name": person.full_name, **plan.change.after},
    )
    if plan.email_before is not None and not is_new:
        record_address(account=person, before=plan.email_before, by=by, at=at)
