"""What a Scala cell gives to others: its definitions, typed by the text, or by the compiler where it answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from polycell.core.environment import Binding, BindingKind, Exports, View
from polycell.core.service import Context
from polycell.core.types import UNKNOWN, Anchor, Class, Function, Opaque, Table, Type
from polycell.core.values import replace
from polycell.languages.scala.frames import FRAMES, Frames, read, views
from polycell.languages.scala.glue import short
from polycell.languages.scala.outline import Name, Outline
from polycell.languages.scala.scalatypes import Fields, parse, rows_of, to_neutral
from polycell.languages.scala.slices import ALWAYS
from polycell.languages.scala.text import scala_text

# (name) → the type that the compiler gives it in this cell, and the same written in full (`Binding.native`); "" where
# it said nothing.
Compiled = Callable[[Name], tuple[str, str]]
UNTOLD = ("", "")


def exports(context: Context, compiled: Compiled, result: tuple[str, str] = UNTOLD) -> Exports:
    """`result` is the type of the cell's last expression, where the host names it, as `compiled` gives it."""
    outline = context.facts.analysis
    if not isinstance(outline, Outline):
        return Exports()
    frames = Frames(context, _fields(context.view, outline), scala_text(context.cell))
    found = {binding.name: binding for binding in _bindings(context, outline, compiled, frames)}
    last = context.host.last_expression
    written, native = result
    if last and outline.last is not None and last not in found and written != "Unit":
        table = frames.of(outline.last) if not written or parse(written).short in FRAMES else None
        origin = Anchor("", 0, context.cell.id)
        type_ = table if table is not None else to_neutral(written, frames.fields)
        written = written or ("DataFrame" if table is not None else "")
    if last and written and last not in found and outline.last is not None and written != "Unit":
        found[last] = Binding(last, type_, "variable", _space(context), origin, written, native=native)
    handed = _handed_out(context, found.get(context.cell.result))
    return Exports((*found.values(), *handed, *views(frames), *_always(context, outline)))


def own_frames(context: Context) -> Frames:
    """The frames of a cell as its text and the cells above make them, without a compiler."""
    outline = context.facts.analysis
    if not isinstance(outline, Outline):
        return Frames(context, lambda name: None, "")
    frames = Frames(context, _fields(context.view, outline), scala_text(context.cell))
    read(frames, ((name, name.declared or name.literal) for name in outline.names))
    return frames


def _always(context: Context, outline: Outline) -> Iterator[Binding]:
    """One that differs whenever what every cell below gets of this cell and those above does."""
    text = scala_text(context.cell)
    mine = [one.span.of(text) for one in outline.statements if one.always or outline.package]
    if mine and outline.broken is None:
        above = context.view.lookup(ALWAYS)
        told = short("\n".join((*mine, above.definition if above is not None else "")))
        yield Binding(ALWAYS, kind="internal", space=_space(context), definition=told)


def _handed_out(context: Context, own: Binding | None) -> Iterator[Binding]:
    """What a magic hands to the notebook's own language: of `%%spark -o sales`, `sales` as a pandas frame. `own` is
    what the cell means by that name."""
    cell = context.cell
    if not cell.result or cell.magic is None:
        return
    table = own.type if own is not None else None
    type_ = replace(table, flavour="pandas", case_sensitive=True) if isinstance(table, Table) else UNKNOWN
    origin = own.origin if own is not None else Anchor("", 0, cell.id)
    yield Binding(cell.result, type_, "result", context.host.result_space, origin, cell.magic.arguments)


def _bindings(context: Context, outline: Outline, compiled: Compiled, frames: Frames) -> Iterator[Binding]:
    cell = context.cell
    text = scala_text(cell)
    statements = {name.span: one for one in outline.statements for name in one.names}
    for name in outline.names:
        origin = Anchor.at(cell.text, name.span.start, name.span.of(cell.text), cell=cell.id)
        told, native = compiled(name)
        written = name.declared or name.literal or told
        # Only public values are handed to other languages.
        kind: BindingKind = "variable" if name.kind == "val" and not name.private else "internal"
        read(frames, [(name, written)])
        table = frames.tables.get(name.name)
        type_ = table if table is not None else _type(name, written, frames.fields)
        statement = statements.get(name.span)
        cut = statement is None or (statement.plain and bool(name.declared or name.literal or native))
        definition = "" if cut or statement is None else statement.span.of(text)
        written = written or ("DataFrame" if table is not None else "")
        yield Binding(name.name, type_, kind, _space(context), origin, written, native=native, definition=definition)
    for clause in outline.imports:
        for imported in clause.names:
            origin = Anchor.at(cell.text, clause.span.start, imported, cell=cell.id)
            yield Binding(imported, Opaque(imported), "import", _space(context), origin, clause.text)


def _type(name: Name, written: str, fields: Fields) -> Type:
    if name.kind == "def":
        return Function(f"(…): {written}" if written else "(…)")
    if name.kind in ("class", "trait", "object", "type"):
        members = tuple((field, to_neutral(type_, fields)) for field, type_ in name.fields)
        inner = ", ".join(f"{field}: {type_}" for field, type_ in name.fields)
        return Class(name.name, f"({inner})" if inner else "", members=members)
    if not written:
        return UNKNOWN
    table = rows_of(written, fields)
    return table if table is not None else to_neutral(written, fields)


def _fields(view: View, outline: Outline) -> Fields:
    """Case classes of this cell and of those above, by name."""

    def fields(name: str) -> tuple[tuple[str, str], ...] | None:
        short = name.rpartition(".")[2]
        own = outline.named(short)
        if own is not None and own.kind == "class":
            return own.fields if own.case else None
        binding = view.lookup(short)
        if binding is None or not isinstance(binding.type, Class) or not binding.type.signature.startswith("("):
            return None
        inner = binding.type.signature[1:-1]
        return tuple((field, written) for field, written in _declared(inner))

    return fields


def _declared(inner: str) -> Iterator[tuple[str, str]]:
    """`a: Int, b: Map[String, Int]` as pairs."""
    depth, start = 0, 0
    for at, char in enumerate(inner + ","):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(char, 0)
        if char == "," and depth == 0:
            name, colon, type_ = inner[start:at].partition(":")
            if colon:
                yield name.strip(), type_.strip()
            start = at + 1


def _space(context: Context) -> str:
    return context.cell.space or context.cell.language
