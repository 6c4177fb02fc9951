"""Which addresses are kept, and which are the same."""

import pytest

from thidua.core.mailboxes import is_mailbox, mailbox


@pytest.mark.parametrize(
    "email", ["a@b.vn", " Hanh.HS+1@Sgd-thu.edu.VN ", "x_y@a.b-c.xn--kxawhkugg.vn", "o'hara@mau.vn"]
)
def test_an_address_as_offices_have_them(email):
    assert is_mailbox(email)
    assert mailbox(email) == email.strip().lower()


NONE = [
    "a",
    "b@",
    "@mau.vn",
    "a@mau",
    "a@b.v",
    "a@-mau.vn",
    "a@mau-.vn",
    "a@mau..vn",
    ".a@mau.vn",
    "a.@mau.vn",
    "a..b@mau.vn",
    "đ@mau.vn",
    "a@đ.vn",
    '"a"@mau.vn',
    "a@[10.0.0.1]",
    "a@b@mau.vn",
    "a,b@mau.vn",
    "<a@mau.vn>",
    "a@mau.vn.",
    "a\x00@mau.vn",
    "a@m\xadau.vn",
    "ı@mau.vn",
]


@pytest.mark.parametrize(
    "email", ["", "a b@mau.vn", "a\n@mau.vn", "x" * 65 + "@mau.vn", "x@" + "a." * 130 + "vn", *NONE]
)
def test_what_no_letter_is_written_to(email):
    assert not is_mailbox(email)


@pytest.mark.parametrize(
    "email", ["ı@mau.vn", "\u212a@mau.vn", "ſ@mau.vn", "ß@mau.vn", "İ@mau.vn", "Đ@mau.vn", "\ud800@x.vn"]
)
def test_only_capitals_of_ascii_are_small_letters(email):
    assert mailbox(email) == email
