"""Enough of the fonts of before Unicode to call them by name: what their characters mean, without marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

TCVN3 = {
    "a": "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË¡¢",
    "d": "®§",
    "e": "ÌÐÎÏÑªÒÕÓÔÖ£",
    "i": "×ÝØÜÞ",
    "o": "ßãáâä«åèæçé¬êíëìî¤¥",
    "u": "ïóñòô\u00adõøö÷ù¦",
    "y": "úýûüþ",
}
VNI = {"a": "", "d": "ñÑ", "i": "ìíæóòÌÍÆÓÒ", "o": "ôÔ", "u": "öÖ", "y": "îÎ"}
VNI_MARKS = "øùûõïâêàáåãäèéúüëØÙÛÕÏÂÊÀÁÅÃÄÈÉÚÜË"


def _table(meant: dict[str, str]) -> dict[int, str]:
    return {ord(char): letter for letter, chars in meant.items() for char in chars}


def readings() -> Iterator[tuple[str, Callable[[str], str]]]:
    """(name of the font, function from its text to letters without marks)."""
    tcvn3, vni = _table(TCVN3), _table(VNI) | dict.fromkeys(map(ord, VNI_MARKS), "")
    yield "TCVN3 (.VnTime)", lambda text: text.translate(tcvn3)
    yield "VNI", lambda text: text.translate(vni)
