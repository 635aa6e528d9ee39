"""Charts that are offered for a table: valid specifications, without a finding of our own."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import jsonschema
import pytest

from polycell.core import actions
from polycell.core.results import Action
from polycell.core.text import Span
from polycell.core.types import BOOL, FLOAT64, INT64, STRING, TIMESTAMP, Column, Table
from polycell.languages.vega.data import plain
from polycell.languages.vega.reader import read
from polycell.languages.vega.schema import load
from polycell.languages.vega.suggest import altair, charts, encoding
from polycell.languages.vega.viz import specification
from tests import dsl

TABLE = Table(
    (
        Column("order_id", INT64),
        Column("region", STRING),
        Column("paid", BOOL),
        Column("price", FLOAT64),
        Column("a.b", FLOAT64),
        Column("when", TIMESTAMP),
        Column("unknown"),
    )
)
FRAME = """# %%
import pandas as pd
df = pd.DataFrame({"region": ["north"], "price": [1.5], "n": [1]})
"""


def offered(text: str) -> tuple[dsl.Case, list[Action]]:
    case = dsl.load(text)
    span = Span(case.offset, case.offset)
    return case, list(actions.actions(case.snapshot, case.session.services, case.cell, span))


def test_charts_by_the_kinds_of_columns() -> None:
    assert [c.title for c in charts(TABLE)] == [
        "Bar chart of price by region",
        "Line chart of price over when",
        "Scatter plot of price and a.b",
        "Histogram of price",
        "Heat map of region and paid",
        "Box plot of price by region",
    ]
    assert [c.title for c in charts(Table((Column("c", STRING),)))] == ["Bar chart of rows by c"]
    assert charts(Table((Column("c"),), open=True)) == ()


@pytest.mark.parametrize("chart", charts(TABLE), ids=lambda c: c.title)
def test_every_chart_is_valid(chart: Any) -> None:
    content = {"data": {"values": []}, "mark": chart.mark, "encoding": encoding(chart)}
    for major in (5, 6):
        jsonschema.Draft7Validator(dict(load("vega-lite", major).root)).validate(content)
    program = ast.parse(altair(chart, "df", imported=False))
    assert isinstance(program.body[0], ast.Import)
    call = program.body[1]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert {k.arg for k in call.value.keywords} == {c.name for c in chart.channels}


def test_altair_code() -> None:
    bar, *_, histogram, _, _ = charts(TABLE)
    assert altair(bar, "df", imported=True) == (
        'alt.Chart(df).mark_bar().encode(\n    x="region:N",\n    y="sum(price):Q",\n)'
    )
    assert '    x=alt.X("price:Q", bin=True),\n    y="count():Q",' in altair(histogram, "df", imported=True)


@pytest.mark.parametrize(
    ("text", "language", "start"),
    [
        (f'{FRAME}# %% [vega-lite]\n{{"data": {{"name": "d<|>f"}}}}', "vega-lite", '{\n  "$schema"'),
        (f"{FRAME}# %%\n%%vegalite d<|>f\nmark: bar", "python", '%%vegalite df\n{\n  "mark": '),
        (f"host: polynote\n{FRAME}# %% [vega]\n{{data: {{values: d<|>f}}}}", "vega", '{\n  "$schema"'),
    ],
)
def test_the_new_cell_is_clean_and_of_the_notebooks_kind(text: str, language: str, start: str) -> None:
    case, found = offered(text)
    # Other languages offer something for a table too.
    found = [action for action in found if re.search(r"chart|plot|histogram|heat map", action.title.casefold())]
    assert len(found) == 4
    for action in found:
        new = action.insert_cell
        assert new is not None
        assert (new.after, new.language, new.text[: len(start)]) == (case.cell, language, start)
        head = "# %%" if language == "python" else f"# %% [{language}]"
        again = dsl.load(f"{text.replace(dsl.CURSOR, '').rpartition('# %%')[0]}{head}\n{new.text}")
        assert dsl.findings(again) == []


def test_charts_are_offered_where_the_table_is_made_or_used() -> None:
    for text, drawn in (
        (FRAME.replace("df =", "d<|>f ="), "df"),
        (f"{FRAME}# %%\nprint(d<|>f)", "df"),
        (f"{FRAME}# %% [sql]\nselect * from d<|>f", "df"),
        (f"{FRAME}# %%\n%%sql d<|>f <<\nselect region, price, 1 as n from df", "df.DataFrame()"),
    ):
        _, found = offered(text)
        new = found[0].insert_cell
        assert (found[0].title, new is not None) == ("New cell: bar chart of price by region", True)
        assert new is not None
        chart = f'alt.Chart({drawn}).mark_bar().encode(\n    x="region:N",\n    y="sum(price):Q",\n)'
        assert new.text == f"import altair as alt\n\n{chart}"


@pytest.mark.parametrize(
    ("table", "drawn"),
    [
        ("import polars as pl\ndf = pl.DataFrame({'v': [1.5]}).lazy()", "df.collect()"),
        ("import duckdb\ndf = duckdb.sql('select 1.5::double as v')", "df.df()"),
        (
            "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
            "df = spark.createDataFrame([(1.5,)], 'v double')",
            "df.toPandas()",
        ),
    ],
)
def test_what_altair_does_not_take_becomes_a_frame(table: str, drawn: str) -> None:
    _, found = offered(f"# %%\n{table}\n# %%\ndf<|>")
    cells = [a.insert_cell.text for a in found if a.insert_cell is not None and "alt.Chart" in a.insert_cell.text]
    assert cells
    assert all(f"alt.Chart({drawn})" in text for text in cells)


def test_a_table_of_the_catalogue_alone_is_not_drawn_in_python() -> None:
    text = "# %% [sql]\ncreate table df (v double);\n# %% [sql]\nselect v from d<|>f"
    assert not [a for a in offered(text)[1] if a.insert_cell is not None and "alt.Chart" in a.insert_cell.text]


def test_nothing_is_offered_elsewhere() -> None:
    assert offered(f'{FRAME}# %% [vega-lite]\n{{"mark": "b<|>ar"}}')[1] == []
    assert offered(f'{FRAME}# %% [vega-lite]\n{{"data": {{"name": "nobo<|>dy"}}}}')[1] == []


# -- Polynote's viz cells


def viz(**plot: Any) -> dict[str, Any]:
    return {"type": "plot", "value": "df", "plotDefinition": {"value": "df", "plot": plot}}


@pytest.mark.parametrize(
    ("plot", "stream", "field"),
    [
        (
            {"type": "bar", "x": {"field": "region"}, "y": {"series": [{"field": "price", "aggregation": "mean"}]}},
            'df.aggregate(["region"], [{"price": "mean"}])',
            "mean(price)",
        ),
        (
            {"type": "xy", "x": {"field": "price"}, "y": {"field": "n"}, "color": "region"},
            'df.select("price", "n", "region")',
            "n",
        ),
        ({"type": "histogram", "x": {"field": "price"}, "binCount": 9}, 'df.histogram("price", 9)', "count"),
    ],
)
def test_a_plot_becomes_a_vega_cell(plot: dict[str, Any], stream: str, field: str) -> None:
    made = specification(viz(**plot))
    assert made is not None
    assert made[1] == stream
    assert made[2]["encoding"]["y"]["field"] == field
    content = {**made[2], "data": {"values": []}}
    jsonschema.Draft7Validator(dict(load("vega-lite", 5).root)).validate(content)
    text = f"host: polynote\n{FRAME}# %% [viz]\n<|>{json.dumps(viz(**plot))}"
    _, found = offered(text)
    new = found[0].insert_cell
    assert new is not None
    assert found[0].title == "Convert to a Vega cell"
    tree = read(new.text, 0, "javascript")
    assert tree.mistakes == ()
    assert tree.root is not None
    assert plain(tree.root)["encoding"] == made[2]["encoding"]
    assert dsl.findings(dsl.load(f"host: polynote\n{FRAME}# %% [vega]\n{new.text}")) == []


@pytest.mark.parametrize(
    "cell",
    [
        None, [], {}, {"type": "table", "value": "df"}, viz(type="pie"), viz(type="bar"), viz(type="histogram", x="a"),
        viz(type="bar", x={"field": "a"}, y={"series": []}), {"type": "plot", "value": "df", "plotDefinition": 3},
    ],
)  # fmt: skip
def test_what_is_no_plot_stays_as_it_is(cell: Any) -> None:
    assert specification(cell) is None


def test_what_python_imports_is_known_in_cells_of_other_languages() -> None:
    _, found = offered(f"{FRAME}import altair as alt\nimport duckdb\n# %% [sql]\nselect region from d<|>f\n")
    made = [a.insert_cell.text for a in found if a.insert_cell is not None and a.insert_cell.language == "python"]
    assert made
    assert not [text for text in made if "import " in text]
