"""What is measured on a real server process: start, the messages of one edit, memory."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from tests.bench import generate
from tests.bench.client import Client, start
from tests.bench.measure import resident

QUIET = 1.0  # seconds without a message after which the server is taken to be done


@dataclass
class Served:
    """`edit_messages`: methods of the messages after an edit that makes a finding; `edit_time`: ms until the last one.

    `longest_answer`: ms until the slowest answer to a trivial request while the server works through the notebook.
    """

    initialize: float
    opened: float
    longest_answer: float
    edit_messages: list[str]
    edit_time: float
    memory: float


def served(cells: int) -> Served:
    """Open a generated notebook in a real server and edit one cell."""
    client, seconds = start()
    try:
        notebook = generate.notebook(cells)
        documents = [
            {"uri": f"vscode-notebook-cell:/bench.ipynb#{c.id}", "languageId": "python", "version": 1, "text": c.text}
            for c in notebook.cells
        ]
        began = time.perf_counter()
        client.notify(
            "notebookDocument/didOpen", {"notebookDocument": _notebook(notebook.cells), "cellTextDocuments": documents}
        )
        client.request("textDocument/hover", _at(documents[1]["uri"], 0, 8))
        opened = time.perf_counter() - began
        longest = 0.0
        while time.perf_counter() - began < max(2.0, 2 * opened):
            at = time.perf_counter()
            client.request("textDocument/hover", _at(documents[0]["uri"], 0, 0))
            longest = max(longest, time.perf_counter() - at)
            time.sleep(0.005)
        client.gather(QUIET)
        target = next(i for i, c in enumerate(notebook.cells) if c.id.endswith("-4"))
        uri = documents[target]["uri"]
        began = time.perf_counter()
        _edit(client, uri, 2, 0, "undefined_in_bench\n")
        messages = client.gather(QUIET)
        edit_time = (time.perf_counter() - began - QUIET) * 1000
        memory = resident(client.pid)
        said = [m["method"] for m in messages if "method" in m]
        return Served(seconds * 1000, opened * 1000, longest * 1000, said, edit_time, memory)
    finally:
        client.close()


def _notebook(cells: Any) -> dict[str, Any]:
    return {
        "uri": "file:///bench.ipynb",
        "notebookType": "jupyter-notebook",
        "version": 1,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {"kind": 1 if c.kind == "markup" else 2, "document": f"vscode-notebook-cell:/bench.ipynb#{c.id}"}
            for c in cells
        ],
    }


def _at(uri: str, line: int, character: int) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


def _edit(client: Client, uri: str, version: int, line: int, text: str) -> None:
    place = {"line": line, "character": 0}
    change = {
        "document": {"uri": uri, "version": version},
        "changes": [{"range": {"start": place, "end": place}, "text": text}],
    }
    client.notify(
        "notebookDocument/didChange",
        {
            "notebookDocument": {"uri": "file:///bench.ipynb", "version": version},
            "change": {"cells": {"textContent": [change]}},
        },
    )
