"""Declarations with where a check shows them: in the cell itself, or for the metadata's at the notebook's head."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.dependencies.cells import said_by
from polycell.dependencies.gathering import DECLARED
from polycell.dependencies.metadata import declared_by
from polycell.dependencies.model import Declaration


def here(context: Context) -> Iterator[Declaration]:
    """What a check of this cell looks at: what the cell declares, and at the notebook's first cell of code what the
    metadata declares."""
    yield from said_by(context.cell, context.facts).declarations
    if is_head(context):
        # Asked so that it is recorded: the metadata is no part of the cell.
        context.view.gathered(DECLARED)
        yield from declared_by(context.notebook)


def is_head(context: Context) -> bool:
    """Whether the cell is the first that is no text for people."""
    for index, cell in enumerate(context.notebook.cells):
        if cell.kind != "markup":
            return index >= context.index
    return True


def first_line(context: Context) -> Span:
    """Where a cell shows what is about its notebook."""
    text = context.cell.text
    end = text.find("\n", context.cell.body)
    return Span(context.cell.body, len(text) if end < 0 else end)


def finding(context: Context, declaration: Declaration, made: Finding) -> Finding:
    """The finding about a declaration, with its place; said of the metadata in a cell, it tells what it is about."""
    if not declaration.path:
        return replace(made, span=declaration.span)
    written = declaration.requirement.text
    said = f"In {declaration.requirement.where}{f', `{written}`' if written else ''}: {made.message}"
    return replace(made, span=first_line(context), message=said, path=declaration.path)
