"""The Python engine begins before the server is there, and is the one that the server then uses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from polycell.core.notebook import Notebook
from polycell.core.values import replace
from polycell.languages.python.engine.engine import Engine
from polycell.lsp import engines
from polycell.lsp.client import read_client
from polycell.lsp.server import Inbox
from polycell.lsp.settings import Settings

HELLO = {"method": "initialize", "id": 1, "params": {"capabilities": {}, "clientInfo": {"name": "x"}}}


def opening(language: str = "python") -> dict[str, Any]:
    notebook = {
        "uri": "file:///folder/book.ipynb",
        "notebookType": "jupyter-notebook",
        "version": 1,
        "metadata": {"kernelspec": {"name": "mine", "language": "python"}},
        "cells": [{"kind": 2, "document": "cell:#0"}],
    }
    text = {"uri": "cell:#0", "languageId": language, "version": 1, "text": "x = 1"}
    params = {"notebookDocument": notebook, "cellTextDocuments": [text]}
    return {"jsonrpc": "2.0", "method": "notebookDocument/didOpen", "params": params}


MINE = "# ---\n# jupyter:\n#   kernelspec:\n#     name: mine\n#     language: python\n# ---\n\n"


class Listening(Engine):
    """Notes what it is told instead of starting anything."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__(())
        self.tell = note
        self.told: list[str] = []

    def begin(self, notebook: Notebook) -> Coroutine[Any, Any, None]:
        self.told.append(f"begin {notebook.path} {notebook.metadata.get('kernelspec', {}).get('name', '')}")
        return asyncio.sleep(0)

    async def members(self, notebook: Notebook, type_: str, ask: object) -> Sequence[Any]:
        self.told.append(f"members {type_}")
        return ()

    async def close(self) -> None:
        self.told.append("close")
        await super().close()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Listening]:
    made: list[Listening] = []

    def make(asked: engines.Wanted, note: Callable[[str], None]) -> Engine:
        made.append(Listening(note))
        return made[-1]

    monkeypatch.setattr(engines, "make", make)
    return made


class Nobody:
    """Who is written to."""

    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...


def wanted() -> engines.Wanted:
    found = engines.wanted(read_client(HELLO["params"]), Settings())
    assert found is not None
    return found


def test_it_begins_for_notebooks_with_python_in_them(made: list[Listening]) -> None:
    async def test() -> None:
        early = engines.Early(HELLO["params"])
        strange: list[Any] = [None, [], {"notebookDocument": {"uri": 1}}]
        for message in (*strange, HELLO, opening("scala"), *({**opening(), "params": params} for params in strange)):
            early.begin(message)
        assert made[0].told == []
        early.begin(opening())
        assert made[0].told == ["begin /folder/book.ipynb mine"]
        await early.close()
        assert made[0].told[1:] == ["close"]

    asyncio.run(test())


def test_it_looks_at_the_libraries_of_the_cells_at_once(made: list[Listening]) -> None:
    async def test() -> None:
        early = engines.Early(HELLO["params"])
        message = opening()
        message["params"]["cellTextDocuments"][0]["text"] = "import pandas as pd\npd."
        early.begin(message)
        await asyncio.sleep(0.01)
        assert made[0].told == ["begin /folder/book.ipynb mine", "members _polycell_m_pandas.DataFrame"]
        await early.close()

    asyncio.run(test())


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("# %%\nimport json\n# %%\njson.", "python", ["begin /folder/script.py "]),
        (f"{MINE}# %%\nx = 1\n", "python", ["begin /folder/script.py mine"]),
        ("import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    x = 1\n", "python", ["begin /folder/script.py "]),
        ("import json\njson.dumps(1)\n", "python", []),
        ("# %% [markdown]\n# Words\n", "python", []),
        ("# %%\nx = 1\n", "r", []),
        (None, "python", []),
    ],
    ids=["percent", "kernel", "marimo", "module", "prose", "other language", "no text"],
)
def test_it_begins_for_scripts_of_cells(
    made: list[Listening], text: str | None, language: str, told: list[str]
) -> None:
    document = {"uri": "file:///folder/script.py", "languageId": language, "version": 1, "text": text}

    async def test() -> None:
        early = engines.Early(HELLO["params"])
        early.begin({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}})
        assert made[0].told == told
        await early.close()

    asyncio.run(test())


@pytest.mark.parametrize(("kernel", "told"), [("mine", "mine"), (None, "")], ids=["as its file says", "without a file"])
def test_it_begins_for_the_joined_text_of_a_notebook(
    made: list[Listening], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kernel: str | None, told: str
) -> None:
    file = tmp_path / "book.ipynb"
    if kernel is not None:
        metadata = {"kernelspec": {"name": kernel, "language": "python"}}
        file.write_text(json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))

    async def test() -> None:
        begun = asyncio.Event()
        begin = Listening.begin

        def noted(self: Listening, notebook: Notebook) -> Coroutine[Any, Any, None]:
            begun.set()
            return begin(self, notebook)

        monkeypatch.setattr(Listening, "begin", noted)
        early = engines.Early(HELLO["params"])
        for language, text in (("python", '{"cells": []}'), ("r", "x <- 1\n"), ("python", "x = 1\n\n\ny = 2\n")):
            uri = (tmp_path / ".virtual_documents" / "book.ipynb").as_uri()
            document = {"uri": uri, "languageId": language, "version": 1, "text": text}
            early.begin({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": document}})
        await begun.wait()
        await early.close()
        assert made[0].told == [f"begin {file} {told}", "close"]

    asyncio.run(test())


def test_whoever_wants_just_that_engine_takes_it_and_hears_what_it_said(made: list[Listening]) -> None:
    async def test() -> None:
        notes: list[str] = []
        early = engines.Early(HELLO["params"])
        made[0].tell("ty is not there")
        assert early.take(wanted(), notes.append) is made[0]
        made[0].tell("nor is jedi")
        assert notes == ["ty is not there", "nor is jedi"]
        assert early.take(wanted(), notes.append) is made[1]  # of a later session
        await early.close()
        assert made[0].told == []

    asyncio.run(test())


def test_an_engine_that_nobody_wants_is_closed(made: list[Listening]) -> None:
    async def test() -> None:
        early = engines.Early(HELLO["params"])
        assert early.take(replace(wanted(), name="pyrefly"), print) is made[1]
        await early.close()
        assert made[0].told == ["close"]

    asyncio.run(test())


@pytest.mark.parametrize("options", [{"python": "companion"}, {"pythonEngine": "off"}])
def test_none_is_made_where_none_is_wanted(made: list[Listening], options: dict[str, str]) -> None:
    engines.Early({**HELLO["params"], "initializationOptions": options})  # type: ignore[dict-item]
    assert made == []


def test_it_begins_before_the_server_is_there(made: list[Listening], monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        done = asyncio.Event()
        inbox = Inbox(Nobody(), done)
        first = []
        begin = Listening.begin

        def noted(self: Listening, notebook: Notebook) -> Coroutine[Any, Any, None]:
            first.append(inbox.server is None)
            return begin(self, notebook)

        monkeypatch.setattr(Listening, "begin", noted)
        for message in (HELLO, opening(), {"method": "shutdown", "id": 2}, {"method": "exit"}):
            inbox.receive(message)
        await done.wait()
        assert await inbox.finish() == 0
        assert first == [True]
        assert len(made) == 1
        assert made[0].told[-1] == "close"

    asyncio.run(test())
