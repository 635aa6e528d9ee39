"""Fragments: text of another language inside a cell (`x = %sql select …`), served as a cell of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from polycell.core.environment import Binding, fold
from polycell.core.facts import Fragment
from polycell.core.guard import guard
from polycell.core.notebook import Cell, CellMagic
from polycell.core.service import Context, LanguageService, Services


@dataclass(frozen=True, slots=True)
class Site:
    """Where a request points to: the context and offset to ask `service` with, and how far to shift its answers."""

    service: LanguageService
    context: Context
    offset: int
    shift: int = 0


def sites(services: Services, context: Context, word: str = "") -> Iterator[Site]:
    """The cell itself, then each fragment inside of it, which is left out where `word` is not in its text."""
    outer = services.of(context.cell.language)
    yield Site(outer, context, 0)
    folded = fold(word)
    for fragment in context.facts.fragments:
        if folded in fold(fragment.span.of(context.cell.text)):
            yield fragment_site(services, outer, context, fragment, fragment.span.start)


def fragment_site(
    services: Services, outer: LanguageService, context: Context, fragment: Fragment, offset: int
) -> Site:
    """The fragment as a cell of its own, seen from where it stands; `offset` is one of the outer cell."""
    inner = services.of(fragment.language)
    told = {"dialect": fragment.dialect, "connection": fragment.connection}
    # A line magic governs the text behind it as a cell magic does the text below; its arguments end where that begins.
    before = len(fragment.arguments)
    magic = CellMagic(fragment.magic, fragment.arguments, -before) if fragment.magic else None
    cell = Cell(
        id=context.cell.id,
        language=fragment.language,
        text=fragment.text or fragment.span.of(context.cell.text),
        magic=magic,
        metadata={"polycell": told} if fragment.dialect is not None else {},
    )
    nothing: Mapping[str, Binding] = {}
    scope = guard("scope", context.cell, nothing, lambda: outer.scope_at(context, fragment.span.start))
    view = context.view.with_overlay(scope, fragment.language)
    facts = guard("facts", cell, context.facts, lambda: inner.facts(cell, context.host))
    start = fragment.span.start
    made = Context(context.notebook, cell, context.index, facts, view, context.host, start, context.neighbour)
    return Site(inner, made, offset - fragment.span.start, fragment.span.start)
