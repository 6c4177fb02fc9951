"""One mail to the server, and what its answer means for the letters in it: taken, refused for good, or tried again.

Only a refusal of this recipient or this text by 5xx is for good, and a letter that cannot be written. All else (4xx, a
connection that broke, a password that is no longer taken, a sender that is refused) is the server's or our own trouble:
the letters stay in the queue.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from email.errors import MessageError
from enum import StrEnum
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.db.models import Case, DateTimeField, DurationField, F, QuerySet, Value, When

from thidua.people.letters import mailed_words
from thidua.people.models import Letter
from thidua.ui import mail

logger = logging.getLogger("thidua.people")

# After the first try, the second …; the last one again and again, for five days in all. What counts is how often a
# letter was tried, not how old it is: an old one that is mailed anew, or waited for a worker, has its five days too.
DISTANCES = tuple(dt.timedelta(minutes=each) for each in (2, 10, 30, 60, 240))
MOST_TRIES = len(DISTANCES) - 1 + dt.timedelta(days=5) // DISTANCES[-1]


class Answer(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"
    LATER = "later"  # these letters
    AWAY = "away"  # all letters


def send(letters: Sequence[Letter], *, at: dt.datetime) -> Answer:
    """Mail letters of one person as one, and mark each with what became of it."""
    answer, reason = _answer(letters)
    marked = Letter.objects.filter(pk__in=[letter.pk for letter in letters])
    if answer is Answer.TAKEN:
        marked.update(mailed_at=at, trouble="", next_try_at=None)
    elif answer is Answer.REFUSED:
        marked.update(failure=reason)
    else:
        postpone(marked, reason, at=at)
    return answer


def postpone(letters: QuerySet[Letter], reason: str, *, at: dt.datetime) -> None:
    """Further away with each try; a letter that was tried for days has failed."""
    letters.filter(tries__gte=MOST_TRIES).update(failure=reason)
    last = len(DISTANCES) - 1
    distance = Case(
        *(When(tries=tries, then=Value(each)) for tries, each in enumerate(DISTANCES[:last])),
        default=Value(DISTANCES[last]),
        output_field=DurationField(),
    )
    next_try = Value(at, DateTimeField()) + distance
    letters.filter(failure="").update(next_try_at=next_try, tries=F("tries") + 1, trouble=reason)


def _answer(letters: Sequence[Letter]) -> tuple[Answer, str]:
    try:
        mail.send(letters[0].mailed_to, *mailed_words(letters))
    except SMTPRecipientsRefused as refusal:
        ((code, text),) = list(refusal.recipients.values())[:1]
        return (Answer.REFUSED if code >= 500 else Answer.LATER), _said(code, text)
    except SMTPDataError as refusal:
        code = refusal.smtp_code
        return (Answer.REFUSED if code >= 500 else Answer.LATER), _said(code, refusal.smtp_error)
    except SMTPResponseException as refusal:
        return Answer.AWAY, _said(refusal.smtp_code, refusal.smtp_error)
    except (SMTPException, OSError) as fault:
        return Answer.AWAY, f"{type(fault).__name__}: {fault}"[:300]
    except (ValueError, MessageError) as fault:  # what stands in this letter cannot be written as one
        return Answer.REFUSED, f"{type(fault).__name__}: {fault}"[:300]
    except Exception as fault:  # whatever else: the other letters go on
        logger.exception("A letter was not mailed")
        return Answer.LATER, f"{type(fault).__name__}: {fault}"[:300]
    return Answer.TAKEN, ""


def _said(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return f"{code} {words}"[:300]
