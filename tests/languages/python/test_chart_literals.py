"""Charts that stand in Python as dictionaries or JSON are served as in a cell of their own."""

from __future__ import annotations

import asyncio

import pytest

from polycell.core import features, renaming
from polycell.core.charts import Drawing
from polycell.core.drawing import drawing
from tests import dsl

FRAME = """# %%
import altair as alt
import pandas as pd
from vega import VegaLite
sales = pd.DataFrame({"region": ["north"], "price": [1.5]})
# %%
"""
SPEC = '{"data": {"name": "sales"}, "mark": "bar", "encoding": {"x": {"field": "region"}}}'
# How a specification is handed over, `SPEC` in its place.
WAYS = [
    "alt.Chart.from_dict(SPEC)",
    "alt.LayerChart.from_dict(SPEC, validate=False)",
    "VegaLite(SPEC)",
    "VegaLite(SPEC, sales)",
    "spec = SPEC\nVegaLite(spec)",
    'display({"application/vnd.vegalite.v5+json": SPEC, "text/plain": ""}, raw=True)',
    "alt.Chart.from_json('SPEC')",
    "alt.Chart.from_json('''\nSPEC\n''')",
]


@pytest.mark.parametrize("way", WAYS)
def test_fields_are_offered_explained_and_checked(way: str) -> None:
    code = f"{FRAME}{way.replace('SPEC', SPEC)}"
    assert dsl.findings(dsl.load(code)) == []
    assert dsl.labels(code.replace('"region"}', '"<|>"}').replace("north<|>", "north")) == ["price", "region"]
    told = dsl.hover(code.replace('"field": "region"', '"field": "reg<|>ion"'))
    assert told is not None
    assert "**region** `string`" in told.markdown
    found = [f for _, f in dsl.findings(dsl.load(code.replace('"field": "region"', '"field": "regoin"')))]
    assert [(f.code, f.message) for f in found] == [
        ("vega-unknown-field", "`regoin` is no field of `sales` here. Did you mean `region`?")
    ]
    found = [f for _, f in dsl.findings(dsl.load(code.replace('"mark": "bar"', '"mark": "barr"')))]
    assert [f.code for f in found] == ["vega-invalid-value"]


def test_python_in_a_specification_stays_pythons() -> None:
    code = f"""{FRAME}width = 300
alt.Chart.from_dict({{
    # of all regions
    "data": {{"values": sales.to_dict("records")}},
    "width": width * 2, "height": 1_000,
    'mark': {{'type': 'bar', "tooltip": True, "color": None if width else "red"}},
    "encoding": {{"x": {{"field": "region", "axis": None}}, "y": {{"field": "FIELD"}}}},
}})"""
    assert dsl.findings(dsl.load(code.replace("FIELD", "price"))) == []
    found = [f for _, f in dsl.findings(dsl.load(code.replace("FIELD", "prize")))]
    assert [f.code for f in found] == ["vega-unknown-field"]
    assert "width" in dsl.labels(code.replace("width * 2", "wid<|>"))
    assert "bar" in dsl.labels(code.replace("'bar'", "'<|>'"))


@pytest.mark.parametrize(
    "code",
    [
        "alt.Chart.from_dict(SPEC | more)", "alt.Chart.from_dict({**base, 'mrak': 'bar'})",
        "alt.Chart.from_dict({key: 1, 'mrak': 'bar'})", "spec = SPEC\nspec['mark'] = 'bar'\nVegaLite(spec)",
        "pd.DataFrame.from_dict(SPEC)", "config.from_dict(SPEC)", "VegaLite(SPEC, sales.head())", "x = SPEC",
    ],
)  # fmt: skip
def test_what_is_not_certain_is_left_alone(code: str) -> None:
    wrong = SPEC.replace('"region"', '"regoin"').replace('"bar"', '"barr"')
    given = code.replace("SPEC", wrong)
    assert [f for _, f in dsl.findings(dsl.load(f"{FRAME}{given}")) if f.code.startswith("vega")] == []


def test_references_and_renames_count_each_place_once() -> None:
    code = FRAME.replace("sales =", "sal<|>es =") + 'VegaLite({"data": {"values": sales}, "mark": "bar"})'
    case = dsl.load(code)
    places = features.references(case.snapshot, case.session.services, case.cell, case.offset)
    assert [place.cell for place in places] == ["c0", "c1"]
    renamed = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, "orders")
    assert renamed is not None
    assert [edit.cell for edit in renamed.edits] == ["c0", "c1"]


