"""Hover, definitions, call forms and colours of an engine, mapped back to the cells."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from polycell.bridge.text import Text
from polycell.core.patterns import pattern
from polycell.core.results import Hover, Location, SemanticToken, Signature, Signatures, TokenKind, TokenModifier
from polycell.core.service import Context
from polycell.core.text import Position, Span
from polycell.languages.python.engine import receivers
from polycell.languages.python.engine.alone import (
    hover_of_module_member,
    is_nothing,
    of_module_member,
    of_word,
    patiently,
)
from polycell.languages.python.engine.engine import Answer, Engine
from polycell.languages.python.engine.glue import MARK, without_glue
from polycell.languages.python.engine.items import markdown
from polycell.languages.python.engine.slices import Slice, code_of, slice_of
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.syntax.imported import Member, member_at

log = logging.getLogger(__name__)

_BASE = pattern(rf"{MARK}\w+\(([\w.]+)")
_KINDS: Mapping[str, TokenKind] = {
    **{kind: kind for kind in get_args(TokenKind)},
    "selfParameter": "parameter",
    "clsParameter": "parameter",
    "builtinConstant": "keyword",
    "module": "namespace",
}
_NO_FORM = frozenset({"(...) -> Unknown", "(...) -> Any", "Unknown", "Any"})
_MODIFIERS: frozenset[str] = frozenset(get_args(TokenModifier))


async def hover(engine: Engine, context: Context, offset: int, member: Member | None = None) -> Hover | None:
    """`member`: of a module, where the place is in the name of one."""
    method, word = "textDocument/hover", word_at(context.cell.text, offset)
    return (
        await hover_of_module_member(engine, context, member)
        or of_word(await receivers.of_member(engine, context, method, word.end, vaguely=False), word)
        or await _hover(engine, context, offset)
        or of_word(await receivers.of_member(engine, context, method, word.end), word)
    )


async def _hover(engine: Engine, context: Context, offset: int) -> Hover | None:
    found = await ask(engine, context, "textDocument/hover", offset)
    if found is None:
        return None
    cut, answer = found
    result = answer.result
    if not isinstance(result, Mapping):
        return None
    shown = markdown(result.get("contents"))
    if is_nothing(shown):
        return None
    where = answer.text.span(result.get("range"), answer.server.encoding)
    placed = cut.map.span_to_cell(where) if where is not None else None
    span = placed[1] if placed is not None and placed[0] == context.cell.id else word_at(context.cell.text, offset)
    return Hover(shown, span) if shown and span.touches(offset) else None


async def locations(engine: Engine, context: Context, method: str, offset: int) -> Sequence[Location]:
    """Places in cells and files; what stands in the glue between the cells is nowhere."""
    member = member_at(context, offset)
    if member is not None and (placed := _in_files(await of_module_member(engine, context, method, member))):
        return placed
    found = await ask(engine, context, method, offset)
    if found is None:
        return await _places_of_member(engine, context, method, offset)
    cut, answer = found
    said = answer.result if isinstance(answer.result, list) else [answer.result]
    made = [location(cut, answer, one) for one in said if isinstance(one, Mapping)]
    if not any(made) and method == "textDocument/typeDefinition":
        made = await _of_base(engine, context, cut, answer)
    placed = tuple(dict.fromkeys(one for one in made if one is not None))
    return placed or await _places_of_member(engine, context, method, offset)


async def _places_of_member(engine: Engine, context: Context, method: str, offset: int) -> Sequence[Location]:
    if method != "textDocument/definition":
        return ()
    return _in_files(await receivers.of_member(engine, context, method, word_at(context.cell.text, offset).end))


def _in_files(answer: Answer | None) -> Sequence[Location]:
    said = answer.result if answer is not None and isinstance(answer.result, list) else []
    places = (in_file(str(one.get("uri")), one.get("range")) for one in said if isinstance(one, Mapping))
    return tuple(place for place in places if place is not None)


async def _of_base(engine: Engine, context: Context, cut: Slice, answer: Answer) -> list[Location | None]:
    """Where the class is defined from which we derived the one that an answer points to (a frame's, with columns)."""
    said = answer.result[0] if isinstance(answer.result, list) and answer.result else answer.result
    where = said.get("range") if isinstance(said, Mapping) and said.get("uri") == answer.text.uri else None
    span = answer.text.span(where, answer.server.encoding) if where is not None else None
    base = _BASE.match(answer.text.text, span.start) if span is not None else None
    if base is None:
        return []
    found = await patiently(engine, context, context.cell.id, cut.text, "textDocument/definition", base.end(1))
    places = found.result if found is not None and isinstance(found.result, list) else []
    return [in_file(str(one.get("uri")), one.get("range")) for one in places if isinstance(one, Mapping)]


def location(cut: Slice, answer: Answer, said: Mapping[str, Any]) -> Location | None:
    uri = said.get("uri") or said.get("targetUri")
    where = said.get("range") or said.get("targetSelectionRange")
    if uri == answer.text.uri:
        span = answer.text.span(where, answer.server.encoding)
        placed = cut.map.span_to_cell(span) if span is not None else None
        return Location(placed[1], placed[0]) if placed is not None else None
    return in_file(uri, where) if isinstance(uri, str) else None


def in_file(uri: str, where: Any) -> Location | None:
    """A range of a file; None for one in a text that we made."""
    if MARK in uri.rpartition("/")[2] or not isinstance(where, Mapping):
        return None
    ends = [where.get("start"), where.get("end")]
    lines = [Position(p.get("line", 0), p.get("character", 0)) for p in ends if isinstance(p, Mapping)]
    return Location(Span(0, 0), uri=uri, lines=(lines[0], lines[1])) if len(lines) == 2 else None


async def signature(engine: Engine, context: Context, offset: int) -> Signatures | None:
    method = "textDocument/signatureHelp"
    found = await ask(engine, context, method, offset)
    shown = _signatures(found[1].result) if found is not None else None
    if shown is not None:
        return shown
    answer = await receivers.of_call(engine, context, method, Place(context, offset))
    return _signatures(answer.result) if answer is not None else None


def _signatures(result: Any) -> Signatures | None:
    said = result.get("signatures") if isinstance(result, Mapping) else None
    if not isinstance(result, Mapping) or not isinstance(said, list):
        return None
    made = [one for one in (_signature(entry) for entry in said if isinstance(entry, Mapping)) if one is not None]
    if not made:
        return None
    active = result.get("activeSignature")
    active = active if isinstance(active, int) and 0 <= active < len(made) else 0
    parameter = said[active].get("activeParameter", result.get("activeParameter")) if active < len(said) else None
    return Signatures(tuple(made), active, parameter if isinstance(parameter, int) else None)


def _signature(said: Mapping[str, Any]) -> Signature | None:
    label = said.get("label")
    if not isinstance(label, str) or label in _NO_FORM:
        return None
    shown = without_glue(label)
    spans: list[Span] = []
    at = 0
    for parameter in said.get("parameters") or ():
        name = parameter.get("label") if isinstance(parameter, Mapping) else None
        if isinstance(name, list) and len(name) == 2:
            name = _units(label, name[0], name[1])
        text = without_glue(name) if isinstance(name, str) else ""
        start = shown.find(text, at) if text else -1
        if start < 0:
            return Signature(shown, (), markdown(said.get("documentation")))
        spans.append(Span(start, start + len(text)))
        at = start + len(text)
    return Signature(shown, tuple(spans), markdown(said.get("documentation")))


def _units(label: str, start: Any, end: Any) -> str:
    """A part of a label by UTF-16 offsets, which is what the protocol counts labels in."""
    if label.isascii():
        return label[start:end]
    data = label.encode("utf-16-le", "surrogatepass")
    return data[2 * start : 2 * end].decode("utf-16-le", "replace")


async def tokens(engine: Engine, context: Context) -> Sequence[SemanticToken]:
    """What each word of the cell is; nothing where the text that the engine saw is not the user's."""
    found = await ask(engine, context, "textDocument/semanticTokens/full", None)
    if found is None:
        return ()
    cut, answer = found
    data = answer.result.get("data") if isinstance(answer.result, Mapping) else None
    provider = answer.server.capabilities.get("semanticTokensProvider")
    legend = provider.get("legend") if isinstance(provider, Mapping) else None
    if not isinstance(data, list) or not isinstance(legend, Mapping):
        return ()
    code, text = code_of(context), context.cell.text
    made = []
    for span, kind, modifiers in _decoded(data, legend, answer.text, answer):
        placed = cut.map.span_to_cell(span)
        if placed is None or placed[0] != context.cell.id or placed[1].of(code) != placed[1].of(text):
            continue
        made.append(SemanticToken(placed[1], kind, modifiers))
    return made


def _decoded(
    data: list[int], legend: Mapping[str, Any], text: Text, answer: Answer
) -> Iterator[tuple[Span, TokenKind, tuple[TokenModifier, ...]]]:
    kinds, modifiers = legend.get("tokenTypes") or [], legend.get("tokenModifiers") or []
    line = character = 0
    encoding = answer.server.encoding
    for at in range(0, len(data) - 4, 5):
        down, right, length, kind, bits = data[at : at + 5]
        character = right if down else character + right
        line += down
        ends = {"start": {"line": line, "character": character}, "end": {"line": line, "character": character + length}}
        span = text.span(ends, encoding)
        name = _KINDS.get(kinds[kind]) if 0 <= kind < len(kinds) else None
        if span is not None and name is not None:
            chosen = tuple(m for n, m in enumerate(modifiers) if bits >> n & 1 and m in _MODIFIERS)
            yield span, name, chosen


async def ask(
    engine: Engine, context: Context, method: str, offset: int | None, **more: Any
) -> tuple[Slice, Answer] | None:
    """The slice and what was said about it. Nothing is asked about a place whose text is not what the user sees."""
    cut = slice_of(context)
    where = None
    if offset is not None:
        code, text = code_of(context), context.cell.text
        word = word_at(text, offset)
        around = word if len(word) else Span(max(offset - 1, 0), offset + 1)
        if around.of(code) != around.of(text):
            return None
        where = cut.map.to_document(context.cell.id, offset)
        if where is None:
            return None
    answer = await patiently(engine, context, context.cell.id, cut.text, method, where, **more)
    return (cut, answer) if answer is not None and answer.result is not None else None


def word_at(text: str, offset: int) -> Span:
    start = end = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    return Span(start, end)
