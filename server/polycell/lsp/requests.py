"""Answers to requests: completion, hover, definition, references, highlights, symbols.

Each request is answered for the state that it was asked at (`BOUND`, set as the message came in). Where a result
carries positions and the text has changed meanwhile, it would point at the wrong place: it is withdrawn. Requests
about documents or cells that are not here are answered empty.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from polycell.core import features
from polycell.core.guard import answered
from polycell.core.notebook import Cell
from polycell.core.references import references_steps
from polycell.core.results import NO_COMPLETIONS, Completion, Location
from polycell.core.text import Span
from polycell.core.types import Anchor
from polycell.formats.ipynb import metadata_path, metadata_span
from polycell.lsp import answers, companion, preview
from polycell.lsp.convert import to_offset, to_range
from polycell.lsp.diagnostics import location
from polycell.lsp.disk import PATIENCE
from polycell.lsp.scheduler import in_slices, settle
from polycell.lsp.state import Asked, State, Target
from polycell.lsp.symbols import document_symbols
from polycell.tables.anchors import place_in_file

T = TypeVar("T")
BOUND: ContextVar[Asked | None] = ContextVar("asked", default=None)

_ONLY_IN_SQL = frozenset(" (,`")
# A space behind one of these words or signs asks for a name; behind any other it is only typing.
_EXPECTING = frozenset(
    {
        *("select", "distinct", "from", "join", "update", "into", "table", "using", "where", "on", "and", "or", "not"),
        *("by", "having", "in", "set", "when", "then", "else", "case", "between", "like", "ilike", "as", "qualify"),
        *("returning", "pivot", "unpivot", "describe", "=", "<", ">", "+", "-", "*", "/", ",", "("),
    }
)


def _target(state: State, position: types.Position) -> tuple[Asked, Target] | None:
    asked = BOUND.get()
    if asked is None:
        return None
    target = asked.target(to_offset(asked.face.lines, position, state.client.encoding))
    return (asked, target) if target is not None else None


def unchanged(state: State, asked: Asked, found: Iterable[str] = ()) -> bool:
    """Whether what was asked about, and the cells `found`, still have their texts; so positions in them are right.

    Otherwise raises, where the client knows what that means, or answers no.
    """
    now = state.asked(asked.face.uri)
    if now is not None and now.face.text == asked.face.text:
        homes = {key for cell in found if (key := asked.group.homes.get(cell)) is not None}
        before, after = asked.group.faces, now.group.faces
        if all(key in before and key in after and before[key].text == after[key].text for key in homes):
            return True
    if state.client.stale_requests:
        raise JsonRpcContentModified("the text was changed meanwhile")
    return False


async def _guarded(what: str, target: Target, answer: Awaitable[T], default: T) -> T:
    """A service that fails costs one answer, which is empty, and a line in the log with its cell."""
    return await answered(what, target.snapshot.notebook.cells[target.index], default, answer)


async def completion(state: State, params: types.CompletionParams) -> types.CompletionList | None:
    found = _target(state, params.position)
    if found is None:
        return await _completion_of_value(state, params)
    asked, target = found
    await settle(target.snapshot, target.index)
    if _is_noise(state, params, target):
        return types.CompletionList(False, [])
    asking = features.complete(target.snapshot, state.session.services, target.cell, target.offset)
    answer = await _guarded("completion", target, asking, NO_COMPLETIONS)
    if state.settings.python == "companion":
        answer = companion.completions(target.snapshot.analysis.context(target.index), answer)
    text = target.snapshot.notebook.cells[target.index].text
    typed = text[answer.items[0].replace.start : target.offset] if answer.items else ""
    items, cut = answers.best(answer.items, typed)
    ranges = {span: _replaced(state, asked, target, params, span) for span in {item.replace for item in items}}
    made = [_item(state, asked, ranges[item.replace], params, rank, item) for rank, item in enumerate(items)]
    return types.CompletionList(cut or answer.incomplete, made)


async def _completion_of_value(state: State, params: types.CompletionParams) -> types.CompletionList | None:
    """In a text of a notebook's metadata, in its JSON."""
    place = _value(state, params.position)
    if place is None:
        return None
    asked, path, span, offset = place
    before = span.of(asked.face.text)[: offset - span.start]
    if "\\" in before:
        return None
    await settle(asked.snapshots[0])
    found = await features.complete_value(asked.snapshots[0], state.session.services, path, before)
    items, cut = answers.best(found.items, before[found.items[0].replace.start :] if found.items else "")
    made = [
        _item(state, asked, asked.face.range(item.replace.shift(span.start), state.client.encoding), params, rank, item)
        for rank, item in enumerate(items)
    ]
    return types.CompletionList(cut or found.incomplete, made)


