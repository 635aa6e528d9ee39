"""Cells that nobody should write, and many have: too long, too deep, of characters that no program sends. Whatever is
asked about them is answered, and the cells beside them are answered as ever."""

from __future__ import annotations

import logging

import pytest

from polycell.core.text import LineIndex
from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at, position, run
from tests.lsp.test_columns import CAPABILITIES
from tests.shared import FULL

BOOK = "file:///nowhere/hostile.ipynb"
ASKED = ("completion", "hover", "definition", "signatureHelp", "documentHighlight", "prepareRename")
OF_ALL = ("documentSymbol", "foldingRange", "semanticTokens/full")
DEEP, LONG = (10_000, 300_000) if FULL else (2_500, 100_000)

CELLS = {
    "a long literal": ("python", f"data = [{', '.join(map(str, range(LONG // 7)))}]"),
    "a long text": ("python", f"data = '{'x' * LONG}'"),
    "a long query": ("python", "%%sql\n" + "select a from df where b = 'x' union all\n" * (LONG // 41)),
    "many queries": ("python", "%%sql\n" + "select a from df;\n" * (DEEP // 3)),
    "brackets": ("python", "[" * DEEP),
    "closed brackets": ("python", "[" * DEEP + "]" * DEEP),
    "calls": ("python", "f(" * DEEP + ")" * DEEP),
    "a long line": ("python", "df['a']; " * (LONG // 20)),
    "a long chain": ("python", "df" + ".a" * DEEP),
    "subqueries": ("python", "%%sql\n" + "select * from (" * (DEEP // 10)),
    "parentheses": ("python", f"%%sql\nselect {'(' * DEEP}a{')' * DEEP} from df"),
    "itself": ("python", "%%sql\nwith recursive t as (select * from u), u as (select * from t) select t. from t, u"),
    "lists": ("vega-lite", "[" * DEEP),
    "objects": ("vega-lite", '{"data": ' * DEEP),
    "NUL": ("python", "x = df['a\0']\n\0 = 1"),
    "NUL in SQL": ("python", "%%sql\nselect '\0', \0 from df"),
    "half of a character": ("python", "x = df['\ud800']\n\udfff = 1"),
    "half of a character in SQL": ("python", '%%sql\nselect "\ud800" as \udfff from df'),
    "half of a character in a chart": ("vega-lite", '{"mark": "\ud800", "data": {"name": "df"}}'),
    "line ends": ("python", "x = df\r\ny = x['a']\rz = 1\n\r\nw = y\u2028v = 2\x0cu = 3"),
    "line ends in SQL": ("python", "%%sql\r\nselect a\rfrom df\n\r\nwhere a > 1"),
}


def test_whatever_is_asked_about_a_hostile_cell_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start(CAPABILITIES)
        first = ("python", "import pandas as pd\ndf = pd.DataFrame({'a': [1], 'b': ['x']})")
        client.open_notebook(BOOK, first, *CELLS.values(), ("python", 'df["'))
        await client.settled()
        for number, (_, text) in enumerate(CELLS.values(), 1):
            uri, index = f"cell:{BOOK}#{number}", LineIndex(text)
            end, middle = index.position(len(text)), index.position(len(text) // 2)
            await client.complete(uri, end.line, end.column)
            for method in ASKED:
                await client.answer(client.ask(f"textDocument/{method}", at(uri, middle.line, middle.column)))
            for method in OF_ALL:
                await client.request(f"textDocument/{method}", {"textDocument": {"uri": uri}})
            options = {"tabSize": 4, "insertSpaces": True}
            whole = {"start": position(0, 0), "end": position(len(index), 0)}
            await client.answer(
                client.ask("textDocument/formatting", {"textDocument": {"uri": uri}, "options": options})
            )
            await client.request(
                "textDocument/codeAction",
                {"textDocument": {"uri": uri}, "range": whole, "context": {"diagnostics": []}},
            )
        last = f"cell:{BOOK}#{len(CELLS) + 1}"
        assert {"a", "b"} <= {item["label"] for item in await client.complete(last, 0, 4)}
        client.type_in(BOOK, last, 0, 0, 4, 'df["a"]', version=2)
        await client.settled()
        assert not client.diagnostics(last)

    with caplog.at_level(logging.WARNING):
        run(test)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
