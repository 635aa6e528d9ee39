"""Definition, references, highlights and rename of columns as clients ask for them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at, eventually, run
from tests.lsp.test_renaming import CAPABILITIES, changed, rename

BOOK = "file:///nowhere/columns.ipynb"
FRAME = "import pandas as pd\n# 😀\nsales = pd.DataFrame({'n': [1], 'price': [2.5]})"
QUERY = '%%sql totals <<\nselect sum(Price) as total, "price" from sales -- price\ngroup by all'
USES = "sales.query('price > 1')['price'].max()\nsales.price"
CHART = '{"data": {"name": "sales"}, "mark": "bar", "transform": [{"filter": "datum.price > 1"}],\n "encoding": {"x": {"field": "price", "title": "price"}}}'  # noqa: E501


async def opened(**more: Any) -> tuple[Client, list[str]]:
    client = Client(default_parts)
    await client.start(CAPABILITIES, **more)
    client.open_notebook(BOOK, ("python", FRAME), ("python", QUERY), ("python", USES), ("vega-lite", CHART))
    return client, [f"cell:{BOOK}#{n}" for n in range(4)]


def test_a_rename_edits_python_strings_sql_and_charts_together() -> None:
    async def test() -> None:
        client, uris = await opened()
        texts = dict(zip(uris, (FRAME, QUERY, USES, CHART), strict=True))
        prepared = await client.request("textDocument/prepareRename", at(uris[1], 1, 12))
        assert prepared["placeholder"] == "price"
        expected = {
            uris[0]: FRAME.replace("'price'", "'cost'"),
            uris[1]: '%%sql totals <<\nselect sum(cost) as total, "cost" from sales -- price\ngroup by all',
            uris[2]: "sales.query('cost > 1')['cost'].max()\nsales.cost",
            uris[3]: CHART.replace("datum.price", "datum.cost").replace('"field": "price"', '"field": "cost"'),
        }
        starts = [(uris[0], 2, 33), (uris[1], 1, 12), (uris[2], 0, 14), (uris[2], 1, 8), (uris[3], 1, 30)]
        for uri, line, character in starts:
            answer = await rename(client, uri, line, character, "cost")
            assert changed(answer, texts) == expected, (uri, line, character)
        found = await client.request("textDocument/documentHighlight", at(uris[2], 0, 14))
        assert [(h["range"]["start"]["line"], h["range"]["start"]["character"]) for h in found] == [
            (0, 13),
            (0, 26),
            (1, 6),
        ]

    run(test)


EVERYWHERE = (
    ("python", "import duckdb, pandas as pd, polars as pl, altair as alt\n"
     "sales = pd.DataFrame({'who': ['a'], 'paid': [1]})"),
    ("python", 'top = duckdb.sql("select who, sum(paid) as tot from sales group by who").df()'),
    ("python", "top.sort_values('tot').rename(columns={'who': 'name'})\ntop.tot.max()"),
    ("python", "alt.Chart(top).mark_bar().encode(x='who:N', y=alt.Y('tot:Q'), tooltip=['who', 'tot'])"),
    ("vega-lite", '{"data": {"name": "top"}, "mark": "bar", "encoding": {"x": {"field": "tot"}}}'),
    ("python", "from pyspark.sql import SparkSession, functions as F\nspark = SparkSession.builder.getOrCreate()\n"
     "sdf = spark.createDataFrame(top)\nsdf.createOrReplaceTempView('tops')\n"
     "sdf.filter(sdf.tot > 1).select(F.col('tot'), 'who').where('tot > 2 and who is not null')"),
    ("python", "spark.sql('select tot, who from tops where tot > 1')"),
    ("python", "pl.from_pandas(top).with_columns(pl.col('tot') * 2).filter(pl.col('tot') > 1)"),
)  # fmt: skip


def test_a_rename_through_every_library() -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start(CAPABILITIES)
        client.open_notebook(BOOK, *EVERYWHERE)
        texts = {f"cell:{BOOK}#{n}": text for n, (_, text) in enumerate(EVERYWHERE)}
        expected = {uri: re.sub(r"\btot\b", "revenue", text) for uri, text in texts.items() if "tot" in text}
        for cell in (1, 3, 4, 6, 7):  # those of one line
            answer = await rename(client, f"cell:{BOOK}#{cell}", 0, EVERYWHERE[cell][1].index("tot") + 1, "revenue")
            assert changed(answer, texts) == expected, cell
        for name, why in (("who", "There is a column `who` beside `tot` already"), ("x y", "`x y` cannot be written")):
            refused = await rename(client, f"cell:{BOOK}#1", 0, EVERYWHERE[1][1].index("tot") + 1, name)
            assert why in refused["error"]["message"]

    run(test)


def test_a_refusal_says_why() -> None:
    async def test() -> None:
        client, uris = await opened()
        answer = await rename(client, uris[2], 1, 8, "😀")
        assert "cannot be written in" in answer["error"]["message"] or "already" in answer["error"]["message"]

    run(test)


def test_beside_another_python_server_columns_are_ours() -> None:
    async def test() -> None:
        client, uris = await opened(initializationOptions={"python": "companion"})
        answer = await rename(client, uris[2], 0, 14, "cost")
        assert len(answer["result"]["documentChanges"]) == 4
        definition = await client.request("textDocument/definition", at(uris[2], 1, 8))
        assert [d["uri"] for d in definition] == [uris[0]]
        assert len(await client.request("textDocument/documentHighlight", at(uris[2], 1, 8))) == 3

    run(test)


def test_beside_another_python_server_members_are_those_of_what_it_does_not_know() -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start(CAPABILITIES, initializationOptions={"python": "companion"})
        given = "files = !ls\nlast = files[-1]\ntotals = found.DataFrame().head()\ntext = 'x'"
        asked = ("found.", "files.", "files[0].", "last.", "totals.", "text.", "fi", "te")
        cells = [("sql", "%%sql found <<\nselect 1 as one"), ("python", given), *(("python", text) for text in asked)]
        client.open_notebook(BOOK, *cells)
        offered = [
            {item["label"] for item in await client.complete(f"cell:{BOOK}#{n + 2}", 0, len(text))}
            for n, text in enumerate(asked)
        ]
        known = ("DataFrame", "grep", "upper", "upper", "merge", "upper", "files", "text")
        assert [name in labels for name, labels in zip(known, offered, strict=True)] == [True] * 5 + [
            False,
            True,
            False,
        ]

    run(test)


def test_beside_another_python_server_frames_and_queries_are_told_in_full_and_nothing_twice() -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start(CAPABILITIES, initializationOptions={"python": "companion"})
        query = 'import duckdb\nduckdb.sql("select  from sales")\nsales.query("price > 1")\npd.DataFrame('
        client.open_notebook(BOOK, ("python", FRAME), ("python", QUERY), ("python", query))
        uris = [f"cell:{BOOK}#{n}" for n in range(3)]
        inside = {item["label"] for item in await client.complete(uris[2], 1, 19)}
        assert {"price", "sales", "sum"} <= inside
        plain = {item["label"] for item in await client.complete(uris[2], 3, 13)}
        assert "totals" in plain
        assert not plain & {"sales", "None", "pd"}
        frame = await client.hover(uris[0], 2, 1)
        assert "price" in frame["contents"]["value"]
        assert await client.hover(uris[2], 3, 1) is None

    run(test)


def test_a_column_leads_to_the_header_of_its_file(tmp_path: Path) -> None:
    async def test() -> None:
        (tmp_path / "sales.csv").write_text("id,😀,price\n1,2,3\n", encoding="utf-8")
        book = {
            "cells": [
                {"cell_type": "code", "metadata": {}, "outputs": [], "source": "import pandas as pd\ndf = pd.read_csv('sales.csv')"},  # noqa: E501
                {"cell_type": "code", "metadata": {}, "outputs": [], "source": "%%sql\nselect price from df"},
            ],
            "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }  # fmt: skip
        text = json.dumps(book, indent=1)
        client = Client(default_parts)
        await client.start(CAPABILITIES, rootUri=tmp_path.as_uri())
        uri = (tmp_path / "a.ipynb").as_uri()
        client.open_text(uri, "json", text)
        lines = text.split("\n")
        line = next(i for i, one in enumerate(lines) if "select price" in one)
        where = at(uri, line, lines[line].index("price") + 1)
        found = await eventually(  # the file is read in a thread
            lambda: client.request("textDocument/definition", where), lambda found: found and found[0]["uri"] != uri
        )
        assert found == [
            {
                "uri": (tmp_path / "sales.csv").as_uri(),
                "range": {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 11}},
            }
        ]
        refused = await rename(client, uri, line, lines[line].index("price") + 1, "cost")
        assert "comes from `sales.csv`" in refused["error"]["message"]

    run(test)
