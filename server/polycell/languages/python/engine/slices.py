"""The slice of a notebook that one cell needs, as one Python text with the way back to the cells.

A name that the cell uses comes from above. Where our own analysis knows its type it is declared; else the statement
that binds it is copied, with what that needs in turn. So the text is as long as what the cell depends on, not as the
notebook, and an engine's work is the same in the first cell and in the thousandth.
"""

from __future__ import annotations

import builtins
import keyword
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from polycell.core.environment import Binding
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Class, Collection, Function, Module, Table, Type
from polycell.core.virtual import Piece, SegmentMap, build
from polycell.languages.python.engine import ambient
from polycell.languages.python.engine.declarations import declared, frame
from polycell.languages.python.engine.dependence import Statement, statements
from polycell.languages.python.engine.typed import ANY, Declared, header, variable
from polycell.languages.python.flow.exports import run
from polycell.languages.python.syntax.ipython import neutralise
from polycell.languages.python.syntax.parse import readable
from polycell.languages.python.syntax.source import PythonSource

MOST_STATEMENTS = 200
MOST_TEXT = 60_000  # characters that are copied from other cells
_WORD = pattern(r"[^\W\d]\w*")
_BLANKED = pattern(r"^[ \t]*\f", re.MULTILINE)
_STAR = pattern(r"from [\w.]+ import \*")
_BUILTINS = frozenset(dir(builtins))
_TYPED = frozenset({"lines", "text", "table", "captured", "timing"})  # values of magics that are worth declaring


class Slice(Struct, frozen=True):
    """`text` with its map; `whole` says that everything the cell needs is in it, so that nothing in it is missing for
    our own reasons."""

    text: str
    map: SegmentMap
    whole: bool = True


