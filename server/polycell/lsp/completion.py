"""Completion: what may stand at a place, best first, as JSON.

Items are written as plain JSON and not as the protocol library's objects: two hundred of them are made at each
keystroke, and the objects with their validation and conversion took more than everything else about an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from polycell.core import completing
from polycell.core.matching import MOST
from polycell.core.results import NO_COMPLETIONS, Completion, Completions
from polycell.core.site import site
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.lsp import answers, companion
from polycell.lsp.arrivals import with_what_comes
from polycell.lsp.asked import guarded, target_of, value_at
from polycell.lsp.convert import Json, Position, to_offset
from polycell.lsp.jupyterlab import begun_string
from polycell.lsp.scheduler import LARGE, read_large, settle, settle_ahead
from polycell.lsp.state import Asked, State, Target

if TYPE_CHECKING:
    from lsprotocol import types

_IN_ORDER = tuple(f"{number:04d}" for number in range(MOST))  # by which editors sort
_ONLY_IN_SQL = frozenset(" (,`")
# A space behind one of these words or signs asks for a name; behind any other it is only typing.
_EXPECTING = frozenset(
    {
        *("select", "distinct", "from", "join", "update", "into", "table", "using", "where", "on", "and", "or", "not"),
        *("by", "having", "in", "set", "when", "then", "else", "case", "between", "like", "ilike", "as", "qualify"),
        *("returning", "pivot", "unpivot", "describe", "=", "<", ">", "+", "-", "*", "/", ",", "("),
    }
)

# A thousand cells that have just been opened take more than a second to read, and most of what is asked does not depend
# on them: where so many are left, a completion waits no more than so many seconds.
MANY, READ_FOR = 200, 0.5
# Where more than so many are left, those are read first that decide what is asked.
FEW = 5

PLAIN_TEXT = 1  # `InsertTextFormat`
BY_CHARACTER = 2  # `CompletionTriggerKind`


class Cursor(Struct, frozen=True):
    """Where a completion is asked for, as the client counts; `typed` is the character that made it ask, if one did."""

    line: int
    character: int
    typed: str = ""


def cursor_in(params: object) -> Cursor | None:
    """The cursor in the plain JSON of a request's parameters; None where they are not as the protocol has them."""
    said = params if isinstance(params, Mapping) else {}
    position, context = said.get("position"), said.get("context", {})
    if not isinstance(position, Mapping) or not isinstance(context, Mapping):
        return None
    line, character = position.get("line"), position.get("character")
    kind, typed = context.get("triggerKind", 1), context.get("triggerCharacter", "")
    if not isinstance(line, int) or not isinstance(character, int) or not isinstance(typed, str):
        return None
    return Cursor(max(line, 0), max(character, 0), typed if kind == BY_CHARACTER else "")


def cursor_of(params: types.CompletionParams) -> Cursor:
    """The same of a request that the protocol library has read."""
    position, context = params.position, params.context
    typed = context.trigger_character if context is not None and context.trigger_kind == BY_CHARACTER else None
    return Cursor(position.line, position.character, typed or "")


async def completion(state: State, cursor: Cursor) -> Json | None:
    """textDocument/completion."""
    found = target_of(state, cursor)
    if found is None:
        return await _of_value(state, cursor)
    asked, target = found
    early, lacking = None, False
    small = len(target.snapshot.notebook.cells[target.index].text) < LARGE  # any other is read in a thread
    if small and cursor.typed in ("", ".") and not _is_companion(state):
        early = await completing.complete_early(target.snapshot, state.session.services, target.cell, target.offset)
    if early is not None:
        answer = early
    else:
        answer, lacking = await with_what_comes(state, asked, target, partial(_with_all_above, state, cursor), _lacks)
    text = target.snapshot.notebook.cells[target.index].text
    typed = text[answer.items[0].replace.start : target.offset] if answer.items else ""
    chosen, cut = answers.best(answer.items, typed)

    def place(cell_span: Span) -> Span | None:
        return asked.face.to_face(target.cell, cell_span)

    lead = ""
    if state.client.jupyterlab and typed and target.snapshot.notebook.cells[target.index].language == "python":
        lead = begun_string(text, target.offset, answer.items[0].replace.start)
    return _list(items(state, asked, cursor, place, chosen, lead), cut or lacking or answer.incomplete)


