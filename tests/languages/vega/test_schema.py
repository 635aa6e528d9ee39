"""The schemas, the walk through them and our own validation, held against `jsonschema`."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from importlib import resources
from typing import Any

import jsonschema
import pytest

from polycell.languages.vega.reader import read
from polycell.languages.vega.schema import VENDORED, Named, at, load, named
from polycell.languages.vega.validate import Problem, _Judge, near, validate
from tests.shared import FULL, SHARED, needs_shared

EXAMPLES = SHARED / "vega-examples"


def problems(text: str, major: int = 6) -> list[Problem]:
    tree = read(text)
    assert tree.root is not None
    assert tree.mistakes == ()
    return list(validate(load("vega-lite", major), tree.root))


def keys(text: str, *path: str | int) -> set[str]:
    root = read(text).root
    assert root is not None
    return {key for leaf in at(load("vega-lite", 6), root, path) for key in leaf.rule.get("properties", {})}


@pytest.mark.parametrize("library", sorted(VENDORED))
@pytest.mark.parametrize("major", [5, 6])
def test_schemas_lie_in_the_package_with_their_licence(library: str, major: int) -> None:
    assert len(load(library, major).definitions) > 100
    home = resources.files("polycell.languages.vega").joinpath("schemas")
    assert "University of Washington" in home.joinpath(f"LICENSE-{library}").read_text(encoding="utf-8")
    version = ".".join(map(str, VENDORED[library][major]))
    assert f"`{library}-v{major}.json.gz` | {version}." in home.joinpath("README.md").read_text(encoding="utf-8")


def test_no_schema_is_loaded_before_it_is_needed() -> None:
    program = (
        "import polycell.compose; polycell.compose.default_services()\n"
        "from polycell.languages.vega.schema import load\nprint(load.cache_info().currsize)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.stdout.strip() == "0", run.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://vega.github.io/schema/vega-lite/v5.json", Named("vega-lite", 5)),
        ("https://vega.github.io/schema/vega-lite/v5.20.1.json", Named("vega-lite", 5, 20)),
        ("https://vega.github.io/schema/vega/v6.json", Named("vega", 6)),
        ("http://json-schema.org/draft-07/schema#", Named()),
        (None, Named()),
    ],
)
def test_named(url: str | None, expected: Named) -> None:
    assert named(url) == expected


def test_the_walk_follows_what_is_written() -> None:
    assert len(keys("{}")) >= 24
    channels = keys('{"mark": "bar", "encoding": {}}', "encoding")
    assert {"x", "y2", "color", "xOffset", "tooltip"} <= channels
    assert len(channels) >= 38
    assert "sort" in keys('{"mark": "bar", "encoding": {"x": {"field": "a"}}}', "encoding", "x")
    # `calculate` decides which transform it is.
    assert keys('{"transform": [{"calculate": "1"}]}', "transform", 0) >= {"calculate", "as"}
    inner = '{"layer": [{"mark": "bar"}, {"layer": [{"encoding": {"x": {}}}]}]}'
    assert "field" in keys(inner, "layer", 1, "layer", 0, "encoding", "x")


def _validator(major: int) -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(dict(load("vega-lite", major).root))


@needs_shared
def test_the_gallery_is_valid() -> None:
    for file in sorted(EXAMPLES.glob("*.json"))[1 :: 1 if FULL else 6]:
        found = problems(file.read_text(encoding="utf-8"))
        assert found == [], (file.name, found)


def _mutated(content: Any, pick: random.Random) -> Any:
    """The specification with one key deleted, renamed or given another value somewhere."""
    homes: list[Any] = []
    stack = [content]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            homes += [here] if here else []
            stack += [v for k, v in here.items() if k not in ("values", "datasets")]
        elif isinstance(here, list):
            stack += here
    home = pick.choice(homes)
    key = pick.choice(list(home))
    kept = home.pop(key)
    way = pick.randrange(4)
    if way == 1:
        home[f"{key}x"] = kept
    elif way == 2:
        home[key] = pick.choice([None, True, 7, -1, "bar", "x", [], {}, [1, 2, 3], {"expr": "1"}, {"field": "a"}])
    elif way == 3:
        home[key] = kept
        home[pick.choice(["type", "field", "value", "as", "data", "mark", "bin"])] = kept
    return content


@needs_shared
@pytest.mark.parametrize("major", sorted(VENDORED["vega-lite"]))
def test_validity_agrees_with_jsonschema(major: int) -> None:
    validator = _validator(major)
    pick = random.Random(f"mutations {major}")
    invalid = 0
    files = sorted(EXAMPLES.glob("*.json"))
    count = 300 if FULL else 60
    for file in pick.sample(files, count):
        text = json.dumps(_mutated(json.loads(file.read_text(encoding="utf-8")), pick))
        valid = validator.is_valid(json.loads(text))
        invalid += not valid
        assert (problems(text, major) == []) == valid, text
    assert count // 4 < invalid < count


@pytest.mark.parametrize(
    ("text", "kind", "name", "says"),
    [
        ('{"data": {"url": "a"}, "mark": "barr"}', "value", "barr", "bar"),
        ('{"data": {"url": "a"}, "mark": {"typ": "bar"}}', "unknown-key", "typ", "type"),
        ('{"data": {"url": "a"}, "mark": "bar", "encodng": {}}', "unknown-key", "encodng", "encoding"),
        ('{"data": {"url": "a"}, "mark": "bar", "encoding": {"x": {"feild": "a"}}}', "unknown-key", "feild", "field"),
        (
            '{"data": {"url": "a"}, "mark": "bar", "encoding": {"x": {"aggregate": "avrage"}}}',
            *("value", "avrage", "average"),
        ),
        (
            '{"data": {"url": "a"}, "transform": [{"calculat": "1", "as": "b"}], "mark": "bar"}',
            *("unknown-key", "calculat", "calculate"),
        ),
        ('{"data": {"url": "a"}, "mark": {"type": "bar", "opacity": 2}}', "bound", "2", ""),
        ('{"data": {"url": "a"}, "mark": "bar", "encoding": []}', "kind", "array", ""),
        ('{"data": {"url": "a"}, "layer": [{"encoding": {}}]}', "missing-key", "layer", "layer"),
    ],
)
def test_one_problem_for_one_mistake(text: str, kind: str, name: str, says: str) -> None:
    (problem,) = problems(text)
    assert (problem.kind, problem.name, problem.meant if kind != "missing-key" else problem.name) == (kind, name, says)


def test_alternatives_are_told_together() -> None:
    (problem,) = problems('{"data": {"url": "a"}, "layer": [{"encoding": {}}]}')
    assert set(problem.choices) == {"layer", "mark"}


def test_rows_of_data_are_judged_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = 0
    node = _Judge._node

    def counting(judge: _Judge, *given: Any) -> Any:
        nonlocal judged
        judged += 1
        return node(judge, *given)

    monkeypatch.setattr(_Judge, "_node", counting)
    rows = [{"a": number, "b": [number], "c": {"d": None}} for number in range(300)]
    chart = {"data": {"values": rows}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
    assert problems(json.dumps(chart)) == []
    assert judged < 400


@pytest.mark.parametrize(
    "rows", ["[1, 2]", '["a"]', "[true]", '[{"a": 1}, {"a": null}]', '[1, "a"]', '[{"a": 1}, 2]', "[[1]]", "[]"]
)
def test_which_rows_are_data_agrees_with_jsonschema(rows: str) -> None:
    chart = f'{{"data": {{"values": {rows}}}, "mark": "bar"}}'
    assert (problems(chart) == []) == _validator(6).is_valid(json.loads(chart))


def test_near() -> None:
    assert near("Bar", ["area", "bar"]) == "bar"
    assert near("quantitativ", ["quantitative", "nominal"]) == "quantitative"
    assert near("zzz", ["quantitative", "nominal"]) == ""
