"""Threads of a web process: each kind of request has its share, a short line, and an answer when the line is full."""

import contextlib
import errno
import io
import threading
import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from thidua.config import bodies, door
from thidua.config.bodies import Broken, Door, NoRoom, NotAsked, NotKnown, TooMany, received
from thidua.config.shares import Full, Share, Shares
from thidua.host import sizes
from thidua.host.sizes import OF_ONE_KNOWN, OF_ONE_STRANGER, OF_STRANGERS, RECEIVING, REFUSED, Kind, Line
from thidua.people import actions as people
from thidua.people import devices


class Guest(threading.Thread):
    """Takes a turn and keeps it until told to leave."""

    def __init__(self, share: Share):
        super().__init__()
        self.share, self.inside, self.leave, self.refused = share, threading.Event(), threading.Event(), False
        self.start()

    def run(self):
        try:
            with self.share.turn():
                self.inside.set()
                self.leave.wait(10)
        except Full:
            self.refused = True

    def go(self):
        self.leave.set()
        self.join(10)


def in_line(share: Share, count: int):
    deadline = time.monotonic() + 5
    while len(share._queue) != count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_whoever_waits_longest_is_next():
    share = Share(Line(at_once=1, waiting=2, patience=10))
    first = Guest(share)
    assert first.inside.wait(5)
    second = Guest(share)
    in_line(share, 1)
    third = Guest(share)
    in_line(share, 2)
    first.go()
    assert second.inside.wait(5)
    assert not third.inside.is_set()
    second.go()
    assert third.inside.wait(5)
    third.go()
    with share.turn():  # every turn was given back
        pass


def test_a_full_line_is_told_at_once():
    share = Share(Line(at_once=1, waiting=1, patience=10))
    first = Guest(share)
    assert first.inside.wait(5)
    second = Guest(share)
    in_line(share, 1)
    with pytest.raises(Full), share.turn():
        pass
    first.go()
    second.go()


def test_patience_ends_and_leaves_no_place_taken():
    share = Share(Line(at_once=1, waiting=5, patience=0.01))
    first = Guest(share)
    assert first.inside.wait(5)
    with pytest.raises(Full), share.turn():
        pass
    assert not share._queue
    first.go()
    with share.turn():
        pass


def test_one_sender_does_not_take_the_whole_line():
    share = Share(Line(at_once=1, waiting=5, patience=10, of_one=1))
    with share.turn("a program"):
        with pytest.raises(Full), share.turn("a program"):
            pass
        other = Guest(share)
        in_line(share, 1)
    assert other.inside.wait(5)
    other.go()
    with share.turn("a program"):
        pass


