"""What each word of a cell is, for the editor's colours: told by the cell's language, and by those of its fragments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from polycell.core.fragments import fragment_site, fragments_of
from polycell.core.guard import answered
from polycell.core.results import SemanticToken
from polycell.core.service import Context, LanguageService, Services
from polycell.core.session import Snapshot
from polycell.core.text import Span

_TEXTS = frozenset({"string", "comment"})


async def tokens(snapshot: Snapshot, services: Services, index: int) -> Sequence[SemanticToken]:
    """Tokens of a cell in order of its text, none over another. Inside a fragment its language's tokens take the place
    of the string that the cell's language sees there; what that language reads inside of it (the hole of an f-string)
    stays."""
    cell = snapshot.notebook.cells[index]
    if cell.kind != "code":
        return ()
    snapshot.analysis.settle(until=index - 1)
    context = snapshot.analysis.context(index)
    outer = services.of(cell.language)
    own = await _asked(outer, context)
    fragments = sorted(fragments_of(services, context), key=lambda f: f.span)
    if not fragments:
        return tuple(_separate(own))
    inner: list[SemanticToken] = []
    for fragment in fragments:
        site = fragment_site(services, outer, context, fragment, fragment.span.start)
        found = await _asked(site.service, site.context)
        inner += (t._replace(span=t.span.shift(site.shift)) for t in found if site.holds(t.span))
    spans = [f.span for f in fragments]
    kept = [piece for t in own for piece in (_outside(t, spans) if t.kind in _TEXTS else (t,))]
    # At equal starts the cell's own language comes first: it alone knows what stands in a hole.
    return tuple(_separate(sorted([*kept, *inner], key=lambda t: t.span.start)))


async def _asked(service: LanguageService, context: Context) -> Sequence[SemanticToken]:
    nothing: Sequence[SemanticToken] = ()
    found = await answered("semantic tokens", context.cell, nothing, service.tokens(context))
    return sorted(found, key=lambda t: t.span)


def _outside(token: SemanticToken, spans: Iterable[Span]) -> Iterator[SemanticToken]:
    """The parts of a token that lie in none of the spans (sorted)."""
    at = token.span.start
    for span in spans:
        if span.end <= at or span.start >= token.span.end:
            continue
        if span.start > at:
            yield token._replace(span=Span(at, span.start))
        at = span.end
    if at < token.span.end:
        yield token._replace(span=Span(at, token.span.end))


def _separate(found: Iterable[SemanticToken]) -> Iterator[SemanticToken]:
    """Sorted tokens without those that begin inside of one before them."""
    end = 0
    for token in found:
        if token.span.start >= end and len(token.span):
            yield token
            end = token.span.end
