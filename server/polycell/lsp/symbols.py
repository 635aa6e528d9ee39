"""The outline of a face: what a cell defines, or the cells of a document with what each defines."""

from __future__ import annotations

from lsprotocol import types

from polycell.bridge.positions import Encoding
from polycell.core import features
from polycell.core.notebook import Cell
from polycell.core.results import Symbol
from polycell.core.session import Snapshot
from polycell.core.text import Span
from polycell.lsp.answers import nested, symbol_kind
from polycell.lsp.state import Asked, Face


def document_symbols(asked: Asked, encoding: Encoding) -> list[types.DocumentSymbol]:
    """A cell's own definitions; for a document of many cells one entry a cell, its definitions below it."""
    face = asked.face
    shown = set(face.cells)
    made: list[types.DocumentSymbol] = []
    for snapshot in asked.snapshots:
        for index, cell in enumerate(snapshot.notebook.cells):
            if cell.id not in shown:
                continue
            inner = _of_cell(snapshot, index, cell, face, encoding)
            if face.map is None or len(shown) == 1:
                made += inner
                continue
            span = face.to_face(cell.id, Span(0, len(cell.text)))
            title = _title(cell, index)
            if span is None or not title:
                made += inner
                continue
            extent = face.range(span, encoding)
            first = types.Range(extent.start, extent.start)
            made.append(
                types.DocumentSymbol(
                    title, symbol_kind("cell"), extent, first, detail=cell.language or None, children=inner or None
                )
            )
    return made


def _of_cell(snapshot: Snapshot, index: int, cell: Cell, face: Face, encoding: Encoding) -> list[types.DocumentSymbol]:
    symbols = features.symbols(snapshot, index)
    ranges: dict[Symbol, tuple[types.Range, types.Range]] = {}
    for symbol in symbols:
        name = face.to_face(cell.id, symbol.span)
        extent = face.to_face(cell.id, symbol.extent) or name
        if name is None or extent is None:
            continue
        # The protocol wants the name inside of the extent.
        extent = Span(min(extent.start, name.start), max(extent.end, name.end))
        ranges[symbol] = (face.range(extent, encoding), face.range(name, encoding))
    return nested(symbols, ranges)


def _title(cell: Cell, index: int) -> str:
    """How a person calls the cell: its name, its first heading, or its number. Empty text has no entry."""
    first = next((line.strip() for line in cell.text.split("\n") if line.strip()), "")
    if not first:
        return ""
    if cell.name:
        return cell.name
    if cell.kind == "markup":
        return first.lstrip("# ")[:80] or "text"
    return f"cell {index + 1}"
