"""Hover and definition of names and columns."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from polycell.compose import default_services
from polycell.core import features
from polycell.core.service import Context
from polycell.languages.python import hover as own
from polycell.languages.python.engine.engine import Answer, Engine
from polycell.languages.python.flow import at_cursor
from polycell.languages.python.flow.interpreter import Interpreter
from tests.dsl import definition, hover, load

PRELUDE = 'import pandas as pd\ndf = pd.DataFrame({"a": [1], "b": ["x"]})\ndf["c"] = df["a"] / 2\n# %%\n'


def test_a_frame_shows_its_columns_and_its_cell() -> None:
    found = hover(PRELUDE + "d<|>f")
    assert found is not None
    assert "| c | `double` |" in re.sub(" +", " ", found.markdown)
    assert "cell 1 · `pd.DataFrame(" in found.markdown


def test_a_column_says_where_it_comes_from() -> None:
    found = hover(PRELUDE + 'df["<|>c"]')
    assert found is not None
    told, _, made_of = found.markdown.partition("\n\nLineage: ")
    assert told == '```python\nc: double\n```\n\nfrom `df["a"] / 2` in cell 1'
    assert made_of == 'cell 1, Python: `df["a"] / 2` ← cell 1, Python: `df = pd.DataFrame({"a": [1], "b": ["x"]})`'


def test_a_column_that_is_being_made() -> None:
    found = hover(PRELUDE + 'df["ne<|>w"] = df.a')
    assert found is not None
    assert "new: int64" in found.markdown


def test_a_function_shows_signature_and_docstring() -> None:
    found = hover('def f(a, b=1) -> int:\n    """Adds."""\n    return a + b\n# %%\n<|>f(1)')
    assert found is not None
    assert "def f(a, b=1) -> int" in found.markdown
    assert "Adds." in found.markdown


def test_a_name_shows_what_it_becomes_where_it_is_bound() -> None:
    found = hover("x = 1\n# %%\n<|>x = 'text'")
    assert found is not None
    assert "x: str" in found.markdown


def test_a_column_leads_to_the_code_that_made_it() -> None:
    (place,) = definition(PRELUDE + 'df["<|>c"]')
    assert (place.cell, place.span.start) == ("c0", PRELUDE.index('"c"') + 1)
    (place,) = definition(PRELUDE + "df.<|>a")
    assert place.span.start == PRELUDE.index('"a"') + 1


def test_a_column_leads_to_its_file(tmp_path: Path) -> None:
    code = 'file sales.csv: id,price;1,2.5\n# %%\nimport pandas as pd\ns = pd.read_csv("sales.csv")\ns["pr<|>ice"]'
    (place,) = definition(code, tmp_path)
    assert place.uri.endswith("sales.csv")
    found = hover(code, tmp_path)
    assert found is not None
    assert "from sales.csv" in found.markdown


def test_many_columns_are_counted() -> None:
    found = hover("import pandas as pd\ndf = pd.DataFrame({f'c{i}': [1] for i in range(50)})\n# %%\ndf<|>")
    found = hover(
        "import pandas as pd\ndf = pd.DataFrame(dict(" + ", ".join(f"c{i}=[1]" for i in range(40)) + "))\n# %%\ndf<|>"
    )
    assert found is not None
    assert "… and 10 more columns" in found.markdown


NEW = {
    "pandas": (
        'import pandas as pd\ndf = pd.DataFrame({"a": [1], "k": ["x"]})\n',
        [
            'df.rename(columns={"a": "ne<|>w"})',
            "t = df.rename(columns={'a': 'ne<|>w'}).head()",
            'df.rename(columns={"a": "ne<|>w"}, inplace=True)',
            'df.assign(ne<|>w=df["a"])',
            't = df.assign(ne<|>w=lambda d: d["a"])',
            'df.groupby("k").agg(ne<|>w=("a", "sum"))',
            'df["ne<|>w"] = df["a"] * 2',
            'df.loc[:, "ne<|>w"] = df["a"]',
            'df.columns = ["ne<|>w", "k"]',
            'df.insert(0, "ne<|>w", df["a"])',
            'df["a"].rename("ne<|>w")',
        ],
    ),
    "polars": (
        'import polars as pl\ndf = pl.DataFrame({"a": [1], "k": ["x"]})\n',
        [
            'df.rename({"a": "ne<|>w"})',
            'df.with_columns(ne<|>w=pl.col("a"))',
            'df.with_columns((pl.col("a") * 2).alias("ne<|>w"))',
            'df.select(pl.col("a").sum().alias("ne<|>w"))',
            'df.group_by("k").agg(ne<|>w=pl.col("a").sum())',
            'df.columns = ["ne<|>w", "k"]',
        ],
    ),
    "Spark": (
        "from pyspark.sql import SparkSession, functions as F\nspark = SparkSession.builder.getOrCreate()\n"
        'df = spark.createDataFrame([(1, "x")], "a bigint, k string")\n',
        [
            'df.withColumnRenamed("a", "ne<|>w")',
            'df.withColumnsRenamed({"a": "ne<|>w"})',
            'df.withColumn("ne<|>w", F.col("a"))',
            'df.groupBy("k").agg(F.sum("a").alias("ne<|>w"))',
            'df.toDF("ne<|>w", "k")',
        ],
    ),
}


@pytest.mark.parametrize(("library", "line"), [(lib, line) for lib, (_, lines) in NEW.items() for line in lines])
def test_a_new_name_tells_its_column(library: str, line: str) -> None:
    found = hover(f"# %%\n{NEW[library][0]}# %%\n{line}")
    assert found is not None
    assert found.markdown.startswith("```python\nnew: int64\n")
    assert "from " in found.markdown


def test_a_hover_walks_the_cell_once_before_and_once_behind_the_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []
    run = at_cursor.run

    def counted(context: Context, until: int | None = None, **more: Any) -> Interpreter:
        walked.append(until)
        return run(context, until, **more)

    monkeypatch.setattr(at_cursor, "run", counted)
    text = "import json\nx = 1\n"
    assert hover(f"{text}json.dum<|>ps(x)") is None
    assert walked == [len(text), len(f"{text}json.dumps(x)") + 1]


def test_the_engine_thinks_while_we_do(monkeypatch: pytest.MonkeyPatch) -> None:
    order = []

    class Listening(Engine):
        async def ask(self, *about: Any, **more: Any) -> Answer | None:
            order.append("engine")
            return None

    def ours(context: Context, offset: int) -> None:
        order.append("ours")

    monkeypatch.setattr(own, "hover", ours)
    case = load("x = f()\nx.re<|>al")
    asking = features.hover(case.snapshot, default_services(Listening(())), case.cell, case.offset)
    assert asyncio.run(asking) is None
    assert order == ["engine", "ours"]
