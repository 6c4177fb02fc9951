"""Letters go out through a real SMTP server on this machine; a refused address keeps its reason."""

from tests.fixtures import IN_TIME, person

from thidua.people import actions
from thidua.people.letters import Notice
from thidua.people.models import Letter


def test_letters_are_mailed_once_and_a_refusal_is_kept(db, office):
    people = {name: person(name, f"Người {name}") for name in ("an", "la", "khong-thu")}
    for name in ("an", "la"):
        people[name].email = f"{name}@truong.edu.vn"
        people[name].save()
    actions.write_letters(
        [Notice(to=each, kind="test", subject="Trả lại để sửa", body="Hạn sửa 28/08/2023") for each in people.values()],
        at=IN_TIME,
    )
    assert actions.mail_letters(at=IN_TIME) == 1
    assert actions.mail_letters(at=IN_TIME) == 0
    assert [each.rcpt_tos for each in office.taken] == [["an@truong.edu.vn"]]
    assert "550" in Letter.objects.get(to=people["la"]).failure
    assert Letter.objects.get(to=people["khong-thu"]).mailed_at is None
