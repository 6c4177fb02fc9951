"""What files are called, which sorts there are, and what can become of one in a store. No disk is touched here."""

from __future__ import annotations

import unicodedata
from enum import StrEnum

from thidua.core.vietnamese import nfc
from thidua.core.words import Sentence, _

# ending → content type, of all that is taken in and given out.
TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "jpg": "image/jpeg",
    "png": "image/png",
    "toml": "application/toml; charset=utf-8",
}
# What a folder of any system takes, in bytes of UTF-8, the ending not counted.
LONGEST = 180
READ = 1000
# Controls, halves of characters, private ones; those that turn the direction of writing are "Cf".
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
RESERVED = frozenset('<>:"|?*')


class Fault(StrEnum):
    """What a check found of a file in the store."""

    MISSING = "missing"
    CHANGED = "changed"

    @property
    def label(self) -> Sentence:
        return FAULTS[self]


FAULTS = {
    Fault.MISSING: _("The file is no longer in the storage"),
    Fault.CHANGED: _("The file in the storage is not the one that was stored"),
}


def called(name: str, ending: str) -> str:
    """The name under which a file is kept and given out: that of its sender without folders and without what cannot be
    seen, with the ending of what it is: ``called("…/hồ sơ.exe", "pdf")`` is "hồ sơ.pdf"."""
    last = name.replace("\\", "/").rpartition("/")[2][:READ]
    seen = (" " if char in RESERVED or char.isspace() else char for char in last)
    text = nfc("".join(char for char in seen if unicodedata.category(char) not in UNSEEN))
    stem, dot, end = text.rpartition(".")
    if not (dot and stem and _is_ending(end)):
        stem = text
    short = stem.strip(" .").encode()[:LONGEST].decode(errors="ignore").strip(" .")
    return f"{short or 'tep'}.{ending}"


def _is_ending(text: str) -> bool:
    """As "exe" and "jpeg" are, and "10" of a date is not."""
    return 2 <= len(text) <= 5 and text.isascii() and text.isalnum() and not text.isdigit()
