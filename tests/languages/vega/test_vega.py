"""Vega's own specifications: its schema, and its names of data sets, scales, signals and fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import dsl
from tests.shared import FULL, SHARED, needs_shared

FRAME = """
# %%
import pandas as pd
sales = pd.DataFrame({"region": ["north"], "price": [1.5]})
"""
# A chart with a frame, a data set made of it, and a group with names of its own.
CHART: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega/v6.json",
    "data": [
        {"name": "sales"},
        {
            "name": "sums",
            "source": "sales",
            "transform": [
                {"type": "formula", "expr": "datum.price * 2", "as": "double"},
                {"type": "aggregate", "groupby": ["region"], "fields": ["double", "price"], "ops": ["sum", "max"]},
                {"type": "window", "ops": ["rank"], "as": ["place"]},
            ],
        },
    ],
    "signals": [{"name": "chosen", "value": 1}],
    "scales": [{"name": "x", "type": "band", "domain": {"data": "sums", "field": "region"}, "range": "width"}],
    "marks": [
        {"type": "rect", "from": {"data": "sums"}, "encode": {"enter": {"x": {"scale": "x", "field": "region"}}}},
        {
            "type": "group",
            "from": {"facet": {"name": "rows", "data": "sales", "groupby": "region"}},
            "scales": [{"name": "inner", "type": "linear", "domain": {"data": "rows", "field": "price"}}],
            "axes": [{"orient": "left", "scale": "inner"}],
            "marks": [{"type": "symbol", "from": {"data": "rows"}, "encode": {"enter": {"y": {"field": "price"}}}}],
        },
    ],
}


def cell(old: str = "", new: str = "") -> str:
    text = json.dumps(CHART)
    assert old in text
    return f"{FRAME}\n# %% [vega]\n{text.replace(old, new, 1) if old else text}"


def best(old: str, new: str) -> list[str]:
    items = dsl.complete(cell(old, new)).items
    least = min(item.rank for item in items)
    return sorted(item.label for item in items if item.rank < least + 10)


def test_the_chart_is_clean() -> None:
    assert dsl.findings(dsl.load(cell())) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"from": {"data": "sums"}', '"from": {"data": "<|>"}', ["sales", "sums"]),
        ('"scale": "x"', '"scale": "<|>"', ["x"]),
        ('"scale": "inner"', '"scale": "<|>"', ["inner", "x"]),
        ('"source": "sales"', '"source": "<|>"', ["sales", "sums"]),
        ('"x", "field": "region"', '"x", "field": "<|>"', ["max_price", "place", "region", "sum_double"]),
        ('"sums", "field": "region"', '"sums", "field": "<|>"', ["max_price", "place", "region", "sum_double"]),
        ('"groupby": ["region"]', '"groupby": ["<|>"]', ["double", "price", "region"]),
        ('"groupby": "region"', '"groupby": "<|>"', ["price", "region"]),
        ('"y": {"field": "price"}', '"y": {"field": "<|>"}', ["price", "region"]),
        ("datum.price * 2", "datum.<|>", ["price", "region"]),
        (
            "datum.price * 2",
            "datum.price * <|>",
            ["autosize", "background", "chosen", "datum", "height", "padding", "width"],
        ),
        ('{"field": "price"}}', '{"signal": "scale(\'<|>\')"}}', ["inner", "x"]),
        ('"type": "rect"', '"type": "rect", "<|>": 1', ["name", "transform"]),
        ('"orient": "left"', '"orient": "<|>"', ["bottom", "left", "right", "top"]),
    ],
)
def test_what_is_offered(old: str, new: str, expected: list[str]) -> None:
    assert best(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ('"x", "field": "region"', '"x", "field": "regoin"', "vega-unknown-field", "Did you mean `region`?"),
        ('"y": {"field": "price"}', '"y": {"field": "pricee"}', "vega-unknown-field", "Did you mean `price`?"),
        ('"groupby": ["region"]', '"groupby": ["place"]', "vega-unknown-field", "`region`"),
        ('"from": {"data": "sums"}', '"from": {"data": "sum"}', "vega-unknown-name", "Did you mean `sums`?"),
        ('"scale": "inner"', '"scale": "iner"', "vega-unknown-name", "Did you mean `inner`?"),
        ('"orient": "left"', '"orient": "lefft"', "vega-invalid-value", "Did you mean `left`?"),
        ('"as": "double"', '"ass": "double"', "vega-unknown-key", "Did you mean `as`?"),
        ('"marks": [{"type": "rect"', '"mraks": [{"type": "rect"', "vega-unknown-key", "Did you mean `marks`?"),
        ('"type": "formula", ', "", "vega-missing-key", "`type`"),
    ],
)
def test_one_mistake_gives_one_finding(old: str, new: str, code: str, says: str) -> None:
    found = [finding for _, finding in dsl.findings(dsl.load(cell(old, new)))]
    assert [f.code for f in found] == [code]
    assert says in found[0].message


def test_hover_tells_what_a_key_takes_and_where_it_is_documented() -> None:
    told = dsl.hover(cell('"orient"', '"ori<|>ent"'))
    assert told is not None
    assert "https://vega.github.io/vega/docs/axes/" in told.markdown
    field = dsl.hover(cell('"y": {"field": "price"}', '"y": {"field": "pri<|>ce"}'))
    assert field is not None
    assert "**price** `double`" in field.markdown
    made = dsl.hover(cell('"x", "field": "region"', '"x", "field": "sum_do<|>uble"'))
    assert made is not None
    assert "sum(double)" in made.markdown


# Vega-Lite's own compiler leaves a sort by a field that an aggregate before it has dropped.
_NOT_CLEAN = frozenset({"trellis_area_seattle"})


@needs_shared
def test_what_vega_lite_compiles_to_is_clean() -> None:
    compiler = pytest.importorskip("vl_convert")
    files = sorted((SHARED / "vega-examples").glob("*.vl.json"))
    alarms = {}
    for file in files if FULL else files[::40]:
        name = file.name.removesuffix(".vl.json")
        made = compiler.vegalite_to_vega(json.loads(file.read_text(encoding="utf-8")))
        found = dsl.findings(dsl.load(f"# %% [vega]\n{json.dumps(made, indent=1)}"))
        if found and name not in _NOT_CLEAN:
            alarms[name] = found
    assert alarms == {}
