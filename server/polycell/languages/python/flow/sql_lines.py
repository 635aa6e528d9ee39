"""What `%sql` lines of a Python cell do to the catalogue: tables that their SQL makes, and `--persist frame`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from polycell.core.environment import Binding
from polycell.core.facts import Magic
from polycell.core.service import Context
from polycell.core.types import Anchor, Table
from polycell.formats.magics import read_magic
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.tables.persisted import PERSISTING, persisted


def made_by_lines(run: Interpreter, context: Context) -> Iterator[Binding]:
    """Bindings of the catalogue, in order of the text."""
    for fragment in context.facts.fragments:
        if fragment.dialect is None and not fragment.result:
            text = fragment.span.of(context.cell.text)
            place = Anchor.at(context.cell.text, fragment.span.start, text.split("\n", 1)[0], cell=context.cell.id)
            for made in context.view.with_overlay(run.overlay()).effects(fragment.language, text):
                yield replace(made, origin=place)
    for magic in context.facts.magics:
        if magic.name in ("sql", "jupysql") and not magic.cell:
            yield from _persisted(run, context, magic)


def _persisted(run: Interpreter, context: Context, magic: Magic) -> Iterator[Binding]:
    arguments = read_magic(magic.name, magic.arguments, "").arguments
    name = magic.arguments.split()[-1:] if arguments.option(*PERSISTING) is not None else []
    frame = run.type_of(name[0]) if name and name[0].isidentifier() else None
    if isinstance(frame, Table):
        place = Anchor.at(context.cell.text, magic.arguments_start, name[0], cell=context.cell.id)
        yield Binding(name[0], persisted(frame, arguments.option), "table", "catalog", place, f"--persist {name[0]}")
