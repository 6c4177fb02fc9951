"""The text of a measure's query: made once, found by the next process, made anew when what it is made of changes."""

import dataclasses

import pytest

from thidua.analytics.engine import compiled, duck, kept
from thidua.core.measures.schema import Measure
from thidua.core.records.datasets import Column, ColumnType, Dataset
from thidua.core.words import _

WORD = _("A column")
DATASET = Dataset(
    "kept", WORD, (Column("day", ColumnType.DAY, WORD, WORD), Column("code", ColumnType.CODE, WORD, WORD))
)
MEASURE = Measure("m", "m", DATASET.id, numerator="code = 'x'", filter="day <= until", day="day")


@pytest.fixture
def made(settings, tmp_path, monkeypatch):
    """The texts that were made: as often as a process loaded Ibis."""
    settings.HOME = tmp_path
    made = []
    make = compiled.sql
    monkeypatch.setattr(compiled, "sql", lambda *asked: made.append(asked) or make(*asked))
    return made


def asked_of_a_new_process(measure=MEASURE, part=None) -> str:
    kept.sql.cache_clear()
    return kept.sql(measure, DATASET, part, duck.DIALECT)


def test_the_next_process_finds_the_text(made, tmp_path):
    texts = {asked_of_a_new_process() for _process in range(3)}
    assert len(texts) == len(made) == 1
    assert "$given_until" in texts.pop()
    assert [file.suffix for file in (tmp_path / "cache" / "queries").iterdir()] == [".sql"]


def test_what_is_counted_otherwise_has_a_text_of_its_own(made):
    others = [{"numerator": "code = 'y'"}, {"filter": "day < until"}, {"day": ""}, {"apart": {"late": "day > until"}}]
    texts = {asked_of_a_new_process(dataclasses.replace(MEASURE, **other)) for other in [{}, *others]}
    texts |= {asked_of_a_new_process(part=part) for part in compiled.Part}
    assert len(texts) == len(made) == len(others) + 1 + len(compiled.Part)


def test_a_folder_that_takes_nothing_keeps_no_figure_back(made, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert asked_of_a_new_process() == asked_of_a_new_process()
    assert len(made) == 2
