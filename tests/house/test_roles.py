"""Every address for everybody, as a table: what opens, what is done, what is refused, and what is not there for whom.

A new address fails here until somebody has said whose it is. All objects are of An's unit. An, Hạnh and Linh are its
focal point, its head and a colleague (the author of its papers); Dũng is head of another unit, Bình the standing
office, Chi on the council.

    opens  shown (200)                        no     refused with a sentence (403)
    done   carried out, leads on (302, 303)   none   not there for this person (404)
    again  the form comes back (422)          clash  both texts are shown (409)

What a row does not name is answered 405.
"""

import datetime as dt
import io
import uuid
import zipfile
from importlib import resources

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from tests.documents.test_templates import template
from tests.house import objects
from tests.spec.tables import rows

from thidua.config.api import api
from thidua.people import actions as people
from thidua.people.models import Post

PEOPLE = ("an", "hanh", "linh", "dung", "binh", "leader", "admin", "chi")
WORDS = {200: "opens", 302: "done", 303: "done", 403: "no", 404: "none", 409: "clash", 422: "again"}
ADDRESSES = """
address                                                     way  an    hanh  linh  dung  binh  leader admin chi
----------------------------------------------------------- ---- ----- ----- ----- ----- ----- ------ ----- -----
/                                                           get  opens opens opens opens opens opens  opens opens
/overview/                                                  get  opens opens opens opens opens opens  opens opens
/search/?q=mẫu                                              get  opens opens opens opens opens opens  opens opens
/trail/                                                     get  opens opens opens opens opens opens  opens opens
/trail/excel/                                               get  opens opens opens opens opens opens  opens opens
/operations/                                                get  no    no    no    no    opens no     opens no
/operations/jobs/                                           get  no    no    no    no    opens no     opens no
/operations/jobs/excel/                                     get  no    no    no    no    opens no     opens no
/operations/jobs/<failed>/try-again/                        post none  none  none  none  no    none   done  none
/operations/jobs/<failed>/set-aside/                        get  none  none  none  none  opens none   opens none
/operations/jobs/<failed>/set-aside/                        post none  none  none  none  no    none   done  none
/operations/letters/                                        get  no    no    no    no    opens no     opens no
/operations/letters/excel/                                  get  no    no    no    no    opens no     opens no
/operations/letters/<refused>/mail-again/                   post no    no    no    no    no    no     done  no
/operations/letters/<refused>/set-aside/                    get  no    no    no    no    opens no     opens no
/operations/letters/<refused>/set-aside/                    post no    no    no    no    no    no     done  no
/campaigns/plan/                                            get  opens opens opens opens opens opens  opens opens
/campaigns/indices/                                         get  opens opens opens opens opens opens  opens opens
/campaigns/indices/                                         post again again again again done  again  again again
/campaigns/versions/                                        get  opens opens opens opens opens opens  opens opens
/campaigns/versions/load/                                   post no    no    no    no    done  no     done  no
/campaigns/versions/<version>/                              get  opens opens opens opens opens opens  opens opens
/campaigns/versions/<planned>/                              get  none  none  none  none  opens none   opens none
/campaigns/versions/<planned>/publish/                      get  none  none  none  none  opens none   no    none
/campaigns/versions/<planned>/publish/                      post none  none  none  none  done  none   no    none
/campaigns/versions/<planned>/publish/excel/                get  none  none  none  none  opens none   no    none
/campaigns/versions/<version>/file/                         get  opens opens opens opens opens opens  opens opens
/dossiers/                                                  get  opens opens opens opens opens opens  opens opens
/dossiers/excel/                                            get  opens opens opens opens opens opens  opens opens
/dossiers/begin/?key=register-2023&unit=<school>            get  opens opens none  none  opens opens  opens none
/dossiers/begin/?key=register-2023&unit=<school>            post done  done  none  none  no    no     no    none
/dossiers/f/dk-don-vi/                                      get  done  done  done  done  none  none   none  none
/dossiers/f/dk-don-vi/qr.svg                                get  opens opens opens opens opens opens  opens opens
/dossiers/links/                                            get  no    no    no    no    opens no     no    no
/dossiers/review/                                           get  no    no    no    no    opens no     no    no
/dossiers/review/accept/                                    post no    no    no    no    done  no     no    no
/dossiers/files/<attached>/                                 get  opens opens opens none  none  none   none  none
/dossiers/files/<attached>/detach/                          post done  done  no    none  none  none   none  none
/dossiers/authors/<share>/confirm/                          post done  none  none  none  none  none   none  none
/dossiers/<draft>/                                          get  opens opens opens none  none  none   none  none
/dossiers/<sent>/                                           get  opens opens opens none  opens opens  opens none
/dossiers/<draft>/form/                                     get  opens opens opens none  none  none   none  none
/dossiers/<draft>/save/                                     post done  done  again none  none  none   none  none
/dossiers/<draft>/autosave/                                 post opens opens again none  none  none   none  none
/dossiers/<draft>/conflict/                                 get  clash clash clash none  none  none   none  none
/dossiers/<draft>/conflict/                                 post clash clash clash none  none  none   none  none
/dossiers/<draft>/attach/                                   post done  done  no    none  none  none   none  none
/dossiers/<draft>/versions/                                 get  opens opens opens none  none  none   none  none
/dossiers/<sent>/versions/                                  get  opens opens opens none  opens opens  opens none
/dossiers/<draft>/word/                                     get  opens opens opens none  none  none   none  none
/dossiers/<sent>/word/                                      get  opens opens opens none  opens opens  opens none
/dossiers/<draft>/print/                                    get  opens opens opens none  none  none   none  none
/dossiers/<sent>/print/                                     get  opens opens opens none  opens opens  opens none
/dossiers/<draft>/present/                                  post done  done  no    none  none  none   none  none
/dossiers/<shown>/recall/                                   post done  done  no    none  none  none   none  none
/dossiers/<shown>/submit/                                   post no    done  no    none  none  none   none  none
/dossiers/<done>/close/                                     post done  done  no    none  no    no     no    none
/dossiers/<sent>/withdraw/                                  post no    done  no    none  no    no     no    none
/dossiers/<ready>/accept/                                   post no    no    no    none  done  no     no    none
/dossiers/<sent>/return/                                    post no    no    no    none  done  no     no    none
/dossiers/<sent>/progress/                                  post done  done  no    none  no    no     no    none
/reports/units/hoa-sen/                                     get  opens opens none  none  opens opens  opens none
/reports/units/hoa-sen/excel/                               get  opens opens none  none  opens opens  opens none
/reports/units/hoa-sen/documents-signed/                    get  opens opens none  none  opens opens  opens none
/reports/units/hoa-sen/documents-signed/                    post done  done  none  none  again again  again none
/reports/people/hoa-sen/                                    get  opens opens none  none  opens opens  opens none
/reports/people/hoa-sen/                                    post done  done  none  none  no    no     no    none
/reports/people/hoa-sen/excel/                              get  opens opens none  none  opens opens  opens none
/reports/people/hoa-sen/import/                             get  opens opens none  none  no    no     no    none
/reports/people/hoa-sen/import/                             post again again none  none  no    no     no    none
/reports/criteria/documents-signed/                         get  opens opens opens opens opens opens  opens opens
/reports/criteria/documents-signed/excel/                   get  opens opens opens opens opens opens  opens opens
/reports/figures/<figure>/check/                            post no    no    none  none  done  no     no    none
/reports/figures/<figure>/accept/                           post no    no    none  none  done  no     no    none
/reports/evidence/<evidence>/                               get  opens opens none  none  opens opens  opens none
/reports/explorer/                                          get  opens opens opens opens opens opens  opens opens
/reports/explorer/dossiers-on-time/                         get  opens opens opens opens opens opens  opens opens
/reports/explorer/dossiers-on-time/?unit=hoa-sen            get  opens opens none  none  opens opens  opens none
/reports/explorer/dossiers-on-time/excel/?unit=hoa-sen      get  opens opens none  none  opens opens  opens none
/reports/explorer/dossiers-on-time/rows/                    get  opens opens opens opens opens opens  opens opens
/reports/explorer/dossiers-on-time/rows/?unit=hoa-sen       get  opens opens none  none  opens opens  opens none
/reports/explorer/dossiers-on-time/rows/excel/              get  no    no    no    no    opens no     no    no
/reports/explorer/dossiers-on-time/rows/excel/?unit=hoa-sen get  opens opens none  none  opens no     no    none
/apologies/?unit=hoa-sen                                    get  opens opens none  none  opens opens  opens none
/apologies/?unit=hoa-sen                                    post done  done  none  none  done  no     no    none
/apologies/excel/?unit=hoa-sen                              get  opens opens none  none  opens opens  opens none
/apologies/runs/<run>/                                      get  opens opens none  none  opens opens  opens none
/apologies/runs/<run>/write-again/                          post no    no    none  none  no    no     no    none
/apologies/runs/<run>/word/                                 get  opens opens none  none  opens opens  opens none
/monitoring/board/                                          get  opens opens opens opens opens opens  opens opens
/monitoring/board/excel/                                    get  opens opens opens opens opens opens  opens opens
/monitoring/board/extend/?what=report-2023                  get  no    no    no    no    opens no     no    no
/monitoring/board/extend/?what=report-2023                  post no    no    no    no    done  no     no    no
/monitoring/board/excuse/?what=report-2023                  get  no    no    no    no    opens no     no    no
/monitoring/board/excuse/?what=report-2023                  post no    no    no    no    done  no     no    no
/monitoring/board/remind/                                   get  no    no    no    no    opens no     no    no
/monitoring/board/remind/                                   post no    no    no    no    done  no     no    no
/monitoring/marks/                                          get  opens opens opens opens opens opens  opens opens
/monitoring/marks/excel/                                    get  opens opens opens opens opens opens  opens opens
/monitoring/marks/<mark>/                                   get  opens opens none  none  opens opens  opens none
/monitoring/marks/<mark>/set-aside/                         post no    no    none  none  done  no     no    none
/monitoring/obligations/<owed>/                             get  opens opens none  none  opens opens  opens none
/monitoring/obligations/<duty>/                             get  opens opens opens none  opens opens  opens none
/monitoring/obligations/<owed>/extend/                      post no    no    none  none  done  no     no    none
/monitoring/obligations/<owed>/excuse/                      post no    no    none  none  done  no     no    none
/monitoring/obligations/<extended>/cancel-extension/        post no    no    none  none  done  no     no    none
/monitoring/obligations/<excused>/cancel-excuse/            post no    no    none  none  done  no     no    none
/summaries/                                                 get  no    no    no    no    opens opens  opens no
/summaries/prepare/                                         post no    no    no    no    done  no     no    no
/summaries/<report>/                                        get  none  none  none  none  opens opens  opens none
/summaries/<report>/word/                                   get  none  none  none  none  opens opens  opens none
/documents/                                                 get  no    no    no    no    opens no     no    no
/documents/consolidated/                                    get  no    no    no    no    opens no     no    no
/documents/consolidated/download/                           get  no    no    no    no    opens no     no    no
/documents/consolidated/replace/                            post no    no    no    no    done  no     no    no
/documents/consolidated/restore/                            post no    no    no    no    done  no     no    no
/surveys/                                                   get  opens opens opens opens opens opens  opens opens
/surveys/open/                                              get  opens opens opens opens opens opens  opens opens
/surveys/open/                                              post done  done  again again done  again  again again
/surveys/a/<place>/                                         get  opens opens opens opens opens opens  opens opens
/surveys/a/<place>/                                         post opens opens opens opens opens opens  opens opens
/surveys/a/<place>/thanks/                                  get  opens opens opens opens opens opens  opens opens
/surveys/<survey>/                                          get  opens opens none  none  opens opens  opens none
/surveys/<survey>/close/                                    post done  done  none  none  done  no     no    none
/surveys/<survey>/excel/                                    get  opens opens none  none  opens opens  opens none
/surveys/<survey>/words/excel/                              get  opens opens none  none  opens opens  opens none
/surveys/<survey>/posters/                                  get  opens opens none  none  opens opens  opens none
/exports/                                                   get  opens opens opens opens opens opens  opens opens
/exports/<export>/                                          get  opens none  none  none  none  none   none  none
/exports/<export>/file/                                     get  opens none  none  none  none  none   none  none
/records/                                                   get  opens opens opens opens opens opens  opens opens
/records/excel/                                             get  opens opens opens opens opens opens  opens opens
/records/import/                                            get  opens opens opens opens opens opens  opens opens
/records/import/                                            post done  done  again again done  again  again again
/records/uploads/<upload>/                                  get  opens none  none  none  none  none   none  none
/records/uploads/<upload>/check/                            post done  none  none  none  none  none   none  none
/records/uploads/<upload>/confirm/                          post done  none  none  none  none  none   none  none
/records/uploads/<upload>/coloured/                         get  opens none  none  none  none  none   none  none
/records/uploads/<upload>/drop/                             post done  none  none  none  none  none   none  none
/records/<batch>/export/                                    get  opens opens none  none  opens no     no    none
/records/<batch>/withdraw/                                  post done  done  none  none  done  no     no    none
/people/units/                                              get  opens opens opens opens opens opens  opens opens
/people/units/excel/                                        get  opens opens opens opens opens opens  opens opens
/people/units/import/                                       get  no    no    no    no    opens no     opens no
/people/units/import/                                       post no    no    no    no    opens no     opens no
/people/units/hoa-sen/                                      get  opens opens none  none  opens opens  opens none
/people/units/hoa-sen/tokens/                               get  opens opens none  none  opens no     no    none
/people/units/hoa-sen/tokens/excel/                         get  opens opens none  none  opens no     no    none
/people/units/hoa-sen/tokens/issue/                         post opens opens none  none  opens no     no    none
/people/units/hoa-sen/tokens/<token>/revoke/                post done  done  none  none  done  none   none  none
/people/units/hoa-sen/close/                                post no    no    none  none  done  no     done  none
/people/units/da-dong/reopen/                               post none  none  none  none  no    no     done  none
/people/people/                                             get  opens opens opens opens opens opens  opens opens
/people/people/excel/                                       get  no    no    no    no    opens no     opens no
/people/people/import/                                      get  no    no    no    no    opens no     opens no
/people/people/import/                                      post no    no    no    no    opens no     opens no
/people/people/slips/                                       post no    no    no    no    opens no     opens no
/people/people/addresses/                                   get  no    no    no    no    no    no     opens no
/people/people/addresses/<moved>/agree/                     post none  no    none  none  none  none   done  none
/people/people/hanh/sessions/                               get  no    no    no    no    no    no     opens no
/people/people/hanh/factors/remove/                         post no    no    no    no    no    no     no    no
/people/account/                                            get  opens opens opens opens opens opens  opens opens
/people/account/address/                                    post done  done  done  done  done  done   done  done
/people/account/sessions/<sign_in>/end/                     post none  done  none  none  none  none   done  none
/people/account/identities/<identity>/remove/               post none  done  none  none  none  none   done  none
/people/object/<objection>/                                 get  opens opens opens opens opens opens  opens opens
/people/object/<objection>/                                 post opens opens opens opens opens opens  opens opens
/people/members/                                            get  opens opens none  opens none  none   none  none
/people/members/add/                                        post done  done  none  done  none  none   none  none
/people/delegate/                                           post no    done  none  again none  none   none  none
/people/delegate/<delegation>/revoke/                       post no    done  none  none  done  no     no    none
/people/letters/                                            get  opens opens opens opens opens opens  opens opens
/people/letters/read/                                       post done  done  done  done  done  done   done  done
/language/                                                  post done  done  done  done  done  done   done  done
/language/look/                                             post done  done  done  done  done  done   done  done
/docs/api/                                                  get  opens opens opens opens opens opens  opens opens
"""
# Of allauth: signing in (tests/people). The API has its own table below.
NOT_HERE = ("account/", "api/v1/")
# What no page for those who do not see An's unit may hold, Excel and Word files included.
OF_THE_UNIT = ("Hoa Sen", "hoa-sen", "H29-000", "Trả học bạ", "Một cửa")
OPEN_TO_ALL = ("/people/object/", "/language/", "/surveys/a/", "/docs/api/", "/healthz")


