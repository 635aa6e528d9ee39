"""`python -m tests.bench.python_servers [CELLS…]`: Python cells, Polycell beside the language servers for Python.

One run, one machine, one generated notebook in each size. A server that takes notebooks gets the cells as one; any
other gets them as one file, and so is spared the borders. All but Polycell get the Python cells alone, which is what
they can make sense of. Peers are what is installed (`pip install -e ".[bench]"`); what is not is said to be absent.

Each server is started once before it is measured: what is written in Python has its bytecode then, as it has for
whoever uses it. What takes long is asked fewer times, so that all of it takes some minutes.
"""

from __future__ import annotations

import os
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
FEW = 3  # rounds, where they take long
LONG = 5.0  # seconds after which no more than these are gone
SIZES = (10, 100, 1000)
PATIENCE = 20.0  # seconds after which a finding is not waited for
LATEST = 300.0  # and an answer
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


def measured(peer: Peer, cells: int, bytecode: str | None = None) -> Answered | None:
    """None where the peer is not installed. What is never answered is infinite. `bytecode`: the folder that keeps what
    Python compiles."""
    command = peer.find()
    if command is None:
        return None
    few, texts = (_texts(peer, number) for number in (SIZES[0], cells))  # made here, where no time is taken
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if bytecode is not None:
        environment["PYTHONPYCACHEPREFIX"] = bytecode
    with TemporaryDirectory() as folder:  # ty reports nothing in files outside of a folder that is open
        root = Path(folder).as_uri()
        before = Client(command, root, environment)
        try:
            _ask(before, _opened(peer, before, root, few), "textDocument/completion", "json.")
        finally:
            before.close()
        began = time.perf_counter()
        client = Client(command, root, environment)
        try:
            return _measured(client, _opened(peer, client, root, texts), began)
        finally:
            client.close()


def _texts(peer: Peer, cells: int) -> list[str]:
    texts = [c.text.rstrip("\n") for c in generate.notebook(cells).cells if c.kind == "code"]
    return texts if peer.magics else [text for text in texts if not text.startswith("%%")]


def _opened(peer: Peer, client: Client, folder: str, texts: Sequence[str]) -> _Notebook | _File:
    said = client.initialize(peer.options)
    notebook = bool(said.get("capabilities", {}).get("notebookDocumentSync"))
    return (_Notebook if notebook else _File)(client, folder, texts)


def _ask(client: Client, document: _Notebook | _File, method: str, line: str, back: int = 0) -> tuple[float, Any]:
    """The milliseconds to a changed last cell and the answer about its end, and the answer."""
    document.edit(f"x = {document.version}\n{line}")
    at = time.perf_counter()
    answer = client.request(method, document.place(3, len(line) - back), LATEST)
    return (time.perf_counter() - at) * 1000, answer


def _median(one: Callable[[], float]) -> float:
    began, times = time.perf_counter(), [one()]
    while len(times) < (ROUNDS if time.perf_counter() - began < LONG else FEW):
        times.append(one())
    return statistics.median(times)


def _measured(client: Client, document: _Notebook | _File, began: float) -> Answered:
    def complete(line: str) -> float:
        return _ask(client, document, "textDocument/completion", line)[0]

    def hover() -> float:
        return _ask(client, document, "textDocument/hover", "json.dumps", 2)[0]

    def diagnose() -> float:
        name = f"nobody_{document.version}"
        document.edit(f"x = 1\n{name}")
        at = time.perf_counter()
        found = client.wait(lambda m: "ublishDiagnostics" in m.get("method", "") and name in str(m), PATIENCE)
        return (time.perf_counter() - at) * 1000 if found else float("inf")

    complete("json.")
    first = (time.perf_counter() - began) * 1000
    for _ in range(3):  # pandas is looked at for the first time, which takes whoever asks the same
        complete("frame_x.")
        time.sleep(1)
    members = _median(lambda: complete("json."))
    frame = _median(lambda: complete("frame_x."))
    answer = _ask(client, document, "textDocument/completion", "frame_x.")[1]
    offered = answer["items"] if isinstance(answer, dict) else answer
    hovered = _median(hover)
    edited = diagnose()
    if edited != float("inf"):
        edited = _median(diagnose)
    memory = sum(map(resident, client.processes()))
    return Answered(first, members, frame, len(offered or ()), hovered, edited, memory)


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
    print(f"Python {platform.python_version()}, {platform.machine()}, medians of {FEW} to {ROUNDS}.\n")
    with TemporaryDirectory() as bytecode:
        for cells in sizes:
            _print_table(cells, bytecode)


def _print_table(cells: int, bytecode: str) -> None:
    found: dict[str, Answered | None] = {}
    for peer in PEERS:
        try:
            found[peer.name] = measured(peer, cells, bytecode)
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
