"""Letters go out through a real SMTP server on this machine; a refused address keeps its reason."""

import datetime as dt
from email import message_from_bytes
from email.policy import default

import pytest
from tests.fixtures import IN_TIME, accepted, begun, moment, person, submitted

from thidua.core.refusals import Denied
from thidua.dossiers import actions as dossiers
from thidua.ledger.models import Entry
from thidua.people import actions, looks, mailing
from thidua.people.letters import Notice
from thidua.people.models import Letter, Person


def notice(to, subject, **more) -> Notice:
    return Notice(to=to, kind="test", subject=subject, body="Hạn sửa 28/08/2023", **more)


def text_of(envelope) -> str:
    message = message_from_bytes(envelope.content, policy=default)
    return f"{message['Subject']}\n{message.get_content()}"


def test_letters_are_mailed_once_and_a_refusal_is_kept(db, office):
    people = {name: person(name, f"Người {name}") for name in ("an", "la", "khong-thu")}
    for name in ("an", "la"):
        people[name].email = f"{name}@truong.edu.vn"
        people[name].save()
    actions.write_letters(
        [notice(each, "Trả lại để sửa", urgent=True) for each in people.values()],
        at=IN_TIME,
    )
    assert actions.mail_letters(at=IN_TIME) == 1
    assert actions.mail_letters(at=IN_TIME) == 0
    assert [each.rcpt_tos for each in office.taken] == [["an@truong.edu.vn"]]
    assert "550" in Letter.objects.get(to=people["la"]).failure
    assert Letter.objects.get(to=people["khong-thu"]).mailed_at is None


def with_address(someone):
    someone.email = f"{someone.username}@mau.vn"
    someone.save()
    return someone


def test_one_letter_a_morning_with_what_is_not_urgent(db, office, settings):
    settings.BASE_URL = "https://thidua.mau.vn/"
    an, la, read = (with_address(person(name, f"Người {name}")) for name in ("an", "la", "doc-roi"))
    evening = moment("2023-08-20 17:00")
    notices = [notice(each, f"Đã chấp nhận {n}", address=f"/dossiers/{n}/") for each in (an, la, read) for n in (1, 2)]
    actions.write_letters(notices, at=evening)
    actions.read_letters(by=read, at=evening)
    assert actions.mail_letters(at=evening) == 0
    assert actions.mail_digests(at=moment("2023-08-20 23:05")) == 0
    assert actions.mail_digests(at=moment("2023-08-21 06:59")) == 0
    assert actions.mail_digests(at=moment("2023-08-21 07:05")) == 1
    assert [each.rcpt_tos for each in office.taken] == [["an@mau.vn"]]
    text = text_of(office.taken[0])
    assert text.startswith("2 thông báo mới")
    assert text.index("Đã chấp nhận 1") < text.index("https://thidua.mau.vn/dossiers/1/") < text.index("chấp nhận 2")
    assert Letter.objects.get(to=la, subject="Đã chấp nhận 2").failure.count("550") == 1

    actions.write_letters([notice(an, "Đến sau")], at=moment("2023-08-21 09:00"))
    assert actions.mail_digests(at=moment("2023-08-21 10:05")) == 0
    assert actions.mail_digests(at=moment("2023-08-22 12:05")) == 1  # the server was away in the morning
    assert text_of(office.taken[1]).startswith("Đến sau")
    assert actions.mail_digests(at=moment("2023-08-23 07:05")) == 0


def test_who_must_act_is_told_at_once(world, office):
    for each in (world.an, world.hanh, world.linh):
        with_address(each)
    dossiers.present(dossier=begun(world), by=world.an, at=IN_TIME)
    by = {"message": "Bổ sung số đo", "correct_by": dt.date(2023, 8, 28), "by": world.binh, "at": IN_TIME}
    dossiers.return_(dossier=submitted(world), notes={}, **by)
    accepted(world)
    urgent = set(Letter.objects.filter(urgent=True).values_list("kind", flat=True))
    later = set(Letter.objects.filter(urgent=False).values_list("kind", flat=True))
    assert (urgent, later) == ({"dossiers.present", "dossiers.return_"}, {"dossiers.confirm", "dossiers.accept"})


