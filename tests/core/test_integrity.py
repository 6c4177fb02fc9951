"""Integrity marks: what is marked, and what chance or good work explains."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures import moment

from thidua.core import integrity
from thidua.core.integrity import Filing, Share, Use


def share(unit, part, whole, *, target="0.98", group="division", criterion="dossiers-on-time"):
    return Share(unit, group, criterion, Decimal(target), Decimal(part), Decimal(whole))


@pytest.mark.parametrize(
    ("part", "whole", "target", "is_marked"),
    [
        (490, 500, "0.98", True),
        (491, 500, "0.98", False),
        (49, 50, "0.98", False),  # a small whole falls on the target by itself
        (500, 500, "0.98", False),  # one good unit is no heap
        (500, 500, "1", False),  # met in the only way that there is
    ],
)
def test_a_share_exactly_on_its_target(part, whole, target, is_marked):
    assert bool(list(integrity.on_target([share(1, part, whole, target=target)]))) == is_marked


def test_the_best_of_an_at_most_is_none():
    def ceiling(unit, part):
        return share(unit, part, 300, target="0.05")._replace(best=0)

    others = [ceiling(unit, 9) for unit in range(5, 10)]
    found = list(integrity.on_target([*(ceiling(unit, 0) for unit in range(5)), *others]))
    assert [each.share.unit for each in found] == list(range(5))
    assert not list(integrity.on_target([*(ceiling(unit, 300) for unit in range(5)), *others]))
    assert [each.share.unit for each in integrity.on_target([ceiling(1, 15), *others])] == [1]


def test_a_heap_at_one_hundred_is_half_of_the_peers_with_large_wholes_and_at_least_five():
    five = [share(unit, 300, 300) for unit in range(5)]
    others = [share(unit, 290, 300) for unit in range(5, 10)]
    small = [share(unit, 9, 10) for unit in range(20, 40)]
    found = list(integrity.on_target([*five, *others, *small]))
    assert [(each.share.unit, each.like, each.peers) for each in found] == [(unit, 5, 10) for unit in range(5)]
    assert not list(integrity.on_target([*five, *others, share(11, 291, 300)]))  # fewer than half
    assert not list(integrity.on_target(five[:4]))


@pytest.mark.parametrize(
    ("now", "before", "is_marked"),
    [
        ((990, 1000), (900, 1000), True),
        ((900, 1000), (990, 1000), True),
        ((990, 1000), (950, 1000), False),  # four points
        ((10, 10), (8, 10), False),  # twenty points, and chance explains them
    ],
)
def test_a_jump_is_five_points_that_chance_does_not_explain(now, before, is_marked):
    assert bool(list(integrity.jumps([share(1, *now)], [share(1, *before)]))) == is_marked
    assert not list(integrity.jumps([share(1, *now)], [share(2, *before)]))


@pytest.mark.parametrize(
    ("other", "is_marked"),
    [
        (Use(7, 2, 2023, "petitions", 2), True),  # another unit
        (Use(7, 1, 2023, "satisfaction", 2), True),  # another criterion
        (Use(7, 1, 2022, "petitions", 2), True),  # another year
        (Use(7, 1, 2023, "petitions", 2), False),  # another field of the same figure
        (Use(7, 1, 2023, "", 2), False),  # a paper of the unit about the same
        (Use(7, 2, 2023, "", 2), True),
    ],
)
def test_the_same_file_in_two_places_that_share_no_evidence(other, is_marked):
    mine = Use(7, 1, 2023, "petitions", 1)
    uses = [mine, other, Use(8, 3, 2023, "petitions", 3)]
    found = {each.unit: {*each.own, *each.others} for each in integrity.reused(uses, 2023)}
    assert found == ({unit: {mine, other} for unit in (1, other.unit)} if is_marked else {})


def test_a_file_of_last_year_is_told_of_this_year_alone():
    uses = [Use(7, 1, 2022, "petitions", 1), Use(7, 2, 2023, "petitions", 2)]
    assert [each.unit for each in integrity.reused(uses, 2023)] == [2]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=12), st.data())
def test_near_pairs_are_all_pairs_within_six_bits(bits, data):
    for _each in range(3 if bits else 0):
        flips = data.draw(st.sets(st.integers(0, 63), max_size=7))
        bits = [*bits, data.draw(st.sampled_from(bits)) ^ sum(1 << at for at in flips)]
    outlines = {number: f"{each:016x}" for number, each in enumerate(bits)}
    near = {
        (one, two)
        for one in outlines
        for two in outlines
        if one < two and (bits[one] ^ bits[two]).bit_count() <= integrity.ALIKE_BITS
    }
    assert set(integrity.near_pairs(outlines)) == near


def test_a_plain_surface_has_no_outline_and_a_slope_has_one():
    assert integrity.outline([250] * 72) == ""
    assert integrity.outline([200 - 10 * column for _row in range(8) for column in range(9)]) == "f" * 16


def filings(at, *, unit=1, person=5, count=6, first=0):
    return [Filing(unit, person, moment(at), "", first + place) for place in range(count)]


def test_many_filings_in_one_night_of_a_unit_or_a_person():
    evening, morning = filings("2023-08-24 23:10", count=3), filings("2023-08-25 04:59", count=3, first=10)
    (night,) = integrity.nights([*evening, *morning])
    assert (str(night.on), night.unit, len(night.filings)) == ("2023-08-24", 1, 6)
    elsewhere = filings("2023-08-24 23:30", unit=2, count=2, first=20)
    assert [(each.unit, len(each.by_person)) for each in integrity.nights([*evening, *elsewhere, *morning[:1]])] == [
        (1, 6),
        (2, 6),
    ]
    assert not list(integrity.nights(filings("2023-08-24 21:59")))
    assert not list(integrity.nights(evening))
    fields = [each._replace(criterion="dossiers-on-time") for each in [*evening, *morning]]
    assert not list(integrity.nights(fields))  # the fields of one criterion are one filing
