"""What names a citizen: headings of columns that are never kept, and numbers that stand for one person."""

from __future__ import annotations

import re

# As core.records.headings compares headings: no marks, no case, abbreviations written out.
NAMING = re.compile(
    r"\b(ho (va )?ten|(ten |ho so )?nguoi (nop|gui|nhan|yeu cau|dai dien|de nghi|khieu nai|to cao|dan)|chu ho so|"
    r"ten (cong dan|khach hang|hoc sinh|phu huynh)|cong dan|(so )?dien thoai|sdt|di dong|so dt|cccd|cmnd|cmt|"
    r"can cuoc|chung minh (nhan dan|thu)|so dinh danh|dinh danh ca nhan|ho chieu|"
    r"ngay sinh|nam sinh|dia chi(?! (hop )?thu| e ?mail)|noi (o|cu tru)|(thuong|tam) tru)\b"
)
# Telephones (0912 345 678, +84 912.345.678) and identity numbers of twelve digits; both begin with 0.
NUMBER = re.compile(r"(?<![\d.])(?:\+84[ .-]?|0)\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}(?!\d)|(?<!\d)0\d{11}(?!\d)")


def is_named_by(heading: str) -> bool:
    """Whether cells below this heading, given as it is compared, say who somebody is or how to reach them."""
    return bool(NAMING.search(heading))


def without_numbers(text: str) -> str:
    """The text with telephone and identity numbers taken out."""
    return NUMBER.sub("…", text)
