"""`python -m tests.bench.recall [PLACES] [NOTEBOOK…]`: what was written in real notebooks, would it have been offered?

Python cells are cut off at a word that stands there: behind its dot, behind the bracket and quote of a key, or behind
the first letter of a name. Each server is asked what goes there, and how many items stand before the word that the
author wrote; of a name only those that begin with its letter count. Places are drawn by a fixed seed, the same for all
servers. One notebook at a time, one run; without NOTEBOOKS those of the shared test data are taken that have most
Python. Peers get the Python cells alone, with lines of IPython blank.
"""

from __future__ import annotations

import io
import keyword
import random
import re
import sys
import time
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from polycell.formats import read_document
from tests.bench.client import Client
from tests.bench.python_servers import PEERS, Peer
from tests.shared import SHARED

PLACES = 30  # in each notebook
NOTEBOOKS = 8
NEAR = 5  # items that people see without scrolling or typing on
SETTLED = 4.0  # seconds after opening
PATIENCE = 60.0
_LINE = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)
_KEY = re.compile(r"""(["'])([^\W\d][\w ]*)\1""")
_START = tokenize.TokenInfo(tokenize.NL, "", (1, 0), (1, 0), "")
KINDS = ("member", "key", "name")


@dataclass(frozen=True)
class Place:
    """Cell `cell` cut off at `offset`, where `word` stood."""

    kind: str
    cell: int
    offset: int
    word: str

    @property
    def typed(self) -> str:
        return self.word[:1] if self.kind == "name" else ""


@dataclass
class Recall:
    places: int = 0
    offered: int = 0
    near: int = 0


@dataclass
class Scores:
    by_kind: dict[str, Recall] = field(default_factory=lambda: {kind: Recall() for kind in KINDS})
    missed: list[str] = field(default_factory=list)


def python_cells(path: Path) -> list[str]:
    """The texts of a notebook's Python cells, those with cell magics left out."""
    document = read_document(path.read_text("utf-8", "replace"), path.as_uri(), str(path))
    cells = (cell for notebook in document.notebooks[:1] for cell in notebook.cells)
    return [c.text for c in cells if c.language == "python" and not c.text.lstrip().startswith("%%")]


def places(texts: Sequence[str]) -> Iterator[Place]:
    """Every word that could have been completed; what binds a name, and prose in strings, is none."""
    seen: set[str] = set()
    for index, text in enumerate(texts):
        lines = text.split("\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO(_LINE.sub("", text)).readline))
        except (tokenize.TokenError, SyntaxError):
            continue
        said = [t for t in tokens if t.type in (tokenize.NAME, tokenize.OP, tokenize.STRING, tokenize.NUMBER)]
        owner = ""  # what stands before the brackets that a key may be in
        for before, token in pairwise([_START, *said]):
            offset = starts[token.start[0] - 1] + token.start[1]
            if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                if before.string == ".":
                    yield Place("member", index, offset, token.string)
                elif token.string in seen and len(token.string) > 2 and before.string not in ("def", "class", "as"):
                    yield Place("name", index, offset, token.string)
                seen.add(token.string)
            elif token.type == tokenize.STRING and before.string == "[" and _has_keys(owner):
                key = _KEY.fullmatch(token.string)
                if key is not None:
                    yield Place("key", index, offset + 1, key[2])
            owner = before.string if before.string != "[" else owner


def _has_keys(token: str) -> bool:
    """Whether what ends with a token is asked for a key by the bracket behind it; else that is a list."""
    return token in ("]", ")") or (token.isidentifier() and not keyword.iskeyword(token))


class Document:
    """The cells as a notebook where the server takes one, else as one file."""

    def __init__(self, client: Client, folder: str, texts: Sequence[str], *, notebook: bool) -> None:
        self._client, self._texts, self._notebook, self._version = client, list(texts), notebook, 1
        self._uri = f"{folder}/notebook.{'ipynb' if notebook else 'py'}"
        self._cells = [f"{self._uri.replace('file:', 'vscode-notebook-cell:')}#W{n}" for n in range(len(texts))]
        if not notebook:
            document = {"uri": self._uri, "languageId": "python", "version": 1, "text": "\n\n".join(texts)}
            client.notify("textDocument/didOpen", {"textDocument": document})
            return
        book = {"uri": self._uri, "notebookType": "jupyter-notebook", "version": 1}
        book |= {"metadata": {"language_info": {"name": "python"}}}
        book |= {"cells": [{"kind": 2, "document": uri} for uri in self._cells]}
        documents = [
            {"uri": uri, "languageId": "python", "version": 1, "text": text}
            for uri, text in zip(self._cells, texts, strict=True)
        ]
        client.notify("notebookDocument/didOpen", {"notebookDocument": book, "cellTextDocuments": documents})

    def complete(self, place: Place) -> list[dict[str, Any]]:
        """The items at a place, first first."""
        cut = self._texts[place.cell][: place.offset] + place.typed
        line, character = cut.count("\n"), len((cut.rpartition("\n")[2]).encode("utf-16-le")) // 2
        uri = self._cells[place.cell] if self._notebook else self._uri
        if not self._notebook:
            line += sum(text.count("\n") + 2 for text in self._texts[: place.cell])
        self._put(place.cell, cut)
        asked = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        answer = self._client.request("textDocument/completion", asked, PATIENCE)
        self._put(place.cell, self._texts[place.cell])
        items = (answer or {}).get("items", []) if isinstance(answer, dict) else answer or []
        return sorted(items, key=lambda item: item.get("sortText") or item["label"])

    def _put(self, cell: int, text: str) -> None:
        self._version += 1
        if self._notebook:
            document = {"uri": self._cells[cell], "version": self._version}
            change = {"cells": {"textContent": [{"document": document, "changes": [{"text": text}]}]}}
            book = {"uri": self._uri, "version": self._version}
            self._client.notify("notebookDocument/didChange", {"notebookDocument": book, "change": change})
            return
        texts = [*self._texts[:cell], text, *self._texts[cell + 1 :]]
        document = {"uri": self._uri, "version": self._version}
        changes = [{"text": "\n\n".join(texts)}]
        self._client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})