@pytest.mark.django_db
def test_a_program_is_told_by_its_code_and_others_by_their_address(world):
    there = {"REMOTE_ADDR": "10.0.0.1", "REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO()}
    assert door.sender_of(there) == "10.0.0.1"
    code = shown_by(world, "program")
    assert door.sender_of(there | code) == code["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    assert door.sender_of(there | shown_by(world, "made up")) == "10.0.0.1"


def test_a_turn_that_fails_is_given_back():
    share = Share(Line(at_once=1, waiting=0, patience=0))
    with pytest.raises(ZeroDivisionError), share.turn():
        raise ZeroDivisionError
    with share.turn():
        pass


def test_bodies_of_one_address_do_not_take_all_places():
    door = Door(at_once=3, of_one_known=2)
    known = {"is_known": True}
    with door.passing("10.0.0.1", **known), door.passing("10.0.0.1", **known):
        with pytest.raises(TooMany), door.passing("10.0.0.1", **known):
            pass
        with door.passing("10.0.0.2", **known), pytest.raises(TooMany), door.passing("10.0.0.3", **known):
            pass
    with door.passing("10.0.0.1", **known):
        pass
    assert not door._held


def test_strangers_of_an_address_leave_places_for_those_of_it_who_are_known():
    door = Door(at_once=9, of_strangers=9, of_one_stranger=1, of_one_known=2)
    with door.passing("10.0.0.1", is_known=False):
        assert door.is_crowded("10.0.0.1")
        assert not door.is_crowded("10.0.0.2")
        with pytest.raises(TooMany), door.passing("10.0.0.1", is_known=False):
            pass
        with door.passing("10.0.0.1", is_known=True):
            pass


def test_bodies_of_strangers_leave_places_for_those_who_are_known():
    door = Door(at_once=3, of_strangers=1, of_one_stranger=1, of_one_known=2)
    assert not door.is_crowded("10.0.0.2")
    with door.passing("10.0.0.1", is_known=False):
        assert door.is_crowded("10.0.0.2")
        with pytest.raises(TooMany), door.passing("10.0.0.2", is_known=False):
            pass
        with door.passing("10.0.0.2", is_known=True), door.passing("10.0.0.3", is_known=True):
            pass


@pytest.mark.parametrize(("who", "is_known"), [("known", True), ("was here", True), ("made up", False), ("", False)])
def test_in_a_crowd_it_is_asked_who_sends_a_small_body_too(monkeypatch, world, who, is_known):
    shown, seen = shown_by(world, who), []
    monkeypatch.setattr(door.bodies.Door, "is_crowded", lambda self, address: True)
    monkeypatch.setattr(door.bodies, "received", lambda environ, address, *, is_known: seen.append(is_known))
    for length in (SMALL, 0):
        door.receive({"PATH_INFO": PAGE, "REQUEST_METHOD": "POST", "CONTENT_LENGTH": length and str(length), **shown}
                     | {sizes.KIND: Kind.STAFF, "wsgi.input": io.BytesIO()})  # fmt: skip
    assert seen == [is_known]


class Source:
    """What a client sends, piece by piece."""

    def __init__(self, *pieces: bytes):
        self.pieces = list(pieces)

    def read(self, size):
        return self.pieces.pop(0) if self.pieces else b""


def test_a_body_is_whole_before_anything_runs():
    environ = {"CONTENT_LENGTH": "6", "wsgi.input": Source(b"abc", b"def")}
    with received(environ, "here", is_known=False):
        assert environ["wsgi.input"].read() == b"abcdef"


def test_a_body_that_breaks_off_runs_nothing():
    environ = {"CONTENT_LENGTH": "6", "wsgi.input": Source(b"abc")}
    with pytest.raises(Broken), received(environ, "here", is_known=False):
        pytest.fail("nothing runs")


class WithoutRoom(io.BytesIO):
    """A file on a disk without room: it is met when something is written, or when what was held back is."""

    def __init__(self, met: str):
        super().__init__()
        setattr(self, met, self._full)

    def _full(self, *_values):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("met", ["write", "seek"])
def test_a_body_that_cannot_be_kept_runs_nothing(monkeypatch, met):
    monkeypatch.setattr(bodies.tempfile, "SpooledTemporaryFile", lambda **where: WithoutRoom(met))
    with pytest.raises(NoRoom), received({"CONTENT_LENGTH": "3", "wsgi.input": Source(b"abc")}, "here", is_known=False):
        pytest.fail("nothing runs")


@pytest.mark.parametrize("length", [str((1 << 20) + 1), "", "0", "-5", "6x", "٣", "9" * 30])
def test_a_body_that_is_too_large_or_of_no_length_is_left_to_the_application(length):
    source = Source(b"abc")
    environ = {"CONTENT_LENGTH": length, "wsgi.input": source}
    with received(environ, "here", is_known=False):
        assert environ["wsgi.input"] is source


def test_what_finds_no_place_is_answered_by_the_application_itself():
    seen = []

    def application(environ, start_response):
        seen.append(environ.get(REFUSED))
        return []

    def raises(fault):
        def receive(environ):
            raise fault

        return receive

    def shares(receive):
        lines = {Kind.STAFF: Line(at_once=1, waiting=0, patience=0)}
        return Shares(
            application,
            lines=lines,
            kind_of=lambda environ: Kind.STAFF,
            sender_of=door.sender_of,
            receive=receive,
            after=lambda: None,
        )

    full = shares(lambda environ: received(environ, "here", is_known=False))
    with full._shares[Kind.STAFF].turn():
        full({}, None)
    full({}, None)
    for fault in (Broken, NotKnown, NotAsked, NoRoom):
        shares(raises(fault))({}, None)
    assert seen == [503, None, 400, 413, 503, 503]


def test_a_request_that_waits_is_received_or_refused_has_a_thread_too():
    """Or probes would stand behind the crowd, where nobody can refuse it."""
    busy = sum(line.at_once + line.waiting for line in sizes.lines().values()) + RECEIVING
    assert sizes.threads() > busy
    assert OF_ONE_STRANGER < OF_STRANGERS < RECEIVING
    assert OF_ONE_STRANGER < OF_ONE_KNOWN < RECEIVING
    assert set(sizes.lines()) == set(Kind) - {Kind.ALIVE}


@pytest.mark.parametrize(
    ("query", "answers"), [("alive", ["in"]), ("alive=1", ["in"]), ("", [503]), ("x=alive", [503]), ("alivenot", [503])]
)
def test_whether_a_process_lives_is_answered_while_all_probes_look(query, answers):
    seen = []
    shares = Shares(
        lambda environ, start: seen.append(environ.get(REFUSED, "in")) or [],
        lines={Kind.PROBES: Line(at_once=1, waiting=0, patience=0)},
        kind_of=door.kind_of,
        sender_of=door.sender_of,
        receive=lambda environ: contextlib.nullcontext(),
        after=lambda: None,
    )
    with shares._shares[Kind.PROBES].turn():
        shares({"PATH_INFO": "/healthz", "QUERY_STRING": query}, None)
    assert seen == answers


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", Kind.STAFF),
        ("/account/login/", Kind.STAFF),
        ("/language/", Kind.PUBLIC),
        ("/docs/api/", Kind.PUBLIC),
        ("/nowhere/", Kind.PUBLIC),
        ("/api/v1/datasets", Kind.PROGRAMS),
        ("/records/import/", Kind.UPLOADS),
        ("/static/ui/icons.svg", Kind.FILES),
        ("/healthz", Kind.PROBES),
    ],
)
def test_whose_a_request_is(path, kind):
    assert door.kind_of({"PATH_INFO": path}) is kind


