"""Members of library objects: a real `polycell serve` beside ty alone, in one run, on the same notebook.

ty is given what it can make sense of: the Python cells of the notebook, by its own notebook messages.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from polycell.languages.python.engine.specs import TY
from tests.bench import generate
from tests.bench.client import Client
from tests.bench.measure import resident

ROUNDS = 9
URI = "file:///bench/engine.ipynb"


@dataclass
class Answered:
    """Milliseconds until the first completion after the start, warm medians, and the child's and our memory in MB."""

    first: float
    members: float
    frame: float
    hover: float
    memory: float


def polycell(cells: int) -> Answered:
    return _measured([sys.executable, "-m", "polycell", "serve"], cells, python_only=False)


def ty(cells: int) -> Answered | None:
    """None where ty is not installed."""
    command = TY.command()
    return _measured(command, cells, python_only=True) if command is not None else None


def _measured(command: list[str], cells: int, *, python_only: bool) -> Answered:
    client = Client(command)
    try:
        began = time.perf_counter()
        client.initialize({"configuration": {"environment": {"python": sys.prefix}}} if python_only else None)
        texts = [c.text for c in generate.notebook(cells).cells if c.kind == "code"]
        if python_only:
            texts = [text for text in texts if not text.startswith("%%")]
        texts.append("import json\nframe_x = frame_0\nx = 1\n")
        uris = [f"vscode-notebook-cell:/bench/engine.ipynb#W{n}" for n in range(len(texts))]
        _open(client, texts, uris)
        version = 1

        def ask(method: str, line: str, back: int = 0) -> float:
            """The milliseconds to a changed last cell and the answer about its end."""
            nonlocal version
            version += 1
            text = f"import json\nframe_x = frame_0\nx = {version}\n{line}"
            _edit(client, uris[-1], version, text)
            at = time.perf_counter()
            place = {"line": 3, "character": len(line) - back}
            client.request(method, {"textDocument": {"uri": uris[-1]}, "position": place})
            return (time.perf_counter() - at) * 1000

        def median(one: Callable[[], float]) -> float:
            return statistics.median(one() for _ in range(ROUNDS))

        ask("textDocument/completion", "json.")
        first = (time.perf_counter() - began) * 1000
        for _ in range(3):  # pandas is looked at for the first time, which takes whoever asks the same
            ask("textDocument/completion", "frame_x.")
            time.sleep(1)
        members = median(lambda: ask("textDocument/completion", "json."))
        frame = median(lambda: ask("textDocument/completion", "frame_x."))
        hover = median(lambda: ask("textDocument/hover", "json.dumps", 2))
        return Answered(first, members, frame, hover, sum(map(resident, client.processes())))
    finally:
        client.close()


def _open(client: Client, texts: list[str], uris: list[str]) -> None:
    notebook = {
        "uri": URI,
        "notebookType": "jupyter-notebook",
        "version": 1,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [{"kind": 2, "document": uri} for uri in uris],
    }
    documents = [
        {"uri": uri, "languageId": "python", "version": 1, "text": text} for uri, text in zip(uris, texts, strict=True)
    ]
    client.notify("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": documents})


def _edit(client: Client, uri: str, version: int, text: str) -> None:
    change: dict[str, Any] = {"document": {"uri": uri, "version": version}, "changes": [{"text": text}]}
    client.notify(
        "notebookDocument/didChange",
        {"notebookDocument": {"uri": URI, "version": version}, "change": {"cells": {"textContent": [change]}}},
    )
