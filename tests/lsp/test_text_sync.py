"""Documents with notebooks in them: percent scripts, the JSON of an .ipynb, and scripts that are no notebook."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lsprotocol import types

from polycell.core.results import Completion
from polycell.core.text import Span
from polycell.lsp.completion import items
from tests.lsp.client import Client, at, position, run

SCRIPT = "file:///w/a.py"
PERCENT = """\
# %% [markdown]
# # Title, TODO

# %%
x = one
😀 = 1

# %% [sql]
# select x

# %%
x
"""


async def opened(uri: str, language: str, text: str, **more: Any) -> Client:
    client = Client()
    await client.start(**more)
    client.open_text(uri, language, text)
    await client.settled()
    return client


def test_names_cross_the_cells_of_a_percent_script() -> None:
    async def test() -> None:
        client = await opened(SCRIPT, "python", PERCENT)
        hover = await client.hover(SCRIPT, 11, 0)
        assert "`one`" in hover["contents"]["value"]
        assert hover["range"] == {"start": position(11, 0), "end": position(11, 1)}
        where = await client.request("textDocument/definition", at(SCRIPT, 11, 0))
        assert where == [{"uri": SCRIPT, "range": {"start": position(4, 0), "end": position(4, 1)}}]
        items = await client.complete(SCRIPT, 11, 1)
        assert [(i["label"], i["textEdit"]["range"]["start"]) for i in items] == [("x", position(11, 0))]

    run(test)


def test_a_commented_cell_is_asked_at_its_own_columns() -> None:
    async def test() -> None:
        client = await opened(SCRIPT, "python", PERCENT)
        hover = await client.hover(SCRIPT, 8, 9)
        assert "in sql" in hover["contents"]["value"]
        assert hover["range"] == {"start": position(8, 9), "end": position(8, 10)}

    run(test)


def test_findings_stand_where_the_document_has_them_and_follow_edits() -> None:
    async def test() -> None:
        client = await opened(SCRIPT, "python", PERCENT.replace("x = one", "x = TODO"))
        found = client.diagnostics(SCRIPT)
        assert [d["range"]["start"] for d in found or []] == [position(4, 4)]
        version = {"uri": SCRIPT, "version": 2}
        insert = {"range": {"start": position(0, 0), "end": position(0, 0)}, "text": "# %%\ny = 2\n\n"}
        client.notify("textDocument/didChange", {"textDocument": version, "contentChanges": [insert]})
        await client.settled()
        assert [d["range"]["start"] for d in client.diagnostics(SCRIPT) or []] == [position(7, 4)]
        client.edit_text(SCRIPT, PERCENT, 3)
        await client.settled()
        assert client.diagnostics(SCRIPT) == []

    run(test)


def test_a_cell_inserted_above_computes_one_cell() -> None:
    async def test() -> None:
        client = await opened(SCRIPT, "python", PERCENT)
        looked: set[str] = set()
        client.server.state.session._memo.listener = lambda what, cell_id: looked.add(cell_id)
        client.edit_text(SCRIPT, "# %%\ny = 2\n\n" + PERCENT)
        await client.settled()
        assert len(looked) == 1

    run(test)


def test_a_burst_of_full_texts_is_read_once() -> None:
    async def test() -> None:
        client = await opened(SCRIPT, "python", PERCENT)
        looked: list[str] = []
        client.server.state.session._memo.listener = lambda what, cell_id: looked.append(what)
        for length in range(1, 30):
            client.edit_text(SCRIPT, PERCENT + "y" * length, length)
        await client.settled()
        assert looked.count("facts") == 1

    run(test)


def test_symbols_are_cells_with_what_they_define() -> None:
    async def test() -> None:
        tree = {"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}}
        client = await opened(SCRIPT, "python", PERCENT, capabilities=tree)
        symbols = await client.request("textDocument/documentSymbol", {"textDocument": {"uri": SCRIPT}})
        assert [s["name"] for s in symbols] == ["Title, TODO", "cell 2", "cell 3", "cell 4"]
        assert [c["name"] for c in symbols[1]["children"]] == ["x"]
        flat = await opened(SCRIPT, "python", PERCENT)
        symbols = await flat.request("textDocument/documentSymbol", {"textDocument": {"uri": SCRIPT}})
        assert ("x", "cell 2") in [(s["name"], s.get("containerName")) for s in symbols]

    run(test)


@pytest.mark.parametrize(
    ("uri", "language", "text"),
    [
        ("file:///w/plain.py", "python", "x = TODO\n"),
        ("file:///w/q.sql", "sql", "TODO\n"),
        ("untitled:Untitled-1", "python", "x = TODO"),
        ("file:///w/README.md", "markdown", "# TODO\n\n```python\nTODO\n```\n"),
        ("file:///w/settings.json", "json", '{"a": "TODO"}'),
        ("file:///w/Makefile", "make", "TODO:\n"),
        ("file:///w/broken.json", "json", '{"a": '),
    ],
)
def test_what_is_no_notebook_gets_no_findings(uri: str, language: str, text: str) -> None:
    async def test() -> None:
        client = await opened(uri, language, text)
        assert client.diagnostics(uri) in (None, [])
        assert await client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}}) is not None

    run(test)


def test_a_plain_script_completes_and_reports_when_it_is_wished() -> None:
    async def test() -> None:
        client = await opened("file:///w/plain.py", "python", "name = TODO\nna")
        client.notify("workspace/didChangeConfiguration", {"settings": {"polycell": {"diagnosePlainScripts": True}}})
        await client.settled()
        assert len(client.diagnostics("file:///w/plain.py") or []) == 1
        client.notify("workspace/didChangeConfiguration", {"settings": {"polycell": {"diagnosePlainScripts": False}}})
        assert client.diagnostics("file:///w/plain.py") == []

    run(test)


def ipynb(*cells: tuple[str, str], indent: int | None = 1) -> str:
    made = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {"vscode": {"languageId": language}}, "source": text}
        for n, (language, text) in enumerate(cells)
    ]
    info = {"kernelspec": {"name": "python3", "language": "python"}}
    return json.dumps({"cells": made, "metadata": info, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


@pytest.mark.parametrize("language", ["json", "jsonc", "ipynb", "plaintext", "python"])
def test_the_json_of_a_notebook(language: str) -> None:
    async def test() -> None:
        text = ipynb(("python", 'a = "é\\n"\nx = TODO'), ("python", "x"))
        uri = "file:///w/raw.ipynb"
        client = await opened(uri, language, text)
        found = client.diagnostics(uri) or []
        assert len(found) == 1
        line = text.split("\n")[found[0]["range"]["start"]["line"]]
        assert line[found[0]["range"]["start"]["character"] : found[0]["range"]["end"]["character"]] == "TODO"
        row = next(n for n, line in enumerate(text.split("\n")) if '"source": "x"' in line)
        column = text.split("\n")[row].index('"x"') + 1
        hover = await client.hover(uri, row, column)
        assert "`TODO`" in hover["contents"]["value"]
        assert hover["range"] == {"start": position(row, column), "end": position(row, column + 1)}

    run(test)


def test_what_is_inserted_into_json_is_json() -> None:
    async def test() -> None:
        uri = "file:///w/raw.ipynb"
        client = await opened(uri, "json", ipynb(("python", "x = 1"), ("python", "x")))
        asked = client.server.state.asked(uri)
        assert asked is not None
        offset = asked.face.text.index('"x"') + 2
        target = asked.target(offset)
        assert target is not None
        line = asked.face.text[:offset].count("\n")
        chosen = [Completion('["a"]', "column", Span(0, 1))]
        (item,) = items(
            client.server.state, asked, types.Position(line, 0), lambda s: asked.face.to_face(target.cell, s), chosen
        )
        assert item["textEdit"]["newText"] == '[\\"a\\"]'

    run(test)


def test_broken_json_is_said_once_at_its_place_and_goes_away() -> None:
    async def test() -> None:
        uri = "file:///w/raw.ipynb"
        whole = ipynb(("python", "x = 1"))
        client = await opened(uri, "json", whole[: len(whole) // 2])
        assert {d["code"] for d in client.diagnostics(uri) or []} == {"unreadable-notebook"}
        client.edit_text(uri, whole)
        await client.settled()
        assert client.diagnostics(uri) == []

    run(test)


def test_the_same_file_as_notebook_and_as_text() -> None:
    async def test() -> None:
        uri = "file:///w/both.ipynb"
        client = await opened(uri, "json", ipynb(("python", "x = TODO")))
        client.open_notebook(uri, ("python", "y = TODO"))
        await client.settled()
        assert len(client.diagnostics(uri) or []) == 1
        assert len(client.diagnostics(f"cell:{uri}#0") or []) == 1
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        await client.settled()
        assert client.diagnostics(uri) == []
        assert client.texts(uri) == [("python", "y = TODO")]
        assert await client.hover(f"cell:{uri}#0", 0, 0) is not None

    run(test)


def test_a_cell_that_is_announced_as_a_document_too_is_the_notebooks() -> None:
    async def test() -> None:
        client = Client()
        await client.start()
        uri = "vscode-notebook-cell:/w/a.ipynb#W0"
        client.open_text(uri, "python", "x = TODO")
        client.edit_text(uri, "x = TODO TODO")
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        await client.settled()
        assert client.published() == []

    run(test)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_in_the_agreed_encoding(encoding: str) -> None:
    async def test() -> None:
        text = '# %%\ns = "😀漢é"; TODO\n'
        offered = {"general": {"positionEncodings": [encoding]}}
        client = await opened(SCRIPT, "python", text, capabilities=offered)
        before = 's = "😀漢é"; '
        columns = {"utf-8": len(before.encode()), "utf-16": len(before) + 1, "utf-32": len(before)}
        assert [d["range"]["start"] for d in client.diagnostics(SCRIPT) or []] == [position(1, columns[encoding])]

    run(test)