def code_of(context: Context) -> str:
    """The cell as Python of the same length, with what does not parse left as the user wrote it."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource):
        return readable(context.cell.text)
    if not source.broken and source.tree is not None:
        return source.code
    if context.cell.magic is None and context.cell.body == 0 and not source.magics:
        made = readable(neutralise(context.cell, context.host.name).code)
        return made if len(made) == len(context.cell.text) else readable(context.cell.text)
    return readable(neutralise(context.cell, context.host.name).code)


def slice_of(context: Context, written: str = "") -> Slice:
    """What the cell needs and the cell itself, and what an expression `written` in a blank of it needs. Call with
    everything above settled."""
    cutter = _Cutter(context)
    source = context.facts.analysis
    code = code_of(context)
    if not isinstance(source, PythonSource) or not source.isolated:
        names = {use.name for use in context.facts.uses}
        if isinstance(source, PythonSource) and (source.broken or source.tree is None):
            for span in source.broken or (Span(0, len(code)),):
                names.update(_WORD.findall(span.of(code)))
        names.update(_WORD.findall(written))
        cutter.need(context, sorted(n for n in names if not keyword.iskeyword(n)))
    return cutter.finish(code)


class _Cutter:
    """Collects statements and declarations; `_placed` has them by where they belong: the cell's index, then the place
    in its text, declarations before the statements of the cell that reads them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._placed: dict[tuple[int, int, str], Piece] = {}
        self._modules: set[str] = set()
        self._made: set[str] = set()
        self._statements: dict[tuple[int, int, str], Statement] = {}
        self._seen: set[tuple[int, str]] = set()
        self._length = 0
        self._whole = True
        self._classes: dict[Table, str] = {}

    def finish(self, code: str) -> Slice:
        order = self._by_need() if self._context.host.order == "any" else sorted(self._placed)
        body = list(self._body(code))
        pieces = [Piece(header(self._modules, self._made))]
        last: dict[str, str] = {}
        for key in order:
            piece = self._placed[key]
            name = key[2]
            if name and piece.cell is None:
                if last.get(name) == piece.text:
                    continue
                last[name] = piece.text
            pieces.append(piece)
            if piece.cell is not None:
                pieces.append(Piece("\n"))
                last.clear()
        pieces += body
        pieces.append(Piece("\n"))
        document = build(pieces)
        return Slice(document.text, document.map, self._whole)

    def _body(self, code: str) -> Iterator[Piece]:
        """The cell; behind a line whose magic binds a name, what we know of that name."""
        context, source, at = self._context, self._context.facts.analysis, 0
        for magic in sorted(source.names, key=lambda n: n.extent) if isinstance(source, PythonSource) else ():
            end = code.find("\n", magic.extent.end) + 1
            start = code.rfind("\n", 0, magic.extent.start) + 1
            if magic.value not in _TYPED or end <= max(at, 0) or not end:
                continue
            after = run(context, magic.extent.end + 1)
            slot = after.slot(magic.name)
            said = self._declaration(magic.name, after.binding(magic.name, slot).type) if slot is not None else None
            if said is None:
                continue
            indent = code[start : magic.extent.start]
            yield from _written(code, context.cell.id, at, end)
            yield Piece(textwrap.indent(said, indent if not indent.strip() else ""))
            at = end
        yield from _written(code, context.cell.id, at, len(code))

    def need(self, reader: Context, names: Iterable[str], before: int | None = None) -> None:
        """Make names known where `reader` reads them; with `before`, at that offset of it: its own statements above
        count too. Works through a list instead of recursing, for chains may be long."""
        waiting = [(reader, name, before) for name in names]
        while waiting:
            context, name, offset = waiting.pop()
            waiting += self._provide(context, name, offset)

    def _provide(self, reader: Context, name: str, before: int | None) -> list[tuple[Context, str, int | None]]:
        if before is not None:
            found = _binders(reader, name, before)
            if found:
                return [more for one in found for more in self._copy(reader, one)]
        if (reader.index, name) in self._seen:
            return []
        self._seen.add((reader.index, name))
        binding = reader.view.lookup(name)
        if binding is None:
            said = ambient.declared(reader.host, reader.cell.language, name)
            if said is not None:
                self._place((-1, -1, name), Piece(said))
            elif name not in _BUILTINS:
                self._stars(reader)
            return []
        if self._declare(reader, name, binding):
            return []
        origin = binding.origin
        index = reader.notebook.index(origin.cell) if origin is not None and origin.cell else None
        if origin is not None and (module := _beside(reader, origin.uri)):
            self._place((reader.index, -1, name), Piece(f"from {module} import {name}\n"))
            return []
        if origin is None or index is None or index == reader.index:
            return self._unknown(reader, name, binding)
        owner = reader.neighbour(index)
        place = origin.find(owner.cell.text)
        if place is None or owner.cell.language != "python":
            return self._unknown(reader, name, binding)
        found = _binders(owner, name, len(owner.cell.text))
        if not found:
            return self._unknown(reader, name, binding)
        return [more for one in found for more in self._copy(owner, one)]

    def _stars(self, reader: Context) -> None:
        """A name that nothing seems to bind may come from a module of which all was taken."""
        for reason in reader.view.opens():
            if _STAR.fullmatch(reason):
                self._place((-1, -1, reason), Piece(f"{reason}\n"))

    def _declare(self, reader: Context, name: str, binding: Binding, *, vaguely: bool = False) -> bool:
        """Declare a name of known type. Of a list whose elements we do not know the statement says more; `vaguely`:
        there is none."""
        type_ = binding.type
        if isinstance(type_, (Function, Class, Module)):
            return False
        if is_vague(type_) and not vaguely:
            return False
        text = self._declaration(name, type_)
        if text is None:
            return False
        self._place((reader.index, -1, name), Piece(text))
        return True

    def _declaration(self, name: str, type_: Type) -> str | None:
        if isinstance(type_, Table):
            known = self._classes.get(type_)
            if known is not None:
                return variable(name, Declared(known))
            made = frame(name, type_, len(self._classes) + 1)
            if made is None:
                return None
            self._modules |= made[1].modules
            return made[0]
        said = declared(type_)
        if said is None:
            return None
        self._modules |= said.modules
        self._made |= said.made
        return variable(name, said)

    def _unknown(self, reader: Context, name: str, binding: Binding) -> list[tuple[Context, str, int | None]]:
        """Bound by something that is no Python statement."""
        if self._declare(reader, name, binding, vaguely=True):
            return []
        self._place((reader.index, -1, name), Piece(variable(name, ANY)))
        return []

    def _copy(self, owner: Context, one: Statement) -> list[tuple[Context, str, int | None]]:
        key = (owner.index, one.span.start, "")
        if key in self._placed:
            return []
        source = owner.facts.analysis
        text = one.span.of(source.code) if isinstance(source, PythonSource) else ""
        if text.startswith("from __future__"):
            return []
        if len(self._placed) >= MOST_STATEMENTS or self._length + len(text) > MOST_TEXT:
            self._whole = False
            return []
        self._length += len(text)
        self._statements[key] = one
        self._place(key, Piece(text, owner.cell.id, one.span.start))
        return [(owner, name, one.span.start) for name in one.reads]

    def _place(self, key: tuple[int, int, str], piece: Piece) -> None:
        self._placed.setdefault(key, piece)

    def _by_need(self) -> list[tuple[int, int, str]]:
        """Where the host runs cells by their data flow: what binds a name before what reads it."""
        binders = {name: key for key, one in self._statements.items() for name in one.binds}
        made: dict[tuple[int, int, str], None] = dict.fromkeys(key for key in sorted(self._placed) if key[2])
        for key in sorted(self._statements):
            path = [(key, iter(self._statements[key].reads))]
            open_ = {key}
            while path:
                at, reads = path[-1]
                name = next(reads, None)
                if name is None:
                    made[at] = None
                    path.pop()
                elif (needed := binders.get(name)) is not None and needed not in made and needed not in open_:
                    open_.add(needed)
                    path.append((needed, iter(self._statements[needed].reads)))
        return list(made)


def is_vague(type_: Type) -> bool:
    """Whether we do not know what is in a list, or in what is in it."""
    if not isinstance(type_, Collection) or type_.name:
        return False
    return type_.element is None or is_vague(type_.element)


def _written(code: str, cell: str, start: int, end: int) -> Iterator[Piece]:
    """A part of a cell without the blanks that stand for a magic before code: the form feed behind them, which begins
    the indentation anew for Python, begins a line for some servers."""
    for blank in _BLANKED.finditer(code, start, end):
        yield Piece(code[start : blank.start()], cell, start)
        start = blank.end()
    yield Piece(code[start:end], cell, start)


def _beside(context: Context, uri: str) -> str:
    """The module that a script beside the notebook is, which `%run` ran; "" for any other place."""
    folder, _, file = uri.rpartition("/")
    module = file.removesuffix(".py")
    if module == file or not module.isidentifier() or keyword.iskeyword(module) or not context.notebook.path:
        return ""
    return module if Path(context.notebook.path).parent.absolute().as_uri() == folder else ""


def _binders(context: Context, name: str, before: int) -> list[Statement]:
    """The statements of a cell above an offset that may have bound the name, down to the last that did for certain."""
    found: list[Statement] = []
    for one in reversed(statements(context.facts)):
        if one.span.start >= before or name not in one.binds:
            continue
        found.append(one)
        if name in one.certain:
            break
    return found
