"""Completion with an engine: our own items first, the engine's where it answers in time, none twice."""

from __future__ import annotations

import ast
import asyncio
import keyword
import logging
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice

from polycell.core.patterns import pattern
from polycell.core.results import Completion, CompletionKind, Completions, Edit
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import UNKNOWN, Column, Module, Series, Table, Type
from polycell.languages.python.complete import NAMELESS
from polycell.languages.python.engine import receivers
from polycell.languages.python.engine.arrays import alike
from polycell.languages.python.engine.declarations import declared
from polycell.languages.python.engine.engine import Engine
from polycell.languages.python.engine.glue import MARK
from polycell.languages.python.engine.importable import Importable
from polycell.languages.python.engine.items import MEMBER, Entry, as_members, hidden, importing
from polycell.languages.python.engine.members import ALONE, METHOD, module_slice, of_text, read
from polycell.languages.python.engine.slices import slice_of
from polycell.languages.python.engine.typed import receiver_slice
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.known.usual import ANY, FOREMOST, foremost
from polycell.languages.python.syntax.source import PythonSource

log = logging.getLogger(__name__)

_WORD = pattern(r"\w+")
_FROM = pattern(r"\bfrom\s+([\w.]+)\s+import\s+[(\w\s,]*\Z")
_BEHIND_DOT = pattern(r"\.\s*\w*\Z")
LONGEST = 200  # characters of a word and the blanks before it
_CLOSING = {"(": ")", "[": "]", "{": "}"}
# A word that is read as the member which is not written yet: `f(np.random.⏎ index=[1])`.
_NEXT_WORD = pattern(rf"\s+(?!(?:{'|'.join(keyword.kwlist)})\b)[^\W\d]")
_PRESENT = f"{MARK}_present"
_GLUE = f"def {_PRESENT}[T](it: T | None) -> T: ...\n"
WITH_OURS = 0.3  # seconds that an engine has when we have something to show ourselves
ALIASES_FROM = 2  # letters typed before `np` and the like are offered
IMPORTS_FROM = 3  # and before names of other modules are
MOST_READ = 400  # such names that are looked at
MOST_IMPORTS = 12

# Classes that stubs put into `builtins`, and that no Python has there.
_STUBS_ALONE = frozenset({"ellipsis", "function"})

KEYWORD_ARGUMENT, INNER, OTHER, IMPORT = 5, 8, 65, 300


async def with_engine(engine: Engine, context: Context, place: Place, own: Completions) -> Completions:
    """`own` and what an engine adds at the same place."""
    site = place.site
    if site.quote and (own.items or not site.brackets):
        return own
    ours = [item for item in own.items if item.rank < MEMBER]
    type_ = place.type_of(site.receiver) if site.attribute else UNKNOWN
    asking = _members(engine, context, place, type_) if site.attribute else _names(engine, context, place)
    late = False
    try:
        found = await asyncio.wait_for(asking, WITH_OURS if ours else ALONE)
    except asyncio.TimeoutError:
        log.info("the engine is late for cell %s", context.cell.id)
        found, late = (), True
    if not site.attribute and not site.quote and site.before not in NAMELESS:
        found = (*found, *await _importable(engine, context, site.word))
    if late and not found:
        return Completions(own.items, True)
    if not found:
        return own
    if site.attribute:
        usual = {item.label for item in own.items if item.rank >= MEMBER}
        if usual and usual.isdisjoint(entry.label for entry in found):
            return own  # the engine knows less of the type than we do
        # A column that a method hides is offered as `["count"]`, and the method beside it.
        taken = {item.label for item in ours if not item.insert}
        owner = type_.qualified if isinstance(type_, Module) else ANY
        return Completions((*ours, *as_members(found, site.span, site.word, usual, taken, owner)))
    named = {item.label for item in own.items}
    added = tuple(_as_names(place, found, named))
    # What could be imported depends on what is typed: whoever types on asks again.
    return Completions((*own.items, *added), own.incomplete or not site.quote)


async def _members(engine: Engine, context: Context, place: Place, type_: Type) -> Sequence[Entry]:
    """Members of the value before the dot, which is of a type. The engine is asked once only for those of a type that
    we know ourselves, and for those of a module."""
    receiver = place.site.receiver
    said = receivers.known(place, receiver)
    if said is not None:
        name, text = said.text, receiver_slice(said)
    elif isinstance(type_, Module) and not type_.attribute:
        text = module_slice(type_.name, slice_of(context).text)
        name = text
    else:
        found = await _here(engine, context, place.offset, receiver=receiver)
        for other in (_but_for_none, _of_column, _of_array):
            found = found or await other(engine, context, place)
        return found
    return await _known_members(engine, context, name, text) or await _here(
        engine, context, place.offset, receiver=receiver
    )


