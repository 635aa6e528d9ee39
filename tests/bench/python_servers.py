"""`python -m tests.bench.python_servers [CELLS…]`: Python cells, Polycell beside the language servers for Python.

One run, one machine, one generated notebook in each size. A server that takes notebooks gets the cells as one; any
other gets them as one file, and so is spared the borders. All but Polycell get the Python cells alone, which is what
they can make sense of. Peers are what is installed (`pip install -e ".[bench]"`); what is not is said to be absent.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from polycell.bridge.spec import which
from polycell.languages.python.engine.specs import TY
from tests.bench import generate
from tests.bench.client import Client
from tests.bench.measure import resident

ROUNDS = 9
SIZES = (10, 100, 1000)
PATIENCE = 60.0  # seconds after which an answer is not waited for
HEAD = "import json\nframe_x = frame_0\n"


@dataclass(frozen=True)
class Peer:
    """A language server and what it is told when it starts."""

    name: str
    find: Callable[[], list[str] | None]
    options: dict[str, Any] = field(default_factory=dict)
    magics: bool = False


def _program(*command: str) -> Callable[[], list[str] | None]:
    def find() -> list[str] | None:
        beside = Path(sys.executable).with_name(command[0])
        found = str(beside) if beside.exists() else which(command[0])
        return [found, *command[1:]] if found else None

    return find


POLYCELL = Peer("Polycell", lambda: [sys.executable, "-m", "polycell", "serve"], magics=True)
TY_ALONE = Peer("ty", TY.command, {"configuration": {"environment": {"python": sys.prefix}}})
PEERS = (
    POLYCELL,
    TY_ALONE,
    Peer("pyrefly", _program("pyrefly", "lsp"), {"pythonPath": sys.executable}),
    Peer("basedpyright", _program("basedpyright-langserver", "--stdio")),
    Peer("pylsp", _program("pylsp")),
    Peer("jedi-language-server", _program("jedi-language-server")),
)


@dataclass
class Answered:
    """Milliseconds: until the first completion after the start, warm medians, and until the finding of an edit is told.
    How much is offered for a frame, since an empty answer is quick; the memory of the server and its children in MB."""

    first: float
    members: float
    frame: float
    offered: int
    hover: float
    edited: float
    memory: float


def measured(peer: Peer, cells: int) -> Answered | None:
    """None where the peer is not installed. What is never answered is infinite."""
    command = peer.find()
    if command is None:
        return None
    with TemporaryDirectory() as folder:  # ty reports nothing in files outside of a folder that is open
        return _measured(peer, command, cells, Path(folder).as_uri())


def _measured(peer: Peer, command: list[str], cells: int, folder: str) -> Answered:
    client = Client(command, folder)
    try:
        began = time.perf_counter()
        said = client.initialize(peer.options)
        texts = [c.text.rstrip("\n") for c in generate.notebook(cells).cells if c.kind == "code"]
        if not peer.magics:
            texts = [text for text in texts if not text.startswith("%%")]
        notebook = bool(said.get("capabilities", {}).get("notebookDocumentSync"))
        document = (_Notebook if notebook else _File)(client, folder, texts)

        answers: list[Any] = []

        def ask(method: str, line: str, back: int = 0) -> float:
            """The milliseconds to a changed last cell and the answer about its end."""
            document.edit(f"x = {document.version}\n{line}")
            at = time.perf_counter()
            answers.append(client.request(method, document.place(3, len(line) - back)))
            return (time.perf_counter() - at) * 1000

        def diagnose() -> float:
            name = f"nobody_{document.version}"
            document.edit(f"x = 1\n{name}")
            at = time.perf_counter()
            found = client.wait(lambda m: "ublishDiagnostics" in m.get("method", "") and name in str(m), PATIENCE)
            return (time.perf_counter() - at) * 1000 if found else float("inf")

        def median(one: Callable[[], float]) -> float:
            return statistics.median(one() for _ in range(ROUNDS))

        ask("textDocument/completion", "json.")
        first = (time.perf_counter() - began) * 1000
        for _ in range(3):  # pandas is looked at for the first time, which takes whoever asks the same
            ask("textDocument/completion", "frame_x.")
            time.sleep(1)
        members = median(lambda: ask("textDocument/completion", "json."))
        frame = median(lambda: ask("textDocument/completion", "frame_x."))
        offered = answers[-1]["items"] if isinstance(answers[-1], dict) else answers[-1]
        hover = median(lambda: ask("textDocument/hover", "json.dumps", 2))
        edited = diagnose()
        if edited != float("inf"):
            edited = median(diagnose)
        return Answered(
            first, members, frame, len(offered or ()), hover, edited, sum(map(resident, client.processes()))
        )
    finally:
        client.close()


class _Notebook:
    """The cells, and a last one that is typed in."""

    def __init__(self, client: Client, folder: str, texts: Sequence[str]) -> None:
        self.version = 1
        self._client = client
        self._uri = f"{folder}/notebook.ipynb"
        texts = [*texts, HEAD]
        uris = [f"{self._uri.replace('file:', 'vscode-notebook-cell:')}#W{n}" for n in range(len(texts))]
        self._last = uris[-1]
        notebook = {
            "uri": self._uri,
            "notebookType": "jupyter-notebook",
            "version": 1,
            "metadata": {"language_info": {"name": "python"}},
            "cells": [{"kind": 2, "document": uri} for uri in uris],
        }
        documents = [
            {"uri": uri, "languageId": "python", "version": 1, "text": text}
            for uri, text in zip(uris, texts, strict=True)
        ]
        client.notify("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": documents})

    def edit(self, text: str) -> None:
        self.version += 1
        document = {"uri": self._last, "version": self.version}
        change = {"cells": {"textContent": [{"document": document, "changes": [{"text": HEAD + text}]}]}}
        book = {"uri": self._uri, "version": self.version}
        self._client.notify("notebookDocument/didChange", {"notebookDocument": book, "change": change})

    def place(self, line: int, character: int) -> dict[str, Any]:
        return {"textDocument": {"uri": self._last}, "position": {"line": line, "character": character}}


class _File:
    """All cells as one file."""

    def __init__(self, client: Client, folder: str, texts: Sequence[str]) -> None:
        self.version = 1
        self._client = client
        self._uri = f"{folder}/notebook.py"
        self._above = "\n\n".join([*texts, ""])
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": self._above + HEAD}
        client.notify("textDocument/didOpen", {"textDocument": document})

    def edit(self, text: str) -> None:
        self.version += 1
        document = {"uri": self._uri, "version": self.version}
        changes = [{"text": self._above + HEAD + text}]
        self._client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def place(self, line: int, character: int) -> dict[str, Any]:
        position = {"line": self._above.count("\n") + line, "character": character}
        return {"textDocument": {"uri": self._uri}, "position": position}


ROWS = (
    ("first", "first completion, start included, ms"),
    ("members", "members of a module, ms"),
    ("frame", "members of a frame, ms"),
    ("offered", "members offered of it"),
    ("hover", "hover, ms"),
    ("edited", "an edit until its finding is told, ms"),
    ("memory", "memory, MB"),
)
assert [name for name, _ in ROWS] == [f.name for f in fields(Answered)]


def figure(answered: Answered | None, name: str) -> str:
    value = getattr(answered, name, None)
    return "–" if value is None else "never" if value == float("inf") else f"{value:.0f}"


def main(sizes: Sequence[int]) -> None:
    """Print a Markdown table for each size."""
    print(f"Python {platform.python_version()}, {platform.machine()}, medians of {ROUNDS}.\n")
    for cells in sizes:
        found: dict[str, Answered | None] = {}
        for peer in PEERS:
            try:
                found[peer.name] = measured(peer, cells)
            except Exception as problem:
                print(f"{peer.name} could not be measured at {cells} cells: {type(problem).__name__}: {problem}\n")
                found[peer.name] = None
        print(f"| {cells} cells | " + " | ".join(found) + " |")
        print("|---|" + "---:|" * len(found))
        for name, what in ROWS:
            print(f"| {what} | " + " | ".join(figure(answered, name) for answered in found.values()) + " |")
        print(flush=True)


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or SIZES)
