"""Our answers about the Python cells of a notebook beside those of an engine about the same code as one plain script.

    python -m tests.languages.python.beside_ty [--engine ty] [--places 20] [--all] [FEATURE…]

takes all shared notebooks and ends with a table; the engine is ours and the other one at once, so that the difference
is what we make of it. The script is made of the cells with IPython's syntax neutralised, in their order; what the
engine says of it is mapped back to the cells. Each thing that it says is `same`, `lacking` or `different` in our
answer, or `ours` where it says nothing and we do.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from polycell import compose
from polycell.bridge.spec import which
from polycell.core import calls, features, folding, formatting, selection, tokens
from polycell.core.attributes import attribute_at, highlighted
from polycell.core.notebook import Notebook
from polycell.core.results import Edit, Layout
from polycell.core.service import Context
from polycell.core.session import Session
from polycell.core.text import LineIndex, Span
from polycell.core.virtual import Piece, build
from polycell.formats import SUFFIXES, read_document
from polycell.languages.python import layout
from polycell.languages.python.engine.engine import Answer
from polycell.languages.python.engine.features import _decoded
from polycell.languages.python.engine.hints import _label
from polycell.languages.python.engine.items import entries, markdown
from polycell.languages.python.engine.slices import code_of
from polycell.languages.python.engine.specs import SPECS
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.source import PythonSource
from tests.languages.python.engines import Running, running
from tests.shared import SHARED

UNKNOWN = ("Unknown", "Todo", "Never")
NOTHING_THERE = ("/ty_extensions/_internal.pyi", "/typing.pyi")  # where ty goes for what it does not know


NO_FORM = frozenset({"", "Any", "(...) -> Any"})  # said of a module that is not installed
WRONG = frozenset({"lacking", "different"})
MOST_LAID_OUT = 12  # cells of a notebook, since each takes a process of ruff
# (feature, place) → why the answers differ, and ours is right.
REASONS = (
    ("tokens lacking .*", "of a fragment its own language tells the words, of a magic its service"),
    ("folding lacking .*torch-gnn.*", "imports fold as one block, over a blank line between them"),
    (r".*01\.07-Timing.*", "`%%timeit` keeps its names, and `%%file` makes another file of its cell"),
    (r".*Magics_and_rpy2.* '?.*y.*", "`%%timeit` and `%%python` keep their names"),
    ("completion .*Magics in IPython Kernel.*", "what a Spark session far away has is no name of the other cells"),
    (r"completion lacking .*\w\.\w+\.['\"]\^\w+", "ty offers the names of the module too, which is meant no longer"),
    ("definition different .*", "ty leads to the module or the statement, and we to the name that it binds"),
    ("hints different .*", "ty tells the literal or a part of it, and we the type"),
    ("calls lacking .*", "another cell defines the name anew, which ends what the calls above mean"),
    ("type definition different .*", "ty leads to one of the classes of a union"),
    ("rename lacking .*", "the cell between them keeps its names"),
)


class Said(NamedTuple):
    verdict: str
    where: str
    what: object = ""


def reason(name: str, said: Said) -> str:
    """Why it is right that we say something else; "" where nobody has found that yet."""
    place = f"{name} {said.verdict} {said.where}"
    return next((why for pattern, why in REASONS if re.fullmatch(pattern, place, re.DOTALL)), "")


@dataclass(frozen=True)
class Place:
    cell: str
    offset: int
    word: str


class Book:
    """A notebook as we know it, and its Python cells as one script."""

    def __init__(self, running: Running, notebook: Notebook) -> None:
        self.running, self.notebook = running, notebook
        sources = compose.default_sources([SHARED / "notebooks"], services=running.services)
        self.snapshot = Session(running.services, sources).update(notebook)
        self.snapshot.analysis.settle()
        self.cells: dict[str, PythonSource] = {}
        pieces = []
        for index, cell in enumerate(notebook.cells):
            if cell.language != "python" or cell.kind != "code":
                continue
            context = self.snapshot.analysis.context(index)
            source = context.facts.analysis
            if isinstance(source, PythonSource) and not source.isolated:
                pieces += [Piece(code_of(context), cell.id, 0), Piece("\n")]
                if source.tree is not None and not source.broken:
                    self.cells[cell.id] = source
        self.script = build(pieces)

    def ask(self, method: str, at: Place | None = None, **more: Any) -> Answer | None:
        offset = self.script.map.to_document(at.cell, at.offset) if at is not None else None
        return self.running.run(
            self.running.engine.ask(self.notebook, "plain", self.script.text, f"textDocument/{method}", offset, **more)
        )

    def ours(self, feature: Callable[..., Any], at: Place, *more: Any) -> Any:
        return feature(self.snapshot, self.running.services, at.cell, at.offset, *more)

    def run(self, feature: Callable[..., Any], at: Place) -> Any:
        return self.running.run(self.ours(feature, at))

    def placed(self, answer: Answer, said: Any) -> tuple[str, Span] | None:
        span = answer.text.span(said, answer.server.encoding)
        return self.script.map.span_to_cell(span) if span is not None else None

    def where(self, answer: Answer, said: Any) -> tuple[str, int] | None:
        """(cell or URI, offset or line) of a location."""
        if said["uri"] != answer.text.uri:
            return said["uri"], said["range"]["start"]["line"]
        placed = self.placed(answer, said["range"])
        return (placed[0], placed[1].start) if placed is not None else None

    def below(self, at: Place) -> set[str]:
        """Names that cells below a place define, and none above."""
        index = self.notebook.index(at.cell) or 0
        names = [{d.name for d in self.snapshot.analysis.facts(i).definitions} for i in range(len(self.notebook.cells))]
        return set().union(*names[index + 1 :]) - set().union(*names[: index + 1])

    def text(self, cell: str) -> str:
        index = self.notebook.index(cell)
        assert index is not None
        return self.notebook.cells[index].text

    def shown(self, at: Place) -> str:
        line = self.text(at.cell).rfind("\n", 0, at.offset) + 1
        return f"{Path(self.notebook.path).name} {at.cell} {self.text(at.cell)[line : at.offset]!r}^{at.word}"


Feature = Callable[[Book, Place], Iterator[Said]]
WholeFeature = Callable[[Book], Iterator[Said]]


def _each(book: Book, at: Place, theirs: Sequence[Any], ours: Sequence[Any] | set[Any]) -> Iterator[Said]:
    known = set(ours)
    for one in theirs:
        yield Said("same" if one in known else "lacking", book.shown(at), one)
    for _ in known - set(theirs):
        yield Said("ours", book.shown(at), _)


def completion(book: Book, at: Place) -> Iterator[Said]:
    answer = book.ask("completion", at)
    word = book.text(at.cell)[: at.offset].rpartition("\n")[2]
    begun = "" if word.endswith(".") else word[-1:]
    # What could be imported is ours to say.
    offered = entries(answer.result) if answer else ()
    theirs = {e.label for e in offered if not e.label.startswith("_") and not e.statement}
    theirs = {label for label in theirs if label.lower().startswith(begun.lower())}
    if begun:  # what no cell above gives is no name here
        theirs -= book.below(at)
    ours = {item.label for item in book.run(features.complete, at).items}
    lacking = sorted(theirs - ours)
    if theirs:
        yield Said("lacking" if lacking else "same", book.shown(at), (len(theirs), len(ours), lacking[:8]))
    elif ours:
        yield Said("ours", book.shown(at))


def hover(book: Book, at: Place) -> Iterator[Said]:
    """Of a frame we tell the columns, of a text its value: no more is compared than whether something is said."""
    answer, ours = book.ask("hover", at), book.run(features.hover, at)
    result = answer.result if answer is not None else None
    told = markdown(result.get("contents")) if isinstance(result, Mapping) else ""
    first = told.partition("\n")[2].partition("\n```")[0]
    if told and first != "Any" and not any(word in first for word in UNKNOWN):
        yield Said("same" if ours else "lacking", book.shown(at), first)
    elif ours:
        yield Said("ours", book.shown(at))


def _places(method: str, feature: Callable[..., Any]) -> Feature:
    def compared(book: Book, at: Place) -> Iterator[Said]:
        answer = book.ask(method, at)
        result = answer.result if answer is not None else None
        told = result if isinstance(result, list) else [result] if result else []
        theirs = [place for one in told if answer is not None and (place := book.where(answer, one)) is not None]
        theirs = [(where, start) for where, start in theirs if not where.endswith(NOTHING_THERE)]
        ours = [
            (w.cell, w.span.start) if w.cell else (w.uri, w.lines[0].line if w.lines else None)
            for w in book.run(feature, at)
        ]
        if not theirs:
            if ours:
                yield Said("ours", book.shown(at))
        elif not ours:
            yield Said("lacking", book.shown(at), theirs[:2])
        else:
            yield Said("same" if set(ours) & set(theirs) else "different", book.shown(at), (theirs[:2], ours[:2]))

    return compared


def references(book: Book, at: Place) -> Iterator[Said]:
    answer = book.ask("references", at, context={"includeDeclaration": True})
    told = answer.result if answer is not None and isinstance(answer.result, list) else []
    theirs = [place for one in told if answer is not None and (place := book.where(answer, one)) is not None]
    theirs = [place for place in theirs if not place[0].startswith("file:")]
    yield from _each(book, at, theirs, [(w.cell, w.span.start) for w in book.ours(features.references, at)])


def highlight(book: Book, at: Place) -> Iterator[Said]:
    answer = book.ask("documentHighlight", at)
    told = answer.result if answer is not None and isinstance(answer.result, list) else []
    placed = [book.placed(answer, one["range"]) for one in told if answer is not None]
    theirs = [place[1] for place in placed if place is not None and place[0] == at.cell]
    ours = book.ours(features.highlights, at)
    if not ours and (attribute := book.run(attribute_at, at)) is not None:
        ours = highlighted(attribute, at.cell)
    yield from _each(book, at, theirs, [h.span for h in ours])


def rename(book: Book, at: Place) -> Iterator[Said]:
    answer = book.ask("rename", at, newName="fresh_name")
    result = answer.result if answer is not None and isinstance(answer.result, Mapping) else {}
    changes = result.get("changes") or {}
    told = [(uri, one) for uri, edits in changes.items() for one in edits]
    for change in result.get("documentChanges") or ():
        told += [(change["textDocument"]["uri"], one) for one in change["edits"]]
    theirs = [
        (*placed, one["newText"])
        for uri, one in told
        if answer is not None and uri == answer.text.uri and (placed := book.placed(answer, one["range"])) is not None
    ]
    ours = book.ours(features.rename, at, "fresh_name")
    if theirs and (ours is None or ours.refusal):
        yield Said("refused" if ours is not None else "lacking", book.shown(at), ours.refusal if ours else len(theirs))
        return
    # An import stays the import of what it was: `import numpy as fresh_name`.
    mine = [(e.cell, e.span, e.text.rpartition(" as ")[2]) for e in ours.edits] if ours is not None else []
    yield from _each(book, at, theirs, mine)


def signature(book: Book, at: Place) -> Iterator[Said]:
    answer, ours = book.ask("signatureHelp", at), book.run(features.signature, at)
    result = answer.result if answer is not None and isinstance(answer.result, Mapping) else {}
    told = result.get("signatures") or []
    label = told[0]["label"] if told else ""
    if label in NO_FORM or ("Unknown" in label and len(label) < 20):
        if ours:
            yield Said("ours", book.shown(at))
        return
    if not ours:
        yield Said("lacking", book.shown(at), told[0]["label"][:100])
        return
    theirs = told[result.get("activeSignature") or 0]
    number = theirs.get("activeParameter", result.get("activeParameter"))
    # Of the notebook's own functions we show the name too, and defaults as they are written.
    yield Said("same" if ours.parameter == number else "different", book.shown(at), (theirs["label"], number, ours))


def selections(book: Book, at: Place) -> Iterator[Said]:
    script = book.script.map.to_document(at.cell, at.offset)
    assert script is not None
    answer = book.ask("documentSymbol")  # whatever: its text counts positions as the server does
    assert answer is not None
    position = answer.text.position(script, answer.server.encoding)
    answer = book.ask("selectionRange", positions=[position])
    one = answer.result[0] if answer is not None and answer.result else None
    theirs = []
    while one is not None and answer is not None:
        placed = book.placed(answer, one["range"])
        if placed is not None and placed[0] == at.cell and len(placed[1]):
            theirs.append(placed[1])
        one = one.get("parent")
    yield from _each(book, at, theirs, list(book.ours(selection.selections, at)))


def call_hierarchy(book: Book, at: Place) -> Iterator[Said]:
    """Of a function that the script defines: who calls it, and what it calls in the script."""
    answer = book.ask("prepareCallHierarchy", at)
    ours = book.running.run(book.ours(calls.prepare, at))
    items = answer.result if answer is not None and isinstance(answer.result, list) else []
    if not items:
        if ours:
            yield Said("ours", book.shown(at))
        return
    if not ours:
        yield Said("lacking", book.shown(at), "prepare")
        return
    assert answer is not None
    for direction, end, feature in (("incoming", "from", calls.incoming), ("outgoing", "to", calls.outgoing)):
        theirs: set[Any] = set()
        for item in items:
            asking = book.running.engine.about(book.notebook, f"callHierarchy/{direction}Calls", {"item": item})
            for call in book.running.run(asking) or ():
                for place in call["fromRanges"]:
                    if (call[end] if end == "from" else item)["uri"] == answer.text.uri:
                        placed = book.placed(answer, place)
                        if placed is not None:
                            theirs.add((direction, call[end]["name"] if end == "to" else "", *placed))
        mine = book.running.run(feature(book.snapshot, book.running.services, ours[0], at.cell))
        found = {
            (direction, call.other.name if end == "to" else "", p.cell, p.span) for call in mine for p in call.places
        }
        yield from _each(book, at, sorted(theirs), found)


def symbols(book: Book) -> Iterator[Said]:
    answer = book.ask("documentSymbol")
    told = list(answer.result) if answer is not None and isinstance(answer.result, list) else []
    theirs = []
    for one in told:  # it grows meanwhile
        placed = book.placed(answer, one["location"]["range"]) if answer is not None else None
        if placed is not None and placed[0] in book.cells:
            theirs.append((one["name"], one["kind"], *placed))
    ours: set[tuple[str, str]] = set()
    for index, cell in enumerate(book.notebook.cells):
        if cell.id in book.cells:
            ours |= {(s.name, cell.id) for s in features.symbols(book.snapshot, index)}
    for name, kind, owner, span in theirs:
        # A name that a cell binds again and again is listed once.
        yield Said("same" if (name, owner) in ours else "lacking", book.shown(Place(owner, span.start, name)), kind)


def folds(book: Book) -> Iterator[Said]:
    answer = book.ask("foldingRange")
    script = LineIndex(book.script.text)
    ours = {
        (cell.id, LineIndex(cell.text).position(f.span.start).line)
        for index, cell in enumerate(book.notebook.cells)
        if cell.id in book.cells
        for f in folding.folds(book.snapshot, book.running.services, index)
    }
    for one in answer.result if answer is not None and isinstance(answer.result, list) else ():
        start = book.script.map.to_cell(script.starts[one["startLine"]])
        end = book.script.map.to_cell(script.starts[one["endLine"]])
        if start is None or end is None or start.cell != end.cell or start.cell not in book.cells:
            continue
        line = LineIndex(book.text(start.cell)).position(start.offset).line
        verdict = "same" if (start.cell, line) in ours else "lacking"
        yield Said(verdict, book.shown(Place(start.cell, start.offset, "")), one)


def semantic_tokens(book: Book) -> Iterator[Said]:
    answer = book.ask("semanticTokens/full")
    if answer is None or not isinstance(answer.result, Mapping):
        return
    legend = answer.server.capabilities["semanticTokensProvider"]["legend"]
    ours = {
        (cell.id, t.span): t
        for index, cell in enumerate(book.notebook.cells)
        if cell.id in book.cells
        for t in book.running.run(tokens.tokens(book.snapshot, book.running.services, index))
    }
    for span, kind, modifiers in _decoded(answer.result["data"], legend, answer.text, answer):
        placed = book.script.map.span_to_cell(span)
        if placed is None or placed[0] not in book.cells:
            continue
        at = Place(placed[0], placed[1].start, placed[1].of(book.text(placed[0])))
        mine = ours.get(placed)
        if mine is None:
            yield Said("lacking", book.shown(at), kind)
        else:
            same = (mine.kind, set(mine.modifiers)) == (kind, set(modifiers))
            yield Said("same" if same else "different", book.shown(at), (kind, modifiers, mine.kind, mine.modifiers))


def hints(book: Book) -> Iterator[Said]:
    last = book.script.text.count("\n") + 1
    ends = {"start": {"line": 0, "character": 0}, "end": {"line": last, "character": 0}}
    answer = book.ask("inlayHint", range=ends)
    ours: dict[tuple[str, int], set[str]] = {}
    for index, cell in enumerate(book.notebook.cells):
        if cell.id in book.cells:
            service, context = book.running.services.of("python"), book.snapshot.analysis.context(index)
            for h in book.running.run(service.hints(context, ("type", "argument"))):
                ours.setdefault((cell.id, h.offset), set()).add(h.text)
    for one in answer.result if answer is not None and isinstance(answer.result, list) else ():
        placed = book.placed(answer, {"start": one["position"], "end": one["position"]}) if answer is not None else None
        text = _label(one["label"])
        if placed is None or placed[0] not in book.cells or any(word in text for word in (*UNKNOWN, ": Any")):
            continue
        at = Place(placed[0], placed[1].start, text)
        mine = ours.get((at.cell, at.offset), set())
        cut = {m for m in mine if m == text or (m.endswith("…") and text.startswith(m[:-1]))}
        yield Said("same" if cut else "different" if mine else "lacking", book.shown(at), mine)


def _laid_out(command: Sequence[str], texts: Mapping[str, str]) -> dict[str, str]:
    """What ruff makes of cells as one notebook; {} where it cannot read one of them."""
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": [text]}
        for text in texts.values()
    ]
    book = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 2}
    program = which("ruff")
    assert program is not None
    done = subprocess.run(
        [program, *command, "--isolated", "--stdin-filename", "book.ipynb", "-"],
        input=json.dumps(book),
        capture_output=True,
        encoding="utf-8",
    )
    made = json.loads(done.stdout)["cells"] if not done.returncode else []
    return {cell: "".join(one["source"]) for cell, one in zip(texts, made, strict=False)}


def _by_ruff(command: Sequence[str], ours: Callable[[Book, Context], Sequence[Edit]]) -> WholeFeature:
    """Cells one by one, as an editor asks, beside ruff's own reading of them all. What it cannot read is left out."""

    def compared(book: Book) -> Iterator[Said]:
        texts = {cell: text for cell in book.cells if (text := book.text(cell)).strip()}
        texts = dict(random.Random(0).sample(sorted(texts.items()), min(MOST_LAID_OUT, len(texts))))
        for cell, theirs in _laid_out(command, texts).items():
            index, mine = book.notebook.index(cell) or 0, texts[cell]
            for edit in sorted(ours(book, book.snapshot.analysis.context(index)), key=lambda e: e.span, reverse=True):
                mine = mine[: edit.span.start] + edit.text + mine[edit.span.end :]
            same = mine.rstrip("\n") == theirs.rstrip("\n")
            yield Said("same" if same else "different", book.shown(Place(cell, 0, "")), (theirs, mine))

    return compared


