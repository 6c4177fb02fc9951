"""The reader of the tables itself."""

import pytest
from tests.spec.tables import rows


def test_a_table_is_read_by_its_columns():
    assert rows("""
        shares  answer
        ------- --------
        # a remark
        60 40   accepted
                no author
    """) == [{"shares": "60 40", "answer": "accepted"}, {"shares": "", "answer": "no author"}]


@pytest.mark.parametrize(
    "table",
    [
        "",
        "shares answer\n60     yes",
        "shares answer\n------ ------\n60 40 50 yes",
        "  shares answer\n  ------ ------\n 60      yes",
    ],
    ids=["empty", "no dashes", "runs over", "before the first column"],
)
def test_a_crooked_table_is_refused(table):
    with pytest.raises(ValueError):
        rows(table)
