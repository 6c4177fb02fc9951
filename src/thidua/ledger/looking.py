"""An Office file looked through, whosever it is: by a process with limits that opens nothing (``ledger.office``).

Without Django, as whatever fills templates knows it too (``documents.word``).
"""

from __future__ import annotations

import dataclasses

from thidua.core.words import _
from thidua.host import bounded
from thidua.host.bounded import READER, Limits

BUSY = _("Other files are being looked through at the moment; try again in a minute.")
TOO_MUCH = _("it takes more time or memory to look through than an Office file needs")
# As all that is read (host.bounded); what only looks at bytes opens nothing.
LOOKING = dataclasses.replace(READER, is_sealed=True)


def look_through(content: bytes, *, limits: Limits = LOOKING) -> str:
    """docx, xlsx or pptx. Raises Unfit with the reason alone, and the caller says of which file; Away."""
    return bounded.read("thidua.ledger.office:look_through", content, busy=BUSY, ended=TOO_MUCH, limits=limits)
