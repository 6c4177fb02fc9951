"""What the headings and cells of the lists mean, in our words and in those that offices write."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import get_language_info, override

from thidua.core.mailboxes import is_mailbox, mailbox, not_an_address
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.core.vietnamese import fold, parse_day
from thidua.core.words import Sentence, _
from thidua.exchange.outcome import Outcome, RowError
from thidua.exchange.reading import Row

LANGUAGES = ("vi", "en")
UNIT_HEADINGS = {
    "code": ("ma", "ma don vi"),
    "name": ("ten", "ten don vi", "don vi"),
    "kind": ("loai", "loai don vi", "loai hinh", "kind of unit"),
    "parent": ("don vi cap tren", "cap tren", "thuoc", "ma don vi cap tren", "above it"),
    "ownership": ("public or private", "cong lap hay ngoai cong lap", "cong lap", "hinh thuc so huu"),
    "place": ("district", "dia ban", "quan", "quan huyen", "dia chi"),
    "email": ("thu dien tu", "e-mail", "thu cong vu", "thu dien tu cong vu", "official e-mail"),
    "phone": ("dien thoai", "so dien thoai", "telephone"),
    "starts_on": ("valid from", "hieu luc tu", "hoat dong tu", "tu ngay"),
    "ends_on": ("valid to", "hieu luc den", "hoat dong den", "den ngay"),
}
PEOPLE_HEADINGS = {
    "username": ("sign-in name", "ten dang nhap", "tai khoan"),
    "full_name": ("full name", "name", "ho va ten", "ho ten"),
    "title": ("chuc vu", "position"),
    "email": ("thu dien tu", "e-mail", "thu cong vu", "thu dien tu cong vu", "official e-mail"),
    "phone": ("dien thoai", "so dien thoai", "telephone"),
    "unit": ("ma don vi", "don vi", "unit code"),
    "post": ("vai tro tai don vi", "vi tri"),
    "starts_on": ("from", "tu ngay", "tu"),
    "ends_on": ("to", "den ngay", "den"),
    "role": ("vai tro", "quyen"),
}
KIND_WORDS = {
    "affiliated": UnitKind.INSTITUTION,
    "truc thuoc": UnitKind.INSTITUTION,
    "so": UnitKind.DEPARTMENT,
    "phong": UnitKind.DIVISION,
    "truong": UnitKind.SCHOOL,
    "school": UnitKind.SCHOOL,
    "thpt": UnitKind.SCHOOL,
    "trung tam": UnitKind.CENTRE,
    "gdtx": UnitKind.CENTRE,
    "co so": UnitKind.INSTITUTION,
    "don vi": UnitKind.INSTITUTION,
    "to": UnitKind.GROUP,
}
POST_WORDS = {
    "thu truong": PostKind.HEAD,
    "hieu truong": PostKind.HEAD,
    "truong phong": PostKind.HEAD,
    "giam doc": PostKind.HEAD,
    "cap pho": PostKind.DEPUTY,
    "dau moi": PostKind.FOCAL_POINT,
    "thanh vien": PostKind.MEMBER,
    "": PostKind.MEMBER,
}
PUBLIC_WORDS = {"public": True, "cong lap": True, "private": False, "ngoai cong lap": False, "tu thuc": False}
PRIVATE_KIND_WORDS = ("private", "tu thuc", "ngoai cong lap")


def kind_word(text: str, words: dict, kinds) -> str | None:
    """The kind that a cell means: our own word, its label in either language, or the first word it begins with."""
    folded = fold(text)
    if folded.replace(" ", "_") in set(kinds):
        return folded.replace(" ", "_")
    if folded in (labels := _labels(kinds)):
        return labels[folded]
    return next((kind for word, kind in words.items() if word and folded.startswith(word)), words.get(folded))


def _labels(kinds) -> dict[str, str]:
    known = {}
    for language in LANGUAGES:
        with override(get_language_info(language)["code"]):
            known |= {fold(str(kind.label)): kind for kind in kinds}
    return known


def roles_of(text: str) -> tuple[list[str], list[str]]:
    """(roles that a cell names, words that are no role); several are parted by commas or semicolons."""
    words = [word.strip() for word in text.replace(";", ",").split(",") if word.strip()]
    kinds = {word: kind_word(word, {}, RoleKind) for word in words}
    return [kind for kind in kinds.values() if kind], [word for word, kind in kinds.items() if not kind]


class Checks:
    """The cells of one row, read with the sentences about those that are wrong put into the outcome."""

    def __init__(self, row: Row, outcome: Outcome):
        self.row, self.outcome = row, outcome

    def wrong(self, column: str, sentence: Sentence) -> None:
        self.outcome.errors.append(RowError(self.row.number, column, sentence))

    def need(self, column: str, holds: object, sentence: Sentence) -> None:
        if not holds:
            self.wrong(column, sentence)

    def texts(self, model, *columns: str) -> dict[str, str]:
        """The texts of these columns that the file has, none longer than what the database keeps."""
        found = {column: self.row.values[column] for column in columns if column in self.row.values}
        for column, text in found.items():
            limit = model._meta.get_field(column).max_length
            self.need(column, len(text) <= limit, _("The text is longer than %(limit)s characters.", limit=limit))
        if "email" in found:
            found["email"] = email = mailbox(found["email"])
            self.need("email", not email or is_mailbox(email), not_an_address(email))
        return found

    def day(self, column: str) -> dt.date | None:
        text = self.row.values.get(column, "").removesuffix(" 00:00:00")
        if not text:
            return None
        try:
            return parse_day(text)
        except ValueError:
            self.wrong(column, _("“%(day)s” is no day; write day/month/year.", day=text))
            return None