def _formatted(book: Book, context: Context) -> Sequence[Edit]:
    found = book.running.run(formatting.formatted(book.snapshot, book.running.services, context.index, Layout()))
    return tuple(found.edits)


def _organised(book: Book, context: Context) -> Sequence[Edit]:
    return [e for action in book.running.run(layout.organised(context)) for e in action.edits]


AT_PLACES: Mapping[str, Feature] = {
    "completion": completion,
    "hover": hover,
    "definition": _places("definition", features.definition),
    "type definition": _places("typeDefinition", features.type_definition),
    "references": references,
    "highlight": highlight,
    "rename": rename,
    "signature": signature,
    "selection": selections,
    "calls": call_hierarchy,
}
OF_ALL: Mapping[str, WholeFeature] = {
    "symbols": symbols,
    "folding": folds,
    "tokens": semantic_tokens,
    "hints": hints,
    "formatting": _by_ruff(("format",), _formatted),
    "imports": _by_ruff(("check", "--select", "I", "--fix", "--exit-zero", "--quiet"), _organised),
}


def places(book: Book) -> Mapping[str, list[Place]]:
    """Where each feature is asked: at attributes, names, calls, definitions."""
    found: dict[str, list[Place]] = {name: [] for name in AT_PLACES}
    facts = (book.snapshot.analysis.facts(index) for index in range(len(book.notebook.cells)))
    named = {d.name for one in facts for d in one.definitions}
    for cell, source in book.cells.items():
        text = book.text(cell)
        for node in nodes(source.tree) if source.tree is not None else ():
            if isinstance(node, ast.Attribute):
                span = source.span(node)
                if span.of(text)[-len(node.attr) :] != node.attr:
                    continue
                found["completion"].append(Place(cell, span.end - len(node.attr), node.attr))
                for feature in ("hover", "definition", "type definition", "selection"):
                    found[feature].append(Place(cell, span.end - 1, node.attr))
            elif isinstance(node, ast.Name):
                span = source.span(node)
                if span.of(text) != node.id:
                    continue
                if isinstance(node.ctx, ast.Load):
                    found["completion"].append(Place(cell, span.start + 1, node.id))
                for feature in ("hover", "definition", "type definition", "references", "highlight", "rename"):
                    found[feature].append(Place(cell, span.start, node.id))
            elif isinstance(node, ast.Call):
                span = source.span(node.func)
                if text[span.end : span.end + 1] == "(":
                    found["signature"].append(Place(cell, span.end + 1, ast.unparse(node.func)))
                    if isinstance(node.func, ast.Name) and node.func.id in named:
                        found["calls"].append(Place(cell, span.end, node.func.id))
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                at = text.find(node.name, source.span(node).start)
                if at >= 0:
                    for feature in ("references", "highlight", "rename", "calls", "hover"):
                        found[feature].append(Place(cell, at, node.name))
            elif isinstance(node, ast.arg):
                span = source.span(node)
                for feature in ("references", "highlight", "rename", "hover"):
                    found[feature].append(Place(cell, span.start, node.arg))
    return found