def waiting_letter(office):
    an = with_address(person("an", "Người An"))
    actions.write_letters([notice(an, "Trả lại để sửa", urgent=True)], at=IN_TIME)
    return Letter.objects.get()


@pytest.mark.parametrize("trouble", ["451 try later", "452 full", "", "password", "gone"])
def test_a_letter_stays_in_the_queue_while_the_server_has_trouble(db, office, settings, trouble):
    letter = waiting_letter(office)
    if trouble == "password":
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "thidua", "het-han"  # the server knows no passwords
    elif trouble == "gone":
        settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    else:
        office.says = trouble
    at = IN_TIME
    for distance in (2, 10, 30, 60, 240, 240):
        assert actions.mail_letters(at=at) == 0
        letter.refresh_from_db()
        assert (letter.failure, letter.mailed_at, letter.next_try_at - at) == ("", None, dt.timedelta(minutes=distance))
        assert letter.trouble
        assert actions.mail_letters(at=letter.next_try_at - dt.timedelta(seconds=1)) == 0
        letter.refresh_from_db()
        at = letter.next_try_at
    office.says, settings.EMAIL_HOST_USER = None, ""
    if trouble == "gone":
        settings.EMAIL_PORT = port
    assert actions.mail_letters(at=at) == 1
    assert len(office.taken) == 1


def test_a_server_that_is_away_is_asked_once_for_all_letters(db, office, settings):
    people = [with_address(person(f"p{n}", f"Người {n}")) for n in range(5)]
    actions.write_letters([notice(each, "Trả lại để sửa", urgent=True) for each in people], at=IN_TIME)
    settings.EMAIL_PORT = 1
    actions.mail_letters(at=IN_TIME)
    assert set(Letter.objects.values_list("tries", flat=True)) == {1}


@pytest.mark.parametrize("address", ["a@\u0627b.vn", "a@\u00ad.vn", "a@" + "đ" * 60 + ".vn", "a b@mau.vn", "đ@mau.vn"])
@pytest.mark.parametrize("urgent", [True, False])
def test_a_letter_that_cannot_be_written_holds_up_no_other(db, office, address, urgent):
    """Addresses of this kind are refused where they are kept; some were kept before."""
    people = [with_address(person(name, f"Người {name}")) for name in ("bom", "an")]
    Person.objects.filter(pk=people[0].pk).update(email=address)
    actions.write_letters([notice(each, "Trả lại để sửa", urgent=urgent) for each in people], at=IN_TIME)
    mailed = (actions.mail_letters if urgent else actions.mail_digests)(at=IN_TIME + dt.timedelta(days=1))
    assert (mailed, ["an@mau.vn"] in [each.rcpt_tos for each in office.taken]) in ((1, True), (2, True))
    assert mailed == 2 or Letter.objects.get(to=people[0]).failure


def test_a_fault_of_our_own_is_tried_again_and_holds_up_no_other(db, office, monkeypatch):
    people = [with_address(person(name, f"Người {name}")) for name in ("bom", "an")]
    actions.write_letters([notice(each, f"Cho {each.username}", urgent=True) for each in people], at=IN_TIME)
    words = mailing.mailed_words
    monkeypatch.setattr(mailing, "mailed_words", lambda them: words(them) if "an" in them[0].subject else {}["x"])
    assert actions.mail_letters(at=IN_TIME) == 1
    letter = Letter.objects.get(to=people[0])
    assert (letter.failure, letter.tries, letter.trouble) == ("", 1, "KeyError: 'x'")


