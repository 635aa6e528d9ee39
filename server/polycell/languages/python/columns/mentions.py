"""Columns that a Python cell names: which places, and which column each of them means.

A place means a column when `named.read_at` says so, or when a table has a column that got its name right there (the key
of a dictionary, `agg(total=…)`, `alias("x")`): whatever rule makes a column says where (`Column.origin`), so that no
list of such places is needed. What is left is judged by `unnamed`: a text may be a column's name where nobody can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from polycell.core.environment import fold
from polycell.core.patterns import pattern
from polycell.core.results import Mention
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Anchor, Chart, Collection, Column, GroupBy, Series, Table, Type
from polycell.languages.python.columns import unnamed
from polycell.languages.python.columns.candidates import Candidate, Reading, affixed, at_offset, candidates
from polycell.languages.python.columns.named import Named, read_at
from polycell.languages.python.columns.places import columns
from polycell.languages.python.columns.sql_expressions import expressions
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.syntax.imported import member_at
from polycell.languages.python.syntax.literals import content, held_by
from polycell.languages.python.syntax.shapes import last_word, nodes


def mention_at(context: Context, offset: int) -> Mention | None:
    """The column named at an offset, in one way or the other."""
    return context.once(("mention", offset), partial(_mention_at, context, offset))


def _mention_at(context: Context, offset: int) -> Mention | None:
    member = member_at(context, offset)
    if member is not None and not member.between:  # `json.dumps`; `pl.col.a` may be one
        return None
    reading = Reading(context)
    for candidate in at_offset(reading, offset):
        found = meaning(reading, candidate)
        if found is not None and found.column is not None:
            return found
    named = read_at(Place(context, offset))
    return Mention(named.span, named.column.name, named.column, named.tables) if named is not None else None


def mentions(context: Context, name: str) -> Iterator[Mention]:
    """Every place that names a column called `name` or may do so; see `LanguageService.mentions`."""
    text = context.cell.text
    reading = Reading(context)
    if fold(name) in fold(text):
        if reading.source.tree is None or any(fold(name) in fold(b.of(text)) for b in reading.source.broken):
            for word in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                yield Mention(Span(*word.span()), name, refusal="the cell has a syntax error")
            return
        fragments = (*context.facts.fragments, *expressions(context))
        for candidate in candidates(reading.source, name):
            if not any(f.has(candidate.span.start) for f in fragments):
                found = meaning(reading, candidate)
                if found is not None:
                    yield found
                elif candidate.kind == "part" and _may_be_made(reading, candidate, name):
                    yield Mention(candidate.span, candidate.name, refusal="that name may be made out of it")
    if _BY_NAME.search(text):
        yield from _implied(reading, name)
    for span in unnamed.built(reading, name):
        yield Mention(span, name, refusal="the name is put together when the code runs")


def _may_be_made(reading: Reading, candidate: Candidate, name: str) -> bool:
    return affixed(candidate.name, name) and not unnamed.harmless(reading, candidate)


# Calls that make one column of those of equal names.
_BY_NAME = pattern(r"\b(?:merge|concat|join)\s*\(")


def _implied(reading: Reading, name: str) -> Iterator[Mention]:
    """The columns of that name that calls make one without saying so: `a.merge(b)`, `pd.concat([a, b])`."""
    for node in nodes(reading.source.tree) if reading.source.tree is not None else ():
        if not isinstance(node, ast.Call) or not _BY_NAME.search(f"{last_word(node)}("):
            continue
        made = reading.evaluate(node)
        column = made.column(name) if isinstance(made, Table) else None
        if column is not None and len(column.origins) > 1:
            yield Mention(reading.source.span(node), column.name, column, implied=True)


# -- what a place means


def meaning(reading: Reading, candidate: Candidate) -> Mention | None:
    """The column meant; a mention without one where that is open; None where no column can be meant."""
    span, name = candidate.span, candidate.name
    if candidate.kind == "part":
        named = _read(reading, candidate)
        return Mention(named.span, named.column.name, named.column, named.tables) if named is not None else None
    if span.of(reading.source.code) != name:  # a text with escapes, or joined of several
        return (
            None if unnamed.harmless(reading, candidate) else Mention(span, name, refusal="it is not written plainly")
        )
    stored = _stored(reading, candidate.node)
    read = None if stored else _read(reading, candidate)
    if read is not None and not (read.column.name == name and read.span == span):
        read = None
    if read is not None and read.doubt:
        return Mention(span, name, refusal=read.doubt)
    if read is not None and read.column.origin != _anchor(reading, candidate):
        return Mention(span, read.column.name, read.column, read.tables)
    made = _made(reading, candidate)
    if made is not None:
        return made
    held = _held(reading, candidate)
    if held is not None:
        return held
    if unnamed.harmless(reading, candidate):
        return None
    return Mention(span, name, refusal=unnamed.why(reading, candidate))


def _stored(reading: Reading, node: ast.AST) -> bool:
    """Whether a name is assigned to: `df["x"] = …`, `df.x = …`."""
    targets = (n for n in (node, *reading.above(node)) if isinstance(n, (ast.Subscript, ast.Attribute)))
    found = next(targets, None)
    return found is not None and isinstance(found.ctx, ast.Store)


def _read(reading: Reading, candidate: Candidate) -> Named | None:
    if isinstance(candidate.node, ast.keyword):
        return None
    offset = candidate.span.end if isinstance(candidate.node, ast.Attribute) else candidate.span.start
    found = read_at(reading.place(candidate.node, offset))
    if found is None or found.column.origin is None:
        # A column that an earlier part of the same statement makes in place.
        place = Place(reading.context, offset, reading.behind(candidate.node))
        found = read_at(place) if found is None else found
    return found


def _anchor(reading: Reading, candidate: Candidate) -> Anchor:
    cell = reading.context.cell
    return Anchor.at(cell.text, candidate.span.start, candidate.name, cell=cell.id)


def _made(reading: Reading, candidate: Candidate, *, behind: bool = True) -> Mention | None:
    """The column that gets its name at this very place: of a call around it, or (`behind`) of the whole statement."""
    anchor, place = _anchor(reading, candidate), reading.place(candidate.node, candidate.span.start)
    for node in reading.above(candidate.node):
        if isinstance(node, ast.stmt):
            break
        if isinstance(node, ast.Call):
            found = _with_origin(place.evaluate(node), anchor)
            if found is not None:
                return Mention(candidate.span, found[0].name, found[0], (found[1],), write=True)
    after = reading.behind(candidate.node) if behind else None
    for name in {*after.state.names, *after.known} if after is not None else ():
        found = _with_origin(after.type_of(name), anchor) if after is not None else None
        if found is not None:
            return Mention(candidate.span, found[0].name, found[0], (found[1],), write=True)
    return None


def _with_origin(type_: Type, anchor: Anchor) -> tuple[Column, Table] | None:
    """The column of a value that has its name from a place, and the table that it is in."""
    table: Table | None = None
    if isinstance(type_, GroupBy):
        table = type_.table
    elif isinstance(type_, Series):
        table = Table((type_.column,), index=type_.index)
    elif isinstance(type_, Table):
        table = type_
    elif isinstance(type_, Chart):
        table = type_.table
    elif isinstance(type_, Collection):
        return next((f for i in type_.items or () if (f := _with_origin(i, anchor)) is not None), None)
    for column in (*table.columns, *table.index) if table is not None else ():
        if anchor in column.origins:
            assert table is not None
            return column, table
    return None


def _held(reading: Reading, candidate: Candidate) -> Mention | None:
    """A text in a literal that a variable holds, `keys = ["a", "b"]`: what it means is told by each use of the name."""
    outer: ast.AST = candidate.node
    for node in reading.above(candidate.node):
        if not isinstance(node, (ast.List, ast.Tuple, ast.Dict)):
            break
        outer = node
    statement = reading.parents.get(outer)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return None
    name = statement.targets[0].id
    if held_by(reading.source, name) is not outer or unnamed.used_elsewhere(reading.context, name):
        return None
    tree = reading.source.tree
    uses = [n for n in nodes(tree) if isinstance(n, ast.Name) and n.id == name] if tree is not None else []
    found: list[Mention] = []
    for use in uses:
        if isinstance(use.ctx, ast.Load):
            made = _used(reading, candidate, use)
            if made is None:
                return None
            found.append(made)
    columns = [m.column for m in found if m.column is not None]
    if not columns:
        return None
    tables = tuple(t for m in found for t in m.tables)
    return Mention(
        candidate.span, candidate.name, columns[0].one_with(*columns[1:]), tables, any(m.write for m in found)
    )


def _used(reading: Reading, candidate: Candidate, use: ast.Name) -> Mention | None:
    """What a text of a variable means where the variable is used."""
    start = reading.source.span(use).start
    table = columns(reading.place(use, start), variable=True)
    column = table.column(candidate.name) if table is not None else None
    if table is not None and column is not None:
        return Mention(candidate.span, candidate.name, column, (table,))
    statement = reading.parents.get(use)
    assigned = isinstance(statement, ast.Assign) and isinstance(
        statement.targets[0], ast.Attribute
    )  # df.columns = names
    return _made(reading, Candidate(use, candidate.span, candidate.name), behind=assigned)


# -- what a column is made of


def inputs(context: Context, span: Span) -> Iterator[Mention]:
    """The columns named in the expression whose result gets its name at `span`."""
    reading = Reading(context)
    candidate = next((c for c in at_offset(reading, span.start) if c.span == span), None)
    if candidate is None:
        return
    for node in _made_of(reading, candidate.node):
        inside = reading.source.span(node)
        for part in nodes(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                where = content(reading.source, part)
                if where is None:
                    continue
                found = [Candidate(part, where, part.value)]
                if not part.value.isidentifier():
                    words = re.finditer(r"[^\W\d]\w*", part.value)
                    found += [Candidate(part, Span(*w.span()).shift(where.start), w[0], "word") for w in words]
            elif isinstance(part, ast.Attribute):
                end = reading.source.span(part).end
                found = [Candidate(part, Span(end - len(part.attr), end), part.attr)]
            else:
                continue
            for one in found:
                named = _read(reading, one) if one.span != span and inside.start <= one.span.start else None
                if named is not None and named.span == one.span and named.column.name == one.name:
                    yield Mention(named.span, named.column.name, named.column, named.tables)


def _made_of(reading: Reading, node: ast.AST) -> Iterator[ast.AST]:
    """The expression that gives the values: of a keyword, an assignment, `….alias("x")`, a pair of a mapping."""
    if isinstance(node, ast.keyword):
        yield node.value
        return
    child = node
    for outer in reading.above(node):
        if isinstance(outer, ast.Assign):
            if child in outer.targets:
                yield outer.value
            return
        if isinstance(outer, ast.AugAssign):
            yield outer
            return
        if isinstance(outer, ast.stmt):
            return
        if isinstance(outer, ast.Dict):
            for key, value in zip(outer.keys, outer.values, strict=True):
                if value is child and key is not None:
                    yield key  # {"old": "new"}
                elif key is child:
                    yield value
            return
        if isinstance(outer, ast.Call) and child is not outer.func:
            if isinstance(outer.func, ast.Attribute) and outer.func.attr in ("alias", "rename", "to_frame", "name"):
                yield outer.func.value
            else:
                yield from (a for a in (*outer.args, *(k.value for k in outer.keywords)) if a is not child)
            return
        child = outer
