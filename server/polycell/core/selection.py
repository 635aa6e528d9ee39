"""What a selection grows to, step by step: the word, what its language makes of the place, brackets, line, cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polycell.core.fragments import Site
from polycell.core.guard import guard
from polycell.core.patterns import pattern
from polycell.core.service import Services
from polycell.core.session import Snapshot
from polycell.core.site import outermost, site
from polycell.core.text import Span

_WORD = pattern(r"\w+")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_BRACKETS = pattern(r"[()\[\]{}]")
MOST = 100_000  # characters of a cell in which brackets are looked for


def selections(snapshot: Snapshot, services: Services, cell_id: str, offset: int) -> Sequence[Span]:
    """Spans of the cell around an offset, each inside of the next, the smallest first; none of them empty."""
    index = snapshot.notebook.index(cell_id)
    if index is None:
        return ()
    text = snapshot.notebook.cells[index].text
    made: set[Span] = {Span(0, len(text))}
    found = site(snapshot, services, cell_id, offset)
    if found is not None:
        made |= set(_of(found))
        if found.fragment is not None:
            made.add(found.fragment.span)
            made |= set(_of(outermost(snapshot, services, found, offset)))
    chain: list[Span] = []
    for span in sorted(made, key=lambda s: (len(s), s.start)):
        around = span.start <= offset <= span.end and len(span) > 0
        if around and (not chain or _holds(span, chain[-1])):
            chain.append(span)
    for span in sorted(_generic(text, offset), key=len):  # a line that cuts a statement in two is no step
        if len(span) and all(_holds(span, other) or _holds(other, span) for other in chain):
            chain.append(span)
    return sorted(set(chain), key=len)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _of(found: Site) -> Iterator[Span]:
    nothing: Sequence[Span] = ()
    asked = guard(
        "selections",
        found.context.cell,
        nothing,
        lambda: tuple(found.service.selections(found.context, found.offset)),
    )
    yield from (span.shift(found.shift) for span in asked if found.holds(span))


def _generic(text: str, offset: int) -> Iterator[Span]:
    """The word, the line without its indentation, and the brackets around an offset."""
    start, end = text.rfind("\n", 0, offset) + 1, text.find("\n", offset)
    line = Span(start, len(text) if end < 0 else end)
    for word in _WORD.finditer(text, line.start, line.end):
        if word.start() <= offset <= word.end():
            yield Span(*word.span())
    stripped = line.of(text).strip()
    if stripped:
        at = text.index(stripped, line.start)
        yield Span(at, at + len(stripped))
    if len(text) > MOST:
        return
    opened: list[tuple[str, int]] = []
    for bracket in _BRACKETS.finditer(text):
        sign, at = bracket[0], bracket.start()
        if sign in _CLOSING:
            opened.append((sign, at))
        elif opened and _CLOSING[opened[-1][0]] == sign:
            _, start = opened.pop()
            if start < offset <= at:
                yield Span(start + 1, at)
                yield Span(start, at + 1)
