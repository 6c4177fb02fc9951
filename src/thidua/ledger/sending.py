"""An anchor goes to places that whoever holds this machine does not hold: the store of files, letters, a time stamp."""

from __future__ import annotations

import asyncio
import hashlib
from io import BytesIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from thidua.core.refusals import Away, Denied
from thidua.core.words import _ as later
from thidua.host.home import offer
from thidua.ledger import anchors, keys
from thidua.ledger.anchors import Anchor
from thidua.ledger.queries import moment
from thidua.ui import mail

STAMP_SECONDS = 20


def send(number: int, place: str) -> None:
    """To one place: ``storage``, ``mail`` or ``stamp``; what is there already is left. Faults are raised."""
    found = [each for each in anchors.own() if each.number == number]
    if not found:
        raise Denied(later("There is no anchor %(n)s here.", n=number))
    {"storage": to_storage, "mail": to_mail, "stamp": to_stamp}[place](found[0])


def to_storage(anchor: Anchor) -> None:
    name = f"anchors/{anchor.installation}/{anchor.number:06}.json"
    if not default_storage.exists(name):
        default_storage.save(name, BytesIO(anchor.line + b"\n"))


def to_mail(anchor: Anchor) -> None:
    said = {"number": anchor.number, "at": moment(anchor.moment), "rows": anchor.rows}
    subject = _("Anchor %(number)s of the trail, %(at)s, %(rows)s rows") % said
    body = _("Keep this letter. The line below proves what the trail was; save it as a file and check it by:")
    mail.send(
        settings.ANCHORS_TO_MAIL, subject, f"{body}\nthidua ledger verify --against FILE\n\n{anchor.line.decode()}"
    )


def to_stamp(anchor: Anchor) -> None:
    """A token of RFC 3161 beside the file, as ``000012.tst``: an authority's word on when the line was there."""
    target = keys.folder() / f"{anchor.number:06}.tst"
    if target.exists():
        return
    digest = hashlib.sha256(anchor.line).digest()
    token = _token(digest)
    if token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native != digest:
        raise Away(later("The time stamp authority answered for something else than what was asked."))
    offer(target, token.dump())


def _token(digest: bytes):
    # Here, because only the worker needs it, and it is slow to load.
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    asked = RequestsHTTPTimeStamper(settings.TIMESTAMP_URL, timeout=STAMP_SECONDS)
    try:
        return asyncio.run(asked.async_timestamp(digest, "sha256"))
    except (TimestampRequestError, ValueError) as error:
        raise Away(later("The time stamp authority gives no time stamp at the moment.")) from error