async def _but_for_none(engine: Engine, context: Context, place: Place) -> Sequence[Entry]:
    """Of what may be None, of which ty tells no member (`re.match(…).`): those that it has where it is not."""
    return await _instead(engine, context, place, f"{_PRESENT}({place.site.receiver})", "but for None")


async def _of_array(engine: Engine, context: Context, place: Place) -> Sequence[Entry]:
    """Of what was computed with arrays, of which numpy's stubs tell nothing: those of what it was computed with."""
    cut = slice_of(context)
    line = context.cell.text.rfind("\n", 0, place.offset) + 1
    begin = cut.map.to_document(context.cell.id, line) if "numpy" in cut.text else None
    for expression in alike(cut.text[:begin], place.site.receiver) if begin is not None else ():
        found = await _instead(engine, context, place, f"({expression})", "of an array")
        if any(entry.label == "dtype" for entry in found):
            return found
    return ()


async def _instead(engine: Engine, context: Context, place: Place, other: str, why: str) -> Sequence[Entry]:
    """The members of another expression, where the receiver stands."""
    site, cut = place.site, slice_of(context)
    dot = site.span.start - 1
    start = dot - len(site.receiver)
    if not site.receiver or context.cell.text[start : dot + 1] != f"{site.receiver}.":
        return ()
    begin, end = cut.map.to_document(context.cell.id, start), cut.map.to_document(context.cell.id, dot)
    if begin is None or end is None or cut.text[begin:end] != site.receiver:
        return ()
    above = f"{cut.text[:begin]}{other}."
    text = f"{_GLUE}{above}{cut.text[end + 1 + len(site.word) :]}"
    name = f"{context.cell.id}, {why}"
    return read(await engine.ask(context.notebook, name, text, METHOD, len(_GLUE) + len(above)))


async def _known_members(engine: Engine, context: Context, name: str, text: str) -> Sequence[Entry]:
    return await engine.members(context.notebook, name, partial(of_text, engine, context.notebook, name, text))


async def _of_column(engine: Engine, context: Context, place: Place) -> Sequence[Entry]:
    """Of `df.price`, where the columns of the frame are not all known and it has no such member: those of a column."""
    owner, _, name = place.site.receiver.rpartition(".")
    table = place.type_of(owner) if owner and name.isidentifier() and not name.startswith("_") else None
    if not isinstance(table, Table) or not table.open or table.flavour != "pandas":
        return ()
    frame, column = declared(table), declared(Series(Column(name), flavour="pandas"))
    if frame is None or column is None:
        return ()
    known = await _known_members(engine, context, frame.text, receiver_slice(frame))
    if not known or any(entry.label == name for entry in known):
        return ()
    return await _known_members(engine, context, column.text, receiver_slice(column))


async def _names(engine: Engine, context: Context, place: Place) -> Sequence[Entry]:
    """Names, and the arguments of the call. Of a member of a value whose type we know the engine is asked for these
    by themselves, where it does not see what is called."""
    found = await _here(engine, context, place.offset, _closers(context, place))
    if not place.site.brackets or place.site.brackets[-1].kind != "(":
        return [entry for entry in found if not _is_argument(entry)]  # a list is no place for one
    if place.site.quote or place.site.before not in ("", ",") or any(_is_argument(entry) for entry in found):
        return found
    answer = await receivers.of_call(engine, context, METHOD, place)
    return (*filter(_is_argument, read(answer)), *found)


def _is_argument(entry: Entry) -> bool:
    return entry.label.endswith("=")


def _closers(context: Context, place: Place) -> str:
    """What closes the brackets that are open at a place, where the statement is not finished: of a call without its
    end an engine tells no arguments."""
    source, brackets = context.facts.analysis, place.site.brackets
    if place.site.quote or not isinstance(source, PythonSource):
        return ""
    unfinished = source.tree is None or any(span.start <= place.offset <= span.end + 1 for span in source.broken)
    return "".join(_CLOSING[bracket.kind] for bracket in reversed(brackets)) if unfinished else ""


