"""Which fields a place can name: data references, and what transforms make of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polycell.core import features
from polycell.core.types import Table
from polycell.languages.vega.fields import scope
from polycell.languages.vega.reading import read
from polycell.languages.vega.tree import Path as Steps
from tests import dsl

FRAME = """
# %%
import pandas as pd
df = pd.DataFrame({"a": [1], "b": [1.5], "c": ["x"], "t": [True]})
"""
DF: Any = {"name": "df"}


def fields_of(text: str, path: Steps = ("encoding",), folder: Path | None = None) -> str:
    """`name: type, …` at a path of the last cell's specification, `…` behind an open table."""
    case = dsl.load(text, folder)
    context = features.context_of(case.snapshot, case.notebook.cells[-1].id)
    assert context is not None
    table = scope(path, read(context).outside).table
    return shown(table)


def shown(table: Table) -> str:
    columns = [f"{c.name}: {c.type}" if c.type else c.name for c in table.columns]
    return ", ".join([*columns, "…"] if table.open else columns)


def behind(*transforms: Any, data: Any = DF) -> str:
    content = {"data": data, "transform": list(transforms), "mark": "bar", "encoding": {}}
    return fields_of(f"{FRAME}# %% [vega-lite]\n{json.dumps(content, indent=1)}")


ALL = "a: int64, b: double, c: string, t: bool"


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        ({"filter": "datum.a > 1"}, ALL),
        ({"sample": 5}, ALL),
        ({"calculate": "datum.a * 2", "as": "z"}, f"{ALL}, z: double"),
        ({"calculate": "datum.c", "as": "z"}, f"{ALL}, z: string"),
        ({"calculate": "datum['c']", "as": "a"}, "a: string, b: double, c: string, t: bool"),
        ({"calculate": "upper(datum.c)", "as": "z"}, f"{ALL}, z: string"),
        ({"calculate": "datum.a > 1", "as": "z"}, f"{ALL}, z: bool"),
        ({"calculate": "datum.a > 1 ? 'x' : 2", "as": "z"}, f"{ALL}, z"),
        ({"calculate": "f(datum)", "as": "z"}, f"{ALL}, z"),
        (
            {"aggregate": [{"op": "sum", "field": "b", "as": "s"}, {"op": "count", "as": "n"}], "groupby": ["c"]},
            "c: string, s: double, n: int64",
        ),
        ({"aggregate": [{"op": "max", "field": "c", "as": "m"}]}, "m: string"),
        ({"joinaggregate": [{"op": "mean", "field": "a", "as": "m"}], "groupby": ["c"]}, f"{ALL}, m: double"),
        (
            {"window": [{"op": "rank", "as": "r"}, {"op": "lag", "field": "c", "as": "p"}]},
            f"{ALL}, r: int64, p: string",
        ),
        ({"bin": True, "field": "a", "as": "k"}, f"{ALL}, k: double, k_end: double, k_range: string"),
        ({"bin": True, "field": "a", "as": ["lo", "hi"]}, f"{ALL}, lo: double, hi: double"),
        ({"timeUnit": "year", "field": "c", "as": "y"}, f"{ALL}, y: timestamp[us], y_end: timestamp[us]"),
        ({"stack": "b", "groupby": ["c"], "as": ["s0", "s1"]}, f"{ALL}, s0: double, s1: double"),
        ({"fold": ["a", "b"]}, f"{ALL}, key: string, value: double"),
        ({"fold": ["a", "c"], "as": ["k", "v"]}, f"{ALL}, k: string, v"),
        ({"flatten": ["c"], "as": ["w"]}, f"{ALL}, w"),
        ({"pivot": "c", "value": "a", "groupby": ["t"]}, "t: bool, …"),
        ({"density": "b", "groupby": ["c"]}, "c: string, value: double, density: double"),
        ({"quantile": "b", "as": ["p", "q"]}, "p: double, q: double"),
        ({"regression": "b", "on": "a"}, "a: double, b: double"),
        ({"regression": "b", "on": "a", "params": True, "groupby": ["c"]}, "c: string, coef: list, rSquared: double"),
        ({"loess": "b", "on": "a", "as": ["x", "y"]}, "x: double, y: double"),
        ({"impute": "b", "key": "a", "value": 0}, ALL),
        ({"extent": "b", "param": "range"}, ALL),
        (
            {"lookup": "c", "from": {"data": {"values": [{"k": "x", "n": 1}]}, "key": "k", "fields": ["n"]}},
            f"{ALL}, n: int64",
        ),
        (
            {"lookup": "c", "from": {"data": {"values": [{"k": "x", "n": 1}]}, "key": "k"}, "as": "o"},
            f"{ALL}, o: struct<k: string, n: int64>",
        ),
        ({"lookup": "c", "from": {"param": "p", "key": "k"}}, f"{ALL}, …"),
        ({"invented": "c"}, f"{ALL}, …"),
    ],
)
def test_transform(transform: Any, expected: str) -> None:
    assert behind(transform) == expected


