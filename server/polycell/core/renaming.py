"""Rename of a name in all cells and languages: every occurrence, or a reason why not.

A name is renamed only when it is certain that every mention of it is known and that the new name means nothing yet
where the old one is seen. What is mentioned in ways that the facts do not tell (a word in a magic's arguments, in a
query inside of a string, in a template) is found by the languages, and refuses the rename.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from polycell.core import column_rename
from polycell.core.environment import Binding, crosses, fold
from polycell.core.fragments import fragments_of, sites
from polycell.core.guard import guard, listed
from polycell.core.places import cell_name
from polycell.core.references import Identity, Occurrence, identity_at, inner_name, occurrences
from polycell.core.results import Edit, InnerName, Renameable, Renamed
from polycell.core.service import Context, Services
from polycell.core.session import Snapshot
from polycell.core.steps import Steps, at_once
from polycell.core.text import Span


def prepare(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Renameable | None:
    """What would be renamed at a place, and why that is refused already. None where nothing has a name."""
    return at_once(prepare_steps(snapshot, services, cell_id, offset))


def prepare_steps(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Steps[Renameable | None]:
    """The same, for who lets others have their turn."""
    found = identity_at(snapshot, services, cell_id, offset)
    snapshot.analysis.settle()
    inner = inner_name(snapshot, services, cell_id, offset) if found is None else None
    if inner is not None:
        return renameable(inner, cell_id, offset)
    if found is None:
        return (yield from column_rename.prepare(snapshot, services, cell_id, offset))
    here, reference, wanted = found
    span = reference.span.shift(here.shift)
    return Renameable(span, wanted.name, _doubt(snapshot, wanted, list(occurrences(snapshot, services, wanted))))


def rename(snapshot: Snapshot, services: Services, cell_id: str, offset: int, name: str) -> Renamed | None:
    """The edits that give the name at a place another one. None where nothing has a name."""
    return at_once(rename_steps(snapshot, services, cell_id, offset, name))


def rename_steps(snapshot: Snapshot, services: Services, cell_id: str, offset: int, name: str) -> Steps[Renamed | None]:
    """The same, for who lets others have their turn."""
    found = identity_at(snapshot, services, cell_id, offset)
    snapshot.analysis.settle()
    inner = inner_name(snapshot, services, cell_id, offset) if found is None else None
    if inner is not None:
        return rename_inner(snapshot, services, inner, name)
    if found is None:
        return (yield from column_rename.rename(snapshot, services, cell_id, offset, name))
    wanted = found[2]
    if name == wanted.name:
        return Renamed()
    places = list(occurrences(snapshot, services, wanted))
    refusal = _doubt(snapshot, wanted, places) or _clash(snapshot, wanted, places, name)
    if refusal:
        return Renamed(refusal=refusal)
    edits: dict[tuple[str, Span], Edit] = {}
    for place in places:
        cell = snapshot.notebook.cells[place.index]
        context, written = place.found.context, place.reference.span
        none: str | None = None
        text = guard("rename", cell, none, partial(place.found.service.spelling, context, written, name))
        if text is None:
            return Renamed(refusal=f"`{name}` is no name in {_language(context)} ({cell_name(place.index)}).")
        edits[cell.id, place.span] = Edit(cell.id, place.span, text)
    return Renamed(tuple(edits.values()))


def renameable(inner: InnerName, cell_id: str, offset: int) -> Renameable | None:
    own = next((place.span for place in inner.places if place.cell == cell_id and place.span.touches(offset)), None)
    return Renameable(own, inner.name, inner.refusal) if own is not None else None


def rename_inner(snapshot: Snapshot, services: Services, inner: InnerName, name: str) -> Renamed:
    """The edits that give another name to one whose places are known, or why not."""
    if name == inner.name:
        return Renamed()
    if inner.refusal:
        return Renamed(refusal=inner.refusal)
    if name in inner.taken:
        return Renamed(refusal=f"`{name}` is used already where `{inner.name}` holds.")
    edits = []
    for place in inner.places:
        index = snapshot.notebook.index(place.cell) or 0
        cell, context = snapshot.notebook.cells[index], snapshot.analysis.context(index)
        none: str | None = None
        text = guard("rename", cell, none, partial(services.of(cell.language).spelling, context, place.span, name))
        if text is None:
            return Renamed(refusal=f"`{name}` is no name in {_language(context)} ({cell_name(index)}).")
        edits.append(Edit(place.cell, place.span, place.before + text))
    return Renamed(tuple(edits))


# -- why not


def _doubt(snapshot: Snapshot, wanted: Identity, places: Sequence[Occurrence]) -> str:
    """Why not every mention of the name is certain, whatever the new one is; empty when nothing speaks against it."""
    name, analysis = wanted.name, snapshot.analysis
    if wanted.space.startswith("cell "):
        if any(place.found.context.cell.language != "sql" for place in places):
            return f"`{name}` holds in a part of this cell only."
        return next(filter(None, (_unread(snapshot, i, name, places) for i in {p.index for p in places})), "")
    givers = [
        (index, binding)
        for index in range(len(snapshot.notebook.cells))
        for binding in analysis.exports(index).bindings
        if binding.name == name and binding.space == wanted.space and binding.kind != "deleted"
    ]
    if not givers:
        return f"No cell defines `{name}`: it comes from outside of the notebook."
    mentioned_in = {place.index for place in places}
    written = {place.index for place in places if place.reference.write}
    for index, _ in givers:
        if snapshot.notebook.cells[index].result == name and index not in written:
            return f"{cell_name(index)} gives the name `{name}` in its metadata, which an edit of text cannot change."
        if index not in mentioned_in or not written:  # one that only changes the value in place mentions it too
            return f"{cell_name(index)} gives the name `{name}` in a way that is not in its text."
    first, last = min(written), max(mentioned_in)
    anywhere = analysis.host.order == "any"
    for index in range(len(snapshot.notebook.cells)):
        opens = analysis.facts(index).opens
        if opens and (anywhere or first <= index <= last) and not _opens_before(analysis.context(index), places):
            return f"{cell_name(index)} may use or define any name ({opens[0]}), so it is not certain what `{name}` is."
    for index in range(len(snapshot.notebook.cells)):
        sees = any(_sees(analysis.context(index), binding) for _, binding in givers)
        found = _unread(snapshot, index, name, places, sees)
        if found:
            return found
    return ""


def _opens_before(context: Context, places: Sequence[Occurrence]) -> bool:
    """Whether all that opens the cell are star imports above its first mention of the name, which then hides theirs."""
    facts = context.facts
    stars = [i.span.start for i in facts.imports if i.star]
    if len([reason for reason in facts.opens if reason.startswith("from ")]) != len(facts.opens) or not stars:
        return False
    inside = [place for place in places if place.index == context.index]
    return bool(inside) and inside[0].reference.write and max(stars) < min(place.span.start for place in inside)


def _unread(snapshot: Snapshot, index: int, name: str, places: Sequence[Occurrence], sees: bool = True) -> str:
    """Why a cell may mention the name where nobody can tell; empty when it does not.

    A magic's arguments and templates are filled in by the notebook's language, so they count also in a cell that does
    not see the name.
    """
    cell = snapshot.notebook.cells[index]
    if fold(name) not in fold(cell.text):
        return ""
    context = snapshot.analysis.context(index)
    if cell.kind != "code" and not context.facts.fragments:
        return ""
    known = [place.span for place in places if place.index == index]
    if sees and any(problem.severity == "error" for problem in context.facts.problems) and _words(cell.text, name):
        return f"{cell_name(index)} mentions `{name}` and has a syntax error."
    arguments = [Span(m.arguments_start, m.arguments_start + len(m.arguments)) for m in context.facts.magics]
    if cell.magic is not None:
        start = cell.magic.arguments_start
        arguments.append(Span(start, max(cell.body, start + len(cell.magic.arguments))))
    fragments = [fragment.span for fragment in fragments_of(snapshot.analysis.services, context)]
    for area in arguments:
        for word in _words(area.of(cell.text), name):
            span = word.shift(area.start)
            if not any(k.start <= span.start < k.end for k in known) and not any(span.start in f for f in fragments):
                return f"{cell_name(index)} mentions `{name}` in the arguments of a magic."
    for found in sites(snapshot.analysis.services, context):
        everything = [Span(0, len(cell.text))]
        hidden = guard("rename", cell, everything, partial(listed, found.service.hidden, found.context, name))
        for span in hidden:
            if not found.holds(span) and found.fragment is not None:
                continue
            here = span.shift(found.shift)
            if not sees and fold(here.of(cell.text)) == fold(name):
                continue  # a word of another language
            inner = found.fragment is None and any(f.start < here.end and here.start < f.end for f in fragments)
            if not inner and not any(k.start < here.end and here.start < k.end for k in known):
                shown = " ".join(here.of(cell.text).split())
                shown = shown if len(shown) <= 40 else f"{shown[:37]}…"
                return f"{cell_name(index)} mentions `{name}` in `{shown}`, and it is not certain what that means."
    return ""


def _clash(snapshot: Snapshot, wanted: Identity, places: Sequence[Occurrence], name: str) -> str:
    """Why the new name is taken where the old one is seen."""
    edited = {place.index for place in places}
    analysis = snapshot.analysis
    givers = [
        b
        for index in edited
        for b in analysis.exports(index).bindings
        if b.name == wanted.name and b.space == wanted.space
    ]
    folded = fold(name)
    for index, cell in enumerate(snapshot.notebook.cells):
        if cell.kind != "code":
            continue
        context = analysis.context(index)
        sees = index in edited or any(_sees(context, binding) for binding in givers)
        if not sees:
            continue
        alike = _same_in(context)
        for binding in analysis.exports(index).bindings:
            if (alike(binding.name) == alike(name)) and not (fold(wanted.name) == folded and binding.name != name):
                return f"`{name}` is defined already ({cell_name(index)})."
        facts = context.facts
        used = {alike(r.name) for r in facts.references} | {alike(u.name) for u in facts.uses}
        if index in edited and folded != fold(wanted.name):
            for found in {id(p.found): p.found for p in places if p.index == index}.values():
                taken = [name]  # what cannot be known may be the new name
                words = guard("rename", cell, taken, partial(listed, found.service.spoken, found.context))
                used |= {alike(word) for word in words}
        if alike(name) in used and alike(name) != alike(wanted.name):
            return f"`{name}` is used already ({cell_name(index)})."
    if not wanted.space.startswith("cell ") and name in analysis.host.ambient.get(wanted.space, ()):
        return f"`{name}` is a name that the notebook's host gives."
    return ""


def _same_in(context: Context) -> Callable[[str], str]:
    """How names are compared there."""
    return fold if context.cell.language == "sql" else str


def _sees(context: Context, binding: Binding) -> bool:
    """Whether the host lets a cell of that language see such a binding, wherever the cell stands."""
    rows = context.host.visible(context.cell.language, context.cell.space)
    fragments = {row for f in context.facts.fragments for row in context.host.visible(f.language)}
    return any(row.space == binding.space and crosses(binding, row) for row in (*rows, *fragments))


def _words(text: str, name: str) -> list[Span]:
    found = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    return [Span(*word.span()) for word in found]


def _language(context: Context) -> str:
    return {"sql": "SQL", "python": "Python"}.get(context.cell.language, context.cell.language)