def test_it_is_drawn() -> None:
    case = dsl.load(f"{FRAME}{WAYS[0].replace('SPEC', SPEC)}".replace('"bar"', '"b<|>ar"'))
    found = drawing(case.snapshot, case.session.services, case.cell, case.offset)
    assert isinstance(found, Drawing)
    assert found.content["data"]["values"] == [{"region": "north", "price": 1.5}]


def labels_once_settled(code: str) -> list[str]:
    """What is offered when the cells below have been read as well."""
    case = dsl.load(code)
    case.snapshot.analysis.settle()
    found = asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))
    return [item.label for item in found.items]


@pytest.mark.parametrize(
    "drawn",
    [
        "alt.Chart.from_dict(spec)",
        "VegaLite(spec)",
        "VegaLite(spec, sales)",
        'display({"application/vnd.vegalite.v5+json": spec}, raw=True)',
        "chart = alt.Chart.from_dict(spec)\nprint(spec)",
    ],
)
def test_a_specification_that_another_cell_draws_is_one_where_it_is_written(drawn: str) -> None:
    code = f"{FRAME}spec = {SPEC}\n# %%\n{drawn}"
    assert dsl.findings(dsl.load(code)) == []
    assert labels_once_settled(code.replace('"region"}', '"<|>"}')) == ["region", "price"]
    found = [f for _, f in dsl.findings(dsl.load(code.replace('"field": "region"', '"field": "regoin"')))]
    assert [f.code for f in found] == ["vega-unknown-field"]


@pytest.mark.parametrize("text", ["spec = '''\nSPEC\n'''\n# %%\nalt.Chart.from_json(spec)", "spec = NAMED"])
def test_json_of_another_cell_and_what_names_its_schema(text: str) -> None:
    named = SPEC.replace("{", '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", ', 1)
    code = FRAME + text.replace("SPEC", SPEC).replace("NAMED", named)
    assert dsl.findings(dsl.load(code)) == []
    found = [f for _, f in dsl.findings(dsl.load(code.replace('"mark": "bar"', '"mark": "barr"')))]
    assert [f.code for f in found] == ["vega-invalid-value"]


@pytest.mark.parametrize(
    "code",
    [
        'spec = {"mark": "barr"}',
        'spec = {"mark": "barr"}\n# %%\nspec["mark"] = "bar"\n# %%\nVegaLite(spec)',
        'spec = {"mark": "barr"}\n# %%\nmended(spec)\n# %%\nVegaLite(spec)',
        'spec = {"mark": "barr"}\nspec.update(mark="bar")\n# %%\nVegaLite(spec)',
        'spec = {"mark": "barr"}\nspec = {"mark": "bar"}\n# %%\nVegaLite(spec)',
        'spec = {"colours": "barr"}\n# %%\nVegaLite(spec)',
    ],
)
def test_what_may_be_changed_before_it_is_drawn_is_left_alone(code: str) -> None:
    found = [f.code for _, f in dsl.findings(dsl.load(FRAME + code))]
    assert [code for code in found if code.startswith("vega")] == []


@pytest.mark.parametrize(
    ("begun", "label"),
    [
        ('alt.Chart.from_dict({"data": {"name": "sales"}, "encoding": {"x": {"field": "<|>', "region"),
        ('alt.Chart.from_dict({"data": {"name": "sales"},\n    "mark": "<|>\n', "bar"),
        ('VegaLite({"mark": "bar", "encoding": {"x": {"field": "<|>"}, "y": }}, sales)', "region"),
        ("VegaLite({'mark': True, 'encoding': {'x': {'field': <|>\n\nprint(1)", "region"),
        ('spec = {"data": {"name": "sales"}, "mark": "bar", "encoding": {<|>\n# %%\nVegaLite(spec)', "color"),
        ('spec = {\n    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",\n    "ma<|>', "mark"),
        ('display({"application/vnd.vegalite.v5+json": {"mark": "<|>', "bar"),
    ],
)
def test_a_specification_is_completed_while_python_does_not_parse(begun: str, label: str) -> None:
    code = FRAME + begun.replace("'mark': True", "'data': {'name': 'sales'}, 'mark': True")
    assert label in labels_once_settled(code)


def test_other_unfinished_dictionaries_stay_pythons() -> None:
    for begun in ('settings = {"<|>', 'f({"mark": "<|>', 'settings = {"mark": "<|>', "x = {<|>"):
        assert "bar" not in dsl.labels(FRAME + begun), begun
