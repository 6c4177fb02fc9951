"""Every page for every role: it opens, or it says why not; nobody who is not signed in sees any."""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.fixtures import IN_TIME, accepted, begun, moment, submitted

from thidua.dossiers import actions as dossiers
from thidua.people.models import Person

PAGES = [
    "/", "/overview/", "/search/?q=hoc+ba", "/trail/", "/monitoring/board/?year=2023",
    "/monitoring/board/?year=2023&show=owing", "/monitoring/board/excel/?year=2023", "/dossiers/?year=2023",
    "/dossiers/excel/?year=2023", "/campaigns/plan/", "/campaigns/versions/", "/people/units/",
    "/people/units/excel/", "/people/people/", "/people/letters/", "/surveys/", "/records/", "/records/import/",
    "/reports/criteria/documents-signed/?year=2023",
    "/reports/criteria/documents-signed/excel/?year=2023", "/campaigns/indices/",
]  # fmt: skip
OF_THE_SCHOOL = [
    "/people/units/hoa-sen/",
    "/reports/units/hoa-sen/?year=2023",
    "/reports/units/hoa-sen/documents-signed/?year=2023",
]
OF_A_UNIT = ["/people/members/", "/dossiers/f/dk-don-vi/"]
OF_THE_OFFICE = [
    "/documents/",
    "/documents/consolidated/",
    "/documents/consolidated/download/",
    "/summaries/?year=2023",
    "/dossiers/review/",
    "/people/units/import/",
    "/people/people/import/",
    "/monitoring/board/remind/?year=2023",
    "/trail/?verify=1",
]


def signed_in(client, person):
    client.force_login(Person.objects.get(pk=person.pk))
    return client


def addresses(patterns=None, prefix="/"):
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + route)
        elif isinstance(pattern, URLPattern):
            for name, value in (
                ("int:pk", "1"),
                ("str:code", "hoa-sen"),
                ("slug:criterion", "satisfaction"),
                ("slug:slug", "dk-don-vi"),
                ("slug:kind", "jump"),
                ("slug:key", "consolidated"),
                ("slug:part", "word"),
                ("uuid:token", "00000000-0000-4000-8000-000000000000"),
            ):
                route = route.replace(f"<{name}>", value)
            yield prefix + route


# Open to everybody on purpose: signing in, the language, answering a survey. The API asks for
# an access code instead (tests/analytics/test_api.py); its description is open.
OPEN = ("/account/", "/people/object/", "/language", "/surveys/a/", "/api/", "/docs/api/")
OURS = [each for each in addresses() if not each.startswith(OPEN)]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_sees_a_page_without_signing_in(client, method):
    for address in OURS:
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store"), address
        assert answer["Location"].startswith("/account/login/"), address


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_nothing_of_signing_in_is_kept_on_the_way(client, world, is_signed_in):
    """The page with the secret of the second factor is among them. Addresses with a key of their own answer 404."""
    for address in addresses():
        if address.startswith("/account/"):
            if is_signed_in:
                client.force_login(world.an)
            assert client.get(address)["Cache-Control"] == "private, no-store", address


