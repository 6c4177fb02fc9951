"""Rows with the same code: the same in all columns are one row; others contradict each other and none is taken."""

from __future__ import annotations

from thidua.analytics.duck import name
from thidua.core.records.datasets import Dataset

OTHERS_NAMED = 10
KEY = name("key!")


def mark(connection, dataset: Dataset, has: frozenset[str], *, error_bits: int) -> int:
    """Make ``twice`` (id, row, sheet, the other rows; whether it repeats the first or differs) and ``taken``.

    Gives how many rows are repeated. Codes are compared without spaces; a row of another unit is nobody's twin.
    """
    if not dataset.key:
        connection.execute(
            "create temp table twice (id bigint, _row bigint, _sheet varchar, differs bool, others varchar)"
        )
        return 0
    key = f"replace({name(dataset.key)}, ' ', '')"
    columns = ", ".join(name(column.name) for column in dataset.columns if column.name in has)
    compared = columns.replace(name(dataset.key), key)
    connection.execute(
        f"create temp table codes as select {key} as {KEY} from typed where _stranger is null and {key} is not null "
        f"group by {KEY} having count(*) > 1"
    )
    connection.execute(
        f"create temp table twins as select typed._id as id, _row, _sheet, codes.{KEY} as twin, "
        f"hash({compared}) as whole, wrong.bits is not null as is_wrong "
        f"from typed join codes on {key} = codes.{KEY} and _stranger is null "
        f"left join (select id as wrong_id, bits from wrong where bits & {error_bits} <> 0) wrong "
        "on wrong.wrong_id = typed._id"
    )
    others = (
        f"array_to_string(list_transform(list_filter(everyone, lambda each: each.id <> twins.id)[1:{OTHERS_NAMED}], "
        "lambda each: case when each.sheet = _sheet then cast(each.number as varchar) "
        "else each.sheet || '!' || cast(each.number as varchar) end), ', ')"
    )
    connection.execute(
        "create temp table twice as with groups as (select twin, count(distinct whole) > 1 as differs, "
        # Those that are named, and the row itself: a list of all would grow by the square of the group.
        "min(id) as first, "
        f"arg_min({{'id': id, 'number': _row, 'sheet': _sheet}}, id, {OTHERS_NAMED + 1}) as everyone "
        "from twins group by twin) "
        f"select twins.id, twins._row, twins._sheet, differs, {others} as others from twins join groups using (twin) "
        "where differs or (twins.id <> first and not is_wrong)"
    )
    (count,) = connection.execute("select count(*) from twice where not differs").fetchone()
    return count
