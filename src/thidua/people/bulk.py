"""Units and people from Excel or CSV: all rows are checked first, then all are written or none.

The same file a second time changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.core.vietnamese import fold
from thidua.core.words import _
from thidua.exchange.outcome import Outcome, RowError
from thidua.exchange.reading import Row, rows_of
from thidua.ledger import actions as ledger
from thidua.people import rules
from thidua.people.models import Person, Post, Role, Unit

UNIT_HEADINGS = {
    "name": ("ten", "ten don vi", "don vi"),
    "code": ("ma", "ma don vi"),
    "kind": ("loai", "loai don vi", "loai hinh"),
    "parent": ("don vi cap tren", "cap tren", "thuoc", "ma don vi cap tren"),
    "place": ("district", "dia ban", "quan", "quan huyen", "dia chi"),
    "email": ("thu dien tu", "e-mail", "thu cong vu"),
}
PEOPLE_HEADINGS = {
    "full_name": ("full name", "name", "ho va ten", "ho ten"),
    "username": ("sign-in name", "ten dang nhap", "tai khoan"),
    "title": ("chuc vu", "position"),
    "email": ("thu dien tu", "e-mail", "thu cong vu"),
    "unit": ("ma don vi", "don vi", "unit code"),
    "post": ("vai tro tai don vi", "vi tri"),
    "role": ("vai tro", "quyen"),
}
KIND_WORDS = {
    "school": UnitKind.SCHOOL,
    "affiliated": UnitKind.INSTITUTION,
    "truc thuoc": UnitKind.INSTITUTION,
    "so": UnitKind.DEPARTMENT,
    "phong": UnitKind.DIVISION,
    "truong": UnitKind.SCHOOL,
    "thpt": UnitKind.SCHOOL,
    "trung tam": UnitKind.CENTRE,
    "gdtx": UnitKind.CENTRE,
    "co so": UnitKind.INSTITUTION,
    "don vi": UnitKind.INSTITUTION,
    "to": UnitKind.GROUP,
}
PRIVATE_WORDS = ("private", "tu thuc", "ngoai cong lap")
POST_WORDS = {
    "thu truong": PostKind.HEAD,
    "hieu truong": PostKind.HEAD,
    "truong phong": PostKind.HEAD,
    "giam doc": PostKind.HEAD,
    "cap pho": PostKind.DEPUTY,
    "dau moi": PostKind.FOCAL_POINT,
    "thanh vien": PostKind.MEMBER,
    "": PostKind.MEMBER,
}


def unit_code(name: str) -> str:
    """A code from the name where the file has none: "THPT Hoa Sen" → "thpt-hoa-sen"."""
    return "".join(char if char.isalnum() else "-" for char in fold(name)).strip("-").replace("--", "-")[:40]


def kind_word(text: str, words: dict, kinds) -> str | None:
    """The kind that a cell means: our own word, or the first Vietnamese word it begins with."""
    folded = fold(text)
    if folded.replace(" ", "_") in set(kinds):
        return folded.replace(" ", "_")
    return next((kind for word, kind in words.items() if word and folded.startswith(word)), words.get(folded))


@transaction.atomic
def import_units(*, content: bytes, name: str, by, at: dt.datetime, commit: bool) -> Outcome:
    """Check the rows of a list of units; write them all when asked and none is wrong."""
    if by is not None:
        rules.check_import_units(by, at=at)
    rows = rows_of(content, name, UNIT_HEADINGS, ("name",))
    outcome = Outcome()
    present = {unit.code: unit for unit in Unit.objects.select_related("parent")}
    wanted = _units_wanted(rows, present, outcome)
    fresh, changed = [], []
    for code, (_row, values) in _parents_first(wanted, present, outcome).items():
        unit = present.get(code) or Unit(code=code)
        parent = present.get(values.pop("parent"))
        values["parent"] = parent if parent or unit.pk is None else unit.parent
        if unit.pk and all(getattr(unit, key) == value for key, value in values.items()):
            outcome.unchanged += 1
            continue
        (changed if unit.pk else fresh).append(unit)
        for key, value in values.items():
            setattr(unit, key, value)
        unit.fill_computed()
        present[code] = unit
        if not outcome.errors and commit:
            unit.save()
    outcome.created, outcome.changed = len(fresh), len(changed)
    if commit and not outcome.errors:
        outcome.committed = True
        ledger.record_all(
            [
                ledger.entry(
                    by=by,
                    at=at,
                    verb="people.import_units",
                    thing=unit,
                    unit_id=unit.pk,
                    after={"code": unit.code, "name": unit.name, "kind": unit.kind},
                )
                for unit in [*fresh, *changed]
            ]
        )
    return outcome


def _units_wanted(rows: list[Row], present: dict, outcome: Outcome) -> dict[str, tuple[Row, dict]]:
    wanted: dict[str, tuple[Row, dict]] = {}
    codes = [row.values.get("code") or unit_code(row.values["name"]) for row in rows]
    times = Counter(codes)
    for row, code in zip(rows, codes, strict=True):
        values = row.values
        kind = kind_word(values.get("kind", "") or values["name"], KIND_WORDS, UnitKind)
        if not values["name"]:
            outcome.errors.append(RowError(row.number, "name", _("The name is missing.")))
        if kind is None:
            outcome.errors.append(
                RowError(
                    row.number,
                    "kind",
                    _(
                        "“%(kind)s” is no kind of unit; write one of: %(kinds)s.",
                        kind=values.get("kind", ""),
                        kinds=", ".join(UnitKind),
                    ),
                )
            )
        if times[code] > 1:
            same = ", ".join(str(each.number) for each, its in zip(rows, codes, strict=True) if its == code)
            outcome.errors.append(
                RowError(row.number, "code", _("The code “%(code)s” stands in rows %(rows)s.", code=code, rows=same))
            )
        parent = values.get("parent", "")
        if parent and parent not in present and parent not in times:
            outcome.errors.append(
                RowError(row.number, "parent", _("There is no unit with the code “%(code)s”.", code=parent))
            )
        kept = {key: values[key] for key in ("name", "place", "email") if key in values}
        if any(word in fold(values.get("kind", "")) for word in PRIVATE_WORDS):
            kept["is_public"] = False
        wanted[code] = (row, {**kept, "kind": kind, "parent": parent})
    return wanted


def _parents_first(wanted: dict, present: dict, outcome: Outcome) -> dict[str, tuple[Row, dict]]:
    """Units in an order in which each parent comes before its children; a circle is an error."""
    ordered: dict[str, tuple[Row, dict]] = {}
    waiting = dict(wanted)
    while waiting:
        ready = [code for code, (_row, values) in waiting.items() if values["parent"] not in waiting]
        if not ready:
            for row, _values in waiting.values():
                outcome.errors.append(RowError(row.number, "parent", _("The unit lies below itself.")))
            break
        for code in ready:
            ordered[code] = waiting.pop(code)
    return ordered


@transaction.atomic
def import_people(*, content: bytes, name: str, by, at: dt.datetime, commit: bool) -> Outcome:
    """Check the rows of a list of people; make accounts, posts and roles when asked and none is wrong."""
    if by is not None:
        rules.check_import_people(by, at=at)
    rows = rows_of(content, name, PEOPLE_HEADINGS, ("full_name", "unit"))
    outcome = Outcome()
    units = {unit.code: unit for unit in Unit.objects.all()}
    present = {person.username: person for person in Person.objects.all()}
    plans = [_person_wanted(row, units, outcome) for row in rows]
    if by is not None and any(plan["role"] for plan in plans):
        rules.check_grant_role(by, at=at)
    for username, count in Counter(plan["username"] for plan in plans).items():
        if count > 1:
            for plan in plans:
                if plan["username"] == username:
                    outcome.errors.append(
                        RowError(
                            plan["row"],
                            "username",
                            _("The sign-in name “%(name)s” stands %(count)s times.", name=username, count=count),
                        )
                    )
    if outcome.errors:
        return outcome
    for plan in plans:
        _put_person(plan, present, outcome, by=by, at=at, commit=commit)
    outcome.committed = commit
    return outcome


def _person_wanted(row: Row, units: dict[str, Unit], outcome: Outcome) -> dict:
    values = row.values
    unit = units.get(values["unit"])
    post = kind_word(values.get("post", ""), POST_WORDS, PostKind)
    role = fold(values.get("role", "")).replace(" ", "_")
    email = values.get("email", "").lower()
    checks = (
        ("full_name", values["full_name"], _("The full name is missing.")),
        ("unit", unit, _("There is no unit with the code “%(code)s”.", code=values["unit"])),
        (
            "post",
            post,
            _(
                "“%(post)s” is no post; write one of: %(posts)s.",
                post=values.get("post", ""),
                posts=", ".join(PostKind),
            ),
        ),
        (
            "role",
            not role or role in set(RoleKind),
            _("“%(role)s” is no role; write one of: %(roles)s.", role=role, roles=", ".join(RoleKind)),
        ),
        ("email", _is_email(email), _("“%(email)s” is not an e-mail address.", email=email)),
    )
    for column, holds, sentence in checks:
        if not holds:
            outcome.errors.append(RowError(row.number, column, sentence))
    username = values.get("username") or email or f"{values['unit']}-{fold(values['full_name']).replace(' ', '-')}"
    return {
        "row": row.number,
        "username": username[:80],
        "full_name": values["full_name"],
        "email": email,
        "title": values.get("title", ""),
        "unit": unit,
        "post": post,
        "role": role,
    }


def _is_email(text: str) -> bool:
    try:
        validate_email(text or "a@b.vn")
    except ValidationError:
        return False
    return True


def _put_person(plan: dict, present: dict, outcome: Outcome, *, by, at: dt.datetime, commit: bool) -> None:
    person = present.get(plan["username"]) or Person(username=plan["username"], must_change_password=True)
    new = person.pk is None
    facts = {key: plan[key] for key in ("full_name", "email", "title")}
    changed = new or any(getattr(person, key) != value for key, value in facts.items())
    posts = {(post.unit_id, post.kind) for post in person.posts.all()} if not new else set()
    roles = {role.kind for role in person.roles.all()} if not new else set()
    lacks_post = (plan["unit"].pk, plan["post"]) not in posts
    lacks_role = bool(plan["role"]) and plan["role"] not in roles
    outcome.created += new
    outcome.changed += not new and (changed or lacks_post or lacks_role)
    outcome.unchanged += not (changed or lacks_post or lacks_role)
    if not commit or not (changed or lacks_post or lacks_role):
        return
    for key, value in facts.items():
        setattr(person, key, value)
    if new:
        person.set_unusable_password()
    person.save()
    if lacks_post:
        Post.objects.create(person=person, unit=plan["unit"], kind=plan["post"], starts_on=at.date())
    if lacks_role:
        Role.objects.create(person=person, kind=plan["role"], starts_on=at.date())
    ledger.record(
        by=by,
        at=at,
        verb="people.import_people",
        thing=person,
        unit_id=plan["unit"].pk,
        after={"name": person.full_name, "unit": plan["unit"].code, "post": plan["post"]},
    )