def test_transforms_follow_one_another() -> None:
    first = {"aggregate": [{"op": "sum", "field": "b", "as": "s"}], "groupby": ["c"]}
    assert behind(first, {"calculate": "datum.s / 2", "as": "h"}) == "c: string, s: double, h: double"
    assert behind(first, {"aggregate": [{"op": "max", "field": "s", "as": "m"}]}) == "m: double"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"values": [{"x": 1, "y": "u"}, {"x": 2.5}]}, "x: double, y: string"),
        ({"values": [{"d": "2020-01-01", "n": "7"}]}, "d: date32[day], n: int64"),
        ({"values": [1, 2, 3]}, "data: int64"),
        ({"values": "x,y\n1,u", "format": {"type": "csv"}}, "x: int64, y: string"),
        ({"values": {"any": 1}}, "…"),
        ({"values": []}, "…"),
        ({"values": [{"x": 1}], "format": {"property": "p"}}, "…"),
        ({"values": [{"x": "1"}], "format": {"parse": {"x": "date"}}}, "x: timestamp[us]"),
        ({"sequence": {"start": 0, "stop": 9, "as": "u"}}, "u: double"),
        ({"sphere": True}, "…"),
        ({"name": "nobody"}, "…"),
        ({"url": "https://example.org/data.csv"}, "…"),
    ],
)
def test_data(data: Any, expected: str) -> None:
    assert behind(data=data).replace("date32[day]", "date32") == expected.replace("date32[day]", "date32")


def test_a_frame_without_its_index() -> None:
    text = f'{FRAME}g = df.groupby("c")[["b"]].sum()\n# %% [vega-lite]\n{{"data": {{"name": "g"}}}}'
    assert fields_of(text) == "b: double"


def test_files_beside_the_notebook(tmp_path: Path) -> None:
    text = """
    file data/sales.csv: region,price;north,1.5
    # %% [vega-lite]
    {"data": {"url": "data/sales.csv"}, "mark": "bar"}
    """
    assert fields_of(text, folder=tmp_path) == "region: string, price: double"
    (tmp_path / "data" / "rows.json").write_text('[{"u": 1, "v": "x"}]', encoding="utf-8")
    (tmp_path / "data" / "rows.tsv").write_text("u\tv w\n1\tx\n", encoding="utf-8")
    (tmp_path / "data" / "map.json").write_text('{"type": "Topology"}', encoding="utf-8")
    cell = '# %% [vega-lite]\n{"data": {"url": "data/URL"}}'
    assert fields_of(cell.replace("URL", "rows.json"), folder=tmp_path) == "u: int64, v"
    assert fields_of(cell.replace("URL", "rows.tsv"), folder=tmp_path) == "u: int64, v w: string"
    assert fields_of(cell.replace("URL", "nothing.csv"), folder=tmp_path) == "…"
    topology = '# %% [vega-lite]\n{"data": {"url": "data/map.json", "format": {"type": "topojson", "feature": "f"}}}'
    assert fields_of(topology, folder=tmp_path) == "…"


