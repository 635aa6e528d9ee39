"""textDocument/semanticTokens: full and range; never a delta, since the tokens of one cell are few.

The encoding is the protocol's: five numbers a token, each place relative to the token before. A token stays on one
line: what reaches over more is cut at line ends, for clients that know no others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from lsprotocol import types

from polycell.core.results import SemanticToken
from polycell.core.text import LineIndex, Span
from polycell.core.tokens import tokens
from polycell.lsp.asked import BOUND, unchanged
from polycell.lsp.capabilities import TOKEN_KINDS, TOKEN_MODIFIERS
from polycell.lsp.convert import to_offset
from polycell.lsp.requests import left_to_another
from polycell.lsp.scheduler import settle
from polycell.lsp.state import Asked, State

SOME = 1_000  # tokens between two looks at the loop

_KIND = {kind: at for at, kind in enumerate(TOKEN_KINDS)}
_MODIFIER = {modifier: 1 << at for at, modifier in enumerate(TOKEN_MODIFIERS)}


async def full(state: State, params: types.SemanticTokensParams) -> types.SemanticTokens | None:
    return await _answer(state, None)


async def within(state: State, params: types.SemanticTokensRangeParams) -> types.SemanticTokens | None:
    return await _answer(state, params.range)


async def _answer(state: State, shown: types.Range | None) -> types.SemanticTokens | None:
    """None leaves the document to others: an editor takes the colours of one server alone."""
    asked = BOUND.get()
    if asked is None or asked.face.json:
        return None
    face, encoding = asked.face, state.client.encoding
    start, end = 0, len(face.text)
    if shown is not None:
        start, end = to_offset(face.lines, shown.start, encoding), to_offset(face.lines, shown.end, encoding)
    places: list[tuple[Span, SemanticToken]] = []
    wanted, others = set(face.cells), False
    for snapshot in asked.snapshots:
        await settle(snapshot, max((snapshot.notebook.index(cell) or 0 for cell in wanted), default=0))
        for index, cell in enumerate(snapshot.notebook.cells):
            whole = face.to_face(cell.id, Span(0, len(cell.text))) if cell.id in wanted else None
            if whole is None or whole.end < start or whole.start > end:
                continue
            if left_to_another(state, cell):
                others = True
                continue
            lines = LineIndex(cell.text)
            for at, token in enumerate(await tokens(snapshot, state.session.services, index)):
                if at % SOME == SOME - 1:
                    await asyncio.sleep(0)
                for piece in _lines(lines, token.span):
                    place = face.to_face(cell.id, piece)
                    if place is not None and place.end > start and place.start < end:
                        places.append((place, token))
    encoded = await _encoded(asked, state, places)
    if not unchanged(state, asked) or (not places and others):
        return None
    return types.SemanticTokens(encoded)


def _lines(lines: LineIndex, span: Span) -> Iterator[Span]:
    """The span cut at line ends, without blank pieces."""
    for line in range(lines.position(span.start).line, lines.position(span.end).line + 1):
        here = lines.line_span(line)
        piece = Span(max(here.start, span.start), min(here.end, span.end))
        if piece.start < piece.end and piece.of(lines.text).strip():
            yield piece


async def _encoded(asked: Asked, state: State, places: list[tuple[Span, SemanticToken]]) -> list[int]:
    made: list[int] = []
    line = column = 0
    for at, (span, token) in enumerate(sorted(places, key=lambda place: (place[0].start, place[0].end))):
        if at % SOME == SOME - 1:
            await asyncio.sleep(0)
        where = asked.face.range(span, state.client.encoding)
        if where.start.line != where.end.line or (where.start.line, where.start.character) < (line, column):
            continue
        after = where.start.character - (column if where.start.line == line else 0)
        bits = sum(_MODIFIER[m] for m in token.modifiers)
        made += (where.start.line - line, after, where.end.character - where.start.character, _KIND[token.kind], bits)
        line, column = where.start.line, where.start.character
    return made
