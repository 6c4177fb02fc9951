"""Batches that are read afterwards: a call is answered 202 with an address, the worker reads, the address tells."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from tests.analytics.making import HEADINGS, csv_bytes, row
from tests.analytics.test_api import ADDRESS, CSV, JSON, LINES, NOW, Program, dossier
from tests.failures.parallel import race
from tests.failures.parallel import row as unit_row

from thidua.analytics import actions, checking, spool, tasks
from thidua.analytics.actions import deliveries
from thidua.analytics.api import AcceptedOut, OutcomeOut
from thidua.analytics.models import Batch, Delivery
from thidua.analytics.outcome import Outcome
from thidua.analytics.registry import dataset_of
from thidua.core.records.periods import period
from thidua.core.refusals import Denied
from thidua.host.bounded import Busy, Ended
from thidua.ledger import care, limits
from thidua.ledger.kinds import FREE_AFTER
from thidua.ledger.models import Entry, FailedJob
from thidua.people import actions as people


@pytest.fixture
def program(importer, world, settings):
    settings.READ_AT_ONCE = 40
    with time_machine.travel(NOW, tick=False):
        yield Program(world)


def asked(program, answer):
    told = program.client.get(answer.json()["address"])
    assert told.status_code == 200
    AcceptedOut.model_validate(told.json(), extra="forbid")
    return told.json()


def read(program, answer):
    tasks.take_in(Delivery.objects.latest("pk").pk)
    return asked(program, answer)


def test_a_larger_batch_is_read_afterwards_and_told_as_at_once(program, settings):
    rows = [dossier(1), dossier(2, due="hôm nào đó")]
    answer = program.push(rows)
    assert (answer.status_code, answer["Location"]) == (202, answer.json()["address"])
    assert int(answer["Retry-After"]) > 0
    assert asked(program, answer)["state"] == "waiting"
    told = read(program, answer)
    assert (told["state"], told["percent"], told["problem"]) == ("done", 100, None)
    assert OutcomeOut.model_validate(told["outcome"], extra="forbid").status == "imported"
    assert Batch.objects.in_force().get().pk == told["outcome"]["batch"]
    assert Entry.objects.filter(verb="analytics.deliver", after__token=program.token.name).count() == 1
    assert not list(spool._root().glob("delivery-*"))
    settings.READ_AT_ONCE = 10_000
    assert program.push(rows).json() == told["outcome"]


def test_what_is_wrong_is_told_in_the_language_of_who_asks(program):
    answer = program.push([dossier(1, due="hôm nào đó")] * 2, kind=JSON)
    told = read(program, answer)
    assert (told["state"], told["outcome"]["status"]) == ("done", "refused")
    assert not Batch.objects.exists()
    english = program.client.get(answer.json()["address"], headers={"accept-language": "en"}).json()
    assert english["outcome"]["reason"]["code"] == told["outcome"]["reason"]["code"]
    assert english["outcome"]["reason"]["message"] != told["outcome"]["reason"]["message"]


def test_the_same_key_stands_for_the_same_content_while_it_waits_and_after(program):
    first = program.push([dossier(1), dossier(2)])
    assert program.push([dossier(1), dossier(2)]).json() == first.json()
    assert Delivery.objects.count() == 1
    assert program.push([dossier(1), dossier(3)]).status_code == 409
    told = read(program, first)
    again = program.push([dossier(1), dossier(2)])
    assert read(program, again)["outcome"] == told["outcome"]
    assert program.push([dossier(1), dossier(3)]).status_code == 409
    assert Batch.objects.count() == 1


def test_a_repeated_job_changes_nothing(program):
    answer = program.push([dossier(1), dossier(2)])
    told = read(program, answer)
    assert read(program, answer) == told
    assert Batch.objects.count() == 1


def test_a_job_that_was_killed_in_the_middle_finds_its_batch(program, monkeypatch):
    answer = program.push([dossier(1), dossier(2)])
    with monkeypatch.context() as killed:
        killed.setattr(deliveries, "_settle", lambda *given: exit())
        with pytest.raises(SystemExit):
            tasks.take_in(Delivery.objects.get().pk)
    assert not Batch.objects.exists()
    assert asked(program, answer)["state"] == "reading"
    assert read(program, answer)["outcome"]["status"] == "imported"
    assert Batch.objects.count() == 1


def test_a_delivery_whose_job_is_given_up_is_told_so_and_may_be_sent_again(program):
    answer = program.push([dossier(1), dossier(2)])
    tasks._give_up_delivery(Delivery.objects.get().pk)
    told = asked(program, answer)
    assert (told["state"], told["outcome"], told["problem"]["status"]) == ("failed", None, 503)
    assert read(program, program.push([dossier(1), dossier(2)]))["state"] == "done"


def test_a_code_that_may_no_longer_is_told_so(program, world):
    answer = program.push([dossier(1), dossier(2)])
    world.an.posts.all().delete()
    tasks.take_in(Delivery.objects.get().pk)
    assert Delivery.objects.get().outcome["denied"] == "NotAdmitted"
    assert answer.status_code == 202
    assert not Batch.objects.exists()


def test_deliveries_are_their_units_alone_and_gone_in_a_day(program, world):
    answer = program.push([dossier(1), dossier(2)])
    other = Program(world, by=world.binh, unit=world.other, name="Khác")
    assert other.client.get(answer.json()["address"]).status_code == 404
    read(program, answer)
    actions.remove_old_deliveries(at=NOW + spool.KEPT_FOR * 2)
    assert not Delivery.objects.exists()
    assert not list(spool._root().glob("delivery-*"))


def test_what_was_accepted_waits_for_the_worker_for_days_and_is_answered_for_a_day(program):
    answer = program.push([dossier(1), dossier(2)])
    os.utime(spool._root() / Delivery.objects.get().folder, (NOW.timestamp(), NOW.timestamp()))
    with time_machine.travel(NOW + dt.timedelta(days=3), tick=False):
        tasks.remove_old()
        assert read(program, answer)["state"] == "done"
        tasks.remove_old()
        assert asked(program, answer)["state"] == "done"


def test_what_was_answered_by_the_version_before_has_its_day(program):
    done, failed = program.push([dossier(1), dossier(2)], "a"), program.push([dossier(1), dossier(2)], "b")
    for delivery in Delivery.objects.order_by("pk"):
        tasks.take_in(delivery.pk)
    before = asked(program, done)
    Delivery.objects.update(state="imported", settled_at=None)
    last = Delivery.objects.filter(batch_key="b")
    last.update(state="refused", outcome={"status": 503, "sentence": "Có lỗi."})
    import_module("thidua.analytics.migrations.0007_settled_at").settle(apps, None)
    assert asked(program, done) == before
    assert asked(program, failed)["state"] == "failed"
    assert set(Delivery.objects.values_list("settled_at", flat=True)) == {NOW}


def test_other_content_takes_the_place_of_what_was_not_read_for_too_long(program):
    """The first reading goes on beside it, and takes nothing in any more."""
    first = program.push([dossier(1), dossier(2)])
    delivery = Delivery.objects.get()
    with time_machine.travel(NOW + FREE_AFTER, tick=False):
        assert program.push([dossier(1), dossier(3)]).status_code == 409
    with time_machine.travel(NOW + FREE_AFTER * 2, tick=False):
        second = program.push([dossier(1), dossier(3)])
        assert second.status_code == 202
        assert (asked(program, first)["state"], asked(program, first)["problem"]["status"]) == ("failed", 409)
        with pytest.raises(Denied, match="nội dung khác"):
            deliveries._take_over(delivery, Outcome("", "", ""), NOW)
        tasks.take_in(delivery.pk)
        assert not Batch.objects.exists()
        assert read(program, second)["state"] == "done"


@pytest.mark.django_db(transaction=True)
def test_two_codes_of_one_unit_send_one_batch_at_once(importer):
    world, last = importer.world, (NOW + dt.timedelta(days=90)).date()
    wanted = {"unit": world.school, "expires_on": last, "by": world.an, "at": NOW}
    tokens = [people.issue_token(name=name, **wanted)[0] for name in ("Một cửa", "Văn bản")]

    def sent(token):
        file = importer.file(csv_bytes([HEADINGS, row(1)]))
        return lambda: actions.deliver(
            dataset=dataset_of("dossiers"), period=period("2023"), file=file, form="",
            choices=actions.Choices(batch_key="k"), by=token, at=NOW,
        )  # fmt: skip

    one, other = race(unit_row(world.school), *map(sent, tokens))
    assert one == other
    assert Delivery.objects.count() == 1


def test_so_many_wait_and_no_more(program):
    for n in range(5):
        assert program.push([dossier(n), dossier(n + 1)], f"k{n}").status_code == 202
    answer = program.push([dossier(1), dossier(2)], "k9")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    limits.check("api.failures", program.token.pk, at=NOW)
    assert program.push([dossier(0), dossier(1)], "k0").status_code == 202  # the one that waits already


def test_where_all_readers_are_busy_a_small_batch_is_read_afterwards(program, settings, monkeypatch):
    settings.READ_AT_ONCE = 10_000

    def busy(*given, **named):
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr(checking.nursery, "run", busy)
        answer = program.push([dossier(1)])
    assert answer.status_code == 202
    assert read(program, answer)["outcome"]["status"] == "imported"


@pytest.mark.parametrize("kind", [JSON, LINES, CSV])
def test_a_reader_that_is_killed_is_a_refusal_with_a_sentence(program, settings, monkeypatch, kind):
    settings.READ_AT_ONCE = 10_000

    def ended(*given, **named):
        raise Ended

    monkeypatch.setattr(checking.nursery, "run", ended)
    answer = program.push([dossier(1)], kind=kind)
    assert (answer.status_code, answer.json()["reason"]["code"]) == (422, "takes_too_long")
    assert "thời gian" in answer.json()["reason"]["message"]


class Unread(io.BytesIO):
    def read(self, *size):
        raise AssertionError("The body of a call over its limit was read.")


@pytest.mark.parametrize("kind", ["api.calls", "api.address"])
def test_calls_over_the_limit_are_refused_before_their_body_is_read(program, settings, kind):
    settings.LIMITS = settings.LIMITS | {kind: (3, 60)}
    for _n in range(3):
        assert program.get("datasets").status_code == 200
    body = json.dumps([dossier(1)]).encode()
    answer = program.client.post(f"{ADDRESS}k", body, JSON, **{"wsgi.input": Unread()})
    assert (answer.status_code, int(answer["Retry-After"])) == (429, 60)
    assert answer.json()["sentence"]


def test_a_given_up_delivery_is_read_when_the_administrator_has_it_tried_again(program):
    answer = program.push([dossier(1), dossier(2)])
    delivery = Delivery.objects.get()
    tasks._give_up_delivery(delivery.pk)
    job = FailedJob.objects.create(
        job_id=1, name="analytics.take_in", arguments={"delivery_id": delivery.pk}, tries=6, error="ValueError",
        failed_at=NOW, given_up_at=NOW,
    )  # fmt: skip
    care.try_again(job=job, by=None, at=NOW)
    assert asked(program, answer)["state"] == "waiting"
    assert read(program, answer)["state"] == "done"


def test_a_given_up_delivery_that_was_sent_again_or_is_gone_is_not_tried_again_in_silence(program):
    program.push([dossier(1), dossier(2)])
    delivery = Delivery.objects.get()
    tasks._give_up_delivery(delivery.pk)
    program.push([dossier(1), dossier(2)])
    with pytest.raises(Denied, match="gửi lại"):
        tasks._again_delivery(delivery.pk)
    with pytest.raises(Denied, match="gác lại"):
        tasks._again_delivery(0)


def test_what_kept_a_delivery_out_is_told_in_the_language_of_who_asks(program):
    answer = program.push([dossier(1), dossier(2)])
    tasks._give_up_delivery(Delivery.objects.get().pk)
    english = program.client.get(answer.json()["address"], headers={"accept-language": "en"}).json()
    assert (english["problem"]["status"], english["problem"]["sentence"][:9]) == (503, "Something")


@pytest.mark.parametrize("when", ["before it is read", "while it is read"])
def test_what_waits_is_not_taken_in_once_its_access_code_was_taken_back(program, world, monkeypatch, when):
    answer = program.push([dossier(1), dossier(2)])

    def revoke():
        people.revoke_token(token=program.token, by=world.an, at=NOW)

    if when == "before it is read":
        revoke()
    else:
        check = checking.check
        monkeypatch.setattr(checking, "check", lambda *words: (revoke(), check(*words))[1])
    tasks.take_in(Delivery.objects.latest("pk").pk)
    assert not Batch.objects.exists()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.outcome["denied"]) == ("failed", "NotAdmitted")
    assert not list(spool._root().glob("delivery-*"))
    assert answer.status_code == 202
