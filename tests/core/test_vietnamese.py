"""Vietnamese text: search without marks, the order of the alphabet, numbers and days."""

import contextlib
import datetime as dt
import itertools
import unicodedata
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thidua.core import vietnamese as vi

VOWELS = "aăâeêioôơuưy"
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]  # dictionary order
WORD = st.text(
    st.sampled_from([unicodedata.normalize("NFC", v + tone) for v in VOWELS for tone in TONES] + list(LETTERS)),
    min_size=1,
    max_size=8,
)
ANY_TEXT = st.text(max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng Thị Ngọc Ánh", "dang thi ngoc anh"),
        ("ĐƠN, KHIẾU NẠI, TỐ CÁO", "don, khieu nai, to cao"),
        ("  Trường\u00a0THPT \t Hoa\u200bSen ", "truong thpt hoa sen"),
        (unicodedata.normalize("NFD", "Nguyễn Huệ"), "nguyen hue"),
        ("Đề án 06", "de an 06"),
        ("", ""),
    ],
)
def test_fold(text, folded):
    assert vi.fold(text) == folded


@given(WORD)
def test_composed_and_decomposed_text_are_one(word):
    apart = unicodedata.normalize("NFD", word)
    assert vi.nfc(apart) == vi.nfc(word)
    assert vi.fold(apart) == vi.fold(word)
    assert vi.sort_key(apart) == vi.sort_key(word)


@given(ANY_TEXT)
def test_what_is_composed_stays(text):
    assert vi.nfc(vi.nfc(text)) == vi.nfc(text)


@given(WORD)
def test_folded_vietnamese_is_plain_ascii(word):
    assert vi.fold(word).isascii()
    assert vi.fold(vi.fold(word)) == vi.fold(word)
    assert vi.fold(word.upper()) == vi.fold(word)


@pytest.mark.parametrize(
    "ordered",
    [
        [
            "a",
            "ă",
            "â",
            "b",
            "c",
            "d",
            "đ",
            "e",
            "ê",
            "g",
            "h",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "ô",
            "ơ",
            "p",
            "q",
            "r",
            "s",
            "t",
            "u",
            "ư",
            "v",
            "x",
            "y",
        ],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["Ân", "Âu", "Ba", "Bà", "Bá"],
        ["Dũng", "Đạt", "Em"],
        ["Hoa", "Hòa", "Hoàn", "Hoàng", "Hóc"],
        ["Trường 1", "Trường A", "Trường Á", "Trường B"],
        ["An", "An Bình", "Anh"],
    ],
    ids=["letters", "tones", "letters before tones", "d before đ", "tones last", "digits first", "shorter word first"],
)
def test_the_order_of_the_alphabet(ordered):
    for mixed in (ordered[::-1], sorted(ordered)):
        assert sorted(mixed, key=vi.sort_key) == ordered


def test_people_stand_by_given_name():
    people = ["Trần Văn Bình", "Nguyễn Thị An", "Đỗ Ánh", "Lê An", "Hoàng Đức Đạt", "Phạm Dũng"]
    assert sorted(people, key=vi.person_sort_key) == [
        "Lê An",
        "Nguyễn Thị An",
        "Đỗ Ánh",
        "Trần Văn Bình",
        "Phạm Dũng",
        "Hoàng Đức Đạt",
    ]


@given(st.text(max_size=30))
def test_any_text_has_a_place(text):
    assert isinstance(vi.sort_key(text), str)
    assert isinstance(vi.person_sort_key(text), str)


@given(st.lists(WORD, min_size=2, max_size=6))
def test_words_differ_in_letters_before_tones(words):
    """Toneless letters decide first; tones only where the letters are the same."""
    for first, second in itertools.combinations(words, 2):
        bare = [_without_tones(word) for word in (first, second)]
        if bare[0] != bare[1]:
            assert (vi.sort_key(first) < vi.sort_key(second)) is (vi.sort_key(bare[0]) < vi.sort_key(bare[1]))


def _without_tones(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(char for char in apart if char not in TONES[1:]))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0, None, "0"),
        (1000, None, "1.000"),
        (Decimal("1234567.5"), None, "1.234.567,5"),
        (Decimal("98.70"), None, "98,7"),
        (Decimal("98.7"), 2, "98,70"),
        (-1234.5, None, "-1.234,5"),
        (1800000, None, "1.800.000"),
    ],
)
def test_number(value, places, text):
    assert vi.number(value, places) == text


def test_half_of_a_step_goes_up():
    assert (vi.number(0.25, 1), vi.number("0.35", 1), vi.number(-0.25, 1)) == ("0,3", "0,4", "-0,3")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_shown_to_a_tenth_and_only_all_is_all(numerator, denominator):
    shown, exact = vi.ratio(numerator, denominator), Fraction(numerator, denominator)
    assert vi.percent(numerator, denominator) == vi.percent(shown)
    assert (shown == 0, shown == 1) == (exact == 0, exact == 1)
    step = Fraction(1, 1000)
    assert abs(Fraction(shown) - exact) <= (step if shown in (step, 1 - step, 1 + step) else step / 2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234", "1234"),
        ("1.234.567,5", "1234567.5"),
        ("1234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("0,98", "0.98"),
        (" 1 234 ", "1234"),
        ("1\u00a0234,5", "1234.5"),
        ("-20", "-20"),
        ("12.34", "12.34"),
    ],
)
def test_parse_number(text, value):
    assert vi.parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "không", "1,2,3", "12%", "nan", "inf", "-", "1.2.3", "một"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        vi.parse_number(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_a_number_that_was_written_can_be_read(value):
    assert vi.parse_number(vi.number(value, places=2)) == value


@given(ANY_TEXT)
def test_parse_number_knows_or_refuses(text):
    with contextlib.suppress(ValueError):
        assert vi.parse_number(text).is_finite()


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("31/10/2023", dt.date(2023, 10, 31)),
        ("1/2/2024", dt.date(2024, 2, 1)),
        ("31-10-2023", dt.date(2023, 10, 31)),
        ("31.10.2023", dt.date(2023, 10, 31)),
        ("2023-10-31", dt.date(2023, 10, 31)),
        (" 29/02/2024 ", dt.date(2024, 2, 29)),
    ],
)
def test_parse_day(text, date):
    assert vi.parse_day(text) == date


@pytest.mark.parametrize("text", ["", "31/02/2023", "29/02/2023", "10/31/2023", "31/10", "hôm nay", "0/1/2023"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):
        vi.parse_day(text)


def test_days_and_months_take_a_leading_zero():
    assert vi.day(dt.date(2023, 8, 7)) == "07/08/2023"


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_day_that_was_written_can_be_read(date):
    assert vi.parse_day(vi.day(date)) == date
    assert vi.parse_day(date.isoformat()) == date


@given(ANY_TEXT)
def test_parse_day_knows_or_refuses(text):
    with contextlib.suppress(ValueError):
        assert isinstance(vi.parse_day(text), dt.date)


def test_no_line_of_a_paper_breaks_within_the_place_that_a_name_ends_with():
    from thidua.core.vietnamese import unbroken

    assert unbroken("Ủy ban nhân dân Thành phố Cần Thơ", "Thành phố Cần Thơ").split(" ")[-1].count("\xa0") == 3
    assert unbroken("Bộ Giáo dục", "Hà Nội") == "Bộ Giáo dục"
    assert unbroken("Bộ Giáo dục", "") == "Bộ Giáo dục"
