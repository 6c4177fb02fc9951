"""What a person is and may see, as plain values; loaded with one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from thidua.core.units import PostKind, RoleKind

SEES_ALL = frozenset({RoleKind.OFFICE, RoleKind.DIRECTOR, RoleKind.LEADERSHIP, RoleKind.ADMINISTRATOR})
DEPUTY_OF = "deputy of "  # the name of the head follows
ACTS = frozenset({PostKind.HEAD, PostKind.FOCAL_POINT})

LOAD = """
    select 'post', p.kind, u.id, u.path, u.name, '' from people_post p join people_unit u on u.id = p.unit_id
     where p.person_id = %(person)s and p.starts_on <= %(on)s and coalesce(p.ends_on, %(on)s) >= %(on)s
    union all
    select 'role', r.kind, 0, '', '', '' from people_role r
     where r.person_id = %(person)s and r.starts_on <= %(on)s and coalesce(r.ends_on, %(on)s) >= %(on)s
    union all
    select 'delegation', 'deputy', u.id, u.path, u.name, h.full_name
      from people_delegation d join people_unit u on u.id = d.unit_id join people_person h on h.id = d.head_id
     where d.deputy_id = %(person)s and d.starts_on <= %(on)s and d.ends_on >= %(on)s and d.revoked_at is null
       and exists(select from people_post p where p.unit_id = d.unit_id and p.person_id = d.head_id and p.kind = 'head'
                     and p.starts_on <= %(on)s and coalesce(p.ends_on, %(on)s) >= %(on)s)
       and exists(select from people_post p where p.unit_id = d.unit_id and p.person_id = d.deputy_id
                     and p.starts_on <= %(on)s and coalesce(p.ends_on, %(on)s) >= %(on)s)
    union all
    select 'sign_in', '', extract(epoch from seen_at)::bigint, '', '', '' from people_signin
     where id = %(sign_in)s and person_id = %(person)s
    union all
    select 'factor', '', count(*), '', '', '' from mfa_authenticator
     where user_id = %(person)s and type in ('totp', 'webauthn')
    union all
    select 'unread', '', count(*), '', '', '' from people_letter
     where to_id = %(person)s and read_at is null and sent_to = ''
"""


@dataclass(frozen=True)
class Access:
    """``acts_for``/``signs_for`` are ids of units; ``paths`` are the unit paths whose subtrees are seen.

    ``acting`` says for each unit what the person is there, in the words that the trail keeps. ``unread`` counts the
    person's letters that wait to be read: the head of every page shows it, and one query less is asked. ``seen`` is
    when the browser of this sign-in was last seen (exact to some minutes), None where it was signed out.
    """

    person_id: int
    roles: frozenset[RoleKind] = frozenset()
    acts_for: frozenset[int] = frozenset()
    signs_for: frozenset[int] = frozenset()
    member_of: frozenset[int] = frozenset()
    paths: tuple[str, ...] = ()
    unit_names: dict[int, str] = field(default_factory=dict, hash=False)
    unit_codes: dict[int, str] = field(default_factory=dict, hash=False)
    acting: dict[int, str] = field(default_factory=dict, hash=False)
    unread: int = 0
    seen: dt.datetime | None = None
    has_second_factor: bool = False

    @property
    def sees_all(self) -> bool:
        return bool(self.roles & SEES_ALL)

    @property
    def home_unit_code(self) -> str:
        """The last code of the home unit's path; empty where there is no unit."""
        return self.unit_codes.get(self.home_unit_id, "")

    def has(self, *kinds: RoleKind) -> bool:
        return bool(self.roles & set(kinds))

    def acting_in(self, unit_id: int | None) -> str:
        """As what the person does something about a unit: its post there, else the roles for the whole department."""
        if unit_id in self.acts_for:
            return self.acting[unit_id]
        return ", ".join(kind for kind in RoleKind if kind in self.roles) or self.acting.get(unit_id, "")

    @property
    def is_office(self) -> bool:
        return RoleKind.OFFICE in self.roles

    @property
    def home_unit_id(self) -> int | None:
        """The unit that the person's own pages open with: one signed for, else acted for, else any membership."""
        for ids in (self.signs_for, self.acts_for, self.member_of):
            if ids:
                return min(ids)
        return None


def load_access(person, *, on: dt.date) -> Access:
    with connection.cursor() as cursor:
        cursor.execute(LOAD, {"person": person.pk, "on": on, "sign_in": getattr(person, "sign_in", None)})
        return access_from_rows(person.pk, cursor.fetchall())


def access_from_rows(person_id: int, rows: Iterable[tuple[str, str, int, str, str, str]]) -> Access:
    every = list(rows)
    rows = [row for row in every if row[0] in {"post", "role", "delegation"}]
    counts = {row[0]: row[2] for row in every if row[0] in {"sign_in", "factor", "unread"}}
    posts = [(PostKind(kind), unit) for what, kind, unit, *_rest in rows if what == "post"]
    delegated = {unit: f"{DEPUTY_OF}{head}" for what, _kind, unit, _path, _name, head in rows if what == "delegation"}
    signs = {unit for kind, unit in posts if kind is PostKind.HEAD} | set(delegated)
    acting = {row[2]: row[3] for row in rows if row[0] != "role" and row[1] != PostKind.MEMBER}
    return Access(
        person_id=person_id,
        roles=frozenset(RoleKind(kind) for what, kind, *_rest in rows if what == "role"),
        acts_for=frozenset({unit for kind, unit in posts if kind in ACTS} | set(delegated)),
        signs_for=frozenset(signs),
        member_of=frozenset(unit for _kind, unit in posts),
        paths=tuple(sorted(set(acting.values()))),
        unit_names={row[2]: row[4] for row in rows if row[0] != "role"},
        unit_codes={row[2]: row[3].rstrip("/").split("/")[-1] for row in rows if row[0] != "role"},
        acting=_acting(posts, delegated),
        unread=counts.get("unread", 0),
        seen=dt.datetime.fromtimestamp(counts["sign_in"], dt.UTC) if "sign_in" in counts else None,
        has_second_factor=counts.get("factor", 0) > 0,
    )


def _acting(posts: list[tuple[PostKind, int]], delegated: dict[int, str]) -> dict[int, str]:
    """The weightiest of what somebody is at each unit; a head is head even where a delegation names him or her."""
    found: dict[int, str] = {}
    for kind in (PostKind.MEMBER, PostKind.DEPUTY, PostKind.FOCAL_POINT):
        found |= {unit: kind.value for held, unit in posts if held is kind}
    return found | delegated | {unit: held.value for held, unit in posts if held is PostKind.HEAD}
