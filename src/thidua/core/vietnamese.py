"""Vietnamese text, order, numbers and days. The same on every machine: no locale and no collation is asked."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from thidua.core import bounds

# Tones in dictionary order: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_ALPHABET = "0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(0x21 + n) for n, letter in enumerate(_ALPHABET)}
# Marks that Unicode puts into an order of its own, which takes the square of how many follow one letter.
_MARKS = "".join(char for char in map(chr, range(0x300, 0x1E94B)) if unicodedata.combining(char))
MARKS = re.compile(rf"([{_MARKS}]{{{bounds.MARKS}}})[{_MARKS}]+")
SPACES = re.compile(r"[\s\u00a0\u200b\ufeff\x00]+")
PARTED = re.compile(r"\A-?\d{1,3}(\.\d{3})+(,\d+)?\Z")
TENTH_OF_PERCENT = Decimal("0.001")
DAY = re.compile(r"\A(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")


def composed(text: str) -> str:
    """Unicode as one writes it (NFC), in time that grows as the text does: a letter carries so many marks, no more."""
    return unicodedata.normalize("NFC", _bounded(text))


def _bounded(text: str) -> str:
    return text if text.isascii() else MARKS.sub(r"\1", text)


def nfc(text: str) -> str:
    """Composed Unicode with plain single spaces and no NUL; what is stored and compared."""
    return SPACES.sub(" ", composed(text)).strip()


def nfc_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines."""
    return "\n".join(nfc(line) for line in text.replace("\r\n", "\n").split("\n")).strip()


def fold(text: str) -> str:
    """Lower case without marks and without đ, for search: "Đặng Thị" → "dang thi"."""
    plain = unicodedata.normalize("NFD", _bounded(text).lower().replace("đ", "d"))
    return nfc("".join(char for char in plain if not unicodedata.combining(char)))


def search_words(text: str) -> list[str]:
    """What a list is narrowed by, folded: each word costs the database a condition, so there are not too many."""
    return fold(text[: bounds.SEARCH]).split()[: bounds.WORDS]


def _split_tone(char: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", char)
    tone = next((_TONES[mark] for mark in parts if mark in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES)), tone


def sort_key(text: str) -> str:
    """A key whose code-point order is the order of the Vietnamese alphabet: letters first, tones last."""
    letters, tones = [], []
    for char in nfc(text).lower():
        letter, tone = _split_tone(char)
        letters.append(" " if letter == " " else _RANK.get(letter, "~"))
        tones.append(str(tone))
    return "".join(letters) + "\x01" + "".join(tones)  # lower than the space between words


def person_sort_key(full_name: str) -> str:
    """People are listed by given name, then family and middle names."""
    words = nfc(full_name).split(" ")
    return sort_key(" ".join([words[-1], *words[:-1]]))


def number(value: Decimal | float | int, places: int | None = None) -> str:
    """1234.5 → "1.234,5"; rounded half up to ``places``, without them superfluous zeros are dropped."""
    amount = Decimal(str(value))
    if places is not None:
        amount = amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{amount:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def ratio(numerator: Decimal | float | int, denominator: Decimal | float | int = 1) -> Decimal:
    """A share as it is shown everywhere: to a tenth of a percent, half up; 1 is all of it and 0 none, nothing else."""
    exact = Decimal(str(numerator)) / Decimal(str(denominator))
    shown = exact.quantize(TENTH_OF_PERCENT, ROUND_HALF_UP)
    if shown == exact or shown not in (0, 1):
        return shown
    return shown + TENTH_OF_PERCENT if exact > shown else shown - TENTH_OF_PERCENT


def percent(numerator: Decimal | float | int, denominator: Decimal | float | int = 1) -> str:
    """The ratio as people write it: ``percent(987, 1000)`` → "98,7%"."""
    return f"{number(ratio(numerator, denominator) * 100)}%"


def parse_number(text: str) -> Decimal:
    """ "1.234,5" or "1234,5" or "1234.5" → Decimal. Raises ValueError for anything else."""
    if len(text) > bounds.NUMBER:
        raise ValueError(text[: bounds.NUMBER])
    plain = nfc(text).replace(" ", "")
    if PARTED.match(plain) or "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite() or abs(value.adjusted()) > bounds.EXPONENT:
        raise ValueError(text)
    return value


def unbroken(name: str, place: str) -> str:
    """A name in which no line breaks within the place that it ends with."""
    stem = name.removesuffix(place) if place else name
    return name if stem == name else stem + place.replace(" ", "\N{NO-BREAK SPACE}")


def day(date: dt.date) -> str:
    return f"{date:%d/%m/%Y}"


def day_in_words(date: dt.date) -> str:
    """As official papers write it: "ngày 05 tháng 02 năm 2024"; days below 10 and months 1 and 2 take a zero."""
    month = f"{date.month:02}" if date.month < 3 else str(date.month)
    return f"ngày {date.day:02} tháng {month} năm {date.year}"


def parse_day(text: str) -> dt.date:
    """ "31/10/2023", "31-10-2023" or "2023-10-31" → date. Raises ValueError for anything else."""
    if len(text) > bounds.NUMBER:
        raise ValueError(text[: bounds.NUMBER])
    plain = nfc(text)
    if match := DAY.match(plain):
        days, months, years = (int(part) for part in match.groups())
        return dt.date(years, months, days)
    return dt.date.fromisoformat(plain)
