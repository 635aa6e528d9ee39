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
from polycell.tables.charts.altair_code import code
from polycell.tables.charts.altair_reading import Names, frames_of, specification
from tests import dsl
from tests.shared import FULL, SHARED, needs_shared

TABLE = Table((Column("region", STRING), Column("price", FLOAT64), Column("n", INT64), Column("when", TIMESTAMP)))
NAMES = Names("alt", {"df": TABLE}.get)
FRAME = pd.DataFrame({"region": ["a"], "price": [1.5], "n": [1], "when": pd.to_datetime(["2024-01-01"])})


def ran(text: str) -> dict[str, Any]:
    """The specification that altair makes of the code."""
    with alt.data_transformers.enable("default"), alt.theme.enable("none"):
        chart = eval(text.removeprefix("import altair as alt\n\n"), {"alt": alt, "df": FRAME})
        made = chart.to_dict()
    return normal(made)


def read(text: str, names: Names = NAMES) -> dict[str, Any] | None:
    return specification(ast.parse(text, mode="eval").body, names)


def normal(content: dict[str, Any]) -> dict[str, Any]:
    """Without data and schema, marks as objects, the zoom's name as it may be, and the types that Vega-Lite takes."""
    made = {k: v for k, v in content.items() if k not in ("$schema", "data", "datasets", "usermeta")}
    if isinstance(made.get("mark"), str):
        made["mark"] = {"type": made["mark"]}
    for key in ("layer", "hconcat", "vconcat", "concat"):
        if key in made:
            made[key] = [normal(view) for view in made[key]]
    if "spec" in made:
        made["spec"] = normal(made["spec"])
    for key in ("encoding", "transform", "config"):
        if not made.get(key):
            made.pop(key, None)
    if "encoding" in made:
        made["encoding"] = {name: _typed(d) for name, d in made["encoding"].items()}
    if "params" in made:
        made["params"] = [{**p, "name": "zoom", "select": _interval(p["select"])} for p in made["params"]]
    return made


def _interval(select: Any) -> dict[str, Any]:
    said = {"type": select} if isinstance(select, str) else select
    return {"encodings": ["x", "y"], **said}


def _typed(channel: Any) -> Any:
    if not isinstance(channel, dict) or "type" in channel or not {"field", "aggregate", "timeUnit"} & set(channel):
        return channel
    if "timeUnit" in channel:
        return {**channel, "type": "temporal"}
    return {**channel, "type": "quantitative" if channel.get("bin") or "aggregate" in channel else "nominal"}


CHARTS = [
    {"mark": "bar", "encoding": {"x": {"field": "region", "type": "nominal"}, "y": {"aggregate": "mean", "field": "price"}}},
    {"mark": {"type": "line", "point": True}, "encoding": {"x": {"timeUnit": "yearmonth", "field": "when"}, "y": {"field": "price", "type": "quantitative", "axis": None, "scale": {"zero": False}}}},
    {"title": "T: \"é\"", "width": 300, "height": {"step": 20}, "mark": "point", "transform": [{"filter": "datum.price > 1"}, {"calculate": "datum.price * 2", "as": "twice"}], "encoding": {"x": {"field": "twice", "type": "quantitative", "bin": {"maxbins": 5}}, "color": {"value": "red"}, "tooltip": [{"field": "region", "type": "nominal"}, {"aggregate": "count", "type": "quantitative"}]}},
    {"mark": "rect", "transform": [{"aggregate": [{"op": "sum", "field": "price", "as": "total"}], "groupby": ["region"]}], "encoding": {"x": {"field": "a\\.b", "type": "ordinal", "sort": "-y"}, "y": {"datum": 3}}},
]  # fmt: skip


@pytest.mark.parametrize("content", CHARTS)
def test_there_and_back(content: dict[str, Any]) -> None:
    text = code(content, "df", imported=True)
    assert text is not None
    assert ran(text) == normal(content)
    back = read(text)
    assert back is not None
    assert frames_of(back) == {"df"}
    assert normal(back) == normal(content)


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
    ],
)  # fmt: skip
def test_code_that_people_write(text: str) -> None:
    made = read(text)
    assert made is not None
    assert normal(made) == ran(text)
    again = code(made, "df", imported=True)
    assert again is not None
    assert ran(again) == ran(text)


@pytest.mark.parametrize(
    "text",
    [
        "alt.Chart(df).mark_bar().encode(x=name)", "alt.Chart(df).mark_bar().encode(x='nobody')",
        "alt.Chart(df).mark_bar().encode(**more)", "alt.Chart(df).mark_bar().encode('n')",
        "alt.Chart(df).mark_bar().interactive(name='a')", "alt.Chart(df).encode(x='n')", "alt.Chart(df)", "f(df)", "df",
        "alt.Chart(df).mark_bar(**more)", "alt.Chart(df).mark_bar().encode(x=alt.Y('n'))",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_converted(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "content",
    [
        None, [], {}, {"mark": 3}, {"mark": "bar", "encoding": {"x": {"field": "a:b", "type": "nominal"}}}, {"mark": "bar", "layer": []}, {"mark": "bar", "params": []}, {"layer": [{"mark": "bar", "width": 3}]}, {"hconcat": []},
        {"mark": "bar", "encoding": []}, {"mark": "bar", "encoding": {"x": {"field": {"repeat": 1}, "type": "nominal"}}},
        {"encoding": {"x": {"type": "quantitative"}}, "layer": [{"mark": "bar", "encoding": {"x": {"field": "price"}}}]},
        {"mark": "bar", "encoding": {"x": 3}}, {"mark": "bar", "transform": {}}, {"mark": "bar", "transform": [3]},
        {"mark": {"type": "bar", "a b": 1}}, {"mark": "bar", "encoding": {"x": {"aggregate": {"argmax": "a"}, "field": "b"}}},
    ],
)  # fmt: skip
def test_what_has_no_such_form_is_not_written(content: Any) -> None:
    assert code(content, "df", imported=True) is None


def gallery(folder: Path) -> tuple[int, list[str]]:
    """How many examples convert, and those that convert wrongly."""
    converted, wrong = 0, []
    for path in sorted(folder.glob("*.vl.json"))[:: 1 if FULL else 4]:
        content = json.loads(path.read_text())
        text = code(content, "df", imported=True)
        if text is None:
            continue
        converted += 1
        try:
            same = ran(text) == normal(content)
        except Exception as error:
            same = False
            text += f"\n{str(error)[:300]}"
        back = read(text, Names("alt", lambda name: Table((), open=True))) if same else None
        if not same or back is None or normal(back) != normal(content):
            wrong.append(f"{path.name} {same}: {text}")
    return converted, wrong


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
def test_no_example_of_the_gallery_converts_wrongly() -> None:
    count, wrong = gallery(SHARED / "vega-examples")
    assert wrong == []
    assert count >= (300 if FULL else 60)