def compared(running: Running, notebook: Notebook, most: int, seed: int, only: set[str]) -> Iterator[tuple[str, Said]]:
    """Every feature over a notebook, at no more than `most` places each, always the same ones."""
    book = Book(running, notebook)
    if not book.cells:
        return
    sites = places(book)
    for name, feature in AT_PLACES.items():
        if only and name not in only:
            continue
        chosen = random.Random(f"{seed} {name} {Path(notebook.path).name}").sample(
            sites[name], min(most, len(sites[name]))
        )
        for at in chosen:
            yield from ((name, said) for said in feature(book, at))
    for name, whole in OF_ALL.items():
        if not only or name in only:
            yield from ((name, said) for said in whole(book))


def notebooks(root: Path, names: Collection[str] = ()) -> Iterator[Notebook]:
    """Those of a folder, or of these file names only."""
    for path in sorted(p for p in root.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        if names and path.name not in names:
            continue
        yield from read_document(path.read_text("utf-8", "replace"), path.as_uri(), str(path)).notebooks


def main(engine: str, most: int, seed: int, only: set[str], *, everything: bool = False) -> None:
    table: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder, running(engine, Path(folder)) as asked:
        for notebook in notebooks(SHARED / "notebooks"):
            for name, said in compared(asked, notebook, most, seed, only):
                table[name, said.verdict] += 1
                why = reason(name, said)
                if said.verdict in WRONG and (everything or not why):
                    print(name, *said, *filter(None, [why]), sep=" | ")
    for (name, verdict), count in sorted(table.items()):
        print(f"{name:16} {verdict:10} {count}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("features", nargs="*", metavar="FEATURE", help="all of them where none is named")
    parser.add_argument("--engine", default="ty", choices=sorted(SPECS), help="as ours, and alone over the script")
    parser.add_argument("--places", type=int, default=20, help="of a feature in a notebook")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--all", action="store_true", help="print also what differs for a known reason")
    given = parser.parse_args()
    main(given.engine, given.places, given.seed, set(given.features), everything=given.all)
