"""A column is a symbol: which places, in all cells and languages, name the same one.

What makes two mentions one column is where its name was given (`Column.origins`): an alias, the key of a dictionary,
the assignment `df["x"] = …`, a file's header. Whatever passes a column on (selection, joins, groups, `*`, results
handed to another language) passes its origins on; a rename or an alias gives it a new one. Where columns of one name
become one (a join by it, tables put under one another, an assignment over an older value, branches that meet), the
result has the origins of all, and with them all of these are one column: no one of them could be renamed alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from msgspec import Struct

from polycell.core.environment import Binding, fold
from polycell.core.fragments import Site, sites
from polycell.core.guard import guard, listed
from polycell.core.places import located
from polycell.core.results import Highlight, Location, Mention
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.site import site
from polycell.core.steps import Steps
from polycell.core.text import Span
from polycell.core.types import Anchor, Column, GroupBy, Series, Table
from polycell.core.values import replace


class Occurrence(Struct, frozen=True):
    """A mention with its span in the cell's text; `found` says where to ask the language that it is written in."""

    index: int
    mention: Mention
    found: Site


class Symbol(Struct, frozen=True):
    """One column. `doubtful` are places that may name it where nobody can tell; `given` the tables that cells hand on
    and that have it, with the index of the cell."""

    name: str
    origins: frozenset[Anchor]
    mentions: tuple[Occurrence, ...]
    doubtful: tuple[Occurrence, ...]
    given: tuple[tuple[int, Binding], ...]


def mention_at(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Occurrence | None:
    """The column named at a place; None where no column is."""
    here = site(snapshot, services, cell_id, offset)
    return mention_in(here) if here is not None else None


def mention_in(here: Site) -> Occurrence | None:
    """The same where the place has been found already."""
    none: Mention | None = None
    found = guard("column", here.context.cell, none, lambda: here.service.mention_at(here.context, here.offset))
    if found is None:
        return None
    return Occurrence(here.context.index, replace(found, span=found.span.shift(here.shift)), here)


def symbol_at(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Steps[Symbol | None]:
    """The column named at a place, with all that names it. Only cells that have the name in their text cost work; each
    is a step."""
    here = mention_at(snapshot, services, cell_id, offset)
    if here is None or here.mention.column is None:
        return None
    snapshot.analysis.settle()
    name = here.mention.name
    named: list[Occurrence] = []
    for index in range(len(snapshot.notebook.cells)):
        named += mentions(snapshot, services, index, name)
        yield
    held = [
        (index, binding, column)
        for index in range(len(snapshot.notebook.cells))
        for binding in snapshot.analysis.exports(index).bindings
        for column in columns_of(binding, name)
    ]
    groups = [o.mention.origins for o in named if fold(o.mention.name) == fold(name)]
    groups += [column.origins for _, _, column in held]
    origins = connected(here.mention.origins, groups)
    mine = [o for o in named if not origins.isdisjoint(o.mention.origins) and not o.mention.implied]
    if not any(o.index == here.index and o.mention.span == here.mention.span for o in mine):
        mine.append(here)
    mine.sort(key=lambda o: (o.index, o.mention.span))
    doubtful = [o for o in named if not o.mention.origins]
    given = [(index, binding) for index, binding, column in held if not origins.isdisjoint(column.origins)]
    return Symbol(name, origins, tuple(mine), tuple(doubtful), tuple(given))


def mentions(snapshot: Snapshot, services: Services, index: int, name: str) -> Iterator[Occurrence]:
    """What names a column of that name, or may do so, in the cell at an index and in the fragments inside of it. A cell
    that sees no names of others (a shell's) names no column."""
    cell = snapshot.notebook.cells[index]
    context = snapshot.analysis.context(index)
    handed = cell.magic is not None and bool(cell.magic.arguments.strip())  # `%%R -i df`
    sees = cell.kind == "code" and (handed or context.host.visible(cell.language, cell.space))
    if not sees and not context.facts.fragments:
        return
    folded = fold(name)
    for here in sites(services, context, name):
        unread = [Mention(Span(0, 0), name, refusal="what the cell means could not be worked out")]
        if folded not in fold(here.context.cell.text):
            unread = []
        for found in guard("columns", cell, unread, partial(listed, here.service.mentions, here.context, name)):
            if here.holds(found.span):
                yield Occurrence(index, replace(found, span=found.span.shift(here.shift)), here)


def columns_of(binding: Binding, name: str) -> Iterator[Column]:
    """The columns of that name, case folded, in what a name stands for."""
    held = table_of(binding)
    folded = fold(name)
    found = (*held.columns, *held.index) if held is not None else ()
    return (column for column in found if fold(column.name) == folded)


def table_of(binding: Binding) -> Table | None:
    """What a name stands for as a table: a group's, or the one column of a series."""
    type_ = binding.type
    if isinstance(type_, GroupBy):
        return type_.table
    if isinstance(type_, Series):
        return Table((type_.column,), index=type_.index)
    return type_ if isinstance(type_, Table) else None


def connected(start: Iterable[Anchor], groups: Sequence[Sequence[Anchor]]) -> frozenset[Anchor]:
    """Everything that is reached from `start` through groups that have a member in common."""
    holding: dict[Anchor, list[int]] = {}
    for number, group in enumerate(groups):
        for member in group:
            holding.setdefault(member, []).append(number)
    reached = set(start)
    waiting = list(reached)
    seen: set[int] = set()
    while waiting:
        for number in holding.get(waiting.pop(), ()):
            if number not in seen:
                seen.add(number)
                waiting += set(groups[number]) - reached
                reached.update(groups[number])
    return frozenset(reached)


# -- what editors ask


def references(
    snapshot: Snapshot, services: Services, cell_id: str, offset: int, *, declaration: bool = True
) -> Steps[Sequence[Location]]:
    """Every place that names the column at a place; with `declaration`, those that give it the name, files too."""
    found = yield from symbol_at(snapshot, services, cell_id, offset)
    if found is None:
        return ()
    files = sorted((o for o in found.origins if o.uri), key=lambda o: o.uri) if declaration else ()
    return [
        *(
            Location(o.mention.span, snapshot.notebook.cells[o.index].id)
            for o in found.mentions
            if fold(o.mention.name) == fold(found.name) and (declaration or not o.mention.write)
        ),
        *(where for origin in files if (where := located(snapshot.notebook, origin)) is not None),
    ]


def highlights(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Sequence[Highlight]:
    """The column's mentions within its own cell."""
    here = mention_at(snapshot, services, cell_id, offset)
    if here is None or here.mention.column is None:
        return ()
    name = here.mention.name
    near = [o.mention for o in mentions(snapshot, services, here.index, name) if fold(o.mention.name) == fold(name)]
    origins = connected(here.mention.origins, [m.origins for m in near])
    mine = [m for m in near if not origins.isdisjoint(m.origins) and not m.implied]
    mine.sort(key=lambda m: m.span)
    return [Highlight(m.span, m.write) for m in mine]