def routes(patterns=None, prefix=""):
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def csv(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.csv", text.encode())


def forms(world, made) -> dict[str, object]:
    """What is sent to an address: all that it asks for, so that only the rule is left to refuse. Files are new each
    time, as one that was read once is at its end."""
    why = {"reason": "Đủ"}
    plan = resources.files("thidua").joinpath("plans", "cchc-2023-2025.toml").read_bytes()
    days = {"starts_on": "11/09/2023", "ends_on": "12/09/2023"}
    survey = {"opens_on": "11/09/2023", "closes_on": "30/09/2023", "formula": "mean", "access": "Có?"}
    return {
        "/campaigns/indices/": {"index": "par", "year": "2023", "score": "87,9", "rank": "8", "source": "1/QĐ"},
        "/campaigns/versions/load/": lambda: {"file": SimpleUploadedFile("p.toml", plan)},
        "/dossiers/begin/?key=register-2023&unit=<school>": {
            "key": "register-2023", "unit": world.school.pk, "token": str(uuid.uuid4()),
        },
        "/dossiers/review/accept/": {"dossier": [made["ready"]], "sure": "1"},
        "/dossiers/<draft>/save/": {"revision": "1", "title": "Mới"},
        "/dossiers/<draft>/autosave/": {"revision": "1", "title": "Mới"},
        "/dossiers/<draft>/attach/": lambda: {"files": objects.pdf(), "question": "files"},
        "/dossiers/<done>/close/": why,
        "/dossiers/<sent>/withdraw/": why,
        "/dossiers/<sent>/return/": {"message": "Sửa", "correct_by": "20/09/2023", "note-title": "Rõ hơn"},
        "/dossiers/<sent>/progress/": {"text": "Xong", "percent": "50"},
        "/reports/units/hoa-sen/documents-signed/": {
            "numerator": "3", "denominator": "4", "explanation": "Sổ", "nothing_arose": "on",
        },
        "/reports/people/hoa-sen/import/": lambda: {"file": csv("Họ tên\n")},
        "/reports/figures/<figure>/check/": {"numerator": "3", "denominator": "4", "note": "Sổ"},
        "/apologies/?unit=hoa-sen": {"what": "all", "reason": "Chậm"},
        "/monitoring/board/remind/": {"unit": [world.school.pk]},
        "/operations/jobs/<failed>/set-aside/": {"why": "Không cần"},
        "/operations/letters/<refused>/set-aside/": {"why": "Không cần"},
        "/monitoring/marks/<mark>/set-aside/": why,
        "/monitoring/obligations/<owed>/extend/": {"until": "30/12/2023", **why},
        "/monitoring/obligations/<owed>/excuse/": why,
        "/monitoring/obligations/<extended>/cancel-extension/": {"extension-reason": "Nhầm"},
        "/monitoring/obligations/<excused>/cancel-excuse/": {"excuse-reason": "Nhầm"},
        "/monitoring/board/extend/?what=report-2023": {"unit": [world.school.pk], "until": "30/12/2023", **why},
        "/monitoring/board/excuse/?what=report-2023": {"unit": [world.school.pk], **why},
        "/documents/consolidated/replace/": lambda: {"file": template("{{ year }}")},
        "/surveys/open/": {"name": "Hài lòng", "kinds": ["school"], "unit": world.school.pk, **survey},
        "/surveys/a/<place>/": {"q0": "5"},
        "/records/import/": lambda: {
            "dataset": "dossiers", "unit": "hoa-sen", "period": "2023", "file": csv("a,b\n"),
        },
        "/records/uploads/<upload>/check/": {"column-A": "-"},
        "/people/units/import/": lambda: {"file": csv("Tên đơn vị\n")},
        "/people/people/import/": lambda: {"file": csv("Họ tên,Mã đơn vị\n")},
        "/people/units/hoa-sen/tokens/issue/": {"name": "Khác", "expires_on": "30/06/2024"},
        "/people/units/hoa-sen/close/": {"ends_on": "31/12/2023", **why},
        "/people/units/da-dong/reopen/": {"why": "Nhầm"},
        "/people/account/address/": {"email": "moi@mau.vn", "password": "thidua-2023"},
        "/people/members/add/": {"full_name": "Lê Mẫu"},
        "/people/delegate/": {"deputy": world.linh.pk, **days, **why},
    }  # fmt: skip


@pytest.fixture
def ready(db, own_home):
    """The objects, in a home of their own."""
    cache.clear()
    with time_machine.travel(objects.AT, tick=False):
        yield objects.ready(own_home)


@pytest.fixture
def world(ready):
    return ready.world


@pytest.fixture
def made(ready, world):
    return {**ready.names, "school": world.school.pk}


def filled(address: str, made) -> str:
    for name, value in made.items():
        address = address.replace(f"<{name}>", str(value))
    return address


def ask(client, method, address, form=None, **more):
    """The answer, and all that it holds; what it did is undone. Whatever it is, it is not kept on the way."""
    with transaction.atomic():
        answer = getattr(client, method)(address, form() if callable(form) else form or {}, **more)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    kept = "private, no-cache" if address.startswith(OPEN_TO_ALL) else "private, no-store"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == (kept, "nosniff"), (method, address)
    return answer, content


def text_of(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def signed_in(world, who) -> Client:
    client = Client()
    client.force_login(getattr(world, who))
    return client


def test_every_address_is_in_the_table(made):
    named = {resolve(filled(row["address"], made).partition("?")[0]).route for row in rows(ADDRESSES)}
    assert {route for route in routes() if not route.startswith(NOT_HERE)} == named


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("way", ["get", "post"])
def test_everybody_gets_what_the_table_says_and_strangers_learn_nothing(world, made, way, who):
    client, sent = signed_in(world, who), forms(world, made) if way == "post" else {}
    wrong = []
    for row in (row for row in rows(ADDRESSES) if row["way"] == way):
        address = filled(row["address"], made)
        answer, content = ask(client, way, address, sent.get(row["address"]))
        got = WORDS.get(answer.status_code, answer.status_code)
        if got != row[who]:
            wrong.append(f"{row['address']}: {who} gets {got}, not {row[who]}")
        if who in ("dung", "chi") and got == "opens" and not address.startswith(OPEN_TO_ALL):
            text = text_of(content)
            wrong += [f"{row['address']}: {who} reads “{each}”" for each in OF_THE_UNIT if each in text]
    assert not wrong, "\n".join(wrong)


def test_what_the_table_does_not_name_is_answered_405(world, made):
    client, named = signed_in(world, "binh"), {(row["address"], row["way"]) for row in rows(ADDRESSES)}
    for address in {address for address, _way in named}:
        for way in {"get", "post"} - {way for each, way in named if each == address}:
            answer, content = ask(client, way, filled(address, made))
            assert (answer.status_code, b"405" in content) == (405, True), (way, address)


# What a program gets: without an access code; in the session of somebody who may everything; with a code of An's
# school, of another unit, one that was revoked, and one whose maker no longer acts for the unit.
OPERATIONS = """
operation                                                          none session own other revoked orphan
------------------------------------------------------------------ ---- ------- --- ----- ------- ------
get /api/v1/datasets                                               401  401     200 200   401     401
get /api/v1/records/batches                                        401  401     200 200   401     401
get /api/v1/records/batches?unit=hoa-sen                           401  401     200 422   401     401
get /api/v1/records/batches/asked/1                                401  401     404 404   401     401
get /api/v1/figures?campaign=cchc-2023-2025&year=2023              401  401     200 200   401     401
get /api/v1/figures?campaign=cchc-2023-2025&year=2023&unit=hoa-sen 401  401     200 422   401     401
post /api/v1/records/dossiers/2023/batches/k?nothing_arose=true    401  401     200 200   401     401
"""


def codes(world, made) -> dict[str, Client]:
    def code(unit, by):
        days = {"expires_on": dt.date(2024, 6, 30), "at": objects.AT}
        return people.issue_token(unit=unit, name=f"Mã {by}", by=by, **days)

    other, revoked, orphan = code(world.other, world.dung), code(world.school, world.an), code(world.school, world.hanh)
    people.revoke_token(token=revoked[0], by=world.an, at=objects.AT)
    Post.objects.filter(person=world.hanh).update(ends_on=dt.date(2023, 9, 1))
    secrets = {"own": made["secret"], "other": other[1], "revoked": revoked[1], "orphan": orphan[1]}
    clients = {name: Client(headers={"authorization": f"Bearer {secret}"}) for name, secret in secrets.items()}
    return {"none": Client(), "session": signed_in(world, "binh"), **clients}


def test_every_operation_of_the_api_is_in_the_table_and_answers_programs_of_the_unit_alone(world, made):
    """Each refusal is JSON, that of a way that an address does not know too."""
    clients, named, wrong = codes(world, made), set(), []
    for row in rows(OPERATIONS):
        way, address = row["operation"].split(" ")
        named.add((way, resolve(address.partition("?")[0]).route))
        for who, client in clients.items():
            body = {"form": "[]", "content_type": "application/json"} if way == "post" else {}
            answer, content = ask(client, way, address, **body)
            told = answer.json()
            if str(answer.status_code) != row[who] or (answer.status_code >= 400 and not told["sentence"]):
                wrong.append(f"{row['operation']}: {who} gets {answer.status_code}, not {row[who]}")
            if who != "own" and answer.status_code == 200 and any(each in content.decode() for each in OF_THE_UNIT):
                wrong.append(f"{row['operation']}: {who} reads of the unit")
        refused = client.delete(address)
        assert (refused.status_code, refused.json()["status"], refused["Allow"]) == (405, 405, way.upper())
    assert not wrong, "\n".join(wrong)
    described = api.get_openapi_schema()["paths"].items()
    asked = {(way, path.lstrip("/").replace("{", "<").replace("}", ">")) for path, ways in described for way in ways}
    assert asked == named
