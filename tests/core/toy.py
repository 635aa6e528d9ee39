"""A toy language for tests of the core: each line `name = word word …` binds `name` to the types of its words.

A word that is a number is a scalar; any other word is looked up. `open!` opens the cell. The type of a line is a
Record of what its words resolved to, so that a change above shows in the type below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from polycell.core.environment import Binding, Exports
from polycell.core.facts import Definition, Facts, Reference, Use
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.results import Finding
from polycell.core.service import Context, LanguageService, Services, services
from polycell.core.session import Session
from polycell.core.text import Span
from polycell.core.types import INT64, UNKNOWN, Anchor, Opaque, Record, Scalar, Type

_WORD = re.compile(r"\w+")


class Toy(LanguageService):
    languages = frozenset({"toy"})

    def facts(self, cell: Cell, host: Host) -> Facts:
        definitions, uses, references = [], [], []
        bound: set[str] = set()
        for line in re.finditer(r"[^\n]+", cell.text):
            name, eq, _words = line.group().partition("=")
            start = line.start() + len(name) + len(eq) if eq else line.start()
            for word in _WORD.finditer(cell.text, start, line.end()):
                if not word.group().isdigit():
                    span = Span(*word.span())
                    if word.group() not in bound:
                        uses.append(Use(word.group(), span))
                    references.append(Reference(word.group(), span, local=word.group() in bound))
            if eq:
                at = Span(line.start(), line.start() + len(name.rstrip()))
                bound.add(name.strip())
                definitions.append(Definition(name.strip(), "variable", at, Span(*line.span())))
                references.append(Reference(name.strip(), at, write=True, local=True))
        opens = ("open!",) if "open!" in cell.text else ()
        return Facts(tuple(definitions), tuple(uses), tuple(references), opens=opens)

    def exports(self, context: Context) -> Exports:
        own: dict[str, Type] = {}
        for line in context.cell.text.split("\n"):
            name, eq, words = line.partition("=")
            if eq:
                own[name.strip()] = Record(tuple((w, self._type(w, own, context)) for w in _WORD.findall(words)))
        return Exports(
            tuple(
                Binding(n, t, space="toy", origin=Anchor.at(context.cell.text, 0, n, cell=context.cell.id))
                for n, t in own.items()
            ),
            context.facts.opens,
        )

    def _type(self, word: str, own: dict[str, Type], context: Context) -> Type:
        if word.isdigit():
            return Scalar(INT64)
        if word in own:
            return own[word]
        found = context.view.lookup(word)
        return found.type if found else Opaque("missing")

    def diagnose(self, context: Context) -> Sequence[Finding]:
        return [
            Finding("missing", use.span, use.name)
            for use in context.facts.uses
            if context.view.lookup(use.name) is None and not context.view.opens()
        ]


class Shouting:
    """A rule that asks about cells below."""

    code = "later"

    def check(self, context: Context) -> Iterable[Finding]:
        for use in context.facts.uses:
            if context.view.lookup(use.name) is None and context.view.defined_later(use.name):
                yield Finding("later", use.span, use.name)


class Broken(LanguageService):
    """A service with defects: every call raises."""

    languages = frozenset({"broken"})

    def facts(self, cell: Cell, host: Host) -> Facts:
        raise RuntimeError("facts")

    def exports(self, context: Context) -> Exports:
        raise RuntimeError("exports")

    def diagnose(self, context: Context) -> Sequence[Finding]:
        raise RuntimeError("diagnose")


def toy_services() -> Services:
    return services([Toy(), Broken()], [Shouting()])


def cells(*texts: str, language: str = "toy", first: int = 0) -> tuple[Cell, ...]:
    return tuple(Cell(f"c{first + i}", language, text) for i, text in enumerate(texts))


def notebook(*texts: str, host: str = "jupyter") -> Notebook:
    return Notebook("toy:notebook", cells(*texts), host=host)


def session(log: list[tuple[str, str]] | None = None) -> Session:
    return Session(toy_services(), listener=None if log is None else lambda what, cell: log.append((what, cell)))


def everything(session: Session, uri: str = "toy:notebook") -> tuple[object, ...]:
    """Exports and findings of all cells, settled: what must be equal however a state was reached."""
    snapshot = session.snapshot(uri)
    assert snapshot is not None
    analysis = snapshot.analysis
    analysis.settle()
    indices = range(len(snapshot.notebook.cells))
    return tuple((analysis.exports(i), analysis.findings(i)) for i in indices)


__all__ = ["UNKNOWN", "Broken", "Shouting", "Toy", "cells", "everything", "notebook", "session", "toy_services"]
