"""The plans that ship are data: no id and no wording of theirs stands in code, templates or catalogues. Every key of a
plan file is in the manual."""

import ast
import dataclasses
import re
import tomllib
from collections import defaultdict
from functools import lru_cache
from importlib import resources
from pathlib import Path

import pytest

from thidua.core.plan.checks import QUESTION_TYPES
from thidua.core.plan.lines import Lines
from thidua.core.plan.manual import HEADINGS, MANUAL
from thidua.core.plan.reader import _Reading
from thidua.core.plan.schema import PLAYED

ROOT = Path(str(resources.files("thidua")))
PLANS = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted((ROOT / "plans").glob("*.toml"))}
# The demonstration fills these plans, and plans are plans; a migration speaks of what was.
DATA = {"plans", "demo", "migrations"}
QUOTED = re.compile(r"""["']([\w-]+)["']""")
# Ids of the shipped plans that are words of the product as well: what questions play and their types, and the others.
OWN = {
    *PLAYED, *QUESTION_TYPES,
    "completion",  # of the overview and the report: milestones done
    "means", "satisfaction",  # a column and a dataset of records
    "result", "scope", "tasks",  # of a person; of a figure in a field; of the page of things to do
    "don-vi", "ten", "truong",  # a file of units to take out, headings of lists of units and people
}  # fmt: skip


def ids(value) -> set[str]:
    if isinstance(value, dict):
        own = {value[key] for key in ("id", "slug") if isinstance(value.get(key), str)}
        return own.union(*map(ids, value.values()))
    return set().union(*map(ids, value)) if isinstance(value, list) else set()


def words(plan: dict) -> set[str]:
    """What only this campaign says: names, kinds, fields, criteria, audiences, what it calls its counted questions."""
    named = [plan["name"], plan["short_name"]]
    named += [each["label"] for key in ("kinds", "fields") for each in plan.get(key, ())]
    named += [each["wording"] for each in plan.get("criteria", ())]
    named += [each["name"] for key in ("audiences", "obligations", "indices", "rounds") for each in plan.get(key, ())]
    named += [
        question["label"]
        for form in plan["forms"] for section in form["sections"] for question in section["questions"]
        if question.get("plays") in ("title", "field")
    ]  # fmt: skip
    return {each for each in named if len(each) > 9}  # shorter ones ("Giải pháp") are words of the language


@lru_cache(maxsize=1)
def files() -> dict[str, str]:
    found = [each for each in ROOT.rglob("*") if each.suffix in {".py", ".html", ".txt", ".typ", ".js", ".po"}]
    return {
        str(each.relative_to(ROOT)): each.read_text("utf-8")
        for each in found
        if not DATA & set(each.relative_to(ROOT).parts)
    }


@lru_cache(maxsize=1)
def constants() -> dict[str, set[str]]:
    """Every text in quotes, with the files where it stands; catalogues are looked through for words alone."""
    found = defaultdict(set)
    for name, text in files().items():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found[node.value].add(name)
        elif not name.endswith(".po"):
            for word in QUOTED.findall(text):
                found[word].add(name)
    return found


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_no_id_of_a_shipped_plan_stands_in_code_or_templates(plan):
    known = constants()
    assert {id: sorted(known[id]) for id in ids(plan) - OWN if id in known} == {}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_no_wording_of_a_shipped_plan_stands_in_code_templates_or_catalogues(plan):
    found = {
        word: sorted(name for name, text in files().items() if word.casefold() in text.casefold())
        for word in words(plan)
    }
    assert {word: names for word, names in found.items() if names} == {}


@pytest.mark.parametrize("kind", MANUAL, ids=lambda kind: kind.__name__)
def test_the_manual_has_every_key_of_the_schema_with_an_example_of_it(kind):
    assert set(MANUAL[kind]) == {each.name for each in dataclasses.fields(kind)}
    assert kind in HEADINGS
    for name, (meaning, example) in MANUAL[kind].items():
        assert meaning.endswith("."), name
        raw = tomllib.loads(example)
        if example.startswith("["):
            assert f"{name}]" in example
        else:
            assert list(raw) == [name]
            reading = _Reading(Lines(example, raw))
            reading.build(kind, raw, "")
            assert [each.code for each in reading.problems if each.code != "missing"] == []
