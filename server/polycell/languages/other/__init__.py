"""Cells in languages that nobody serves: what their magics say about the notebook's Python names.

`%%bash --out files` and `%%R -o model` give Python names whoever reads the body; `%%cython`, or a magic that nobody
knows, may give names that no text shows. Where a host lets other languages read this cell's values (Polynote), an
unread cell may have defined any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from polycell.core.environment import Binding, Exports
from polycell.core.facts import Definition, Facts, Use
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.service import Context, LanguageService
from polycell.core.text import Span
from polycell.core.types import STRING, UNKNOWN, Anchor, Scalar, Type
from polycell.formats.magics import binds_python_names, gives_texts, inputs, outputs

_PUT = pattern(r"^%put[ \t]+([^\r\n]*)", re.MULTILINE)
_NAME = pattern(r"(?<![\w-])[^\W\d]\w*")


class OtherService(LanguageService):
    """Serves no language by name: `core.service.Services` falls back on it."""

    def facts(self, cell: Cell, host: Host) -> Facts:
        extent = Span(0, len(cell.text))
        definitions = tuple(Definition(name, "result", span, extent) for name, span in _given(cell, host))
        uses: tuple[Use, ...] = ()
        if cell.magic is not None:
            uses = tuple(
                Use(name, Span(start, start + len(name)), guarded=True) for name, start in inputs(cell.magic, host.name)
            )
        return Facts(definitions, uses, opens=_opens(cell, host))

    def exports(self, context: Context) -> Exports:
        cell = context.cell
        texts = cell.magic is not None and gives_texts(cell.magic, context.host.name)
        type_ = Scalar(STRING) if texts else UNKNOWN
        bindings = {d.name: _binding(cell, d, type_) for d in context.facts.definitions}
        if cell.result and cell.result not in bindings:
            # An input block of Deepnote, a chunk's `output.var`: the name is in the metadata, not in the text.
            bindings[cell.result] = Binding(cell.result, UNKNOWN, "result", context.host.result_space)
        connections = _connections(cell) if context.host.name == "dotnet" and "#!connect" in cell.text else ()
        return Exports((*bindings.values(), *connections), context.facts.opens)

    def hidden(self, context: Context, name: str) -> Iterable[Span]:
        """Nothing: a language that nobody serves sees no names of others but in its magic's arguments."""
        return ()


def _connections(cell: Cell) -> Iterable[Binding]:
    """The kernels that `#!connect` makes of databases, each a connection."""
    from polycell.tables.databases.kernels import kernels_in
    from polycell.tables.databases.schemes import CONNECTION

    return [Binding(f"{CONNECTION} {name}", made, space="catalog") for name, made in kernels_in(cell.text)]


def _binding(cell: Cell, definition: Definition, type_: Type) -> Binding:
    origin = Anchor.at(cell.text, definition.span.start, definition.name, cell=cell.id)
    magic = cell.magic
    source = f"{magic.prefix}{magic.name} {magic.arguments}".strip() if magic is not None else ""
    return Binding(definition.name, type_, "result", "python", origin, source)


def _given(cell: Cell, host: Host) -> list[tuple[str, Span]]:
    """Python names that the cell's magics say they bind, in the order of the text."""
    found = []
    if cell.magic is not None:
        start = cell.magic.arguments_start
        for name in outputs(cell.magic, host.name):
            at = cell.text.find(name, start)
            if at >= 0:
                found.append((name, Span(at, at + len(name))))
                start = at + len(name)
    if host.name == "sos":
        # `%put a b` in a cell of a subkernel hands copies to SoS, whose names are Python's.
        for line in _PUT.finditer(cell.text):
            if "--to" not in line[1].split():
                found += [(word.group(), Span(*word.span())) for word in _NAME.finditer(cell.text, *line.span(1))]
    return found


def _opens(cell: Cell, host: Host) -> tuple[str, ...]:
    if cell.magic is not None and binds_python_names(cell.magic, host.name):
        return (f"{cell.magic.prefix}{cell.magic.name}",)
    readers = (
        reads.space == cell.language
        for language, row in host.reads.items()
        if language != cell.language
        for reads in row
    )
    return (f"the names of a {cell.language} cell",) if cell.language and any(readers) else ()