def test_views_inherit_and_replace() -> None:
    text = f"""{FRAME}# %% [vega-lite]
{{"data": {{"name": "df"}},
 "transform": [{{"calculate": "1 * 2", "as": "z"}}],
 "hconcat": [
  {{"layer": [
   {{"transform": [{{"aggregate": [{{"op": "count", "as": "n"}}]}}], "encoding": {{}}}},
   {{"encoding": {{}}}}
  ]}},
  {{"data": {{"values": [{{"own": 1}}]}}, "encoding": {{}}}},
  {{"data": null, "encoding": {{}}}}
 ]}}"""
    assert fields_of(text, ("hconcat", 0, "layer", 0, "encoding")) == "n: int64"
    assert fields_of(text, ("hconcat", 0, "layer", 1, "encoding")) == f"{ALL}, z: double"
    assert fields_of(text, ("hconcat", 1, "encoding")) == "own: int64"
    assert fields_of(text, ("hconcat", 2, "encoding")) == "…"
    # A transform sees what stands before it, not what it makes itself.
    assert fields_of(text, ("transform", 0, "calculate")) == ALL


def test_facets_and_repeats() -> None:
    text = f"""{FRAME}# %% [vega-lite]
{{"data": {{"name": "df"}}, "repeat": ["a"], "spec": {{"transform": [{{"fold": ["a", "b"]}}], "encoding": {{}}}}}}"""
    assert fields_of(text, ("repeat", 0)) == ALL
    assert fields_of(text, ("spec", "encoding")) == f"{ALL}, key: string, value: double"


def test_data_sets_of_the_specification() -> None:
    text = """
    # %% [vega-lite]
    {"datasets": {"own": [{"p": 1}]}, "data": {"name": "own"}}
    """
    assert fields_of(text) == "p: int64"
    named = '# %% [vega-lite]\n{"layer": [{"data": {"name": "n", "values": [{"q": 1}]}}, {"data": {"name": "n"}}]}'
    assert fields_of(named, ("layer", 1, "encoding")) == "q: int64"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("df", ALL),
        ('df.aggregate(["c"], [{"b": "mean"}])', "c: string, mean(b): double"),
        (
            'df.useUnsafeLongs().aggregate(["c"], {"b": "count", a: "sum"})',
            "c: string, count(b): int64, sum(a): double",
        ),
        ('df.select("c", "a")', "c: string, a: int64"),
        ("df.sampleN(10)", ALL),
        ('df.histogram("a", 20)', "start: double, end: double, count: int64"),
        ("df.map(x => x)", "…"),
        ("df.select(", "…"),
        ("nobody", "…"),
    ],
)
def test_polynotes_expressions(expression: str, expected: str) -> None:
    text = f"host: polynote\n{FRAME.strip()}\n# %% [vega]\n{{data: {{values: {expression}}}, mark: 'bar'}}"
    assert fields_of(text) == expected


def test_quartiles_are_reached_into() -> None:
    text = f"""host: polynote
{FRAME.strip()}
# %% [vega]
{{
  data: {{values: df.aggregate(["c"], [{{"b": "quartiles"}}])}},
  mark: "bar",
  encoding: {{x: {{field: "quartiles(b).median"}}}}
}}"""
    assert dsl.findings(dsl.load(text)) == []


def test_the_magic_names_the_data() -> None:
    assert fields_of(f'{FRAME}# %%\n%%vegalite df\n{{"mark": "bar"}}') == ALL
    assert fields_of(f'{FRAME}# %%\n%%vegalite --version v6 -j df\n{{"data": {{"values": [{{"q": 1}}]}}}}') == ALL
    assert fields_of(f"{FRAME}# %%\n%%vegalite\nmark: bar\ndata:\n  name: df") == ALL