def _lacks(answer: Completions) -> bool:
    """Whether there is nothing in it of what files have."""
    return not any(item.kind in ("column", "table") for item in answer.items)


async def _with_all_above(state: State, cursor: Cursor, target: Target) -> Completions:
    """What may stand there by what the cells above give, if they can be read in time."""
    if target.snapshot.analysis.unsettled > FEW and _of_one_value(target):
        answer = await _of_what_it_needs(state, target)
        if answer is not None:
            return answer
    many = target.snapshot.analysis.unsettled > MANY
    ready = not await settle(target.snapshot, target.index - 1, READ_FOR if many else float("inf"))
    await read_large(target.snapshot, target.index)
    if _is_noise(state, cursor.typed, target, ready):
        return NO_COMPLETIONS
    answer = await _offered(state, target, ready)
    if ready and not answer.items:
        await settle(target.snapshot, target.index - 1)
        answer = await _offered(state, target, False)
    return companion.completions(target, state.session.services, answer) if _is_companion(state) else answer


def _of_one_value(target: Target) -> bool:
    """Whether a place is behind a dot, or in a text: what is offered there hangs on the names of its cell alone."""
    text, start = target.snapshot.notebook.cells[target.index].text, target.offset
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return text[start - 1 : start] in (".", '"', "'")


async def _of_what_it_needs(state: State, target: Target) -> Completions | None:
    """What the cells give that decide what the names of this one are, before all others are read; None where that is
    nothing."""
    if not await settle_ahead(target.snapshot, state.session.services, target.index):
        return None
    answer = await _offered(state, target, True)
    if not answer.items:
        return None
    return companion.completions(target, state.session.services, answer) if _is_companion(state) else answer


def _is_companion(state: State) -> bool:
    return state.settings.python == "companion"


async def _offered(state: State, target: Target, ready: bool) -> Completions:
    """With `ready`, what can be said now; whoever types on asks again."""
    asking = completing.complete(target.snapshot, state.session.services, target.cell, target.offset, ready=ready)
    answer = await guarded("completion", target, asking, NO_COMPLETIONS)
    return replace(answer, incomplete=True) if ready else answer


async def _of_value(state: State, cursor: Cursor) -> Json | None:
    """In a text of a notebook's metadata, in its JSON."""
    place = value_at(state, cursor)
    if place is None:
        return None
    asked, path, span, offset = place
    before = span.of(asked.face.text)[: offset - span.start]
    if "\\" in before:
        return None
    await settle(asked.snapshots[0])
    found = await completing.complete_value(asked.snapshots[0], state.session.services, path, before)
    chosen, cut = answers.best(found.items, before[found.items[0].replace.start :] if found.items else "")
    made = items(state, asked, cursor, lambda inner: inner.shift(span.start), chosen)
    return _list(made, cut or found.incomplete)


def _list(made: Iterable[Json], incomplete: bool) -> Json:
    return {"isIncomplete": incomplete, "items": list(made)}


