"""The office's accept and return: the whole POST, durable in the database, in this process without the web server."""

from __future__ import annotations

import datetime as dt
import statistics
import time

from bench.kept import nothing_kept

COUNT = 15


def measure() -> dict[str, float]:
    from django.test import Client

    from thidua.dossiers.models import Dossier
    from thidua.people.models import Person

    later = dt.date.today() + dt.timedelta(days=7)
    client = Client()
    with nothing_kept():
        client.force_login(Person.objects.get(username="binh"))
        waiting = Dossier.objects.waiting().exclude(authors__confirmed_at=None).values_list("pk", flat=True)
        pks = list(dict.fromkeys(waiting))[: 2 * COUNT + 2]

        def decide(verb: str, pk: int, **data) -> float:
            start = time.perf_counter()
            answer = client.post(f"/dossiers/{pk}/{verb}/", data)
            if answer.status_code != 302:
                raise RuntimeError(f"{verb}: {answer.status_code}")
            return (time.perf_counter() - start) * 1000

        back = {
            "note-title": "Nêu rõ phạm vi áp dụng.",
            "message": "Đề nghị bổ sung.",
            "correct_by": f"{later:%d/%m/%Y}",
        }
        accepted = [decide("accept", pk) for pk in pks[::2]]
        returned = [decide("return", pk, **back) for pk in pks[1::2]]
    # The first of each only warms up.
    return {
        "accept_ms": round(statistics.median(accepted[1:]), 1),
        "return_ms": round(statistics.median(returned[1:]), 1),
        "count": len(pks) - 2,
    }