def _value(state: State, position: types.Position) -> tuple[Asked, tuple[str | int, ...], Span, int] | None:
    """The text of a notebook's metadata at a position of its JSON: its path, its span without quotes, the offset."""
    asked = BOUND.get()
    if asked is None or not asked.face.json or len(asked.snapshots) != 1:
        return None
    offset = to_offset(asked.face.lines, position, state.client.encoding)
    path = metadata_path(asked.face.text, offset)
    span = metadata_span(asked.face.text, path) if path else None
    return (asked, path, span, offset) if path and span is not None and span.touches(offset) else None


def _is_noise(state: State, params: types.CompletionParams, target: Target) -> bool:
    """Whether a trigger character was only typing: a space says something in SQL, behind `from`, and nowhere else."""
    context = params.context
    if context is None or context.trigger_kind != types.CompletionTriggerKind.TriggerCharacter:
        return False
    if context.trigger_character == "%":  # a magic's name, or a remainder
        text = target.snapshot.notebook.cells[target.index].text
        line = text[text.rfind("\n", 0, target.offset) + 1 : target.offset].rstrip("%").strip()
        return bool(line) and not line.endswith("=")
    if context.trigger_character not in _ONLY_IN_SQL:
        return False
    site = features.site(target.snapshot, state.session.services, target.cell, target.offset)
    if site is None or site.context.cell.language != "sql":
        return True
    if context.trigger_character != " ":
        return False
    before = site.context.cell.text[: site.offset].rstrip()
    if not before:
        return True
    word = before[len(before.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")) :] or before[-1]
    return word.casefold() not in _EXPECTING


def _replaced(
    state: State, asked: Asked, target: Target, params: types.CompletionParams, span: Span
) -> types.Range | None:
    """What items of that span replace; None where the protocol allows no such edit (it must stay on the line)."""
    placed = asked.face.to_face(target.cell, span)
    where = asked.face.range(placed, state.client.encoding) if placed is not None else None
    return where if where is not None and where.start.line == where.end.line == params.position.line else None


def _item(
    state: State,
    asked: Asked,
    where: types.Range | None,
    params: types.CompletionParams,
    rank: int,
    item: Completion,
) -> types.CompletionItem:
    face, client = asked.face, state.client
    insert, filter_text = item.insert or item.label, item.filter or None
    if face.json:
        insert, filter_text = _escaped(insert), _escaped(item.filter or item.label)
    made = types.CompletionItem(
        item.label,
        kind=answers.completion_kind(item),
        sort_text=f"{rank:04d}",
        filter_text=filter_text,
        insert_text_format=types.InsertTextFormat.PlainText,
    )
    if item.detail:
        if client.label_details:
            made.label_details = types.CompletionItemLabelDetails(description=item.detail)
        else:
            made.detail = item.detail
    if where is None:
        made.insert_text = insert
    elif client.insert_replace and where.start.character <= params.position.character < where.end.character:
        # What stands behind the cursor stays, unless the user has the editor replace whole words.
        made.text_edit = types.InsertReplaceEdit(insert, types.Range(where.start, params.position), where)
    else:
        made.text_edit = types.TextEdit(where, insert)
    if item.edits:
        made.additional_text_edits = _along(state, asked, item)
    if item.documentation:
        if client.resolves_documentation:
            made.data = {
                "uri": face.uri,
                "line": params.position.line,
                "character": params.position.character,
                "kind": item.kind,
            }
        else:
            made.documentation = answers.markup(item.documentation, client.markdown)
    return made


def _along(state: State, asked: Asked, item: Completion) -> list[types.TextEdit] | None:
    """The edits that come with an item; the protocol allows them in the same document alone."""
    made = []
    for edit in item.edits:
        span = asked.face.to_face(edit.cell, edit.span)
        if span is None:
            return None
        text = _escaped(edit.text) if asked.face.json else edit.text
        made.append(types.TextEdit(asked.face.range(span, state.client.encoding), text))
    return made


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


async def resolve(state: State, item: types.CompletionItem) -> types.CompletionItem:
    """Fill in the documentation. The item carries where it was offered; nothing is remembered between requests."""
    data = item.data
    if not isinstance(data, dict) or not all(isinstance(data.get(k), int) for k in ("line", "character")):
        return item
    asked = state.asked(str(data.get("uri")))
    if asked is None:
        return item
    position = types.Position(max(data["line"], 0), max(data["character"], 0))
    target = asked.target(to_offset(asked.face.lines, position, state.client.encoding))
    if target is None:
        return item
    await settle(target.snapshot, target.index)
    asking = features.complete(target.snapshot, state.session.services, target.cell, target.offset)
    answer = await _guarded("completion", target, asking, NO_COMPLETIONS)
    for found in answer.items:
        if found.label == item.label and found.kind == data.get("kind") and found.documentation:
            item.documentation = answers.markup(found.documentation, state.client.markdown)
            break
    return item


async def hover(state: State, params: types.HoverParams) -> types.Hover | None:
    found = _target(state, params.position)
    if found is None:
        return await _hover_of_value(state, params)
    asked, target = found
    await settle(target.snapshot, target.index)
    asking = features.hover(target.snapshot, state.session.services, target.cell, target.offset)
    answer = await _guarded("hover", target, asking, None)
    if answer is not None and state.settings.python == "companion":
        answer = companion.hover(target.snapshot.analysis.context(target.index), target.offset, answer)
    if answer is None or not unchanged(state, asked):
        return None
    if answer.draws:
        shown = await preview.in_hover(state, target)
        answer = replace(answer, markdown=f"{answer.markdown}\n\n{shown}" if shown else answer.markdown)
        if not unchanged(state, asked):
            return None
    span = asked.face.to_face(target.cell, answer.span)
    # jupyterlab-lsp holds the range against the position that it sent: without one it takes the word at the mouse.
    where = asked.face.range(span, state.client.encoding) if span is not None and not asked.face.lost else None
    return types.Hover(answers.markup(answer.markdown, state.client.markdown), where)


async def _hover_of_value(state: State, params: types.HoverParams) -> types.Hover | None:
    place = _value(state, params.position)
    if place is None:
        return None
    asked, path, span, _ = place
    await settle(asked.snapshots[0])
    found = await features.hover_value(asked.snapshots[0], state.session.services, path)
    if found is None or not unchanged(state, asked):
        return None
    where = asked.face.range(span, state.client.encoding)
    return types.Hover(answers.markup(found.markdown, state.client.markdown), where)


async def definition(state: State, params: types.DefinitionParams) -> list[types.Location]:
    return await _places(state, params.position, "definition", features.definition)


async def type_definition(state: State, params: types.TypeDefinitionParams) -> list[types.Location]:
    return await _places(state, params.position, "type definition", features.type_definition)


async def _places(
    state: State, position: types.Position, what: str, ask: Callable[..., Awaitable[Sequence[Location]]]
) -> list[types.Location]:
    found = _target(state, position)
    if found is None:
        return []
    asked, target = found
    await settle(target.snapshot, target.index)
    nowhere: Sequence[Location] = ()
    asking = ask(target.snapshot, state.session.services, target.cell, target.offset)
    answer = await _guarded(what, target, asking, nowhere)
    if state.settings.python == "companion" and not _names_column(state, target):
        answer = companion.locations(target, tuple(answer))
    if not answer or not unchanged(state, asked, (where.cell for where in answer)):
        return []
    return await _locations(state, asked, answer)


async def references(state: State, params: types.ReferenceParams) -> list[types.Location]:
    found = _target(state, params.position)
    if found is None:
        return []
    asked, target = found
    await settle(target.snapshot)
    asking = references_steps(
        target.snapshot,
        state.session.services,
        target.cell,
        target.offset,
        declaration=params.context.include_declaration,
    )
    answer = await in_slices(asking)
    if state.settings.python == "companion" and not _names_column(state, target):
        answer = companion.locations(target, tuple(answer))
    if not answer or not unchanged(state, asked, (where.cell for where in answer)):
        return []
    return await _locations(state, asked, answer)


async def highlight(state: State, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
    found = _target(state, params.position)
    if found is None:
        return []
    asked, target = found
    await settle(target.snapshot, target.index)
    theirs = left_to_another(state, target.snapshot.notebook.cells[target.index]) and not _names_column(state, target)
    if theirs or not unchanged(state, asked):
        return []
    made = []
    for item in features.highlights(target.snapshot, state.session.services, target.cell, target.offset):
        span = asked.face.to_face(target.cell, item.span)
        if span is not None:
            kind = types.DocumentHighlightKind.Write if item.write else types.DocumentHighlightKind.Read
            made.append(types.DocumentHighlight(asked.face.range(span, state.client.encoding), kind))
    return made


async def symbols(state: State, params: types.DocumentSymbolParams) -> list[Any]:
    asked = BOUND.get()
    if asked is None:
        return []
    for snapshot in asked.snapshots:
        wanted = [snapshot.notebook.index(cell) for cell in asked.face.cells] if asked.face.map is None else [None]
        await settle(snapshot, wanted[0])
    cells = (cell for snapshot in asked.snapshots for cell in snapshot.notebook.cells)
    if asked.face.map is None and any(c.id == asked.face.cell and left_to_another(state, c) for c in cells):
        return []
    tree = document_symbols(asked, state.client.encoding)
    return list(tree) if state.client.hierarchical_symbols else list(answers.flat(tree, asked.face.uri))


def left_to_another(state: State, cell: Cell) -> bool:
    """Whether another Python server answers for the cell."""
    return state.settings.python == "companion" and companion.is_theirs(cell)


def _names_column(state: State, target: Target) -> bool:
    """Whether the place is about a column, of which no Python server knows."""
    return features.names_column(target.snapshot, state.session.services, target.cell, target.offset)


async def _locations(state: State, asked: Asked, found: Iterable[Location]) -> list[types.Location]:
    made = []
    for item in found:
        if item.lines is not None:
            ends = (types.Position(place.line, place.column) for place in item.lines)
            made.append(types.Location(item.uri, types.Range(*ends)))
            continue
        where = location(asked.group, state, item.cell, item.span, item.uri, prefer=asked.face)
        if where is not None and item.anchor is not None:
            where = types.Location(where.uri, await _in_file(item.anchor, state) or where.range)
        if where is not None:
            made.append(where)
    return made


async def _in_file(anchor: Anchor, state: State) -> types.Range | None:
    """Where a data file names a column; None where that cannot be seen, or not in time."""
    try:
        found = await asyncio.wait_for(asyncio.to_thread(place_in_file, anchor), PATIENCE)
    except asyncio.TimeoutError:
        return None
    return to_range(*found, state.client.encoding) if found is not None else None
