"""An anchor goes to places that whoever holds this machine does not hold: the store of files, letters, a time stamp."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from io import BytesIO
from itertools import takewhile
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext

from thidua.core.refusals import Away, need
from thidua.core.words import _
from thidua.host.home import offer
from thidua.ledger import anchors, keys
from thidua.ledger.anchors import Anchor
from thidua.ledger.queries import moment
from thidua.ui import mail

STAMP_SECONDS = 20
# So many nights are made up for where a process was killed between an anchor and the asking for its way.
CAUGHT_UP = 7


def places() -> list[str]:
    """Where anchors go besides the file, by the settings."""
    asked = {"storage": settings.ANCHORS_TO_STORAGE, "mail": settings.ANCHORS_TO_MAIL, "stamp": settings.TIMESTAMP_URL}
    return [place for place, is_set in asked.items() if is_set]


def send(number: int, place: str) -> None:
    """To one place, and with it those just before that the place lacks: a letter goes alone, nobody knows what came.

    What is there already is left; another anchor of this number is told, for an outsider would find two pasts.
    """
    found = anchors.own()[:number]
    need(found and found[-1].number == number, _("There is no anchor %(n)s here.", n=number))
    if place == "mail":
        _mail(found[-1])
        return
    kept = _Stored() if place == "storage" else _Stamped()
    if kept.has(found[-1]):
        need(
            kept.is_same(found[-1]),
            _(
                "Another anchor %(n)s lies where this one was to go; nothing was written over it. One of the two is of"
                " an older copy, or was made by somebody else: keep both and compare them.",
                n=number,
            ),
        )
        return
    lacking = list(takewhile(lambda each: not kept.has(each), reversed(found[-CAUGHT_UP:])))
    for anchor in reversed(lacking):  # the last one last: where it is, all before it are
        kept.put(anchor)


class _Stored:
    """In the store of files."""

    def has(self, anchor: Anchor) -> bool:
        return default_storage.exists(self._name(anchor))

    def is_same(self, anchor: Anchor) -> bool:
        with default_storage.open(self._name(anchor)) as file:
            return file.read(anchors.LONGEST_LINE) == anchor.line + b"\n"

    def put(self, anchor: Anchor) -> None:
        default_storage.save(self._name(anchor), BytesIO(anchor.line + b"\n"))

    def _name(self, anchor: Anchor) -> str:
        return f"anchors/{anchor.installation}/{anchor.number:06}.json"


class _Stamped:
    """A token of RFC 3161 beside the file, as ``000012.tst``: an authority's word on when the line was there."""

    def has(self, anchor: Anchor) -> bool:
        return self._file(anchor).exists()

    def is_same(self, anchor: Anchor) -> bool:
        from asn1crypto.cms import ContentInfo

        with contextlib.suppress(ValueError, KeyError, TypeError):
            return _stamped_by(ContentInfo.load(self._file(anchor).read_bytes())) == self._digest(anchor)
        return False

    def put(self, anchor: Anchor) -> None:
        token = _token(self._digest(anchor))
        if _stamped_by(token) != self._digest(anchor):
            raise Away(_("The time stamp authority answered for something else than what was asked."))
        offer(self._file(anchor), token.dump())

    def _file(self, anchor: Anchor) -> Path:
        return keys.folder() / f"{anchor.number:06}.tst"

    def _digest(self, anchor: Anchor) -> bytes:
        return hashlib.sha256(anchor.line).digest()


def _stamped_by(token) -> bytes:
    """What the token is over."""
    return token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native


def _mail(anchor: Anchor) -> None:
    said = {"number": anchor.number, "at": moment(anchor.moment), "rows": anchor.rows}
    subject = gettext("Anchor %(number)s of the trail, %(at)s, %(rows)s rows") % said
    body = gettext("Keep this letter. The line below proves what the trail was; save it as a file and check it by:")
    mail.send(
        settings.ANCHORS_TO_MAIL, subject, f"{body}\nthidua ledger verify --against FILE\n\n{anchor.line.decode()}"
    )


def _token(digest: bytes):
    # Here, because only the worker needs it, and it is slow to load.
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    asked = RequestsHTTPTimeStamper(settings.TIMESTAMP_URL, timeout=STAMP_SECONDS)
    try:
        return asyncio.run(asked.async_timestamp(digest, "sha256"))
    except (TimestampRequestError, ValueError) as error:
        raise Away(_("The time stamp authority gives no time stamp at the moment.")) from error