def rank(items: Sequence[dict[str, Any]], place: Place) -> int | None:
    """How many items stand before the word; None where it is not offered."""
    shown = [item for item in items if _name(item).casefold().startswith(place.typed.casefold())]
    return next((at for at, item in enumerate(shown) if place.word in (_name(item), _written(item))), None)


def _name(item: dict[str, Any]) -> str:
    return str(item["label"]).partition("(")[0].strip("\"'").rstrip("=")


def _written(item: dict[str, Any]) -> str:
    text = (item.get("textEdit") or {}).get("newText") or item.get("insertText") or item["label"]
    return str(text).strip("\"'")


def score(
    peer: Peer, command: list[str], path: Path, texts: Sequence[str], asked: Sequence[Place], sum_: Scores
) -> None:
    """Ask one server about the places of one notebook. It runs in an empty folder: no file beside it is to be read."""
    given = texts if peer.magics else [_LINE.sub(lambda m: m[1] + " " * (len(m[0]) - len(m[1])), t) for t in texts]
    with TemporaryDirectory() as folder:
        client = Client(command, Path(folder).as_uri())
        try:
            said = client.initialize(peer.options)
            notebook = bool(said.get("capabilities", {}).get("notebookDocumentSync"))
            document = Document(client, Path(folder).as_uri(), given, notebook=notebook)
            time.sleep(SETTLED)
            for place in asked:
                at = rank(document.complete(place), place)
                counted = sum_.by_kind[place.kind]
                counted.places += 1
                counted.offered += at is not None
                counted.near += at is not None and at < NEAR
                if at is None:
                    line = texts[place.cell][: place.offset].rpartition("\n")[2][-60:]
                    sum_.missed.append(f"{path.name} cell {place.cell + 1}: {line!r} → {place.word}")
        finally:
            client.close()


def main(arguments: Sequence[str]) -> None:
    """Print a Markdown table, and the places where Polycell did not offer what was written."""
    numbers, names = [int(a) for a in arguments if a.isdigit()], [a for a in arguments if not a.isdigit()]
    paths = [Path(name).resolve() for name in names] or sorted((SHARED / "notebooks").rglob("*.ipynb"))
    cells = {path: python_cells(path) for path in paths}
    found = {path: list(places(texts)) for path, texts in cells.items()}
    best = sorted(paths, key=lambda path: -len(found[path]))[: len(names) or NOTEBOOKS]
    chance = random.Random(4)
    asked = {path: chance.sample(found[path], min(len(found[path]), (numbers or [PLACES])[0])) for path in best}
    print(f"| offered / among the first {NEAR} | {' | '.join(KINDS)} |")
    print(f"|---|{'---:|' * len(KINDS)}")
    for peer in PEERS:
        command = peer.find()
        if command is None:
            print(f"| {peer.name} is not installed |{' – |' * len(KINDS)}")
            continue
        scores = Scores()
        for path in best:
            score(peer, command, path, cells[path], asked[path], scores)
        shown = (f"{r.offered} / {r.near} of {r.places}" for r in scores.by_kind.values())
        print(f"| {peer.name} | {' | '.join(shown)} |", flush=True)
        if peer.magics:
            print("\n".join(scores.missed), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
