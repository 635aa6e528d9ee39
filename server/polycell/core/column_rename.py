"""Rename of a column over cells and languages: every mention, or the reason why not.

It is refused unless all of this is certain: the column's name is given in the notebook's own code, not by a file; every
place that may name it is known to name it or to name another; and the new name is free in every table that the column
is a part of, all of whose columns must be known for that. Writing a table to a file is no obstacle: that the file gets
the new name is what was asked for.
"""

from __future__ import annotations

from functools import partial

from polycell.core.columns import Occurrence, Symbol, mention_at, symbol_at, table_of
from polycell.core.environment import fold
from polycell.core.guard import guard
from polycell.core.places import cell_name, file_name, quoted
from polycell.core.results import Edit, Renameable, Renamed
from polycell.core.service import Context, Services
from polycell.core.session import Snapshot
from polycell.core.steps import Steps
from polycell.core.text import Span
from polycell.core.types import Table


def prepare(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Steps[Renameable | None]:
    """What would be renamed at a place, and why that is refused already. None where no column is named."""
    found = yield from symbol_at(snapshot, services, cell_id, offset)
    if found is None:
        unknown = _unknown(snapshot, services, cell_id, offset)
        return Renameable(*unknown, column=True) if unknown is not None else None
    here = _here(snapshot, found, cell_id, offset)
    return Renameable(here, found.name, doubt(snapshot, found), column=True) if here is not None else None


def rename(snapshot: Snapshot, services: Services, cell_id: str, offset: int, name: str) -> Steps[Renamed | None]:
    """The edits that give the column at a place another name. None where no column is named."""
    found = yield from symbol_at(snapshot, services, cell_id, offset)
    if found is None:
        unknown = _unknown(snapshot, services, cell_id, offset)
        return Renamed(refusal=unknown[2], column=True) if unknown is not None else None
    if name == found.name:
        return Renamed(column=True)
    refusal = "A column needs a name." if not name.strip() else doubt(snapshot, found) or _clash(found, name)
    if refusal:
        return Renamed(refusal=refusal, column=True)
    edits: dict[tuple[str, Span], Edit] = {}
    for occurrence in found.mentions:
        context, mention = occurrence.found.context, occurrence.mention
        cell = snapshot.notebook.cells[occurrence.index]
        inner = mention.span.shift(-occurrence.found.shift)
        none: str | None = None
        text = guard("rename", cell, none, partial(occurrence.found.service.column_spelling, context, inner, name))
        if text is None:
            shown = quoted(cell.text, mention.span)
            where = cell_name(occurrence.index)
            return Renamed(refusal=f"`{name}` cannot be written in {shown} ({where}).", column=True)
        edits[cell.id, mention.span] = Edit(cell.id, mention.span, text)
        yield
    return Renamed(tuple(edits.values()), column=True)


def _unknown(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> tuple[Span, str, str] | None:
    """(its place, its name, why it cannot be renamed) of what names a column that nobody knows."""
    here = mention_at(snapshot, services, cell_id, offset)
    if here is None or here.mention.column is not None or not here.mention.refusal:
        return None
    mention = here.mention
    return mention.span, mention.name, f"It is not known which column `{mention.name}` is: {mention.refusal}."


def _here(snapshot: Snapshot, found: Symbol, cell_id: str, offset: int) -> Span | None:
    index = snapshot.notebook.index(cell_id)
    places = (o.mention.span for o in found.mentions if o.index == index and o.mention.span.touches(offset))
    return next(places, None)


def doubt(snapshot: Snapshot, found: Symbol) -> str:
    """Why not every mention is certain, whatever the new name is; empty when nothing speaks against it."""
    name, cells = found.name, snapshot.notebook.cells
    if not found.origins:
        return f"It is not known what gives the column `{name}` its name."
    for origin in sorted(found.origins, key=lambda a: (a.uri, a.cell, a.nth)):
        if origin.uri:
            file = file_name(origin.uri)
            return f"The column `{name}` comes from `{file}`, which no rename changes: give it another name in code."
        index = snapshot.notebook.index(origin.cell)
        place = origin.find(cells[index].text) if index is not None else None
        if index is None or place is None:
            return f"It is not known what gives the column `{name}` its name."
        if fold(origin.token) != fold(name):
            return f"{cell_name(index)} makes the name `{name}` out of {quoted(cells[index].text, Span(*place))}."
        unsure = [o for o in found.doubtful if o.index == index and o.mention.span.touches(place[0])]
        if unsure:
            return _reason(snapshot, found, unsure[0])
        if not any(o.index == index and o.mention.span.touches(place[0]) for o in found.mentions):
            return f"{cell_name(index)} gives the column `{name}` its name in a way that is not followed."
    for occurrence in (*found.mentions, *found.doubtful):
        reason = _reason(snapshot, found, occurrence)
        if reason:
            return reason
    for occurrence in found.mentions:
        for table in occurrence.mention.tables:
            if table.open:
                where = cell_name(occurrence.index)
                return f"Not all columns are known of the table that `{name}` belongs to in {where}."
    for index, binding in found.given:
        held = table_of(binding)
        if held is None or held.open:
            return f"Not all columns of `{binding.name}` are known ({cell_name(index)}), and `{name}` is one of them."
    return ""


def _reason(snapshot: Snapshot, found: Symbol, occurrence: Occurrence) -> str:
    mention, index = occurrence.mention, occurrence.index
    shown = quoted(snapshot.notebook.cells[index].text, mention.span)
    if not mention.origins:
        if mention.column is not None and mention.name != found.name:
            return ""
        why = mention.refusal or "what it is made of is not known"
        return f"{cell_name(index)} may mean the column `{found.name}` in {shown}: {why}."
    if mention.refusal:
        return f"{cell_name(index)} mentions `{found.name}` in {shown}: {mention.refusal}."
    if mention.name != found.name:  # also in case alone: `rename(columns=str.upper)`
        return f"The name `{mention.name}` in {cell_name(index)} is made out of the name `{found.name}`."
    return ""


def _clash(found: Symbol, name: str) -> str:
    """Why the new name is taken where the column is."""
    for occurrence in found.mentions:
        for table in occurrence.mention.tables:
            if _takes(table, found.name, name, occurrence.found.context):
                return f"There is a column `{name}` beside `{found.name}` already ({cell_name(occurrence.index)})."
    for index, binding in found.given:
        held = table_of(binding)
        if held is not None and _takes(held, found.name, name, None):
            return f"`{binding.name}` has a column `{name}` already ({cell_name(index)})."
    return ""


def _takes(table: Table, old: str, new: str, context: Context | None) -> bool:
    names = {column.name for column in (*table.columns, *table.index)} - {old}
    folds = not table.case_sensitive or (context is not None and context.cell.language == "sql")
    return new in names or (folds and fold(new) in {fold(name) for name in names} - {fold(old)})
