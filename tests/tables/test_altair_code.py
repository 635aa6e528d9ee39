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
from polycell.tables.charts.altair_code import code, frame_of, specification
from tests import dsl
from tests.shared import SHARED, needs_shared

TABLE = Table((Column("region", STRING), Column("price", FLOAT64), Column("n", INT64), Column("when", TIMESTAMP)))
FRAME = pd.DataFrame({"region": ["a"], "price": [1.5], "n": [1], "when": pd.to_datetime(["2024-01-01"])})


def ran(text: str) -> dict[str, Any]:
    """The specification that altair makes of the code."""
    with alt.data_transformers.enable("default"):
        chart = eval(text.removeprefix("import altair as alt\n\n"), {"alt": alt, "df": FRAME})
        made = chart.to_dict()
    return normal(made)


def normal(content: dict[str, Any]) -> dict[str, Any]:
    """Without data, schema and theme, the mark as an object, and the types that Vega-Lite takes by itself."""
    made = {k: v for k, v in content.items() if k not in ("$schema", "data", "datasets", "config", "usermeta")}
    if isinstance(made["mark"], str):
        made["mark"] = {"type": made["mark"]}
    if not made.get("encoding"):
        made.pop("encoding", None)
    made["encoding"] = {name: _typed(d) for name, d in made.get("encoding", {}).items()}
    if not made.get("transform"):
        made.pop("transform", None)
    return made


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
    call = ast.parse(text, mode="eval").body
    assert frame_of(call, "alt") == "df"
    back = specification(call, "alt", TABLE)
    assert back is not None
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
    ],
)  # fmt: skip
def test_code_that_people_write(text: str) -> None:
    made = specification(ast.parse(text, mode="eval").body, "alt", TABLE)
    assert made is not None
    assert normal(made) == ran(text)
    again = code(made, "df", imported=True)
    assert again is not None
    assert ran(again) == ran(text)


@pytest.mark.parametrize(
    "text",
    [
        "alt.Chart(df).mark_bar().encode(x=name)", "alt.Chart(df).mark_bar().encode(x='nobody')",
        "alt.Chart(df).mark_bar().encode(**more)", "alt.Chart(df).mark_bar().encode(alt.X('n'))",
        "alt.Chart(df).mark_bar().interactive()", "alt.Chart(df).encode(x='n')", "alt.Chart(df)", "f(df)", "df",
        "alt.Chart(df).mark_bar(**more)", "alt.Chart(df).mark_bar().encode(x=alt.Y('n'))",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_not_converted(text: str) -> None:
    assert specification(ast.parse(text, mode="eval").body, "alt", TABLE) is None


@pytest.mark.parametrize(
    "content",
    [
        None, [], {}, {"mark": 3}, {"mark": "bar", "encoding": {"x": {"field": "a:b", "type": "nominal"}}}, {"mark": "bar", "layer": []}, {"mark": "bar", "params": []},
        {"mark": "bar", "encoding": []}, {"mark": "bar", "encoding": {"x": {"field": {"repeat": "row"}, "type": "nominal"}}},
        {"mark": "bar", "encoding": {"x": 3}}, {"mark": "bar", "transform": {}}, {"mark": "bar", "transform": [3]},
        {"mark": {"type": "bar", "a b": 1}}, {"mark": "bar", "encoding": {"x": {"aggregate": {"argmax": "a"}, "field": "b"}}},
    ],
)  # fmt: skip
def test_what_has_no_such_form_is_not_written(content: Any) -> None:
    assert code(content, "df", imported=True) is None


def gallery(folder: Path) -> tuple[int, list[str]]:
    """How many examples convert, and those that convert wrongly."""
    converted, wrong = 0, []
    for path in sorted(folder.glob("*.vl.json")):
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
        back = specification(ast.parse(text, mode="eval").body, "alt", Table((), open=True)) if same else None
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
        f"{FILE}# %%\nalt.Chart(df).mark_b<|>ar().encode(x='n') + alt.Chart(df).mark_line()",
        f"{FILE}# %%\nalt.layer(alt.Chart(df).mark_b<|>ar().encode(x='n'))",
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
    assert count >= 200