async def _here(
    engine: Engine, context: Context, offset: int, closers: str = "", receiver: str = ""
) -> Sequence[Entry]:
    """What the engine offers at a place of the cell, behind a `receiver` where the place has one."""
    cut = slice_of(context)
    where = cut.map.to_document(context.cell.id, offset)
    if where is None:
        return ()
    name, text = context.cell.id, cut.text
    if receiver and not _BEHIND_DOT.search(text, max(0, where - LONGEST), where):
        # The line is blank there (a magic, a command): what is before the dot is asked about in its place.
        cut = slice_of(context, receiver)
        where = cut.map.to_document(context.cell.id, offset) or 0
        name, text = f"{name}, in a blank", f"{cut.text[:where]}{receiver}.{cut.text[where:]}"
        where += len(receiver) + 1
    behind = _WORD.match(text, where)  # inside of a word ty offers nothing, at its end it does
    end = behind.end() if behind else where
    if receiver and _NEXT_WORD.match(text, end):
        closers = ","
    if behind or closers:
        name, text = f"{name}, word cut", text[:where] + closers + text[end:]
    return read(await engine.ask(context.notebook, name, text, METHOD, where))


async def _importable(engine: Engine, context: Context, typed: str) -> Sequence[Entry]:
    """What could be imported under a name that begins so, whatever the engine knows of it."""
    if len(typed) < ALIASES_FROM:
        return ()
    known = await engine.importable(context.notebook)
    if len(typed) < IMPORTS_FROM:
        known = Importable(aliases=known.aliases)
    found = islice(known.statements(typed), MOST_READ)
    return [Entry(name, _kind(name, statement), statement=statement) for name, statement in found]


def _kind(name: str, statement: str) -> CompletionKind:
    if statement.startswith("import "):
        return "module"
    return "class" if name[:1].isupper() and not name.isupper() else "function"


def _as_names(place: Place, found: Sequence[Entry], taken: set[str]) -> Iterable[Completion]:
    context, span, typed = place.context, place.site.span, place.site.word
    # What stands behind `import` names nothing of the scopes around, but something of a module.
    nameless = place.site.before in NAMELESS
    source = _FROM.search(context.cell.text, max(0, span.start - LONGEST), span.start) if nameless else None
    first = foremost((entry.label for entry in found if not _farther(entry.label, typed)), source[1]) if source else {}
    seen = set(taken)
    for entry in found:
        if entry.statement or entry.label in seen or (entry.label.startswith("__") and not typed.startswith("_")):
            continue
        if not nameless and entry.kind == "class" and entry.label in _STUBS_ALONE:
            continue
        seen.add(entry.label)
        private = hidden(entry.label)
        if entry.label in first:
            rank = OTHER - FOREMOST + first[entry.label]
        else:
            rank = INNER if entry.kind == "variable" and not private and not nameless else OTHER
            rank += _farther(entry.label, typed) + 5 * private
        argument = KEYWORD_ARGUMENT + _farther(entry.label, typed)
        yield _item(entry, span, argument if _is_argument(entry) else rank)
    if len(typed) >= ALIASES_FROM:
        at = place_of_imports(context)
        here = taken | {entry.label for entry in found if not entry.statement}
        enough = len(typed) >= IMPORTS_FROM
        wanted = (e for e in found if e.label not in here and (enough or " as " in e.statement))
        for entry in importing(wanted, typed, MOST_IMPORTS):
            edit = Edit(context.cell.id, Span(at, at), f"{entry.statement}\n")
            said = f"Adds `{entry.statement}` to this cell."
            shown = f"{said}\n\n{entry.documentation}" if entry.documentation else said
            module = entry.statement.split()[1]
            yield _item(entry, span, IMPORT)._replace(detail=module, documentation=shown, edits=(edit,))


def _farther(label: str, typed: str) -> int:
    """0 for a name that begins with what is typed, 1 for one that only has its letters."""
    return int(not label.casefold().startswith(typed.casefold()))


def place_of_imports(context: Context) -> int:
    """Where a new import goes in the cell: the line of its first statement, below magics and comments."""
    source, text = context.facts.analysis, context.cell.text
    starts: list[int] = []
    if isinstance(source, PythonSource):
        body = source.tree.body if source.tree is not None else []
        future = [n for n in body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
        if future:  # nothing but such imports may stand above it
            below = source.lines.position(source.span(future[-1]).end).line + 1
            return source.lines.line_span(below).start
        starts += [span.start for span in source.broken]
        # `%pip install x` comes before what it makes importable.
        magics = [magic.span for magic in source.magics if not magic.cell]
        spans = (source.span(node) for node in body)
        starts += islice((s.start for s in spans if not any(m.start <= s.start < m.end for m in magics)), 1)
    first = min(starts, default=context.cell.body)
    return max(text.rfind("\n", 0, first) + 1, context.cell.body)


def _item(entry: Entry, span: Span, rank: int) -> Completion:
    return Completion(entry.label, entry.kind, span, entry.insert, entry.detail, entry.documentation, rank)
