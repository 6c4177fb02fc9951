"""The life of a dossier: which move may start where, and where it leads."""

import pytest
from tests.spec.tables import rows

from thidua.core.dossiers import EDITABLE, MOVES, DossierKind, DossierState, move
from thidua.core.refusals import Denied

# A dash: the move is refused.
TABLE = rows("""
    from       present    recall  submit     return_   accept    close     withdraw
    ---------- ---------- ------- ---------- --------- --------- --------- ----------
    draft      presented  -       submitted  -         -         -         withdrawn
    presented  -          draft   submitted  -         -         -         withdrawn
    submitted  -          -       -          returned  accepted  -         withdrawn
    returned   presented  -       submitted  -         -         -         withdrawn
    accepted   -          -       -          -         -         accepted  withdrawn
    withdrawn  -          -       -          -         -         -         -
""")
CASES = [(row["from"], verb, row[verb]) for row in TABLE for verb in row if verb != "from"]


@pytest.mark.parametrize(("state", "verb", "target"), CASES, ids=lambda value: value)
def test_move(state, verb, target):
    if target == "-":
        with pytest.raises(Denied) as refusal:
            move(state, verb)
        assert refusal.value.sentence.values["state"] == DossierState(state).label
    else:
        assert move(state, verb) is DossierState(target)


def test_the_table_holds_every_state_and_every_move():
    assert {row["from"] for row in TABLE} == set(DossierState)
    assert set(TABLE[0]) - {"from"} == set(MOVES)


def test_every_state_can_be_reached_from_a_draft():
    reached = {DossierState.DRAFT}
    for _step in DossierState:
        reached |= {target for sources, target in MOVES.values() if sources & reached}
    assert reached == set(DossierState)


def test_what_lies_with_the_office_cannot_be_edited():
    assert not EDITABLE & {DossierState.SUBMITTED, DossierState.ACCEPTED, DossierState.WITHDRAWN}


def test_what_may_be_submitted_may_be_edited():
    assert MOVES["submit"][0] == EDITABLE


def test_a_move_that_is_not_known_is_a_mistake_of_the_programmer():
    with pytest.raises(KeyError):
        move("draft", "burn")
    with pytest.raises(ValueError):
        move("burnt", "submit")


@pytest.mark.parametrize("value", [*DossierState, *DossierKind])
def test_every_word_has_a_label(value):
    assert str(value.label)
