"""Types behind names and parameters before arguments, as an engine tells them; types that we know better by us."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.results import Hint, HintKind
from polycell.core.service import Context
from polycell.core.text import LineIndex, Span
from polycell.languages.python.engine.alone import patiently
from polycell.languages.python.engine.declarations import declared
from polycell.languages.python.engine.engine import Engine
from polycell.languages.python.engine.glue import without_glue
from polycell.languages.python.engine.slices import code_of, slice_of
from polycell.languages.python.flow.at_cursor import after_statement

LONGEST = 60  # characters of a type that is shown; the rest is in the tooltip
ASKED_OURSELVES = 40  # names of a cell whose types we look for, where the engine knows none
_KINDS: Mapping[int, HintKind] = {1: "type", 2: "argument"}
_NAME = pattern(r"[^\W\d]\w*\Z")
_UNKNOWN = pattern(r"\b(?:Unknown|Todo|Never)\b")


async def hints(engine: Engine, context: Context, kinds: Collection[HintKind]) -> tuple[Hint, ...]:
    """Of the cell's own text, none at what a magic has in its place for the engine."""
    cut = slice_of(context)
    where = cut.map.span_to_document(context.cell.id, Span(0, len(context.cell.text)))
    if where is None:
        return ()
    lines = LineIndex(cut.text)
    first, last = lines.position(where.start).line, lines.position(where.end).line + 1
    ends = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
    answer = await patiently(engine, context, context.cell.id, cut.text, "textDocument/inlayHint", None, range=ends)
    if answer is None or not isinstance(answer.result, list):
        return ()
    made: dict[tuple[int, HintKind], Hint] = {}
    ours = _Ours(context)
    for said in answer.result:
        at = said.get("position") if isinstance(said, Mapping) else None
        kind = _KINDS.get(said.get("kind")) if at is not None else None
        span = answer.text.span({"start": at, "end": at}, answer.server.encoding)
        placed = cut.map.span_to_cell(span) if span is not None else None
        if kind not in kinds or kind is None or placed is None or placed[0] != context.cell.id:
            continue
        text = without_glue(_label(said.get("label")))
        for hint in _shown(context, ours, placed[1].start, text, kind):
            made[(hint.offset, kind)] = hint
    return tuple(made.values())


def _label(said: Any) -> str:
    if isinstance(said, list):
        return "".join(str(part.get("value", "")) for part in said if isinstance(part, Mapping))
    return said if isinstance(said, str) else ""


def _shown(context: Context, ours: _Ours, offset: int, text: str, kind: HintKind) -> Iterator[Hint]:
    written, code = context.cell.text, code_of(context)
    if kind == "argument":
        # At the value's first character, and whatever follows is what the user wrote.
        if code[offset - 1 : offset + 2] == written[offset - 1 : offset + 2]:
            yield Hint(offset, text, kind=kind)
        return
    name = _NAME.search(written[:offset])
    if name is None or code[name.start() : offset] != name[0]:
        return
    said = text.removeprefix(":").strip()
    end = written.find("\n", offset)
    line = slice(offset, end if end >= 0 else None)
    replaced = written[line] != code[line]  # `files = !ls`, of whose value the engine sees none
    if replaced or not said or said == "Any" or _UNKNOWN.search(said):
        said = ours.type_of(name[0], offset)
    if said:
        short = said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
        yield Hint(offset, f": {short}", said if short != said else "", kind)


class _Ours:
    """Types of names that our own analysis knows; each costs a walk of the cell, so there is a most of them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._left = ASKED_OURSELVES

    def type_of(self, name: str, offset: int) -> str:
        self._left -= 1
        if self._left < 0:
            return ""
        run = after_statement(self._context, offset)
        slot = run.slot(name)
        said = declared(run.binding(name, slot).type) if slot is not None else None
        text = without_glue(said.text) if said is not None else ""
        return "" if "Any" in text else text
