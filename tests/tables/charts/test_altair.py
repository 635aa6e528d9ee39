# ruff: noqa: E501 — specifications read best on one line
"""Altair itself as the oracle: the code that we write makes the specification that it was written from."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from polycell.core import actions
from polycell.core.text import Span
from polycell.core.types import FLOAT64, INT64, STRING, TIMESTAMP, Column, Table
from polycell.core.values import replace
from polycell.languages.python.syntax.sql_texts import bound_once
from polycell.tables.charts.altair.reading import Names, frames_of, specification
from polycell.tables.charts.altair.writing import code
from tests import dsl
from tests.shared import FULL, SHARED, needs_shared
from tests.tables.charts.normal import normal, ran

TABLE = Table((Column("region", STRING), Column("price", FLOAT64), Column("n", INT64), Column("when", TIMESTAMP)))
NAMES = Names("alt", {"df": TABLE}.get)
FRAMES = {"df": "df"}
FRAME = pd.DataFrame({"region": ["a"], "price": [1.5], "n": [1], "when": pd.to_datetime(["2024-01-01"])})


DATA = {"df": FRAME}


def read(text: str) -> dict[str, Any] | None:
    tree = ast.parse(text)
    last = tree.body[-1]
    return specification(last.value, replace(NAMES, bound=bound_once(tree))) if isinstance(last, ast.Expr) else None


def drawn(text: str) -> dict[str, Any]:
    """What altair makes of code, its data by their name."""
    made = ran(text, DATA)
    assert len(made["datasets"]) == 1
    return normal(json.loads(json.dumps(made).replace(next(iter(made["datasets"])), "df")) | {"datasets": {}})


def written(content: Any) -> str | None:
    return code({"data": {"name": "df"}, **content} if isinstance(content, dict) else content, FRAMES, imported=True)


CHARTS = [
    {"mark": "bar", "encoding": {"x": {"field": "region", "type": "nominal"}, "y": {"aggregate": "mean", "field": "price"}}},
    {"mark": {"type": "line", "point": True}, "encoding": {"x": {"timeUnit": "yearmonth", "field": "when"}, "y": {"field": "price", "type": "quantitative", "axis": None, "scale": {"zero": False}}}},
    {"title": "T: \"é\"", "width": 300, "height": {"step": 20}, "mark": "point", "transform": [{"filter": "datum.price > 1"}, {"calculate": "datum.price * 2", "as": "twice"}], "encoding": {"x": {"field": "twice", "type": "quantitative", "bin": {"maxbins": 5}}, "color": {"value": "red"}, "tooltip": [{"field": "region", "type": "nominal"}, {"aggregate": "count", "type": "quantitative"}]}},
    {"mark": "bar", "encoding": {"x": {"field": "a:b", "type": "nominal"}, "y": {"aggregate": {"argmax": "n"}, "field": "price", "type": "quantitative"}}},
    {"encoding": {"x": {"type": "quantitative"}}, "layer": [{"mark": "bar", "encoding": {"x": {"field": "price"}}}]},
    {"mark": "point", "params": [{"name": "brush", "select": {"type": "interval", "encodings": ["x"]}}, {"name": "size", "value": 3, "bind": {"input": "range", "min": 1, "max": 9}}],
     "transform": [{"filter": {"not": {"param": "brush", "empty": False}}}, {"filter": {"field": "n", "range": [1, 2]}}],
     "encoding": {"x": {"field": "n", "type": "ordinal", "scale": {"domain": {"param": "brush"}}}, "size": {"value": {"expr": "size"}}, "color": {"condition": {"param": "brush", "empty": False, "field": "region", "type": "nominal", "legend": None}, "value": "grey"}, "opacity": {"condition": [{"test": "datum.n > 1", "value": 1}], "value": 0.2}}},
    {"mark": "rect", "transform": [{"aggregate": [{"op": "sum", "field": "price", "as": "total"}], "groupby": ["region"]}], "encoding": {"x": {"field": "a\\.b", "type": "ordinal", "sort": "-y"}, "y": {"datum": 3}}},
]  # fmt: skip


@pytest.mark.parametrize("content", CHARTS)
def test_there_and_back(content: dict[str, Any]) -> None:
    text = written(content)
    assert text is not None
    assert drawn(text) == normal({"data": {"name": "df"}, **content})
    back = read(text)
    assert back is not None
    assert frames_of(back) == {"df"}
    assert normal(back) == normal({"data": {"name": "df"}, **content})


@pytest.mark.parametrize(
    "text",
    [
        'alt.Chart(df).mark_bar().encode(x="region", y="mean(price)")',
        'alt.Chart(df).mark_line(color="red").encode(x="when", y=alt.Y("price", title=None), tooltip=["region", "n"])',
        'alt.Chart(df).mark_bar().encode(x=alt.X("price:Q", bin=True), y="count()")',
        'alt.Chart(df).mark_bar().encode(x="region", y="total:Q").transform_aggregate(total="sum(price)", groupby=["region"])',
        'alt.Chart(df).mark_point().encode(x="month(when)", y="twice:Q").transform_calculate(twice="datum.price * 2")',
        'alt.Chart(df).mark_point().encode(x="n", color=alt.value("red")).properties(width=200, title="n")',
        'alt.Chart(df, title="t").mark_bar().encode(alt.X("price:Q").title("p").bin(maxbins=9), alt.Y("count()").axis(None))',
        'alt.Chart(df).mark_bar().encode(alt.X("n", axis=alt.Axis(format="%")), [alt.Tooltip("n"), alt.Tooltip("region")])',
        'alt.Chart(df).mark_line().encode(x="when", y="price") + alt.Chart(df).mark_point().encode(x="when", y="price")',
        'alt.Chart(df).mark_bar().encode(x="n") | alt.Chart(df).mark_bar().encode(x="price") | alt.Chart(df).mark_tick()',
        '(alt.Chart(df).mark_bar().encode(x="n") & alt.Chart(df).mark_bar()).properties(title="two", spacing=3)',
        'alt.layer(alt.Chart(df).mark_bar().encode(x="n"), alt.Chart(df).mark_rule()).resolve_scale(x="independent")',
        'alt.concat(alt.Chart(df).mark_bar(), alt.Chart(df).mark_bar().encode(x="n"), columns=1).configure_axis(grid=False)',
        'alt.Chart(df).mark_bar().encode(x="n").facet("region", columns=2)',
        'alt.layer(alt.Chart(df).mark_bar().encode(x="n"), alt.Chart(df).mark_rule()).facet(row="region:N")',
        'alt.Chart(df).mark_point().encode(alt.X(alt.repeat("column"), type="quantitative")).repeat(column=["n", "price"])',
        'alt.Chart(df).mark_point().encode(y="n").interactive().configure_view(stroke=None)',
        'brush = alt.selection_interval(name="brush", encodings=["x"])\nalt.Chart(df).mark_point().encode(x="n", color=alt.condition(brush, "region:N", alt.value("grey"))).add_params(brush)',
        'brush = alt.selection_interval(name="b", empty=False)\nbase = alt.Chart(df).mark_bar().encode(x="n")\nbase.add_params(brush) | base.transform_filter(~brush & (alt.datum.n > 1))',
        'size = alt.param(name="size", value=3, bind=alt.binding_range(min=1, max=9))\nalt.Chart(df).mark_point(size=size).encode(x="n", opacity=alt.when("datum.n > 1").then(alt.value(1)).when(alt.datum.region == "a").then(alt.value(0.5)).otherwise(alt.value(0.2))).add_params(size)',
        'pick = alt.selection_point(name="pick", fields=["region"], bind="legend")\nalt.layer(alt.Chart(df).mark_bar().encode(x="n", opacity=alt.when(pick).then(alt.value(1)).otherwise(alt.value(0.2))), alt.Chart(df).mark_rule()).add_params(pick).properties(width=300)',
        'brush = alt.selection_interval(name="brush")\nalt.hconcat(alt.Chart(df).mark_bar().encode(x="n"), alt.Chart(df).mark_bar().encode(x="price")).add_params(brush)',
        'alt.Chart(df).mark_bar().encode(x="n", x2="price:Q", color=alt.Color(field="region", scale=alt.Scale(scheme="viridis"))).transform_filter(alt.FieldOneOfPredicate("region", ["a"]), alt.datum.n >= 1)',
        'alt.Chart(df).mark_point().encode(x="n").transform_lookup(lookup="region", from_=alt.LookupData(df, key="region", fields=["when"])).transform_density("price", as_=["price", "d"], groupby=["region"])',
        'alt.Chart(df).mark_geoshape().project("albersUsa", scale=2).configure(background="white").properties(height=alt.Step(20))',
        'alt.layer(alt.Chart(df).mark_bar().encode(x="n"), alt.Chart().mark_rule().encode(y=alt.datum(3)), data=df).facet(column="region:N")',
    ],
)  # fmt: skip
def test_code_that_people_write(text: str) -> None:
    made = read(text)
    assert made is not None
    assert normal(made) == drawn(text)
    again = code(made, FRAMES, imported=True)
    assert again is not None
    assert drawn(again) == drawn(text)


@pytest.mark.parametrize(
    "text",
    [
        "alt.Chart(df).mark_bar().encode(x=name)", "alt.Chart(df).mark_bar().encode(x='nobody')",
        "alt.Chart(df).mark_bar().encode(**more)", "alt.Chart(df).mark_bar().encode('n')",
        "alt.Chart(df).mark_bar().encode(x=alt.condition(b, 'n', 'price'))", "alt.Chart(df).mark_bar().add_params(b)", "alt.Chart(df).encode(x='n')", "alt.Chart(df)", "f(df)", "df",
        "alt.Chart(df).mark_bar(**more)", "alt.Chart(df).mark_bar().encode(x=alt.Y('n'))",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_converted(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "content",
    [
        None, [], {}, {"mark": 3}, {"mark": "bar", "layer": []}, {"mark": "bar", "params": [3]}, {"mark": "bar", "encoding": {"x": {"aggregate": {"most": "a"}}}}, {"layer": [{"mark": "bar", "width": 3}]}, {"hconcat": []},
        {"mark": "bar", "encoding": []}, {"mark": "bar", "encoding": {"wide": {"field": "a"}}},
        {"mark": "bar", "params": [{"name": "a", "select": "point", "views": ["nowhere"]}]}, {"mark": "bar", "data": {"name": "nobody"}},
        {"mark": "bar", "encoding": {"x": 3}}, {"mark": "bar", "transform": {}}, {"mark": "bar", "transform": [3]},
        {"mark": {"type": "bar", "a b": 1}},
    ],
)  # fmt: skip
def test_what_has_no_such_form_is_not_written(content: Any) -> None:
    assert written(content) is None


def gallery(folder: Path) -> tuple[set[str], list[str]]:
    """The examples that have no form in Altair, and those whose form is wrong."""
    without, wrong = set(), []
    names = {"df": alt.NamedData("df")}
    unread = set()
    for path in sorted(folder.glob("*.vl.json"))[:: 1 if FULL else 18]:
        content = json.loads(path.read_text())
        text = code(content, FRAMES, imported=True)
        if text is None:
            without.add(path.name)
            continue
        try:
            same = normal(ran(text, names)) == normal(content)
        except Exception as error:
            same = False
            text += f"\n{str(error)[:300]}"
        back = read(text)
        if back is None:
            unread.add(path.name)
        elif normal(back) != normal(content):
            same = False
        if not same:
            wrong.append(f"{path.name}: {text}")
    return without | (unread - UNREAD), wrong


# What no altair takes: facets of facets, and words that are newer than its schema.
WITHOUT = {
    "bar_tooltip_filter.vl.json", "facet_column_facet_column_point_future.vl.json",
    "facet_column_facet_row_point_future.vl.json", "facet_row_facet_row_point_future.vl.json",
    "layer_line_exponential.vl.json",
}  # fmt: skip
# Data sets that have a name inside of the specification, and selections of one name that differ.
UNREAD = {"interactive_dashboard_europe_pop.vl.json", "layer_likert.vl.json", "layer_line_window.vl.json"}


FILE = """# %%
import pandas as pd
import altair as alt
df = pd.DataFrame({"region": ["north"], "price": [1.5], "n": [1]})
"""
CELL = '{"data": {"name": "df"}, "mark": "b<|>ar", "encoding": {"x": {"field": "region", "type": "nominal"}}}'


def converted(text: str) -> list[tuple[str, str]]:
    case = dsl.load(text)
    found = actions.actions(case.snapshot, case.session.services, case.cell, Span(case.offset, case.offset))
    return [
        (a.insert_cell.language, a.insert_cell.text) for a in found if a.title.startswith("Convert") and a.insert_cell
    ]


def test_both_cells_offer_the_other() -> None:
    ((language, text),) = converted(f"{FILE}# %% [vega-lite]\n{CELL}")
    assert (language, text) == ("python", 'alt.Chart(df).mark_bar().encode(\n    x="region:N",\n)')
    ((language, back),) = converted(f"{FILE}# %%\n{text.replace('mark_bar', 'mark_b<|>ar')}")
    assert language == "vega-lite"
    own = json.loads(CELL.replace("<|>", ""))
    assert {k: v for k, v in json.loads(back).items() if k != "$schema"} == own
    assert dsl.findings(dsl.load(f"{FILE}# %% [vega-lite]\n{back}")) == []
    ((language, text),) = converted(f'{FILE}# %%\n%%vegalite df\n{{"mark": "b<|>ar"}}')
    assert text == "alt.Chart(df).mark_bar()"
    ((language, text),) = converted(f"{FILE}# %%\nalt.Chart(df).mark_b<|>ar()\n# %%\n%%vegalite df\nmark: bar")
    assert (language, text) == ("python", '%%vegalite df\n{\n  "mark": "bar"\n}')


@pytest.mark.parametrize(
    "text",
    [
        f"{FILE}# %% [vega-lite]\n{CELL.replace('df', 'nobody')}",
        f"{FILE}# %% [vega-lite]\n{CELL[:-1]}",
        f"{FILE}# %%\nalt.Chart(df).mark_b<|>ar().encode(x='n')\ndf = df.head()",
        f"{FILE}# %%\nalt.Chart(df).mark_b<|>ar().encode(x='n'); df = df.head()",
        f"{FILE}# %%\nalt.Chart(df).mark_b<|>ar().encode(x='n') + layers",
        f"{FILE}# %%\nbase = alt.Chart(df)\ndf['n'] = 1\nbase.mark_b<|>ar().encode(x='n')",
        f"{FILE}# %%\nf(alt.layer(alt.Chart(df).mark_b<|>ar().encode(x='n'), *more))",
        f"{FILE}# %%\nalt.Chart(nobody).mark_b<|>ar().encode(x='n')",
        f"{FILE}# %%\ndef f(df):\n    return alt.Chart(df).mark_b<|>ar().encode(x='n')",
    ],
)  # fmt: skip
def test_nothing_is_offered_where_it_would_be_broken(text: str) -> None:
    assert converted(text) == []


@needs_shared
def test_every_example_of_the_gallery_converts() -> None:
    without, wrong = gallery(SHARED / "vega-examples")
    assert wrong == []
    assert without <= WITHOUT