def test_days_of_trouble_are_told_and_the_administrator_has_it_mailed_again(world, office, client):
    letter = waiting_letter_of(world)
    office.says = "451 try later"
    at = refused_for_days(letter)
    assert dt.timedelta(days=5) <= at - IN_TIME < dt.timedelta(days=6)
    assert letter.failure.startswith("451")
    client.force_login(world.admin)
    assert "451 try later" in client.get("/operations/letters/").text
    assert "1 thư" in client.get("/operations/").text
    client.post(f"/operations/letters/{letter.pk}/mail-again/")
    actions.mail_letters(at=at + dt.timedelta(days=1))
    letter.refresh_from_db()
    assert letter.failure == ""  # one more trouble is not five days of it
    office.says = None
    assert actions.mail_letters(at=letter.next_try_at) == 1


def refused_for_days(letter):
    """The moment at which it was given up."""
    at = IN_TIME
    while not letter.failure:
        actions.mail_letters(at=at)
        letter.refresh_from_db()
        at, given_up = letter.next_try_at, at
    return given_up


def waiting_letter_of(world):
    with_address(world.an)
    actions.write_letters([notice(world.an, "Trả lại để sửa", urgent=True)], at=IN_TIME)
    return Letter.objects.get(to=world.an)


def test_a_refused_letter_is_set_aside_with_a_reason(world, office, client):
    letter = waiting_letter_of(world)
    office.says = "550 no such person"
    actions.mail_letters(at=IN_TIME)
    client.force_login(world.admin)
    path = f"/operations/letters/{letter.pk}/set-aside/"
    assert client.post(path, {"why": ""}).status_code == 422
    assert client.post(path, {"why": "Đã nghỉ hưu"}).status_code == 302
    assert not Letter.objects.refused()
    assert Entry.objects.get(verb="people.set_letter_aside").note == "Đã nghỉ hưu"


def digest_in_trouble(world, office):
    """A letter of a morning in which the server had trouble for hours."""
    with_address(world.an)
    actions.write_letters([notice(world.an, "Đã chấp nhận")], at=IN_TIME)
    office.says = "451 try later"
    for hours in range(24, 40):
        actions.mail_digests(at=IN_TIME + dt.timedelta(hours=hours))
    return Letter.objects.get(to=world.an)


def read(letter):
    actions.read_letters(by=letter.to, at=IN_TIME)


def leaves(letter):
    Person.objects.filter(pk=letter.to_id).update(is_active=False)


def has_no_address(letter):
    Person.objects.filter(pk=letter.to_id).update(email="")


@pytest.mark.parametrize("what", [read, leaves, has_no_address])
def test_a_letter_that_is_mailed_no_more_is_no_trouble(world, office, what):
    letter = digest_in_trouble(world, office)
    (sign,) = looks.letters(IN_TIME)
    assert (sign.is_well, Letter.objects.in_trouble().count(), Letter.objects.delayed().count()) == (False, 1, 1)
    what(letter)
    (sign,) = looks.letters(IN_TIME)
    assert (sign.is_well, Letter.objects.in_trouble().count(), Letter.objects.delayed().count()) == (True, 0, 0)


def refused_digest(world, office):
    with_address(world.an)
    actions.write_letters([notice(world.an, "Đã chấp nhận")], at=IN_TIME)
    office.says = "550 no such person"
    actions.mail_digests(at=IN_TIME + dt.timedelta(days=1))
    office.says = None
    return Letter.objects.get(to=world.an)


def test_what_somebody_has_mailed_again_goes_out_at_once_read_or_not(world, office):
    letter = refused_digest(world, office)
    read(letter)
    actions.mail_again(letter=letter, by=world.admin, at=IN_TIME)
    assert actions.mail_letters(at=IN_TIME) == 1


@pytest.mark.parametrize("what", [leaves, has_no_address])
def test_a_letter_that_nobody_can_get_is_not_mailed_again(world, office, what):
    letter = refused_digest(world, office)
    what(letter)
    with pytest.raises(Denied, match="gác lại"):
        actions.mail_again(letter=letter, by=world.admin, at=IN_TIME)