def _is_noise(state: State, typed: str, target: Target, ready: bool) -> bool:
    """Whether a trigger character was only typing: a space says something in SQL, behind `from`, a slash in
    a path, and nowhere else."""
    if typed == "%":  # a magic's name, or a remainder
        text = target.snapshot.notebook.cells[target.index].text
        line = text[text.rfind("\n", 0, target.offset) + 1 : target.offset].rstrip("%").strip()
        return bool(line) and not line.endswith("=")
    if typed not in (*_ONLY_IN_SQL, "/"):
        return False
    found = site(target.snapshot, state.session.services, target.cell, target.offset, ready=ready)
    if typed == "/":
        return found is None or found.service.path(found.context, found.offset) is None
    if found is None or found.context.cell.language != "sql":
        return True
    if typed != " ":
        return False
    before = found.context.cell.text[: found.offset].rstrip()
    if not before:
        return True
    word = before[len(before.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")) :] or before[-1]
    return word.casefold() not in _EXPECTING


def items(
    state: State,
    asked: Asked,
    at: Position,
    place: Callable[[Span], Span | None],
    chosen: Iterable[Completion],
    lead: str = "",
) -> Iterable[Json]:
    """Items as the client takes them, numbered in their order. `place`: where a span of theirs lies in the document;
    `lead` stands before it and is written anew."""
    face, client = asked.face, state.client
    data = {"uri": face.uri, "line": at.line, "character": at.character}
    replaced: Span | None = None
    edit: Json | None = None
    for in_order, item in zip(_IN_ORDER, chosen, strict=False):
        insert = item.insert or item.label
        made: Json = {"label": item.label, "kind": answers.completion_kind(item), "sortText": in_order}
        if face.json:
            insert, made["filterText"] = _escaped(insert), _escaped(item.filter or item.label)
        elif item.filter:
            made["filterText"] = item.filter
        if lead:
            insert, made["filterText"] = lead + insert, lead + (item.filter or item.label)
        made["insertTextFormat"] = PLAIN_TEXT
        if item.detail and client.label_details:
            made["labelDetails"] = {"description": item.detail}
        elif item.detail:
            made["detail"] = item.detail
        if item.replace is not replaced:  # which nearly all items have in common
            replaced = item.replace
            edit = _edit(state, asked, at, place(replaced))
        if edit is None or lead:
            made["insertText"] = insert
        else:
            made["textEdit"] = {**edit, "newText": insert}
        if item.edits and (along := _along(state, asked, item)) is not None:
            made["additionalTextEdits"] = along
        if item.documentation and client.resolves_documentation:
            made["data"] = {**data, "kind": item.kind}
        elif item.documentation:
            made["documentation"] = answers.markup_json(item.documentation, client.markdown)
        yield made


def _edit(state: State, asked: Asked, at: Position, span: Span | None) -> Json | None:
    """What items of a span replace, all but their text; None where the protocol allows no such edit: it must stay on
    the line."""
    if span is None:
        return None
    where = asked.face.range_json(span, state.client.encoding)
    start, end = where["start"], where["end"]
    if not start["line"] == end["line"] == at.line:
        return None
    if state.client.insert_replace and start["character"] <= at.character < end["character"]:
        # What stands behind the cursor stays, unless the user has the editor replace whole words.
        cursor = {"line": at.line, "character": at.character}
        return {"insert": {"start": start, "end": cursor}, "replace": where}
    return {"range": where}


def _along(state: State, asked: Asked, item: Completion) -> list[Json] | None:
    """The edits that come with an item; the protocol allows them in the same document alone."""
    made = []
    for edit in item.edits:
        span = asked.face.to_face(edit.cell, edit.span)
        if span is None:
            return None
        text = _escaped(edit.text) if asked.face.json else edit.text
        made.append({"range": asked.face.range_json(span, state.client.encoding), "newText": text})
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
    cursor = Cursor(max(data["line"], 0), max(data["character"], 0))
    target = asked.target(to_offset(asked.face.lines, cursor, state.client.encoding))
    if target is None:
        return item
    await settle(target.snapshot, target.index - 1)
    asking = completing.complete(target.snapshot, state.session.services, target.cell, target.offset)
    answer = await guarded("completion", target, asking, NO_COMPLETIONS)
    for found in answer.items:
        if found.label == item.label and found.kind == data.get("kind") and found.documentation:
            item.documentation = answers.markup(found.documentation, state.client.markdown)
            break
    return item
