"""E-mail addresses: which are kept, and when two are the same."""

from __future__ import annotations

import re

from thidua.core.words import Sentence, _

LONGEST = 254
NAME = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
LABEL = re.compile(r"[a-z0-9-]{1,63}")


def mailbox(email: str) -> str:
    """As an address is kept and compared: capitals of ASCII are small letters, and nothing else is the same.

    Unicode has several answers to which letters are one ("ı" is "i" in capitals, "ſ" is "s"), and a lookalike of an
    address is another mailbox. The database says the same by LOWER in the collation "C".
    """
    return email.strip().encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def not_an_address(email: str) -> Sentence:
    if not email.isascii():
        return _("“%(email)s” is not an e-mail address; write it without marks.", email=email)
    return _("“%(email)s” is not an e-mail address.", email=email)


def is_mailbox(email: str) -> bool:
    """Whether a letter can be written to the address, and nobody reads it as another: ASCII alone."""
    name, _at, domain = mailbox(email).rpartition("@")
    labels = domain.split(".")
    return (
        len(mailbox(email)) <= LONGEST
        and bool(NAME.fullmatch(name))
        and all(name.split("."))
        and len(labels) > 1
        and len(labels[-1]) > 1
        and all(LABEL.fullmatch(label) and label == label.strip("-") for label in labels)
    )