@pytest.mark.parametrize("who", ["an", "hanh", "dung", "binh", "leader", "admin"])
def test_common_pages_open_for_everybody(client, world, who):
    accepted(world)
    submitted(world)
    signed_in(client, getattr(world, who))
    for address in PAGES:
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.streaming:
            assert b"".join(answer.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("asked", ["year=²", f"year={'9' * 5000}", "unit=%00", "page=²", "month=0000-01", "q=%00"])
def test_an_address_that_makes_no_sense_is_no_fault_of_ours(client, world, asked):
    signed_in(client, world.binh)
    counted = ("/reports/explorer/dossiers-on-time/", "/reports/explorer/dossiers-on-time/rows/", "/apologies/")
    for address in (*PAGES, *counted):
        answer = client.get(f"{address.partition('?')[0]}?{asked}")
        assert answer.status_code in (200, 400, 404), address
        assert not answer.streaming or b"".join(answer.streaming_content)
    assert client.get("/people/units/%00/").status_code == 400
    assert client.get(f"/dossiers/f/{'x' * 3000}/qr.svg").status_code == 404
    assert client.post("/monitoring/board/remind/?year=2023", {"unit": ["²", "9" * 5000]}).status_code == 403


def test_pages_of_a_school_are_its_own_and_the_offices(client, world):
    for who, status in (("an", 200), ("hanh", 200), ("binh", 200), ("leader", 200), ("dung", 404)):
        signed_in(client, getattr(world, who))
        for address in OF_THE_SCHOOL:
            assert client.get(address).status_code == status, (who, address)


def test_pages_of_a_focal_point(client, world):
    signed_in(client, world.an)
    for address in OF_A_UNIT:
        assert client.get(address, follow=True).status_code == 200, address


def test_the_offices_pages_refuse_others_with_a_sentence(client, world):
    submitted(world)
    signed_in(client, world.binh)
    for address in OF_THE_OFFICE:
        assert client.get(address).status_code == 200, address
    signed_in(client, world.an)
    for address in (
        "/dossiers/review/",
        "/people/units/import/",
        "/people/people/import/",
        "/documents/",
        "/documents/consolidated/download/",
    ):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "Văn phòng" in answer.content.decode() or "Thường trực" in answer.content.decode()


def test_a_dossier_is_seen_by_its_unit_its_authors_and_the_office_once_handed_in(client, world):
    draft, sent = begun(world), submitted(world)
    for who, of_draft, of_sent in (
        ("an", 200, 200),
        ("hanh", 200, 200),
        ("linh", 200, 200),
        ("dung", 404, 404),
        ("binh", 404, 200),
        ("leader", 404, 200),
    ):
        signed_in(client, getattr(world, who))
        for dossier, status in ((draft, of_draft), (sent, of_sent)):
            for name in ("page", "print", "versions"):
                got = client.get(reverse(f"dossiers:{name}", args=[dossier.pk])).status_code
                assert got == status, (who, name, dossier.state)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/overview/?year=2023",
        "/monitoring/board/?year=2023",
        "/monitoring/marks/?year=2023",
        "/dossiers/?year=2023",
        "/dossiers/review/",
        "/trail/",
        "/people/units/",
    ],
)
def test_the_number_of_queries_does_not_grow(client, world, address, django_assert_max_num_queries):
    """At most 12 a page, and the same number for one dossier and for four."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    signed_in(client, world.binh)
    submitted(world)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    for number in range(3):
        submitted(world, title=f"Giải pháp số {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many)
    assert len(many) <= 12


def test_the_page_of_a_dossier_takes_twelve_queries_at_most(client, world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    draft, sent, done = begun(world), submitted(world), accepted(world)
    ask = {"notes": {"title": "Nêu rõ"}, "message": "", "correct_by": moment("2023-09-09 08:00").date()}
    back = dossiers.return_(dossier=submitted(world), by=world.binh, at=IN_TIME, **ask)
    report = dossiers.begin(
        campaign=world.campaign,
        key="report-2023",
        unit=world.school,
        token=uuid.uuid4(),
        by=world.an,
        at=moment("2023-10-10 08:00"),
        about=done,
    )
    for who, seen in (("an", [draft, sent, done, back, report]), ("linh", [draft, back]), ("binh", [sent, done, back])):
        signed_in(client, getattr(world, who))
        for dossier in seen:
            client.get(dossier.get_absolute_url())
            with CaptureQueriesContext(connection) as queries:
                assert client.get(dossier.get_absolute_url()).status_code == 200
            assert len(queries) <= 12, (who, dossier.state, dossier.kind, len(queries))


def test_the_head_opens_what_came_back_corrected_and_waits_for_a_signature(client, world):
    ask = {"notes": {"title": "Nêu rõ"}, "message": "", "correct_by": moment("2023-09-09 08:00").date()}
    back = dossiers.return_(dossier=submitted(world), by=world.binh, at=IN_TIME, **ask)
    signed_in(client, world.hanh)
    assert "/submit/" in client.get(back.get_absolute_url()).content.decode()
    dossiers.present(dossier=back, by=world.an, at=IN_TIME)
    assert "/submit/" in client.get(back.get_absolute_url()).content.decode()


def test_a_page_carries_the_strict_policy_and_no_inline_code(client, world):
    signed_in(client, world.binh)
    answer = client.get("/monitoring/board/?year=2023")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    text = answer.content.decode()
    assert "<style" not in text
    assert "style=" not in text
    assert "onclick" not in text