PAGE, RECORDS, PROGRAM = "/dossiers/1/attach/", "/records/import/", "/api/v1/records/dossiers/2023/batches/a"
LARGE, SMALL = 20 << 20, 1 << 20


def looked_at(monkeypatch, path, length, **shown) -> bool:
    """Whether such a request is received as of somebody who is known."""
    seen = []
    monkeypatch.setattr(door.bodies, "received", lambda environ, address, *, is_known: seen.append(is_known))
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(length), **shown}
    environ |= {sizes.KIND: door.kind_of(environ), "wsgi.input": io.BytesIO()}
    door.receive(environ)
    return seen[0]


def shown_by(world, who: str) -> dict[str, str]:
    """What a request carries that says whose it is."""
    if who == "known":
        return {"HTTP_COOKIE": f"sessionid={signed_in(world.an)}"}
    if who == "was here":
        return {"HTTP_COOKIE": f"device={signing.dumps({'id': 'a', 'of': [world.an.pk]}, salt=devices.SALT)}"}
    if who == "program":
        at = timezone.now()
        until = timezone.localdate(at)
        _token, secret = people.issue_token(unit=world.school, name="Một cửa", expires_on=until, by=world.an, at=at)
        return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    if who == "anonymous":
        session = SessionStore()
        session.create()
        return {"HTTP_COOKIE": f"sessionid={session.session_key}"}
    made_up = {"HTTP_COOKIE": "sessionid=" + "a" * 32, "HTTP_AUTHORIZATION": "Bearer thd_made-up"}
    return made_up if who == "made up" else {}


def signed_in(person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


@pytest.mark.parametrize(
    ("path", "who", "received"),
    [
        (PAGE, "known", True),
        (RECORDS, "known", True),
        (PROGRAM, "program", True),
        (PAGE, "program", None),
        *(
            (path, who, None)
            for path in (PAGE, "/account/login/", "/language/", "/nowhere/")
            for who in ("", "made up")
        ),
        (PAGE, "anonymous", None),
        # Their views ask first who sends, and read then.
        *((path, who, False) for path in (RECORDS, PROGRAM) for who in ("", "made up", "anonymous")),
        (PROGRAM, "known", False),
    ],
)
def test_what_is_large_is_taken_from_those_who_are_known(
    monkeypatch, world, path, who, received, django_assert_max_num_queries
):
    """A stranger neither fills the disk nor holds a place with a body that comes slowly, whatever he shows."""
    shown = shown_by(world, who)
    with django_assert_max_num_queries(2 if who == "known" else 1):
        if received is None:
            with pytest.raises(NotKnown):
                looked_at(monkeypatch, path, LARGE, **shown)
        else:
            assert looked_at(monkeypatch, path, LARGE, **shown) is received


@pytest.mark.parametrize("who", ["", "made up", "known", "program"])
def test_what_fits_in_memory_costs_no_query(monkeypatch, world, who, django_assert_num_queries):
    shown = shown_by(world, who)
    with django_assert_num_queries(0):
        assert looked_at(monkeypatch, PAGE, SMALL, **shown) is False


def test_while_the_database_is_away_nobody_is_taken_for_a_stranger(monkeypatch):
    def away(key):
        raise OperationalError

    monkeypatch.setattr(door.queries, "is_signed_in", away)
    with pytest.raises(NotAsked):
        looked_at(monkeypatch, PAGE, LARGE)


def test_nothing_borrowed_is_held_while_a_body_comes():
    happened = []

    @contextlib.contextmanager
    def receive(environ):
        happened.append("body")
        yield

    lines = {Kind.STAFF: Line(at_once=1, waiting=0, patience=0)}
    shares = Shares(
        lambda environ, start_response: happened.append("page"),
        lines=lines,
        kind_of=lambda path: Kind.STAFF,
        sender_of=door.sender_of,
        receive=receive,
        after=lambda: happened.append("given back"),
    )
    shares({}, None)
    assert happened == ["given back", "body", "page", "given back"]
