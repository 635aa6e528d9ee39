"""Which cells are charts."""

from __future__ import annotations

import pytest

from polycell.core.notebook import Cell, Notebook
from polycell.formats.cells import make_cell, retext
from polycell.formats.model import CellSource

VEGA_LITE = '{\n  "$schema": "https://vega.github.io/schema/vega-lite/v5.json",\n  "mark": "bar"\n}'
VEGA = '{"$schema": "https://vega.github.io/schema/vega/v5.json", "marks": []}'


def cell(text: str, declared: str = "", host: str = "jupyter", **metadata: object) -> Cell:
    return make_cell(CellSource("a", text, declared=declared, metadata=metadata), Notebook("n", host=host))


@pytest.mark.parametrize(
    ("text", "declared", "metadata", "language"),
    [
        (VEGA_LITE, "json", {}, "vega-lite"),
        (VEGA, "json", {}, "vega"),
        (VEGA_LITE, "jsonc", {}, "vega-lite"),
        ("$schema: https://vega.github.io/schema/vega-lite/v6.json\nmark: bar", "yaml", {}, "vega-lite"),
        (VEGA_LITE, "", {"vscode": {"languageId": "json"}}, "vega-lite"),
        ('{"mark": "bar"}', "json", {}, "json"),
        ('{"$schema": "http://json-schema.org/draft-07/schema#"}', "json", {}, "json"),
        # A dictionary is a program of Python until somebody says otherwise.
        (VEGA_LITE, "", {}, "python"),
        ("%%json\n" + VEGA_LITE, "", {}, "vega-lite"),
        ("%%writefile chart.json\n" + VEGA_LITE, "", {}, "json"),
        ("%%vegalite df\nmark: bar", "", {}, "vega-lite"),
        ("%%vega a:b\n" + VEGA, "", {}, "vega"),
        ('{"mark": "bar"}', "vegalite", {}, "vega-lite"),
        ('{"mark": "bar"}', "vega-lite", {}, "vega-lite"),
        ('{"type": "plot", "value": "df"}', "viz", {}, "viz"),
    ],
)
def test_language(text: str, declared: str, metadata: dict[str, object], language: str) -> None:
    assert cell(text, declared, **metadata).language == language


def test_a_chart_stays_one_while_it_is_edited() -> None:
    notebook = Notebook("n")
    chart = cell(VEGA_LITE, "json")
    assert retext(chart, VEGA_LITE.replace("bar", "line"), notebook).language == "vega-lite"
    assert retext(chart, "{}", notebook).language == "json"


def test_polynote() -> None:
    assert cell("{data: {values: df}}", host="polynote", language="vega").language == "vega"
    assert cell('{"type": "table", "value": "df"}', host="polynote", language="viz").language == "viz"
