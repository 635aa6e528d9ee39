"""Fragments: text of another language inside a cell (`x = %sql select …`), served as a cell of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from polycell.core.environment import Binding, fold
from polycell.core.facts import Facts, Fragment
from polycell.core.guard import guard
from polycell.core.notebook import Cell, CellMagic
from polycell.core.service import Context, LanguageService, Services
from polycell.core.text import Span
from polycell.core.types import UNKNOWN
from polycell.core.values import replace


class Site(Struct, frozen=True):
    """Where a request points to: the context and offset to ask `service` with, and how far to shift its answers.
    `fragment`: the one that the context is of, None for the whole cell."""

    service: LanguageService
    context: Context
    offset: int
    shift: int = 0
    fragment: Fragment | None = None

    def holds(self, span: Span) -> bool:
        """Whether a span of the context's text stands in the notebook, and was not put around what does."""
        written = self.context.written
        return written is None or (written.start <= span.start and span.end <= written.end)


def fragments_of(services: Services, context: Context, at: int | None = None) -> Sequence[Fragment]:
    """The fragments of a cell, or those that touch an offset."""
    service = services.of(context.cell.language)
    own = context.facts.fragments
    found = guard("fragments", context.cell, own, lambda: tuple(service.fragments(context, at)))
    return tuple(f for f in found if at is None or f.is_at(at))


def sites(services: Services, context: Context, word: str = "") -> Iterator[Site]:
    """The cell itself, then each fragment inside of it, which is left out where `word` is not in its text."""
    outer = services.of(context.cell.language)
    yield Site(outer, context, 0)
    folded = fold(word)
    for fragment in fragments_of(services, context):
        if folded in fold(fragment.span.of(context.cell.text)):
            yield fragment_site(services, outer, context, fragment, fragment.span.start)


def fragment_site(
    services: Services, outer: LanguageService, context: Context, fragment: Fragment, offset: int
) -> Site:
    """The fragment as a cell of its own, seen from where it stands; `offset` is one of the outer cell."""
    inner = services.of(fragment.language)
    told = {"dialect": fragment.dialect, "connection": fragment.connection}
    # A line magic governs the text behind it as a cell magic does the text below; its arguments end where that begins.
    magic = CellMagic(fragment.magic, fragment.arguments, -len(fragment.arguments)) if fragment.magic else None
    before, after = fragment.around
    text = fragment.text or fragment.span.of(context.cell.text)
    cell = Cell(
        id=context.cell.id,
        language=fragment.language,
        text=f"{before}{text}{after}",
        magic=magic,
        metadata={"polycell": told} if fragment.dialect is not None else {},
    )
    written = Span(len(before), len(before) + len(text)) if before or after else None
    nothing: Mapping[str, Binding] = {}
    seen_from = fragment.span.start if fragment.seen_from is None else fragment.seen_from
    seeing = context
    if fragment.seen_in:
        there = next((i for i, c in enumerate(context.notebook.cells) if c.id == fragment.seen_in), context.index)
        seeing = context.neighbour(there)
        seen_from = len(seeing.cell.text)
    scope = guard("scope", seeing.cell, nothing, lambda: outer.scope_at(seeing, seen_from))
    given = {name: Binding(name, type_, "table", "catalog") for name, type_ in fragment.given}
    for word, name in fragment.renamed:
        found = scope.get(name) or seeing.view.lookup(name)
        given[word] = Binding(word, found.type if found is not None else UNKNOWN, "table", "catalog")
    view = seeing.view.with_overlay({**scope, **given}, fragment.language)
    facts = guard("facts", cell, context.facts, lambda: inner.facts(cell, context.host))
    if written is not None:
        facts = _written_in(facts, written)
    start = fragment.span.start - len(before)
    made = Context(context.notebook, cell, context.index, facts, view, context.host, start, written, context.neighbour)
    return Site(inner, made, offset - start, start, fragment)


def _written_in(facts: Facts, written: Span) -> Facts:
    """What of the facts is about the part of the text that is written in the notebook."""

    def here(span: Span) -> bool:
        return written.start <= span.start and span.end <= written.end

    return replace(
        facts,
        definitions=tuple(d for d in facts.definitions if here(d.span)),
        uses=tuple(u for u in facts.uses if here(u.span)),
        references=tuple(r for r in facts.references if here(r.span)),
        problems=tuple(p for p in facts.problems if here(p.span)),
    )
