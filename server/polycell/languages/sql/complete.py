"""Completion in SQL: what may stand at a place, best first. It never needs the statement to parse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from polycell.core.results import NO_COMPLETIONS, Completion, CompletionKind, Completions
from polycell.core.types import Column, Table, describe
from polycell.languages.sql.blocks import Block
from polycell.languages.sql.catalogue import ViewCatalogue, sql_table
from polycell.languages.sql.columns import items
from polycell.languages.sql.dialects import Dialect
from polycell.languages.sql.place import Place
from polycell.languages.sql.relations import Relations, Visible
from polycell.languages.sql.sources import sources, target_of
from polycell.languages.sql.words import KEYWORDS, RESERVED, TABLE_HEADS, functions

MOST = 1000  # items of one answer; more are left to the next letter

_BARE = re.compile(r"[^\W\d]\w*\Z")
_ALIASES_SEEN = frozenset({"order", "group", "having", "qualify"})
_TYPES = ("BIGINT", "INTEGER", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP", "DECIMAL")
_JOINED = frozenset({"JOIN", "FROM", ",", "LATERAL", "(", "ONLY", "INTO", "UPDATE", "TABLE", "USING", "OUTER"})


def complete(place: Place, catalogue: ViewCatalogue) -> Completions:
    """What is offered at a place. Nothing behind AS, where a new name is made up."""
    relations = Relations(place.statement, catalogue)
    made: list[Completion] = list(_offers(place, relations, catalogue))
    seen: set[tuple[str, str]] = set()
    unique = []
    for item in made:
        key = (item.label, item.kind if item.kind in ("column", "table") else "")
        if key not in seen:
            seen.add(key)
            unique.append(item)
    if len(unique) > MOST:
        prefix = place.prefix.casefold()
        unique = [i for i in unique if (i.filter or i.label).casefold().startswith(prefix)]
        return Completions(tuple(unique[:MOST]), incomplete=True)
    return Completions(tuple(unique)) if unique else NO_COMPLETIONS


def _offers(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    if place.qualifier:
        yield from _qualified(place, relations, catalogue)
        return
    before = place.before()
    if before == "AS" and not (place.segment.clause == "with" or place.inner.kind == "call"):
        return
    if before == "." or (before == "AS" and place.segment.clause == "with"):
        return
    if before == "::" or (before == "AS" and place.inner.kind == "call"):
        yield from (_item(place, name, "keyword", rank=60) for name in _TYPES)
        return
    clause = place.segment.clause
    if clause == "head":
        yield from _at_head(place, relations, catalogue)
    elif clause == "with":
        yield from _keywords(place, "with")
    elif clause == "using":
        yield from _using(place, relations)
    elif clause == "from" and place.inner.kind in ("query", "join"):
        if _expects_table(place):
            yield from _tables(place, relations, catalogue)
        else:
            yield from _keywords(place, "from")
    elif clause == "set" and _expects_target(place):
        yield from _target_columns(place, relations)
    else:
        yield from _expression(place, relations, catalogue)


# -- behind a dot


def _qualified(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    spelling = place.statement.spelling
    names = [spelling(t) for t in place.qualifier]
    if place.segment.clause in ("from", "head") and place.inner.kind != "call" and _expects_table(place):
        prefix = ".".join(names).casefold() + "."
        for binding in catalogue.tables():
            if binding.name.casefold().startswith(prefix):
                name = binding.name[len(prefix) :]
                yield _item(place, name, "table", detail=describe(binding.type), insert=quoted(name, place), rank=12)
        return
    seen = relations.visible(place.block)
    last = names[-1].casefold()
    for visible in seen:
        if visible.name.casefold() == last:
            yield from (_column(place, c, visible.name, 10) for c in visible.table.columns)
            return
    found = relations.resolve(place.qualifier, place.block)
    if found is not None:
        column = found[0]
        if column.type is not None and column.type.name == "struct":
            for name, type_ in column.type.children:
                yield _column(place, Column(name, type_), column.name, 10)
        return
    table = catalogue.table(names)
    cte = relations.cte(names[-1], place.block)
    if cte is not None:
        table = relations.cte_table(cte)
    if table is not None:
        yield from (_column(place, c, names[-1], 10) for c in table.columns)
        return
    # The alias is not there, or not yet: what is known to be near is better than nothing.
    pool: Iterable[Visible] = seen
    for visible in pool:
        yield from (_column(place, c, visible.name, 40) for c in visible.table.columns)
    if not seen or any(v.table.open for v in seen):
        yield from _everything(place, catalogue, relations, rank=45)


# -- tables


def _expects_table(place: Place) -> bool:
    """Whether a table's name stands at the place: nothing but prefixes is between it and the comma or keyword
    before."""
    at = place.index - 1 - 2 * len(place.qualifier)
    tokens = place.statement.tokens
    if at < place.segment.start:
        return place.segment.clause == "from" or place.before() in TABLE_HEADS
    token = tokens[at]
    return (token.kind == "op" and token.value in (",", "(")) or (
        token.kind == "word"
        and (token.value in _JOINED or (token.value in TABLE_HEADS and place.segment.clause == "head"))
    )


def _tables(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    seen: set[str] = set()
    home: Block | None = place.block
    while home is not None:
        for cte in home.ctes:
            name = place.statement.spelling(cte.name)
            if name.casefold() not in seen and relations.cte(name, place.block) is cte:
                seen.add(name.casefold())
                yield _table(place, name, relations.cte_table(cte), "WITH of this statement", 10)
        home = home.parent
    for binding in catalogue.tables():
        if binding.name.casefold() not in seen:
            origin = binding.source or ("table of a cell above" if binding.space == "catalog" else "from a cell above")
            yield _table(place, binding.name, sql_table(binding), origin, 12 if binding.space != "catalog" else 14)
    yield from (
        _item(place, word, "keyword", rank=70) for word in ("SELECT", "LATERAL", "UNNEST") if place.before() == "("
    )


def _table(place: Place, name: str, table: Table | None, origin: str, rank: int) -> Completion:
    names = ", ".join(c.name for c in table.columns[:12]) if table else ""
    more = f", … {len(table.columns) - 12} more" if table and len(table.columns) > 12 else ""
    text = "\n\n".join(filter(None, [origin, f"columns: {names}{more}" if names else ""]))
    insert = name if "." in name else quoted(name, place)
    return _item(
        place, name, "table", detail=describe(table) if table else "", documentation=text, insert=insert, rank=rank
    )


# -- columns


def _expression(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    clause = place.segment.clause
    seen = relations.visible(place.block)
    if clause == "on":
        yield from _pairs(place, relations)
    yield from _columns(place, seen)
    if clause in _ALIASES_SEEN:
        for item in items(place.statement, place.block):
            if item.alias is not None:
                name = place.statement.name(item.alias)
                yield _item(place, name, "column", documentation="named in SELECT", insert=quoted(name, place), rank=12)
    if place.block.head is not None and clause == "order":
        for column in relations.output(place.block.head).columns:
            yield _column(place, column, "the first SELECT", 12)
    own = [v for v in seen if v.level == 0]
    if not own and clause != "values":
        yield from _everything(place, catalogue, relations, rank=25)
    for visible in seen:
        if visible.name:
            yield _item(
                place,
                visible.name,
                "table",
                detail=describe(visible.table),
                insert=quoted(visible.name, place),
                rank=30,
            )
    for name, text in functions(place.statement.dialect.name).items():
        yield Completion(name, "function", place.word, "", "", text, 60)
    yield from _keywords(place, clause)


def _columns(place: Place, seen: list[Visible]) -> Iterator[Completion]:
    """Bare columns, inner sources first; a name that two sources of one level share is offered qualified."""
    hidden: set[str] = set()
    for level in sorted({v.level for v in seen}):
        here = [v for v in seen if v.level == level]
        counts: dict[str, int] = {}
        for visible in here:
            merged = {place.statement.spelling(t).casefold() for t in visible.source.using or ()}
            for column in visible.table.columns:
                key = column.name.casefold()
                counts[key] = counts.get(key, 0) + (key not in merged)
        for visible in here:
            for column in visible.table.columns:
                key = column.name.casefold()
                if key in hidden:
                    continue
                clash = counts[key] > 1 and visible.name
                yield _column(place, column, visible.name, 10 if not level else 20, qualify=bool(clash))
        hidden |= counts.keys()


def _everything(place: Place, catalogue: ViewCatalogue, relations: Relations, rank: int) -> Iterator[Completion]:
    """Columns of all known tables, each with its table: FROM is not there yet."""
    for name, table in _known(place, catalogue, relations):
        for column in table.columns:
            kind = f"{column.type} · {name}" if column.type is not None else name
            yield _item(
                place, column.name, "column", detail=kind, documentation=_from(column, name),
                insert=quoted(column.name, place), rank=rank,
            )  # fmt: skip


def _known(place: Place, catalogue: ViewCatalogue, relations: Relations) -> Iterator[tuple[str, Table]]:
    home: Block | None = place.block
    while home is not None:
        for cte in home.ctes:
            yield place.statement.spelling(cte.name), relations.cte_table(cte)
        home = home.parent
    for binding in catalogue.tables():
        table = sql_table(binding)
        if table is not None:
            yield binding.name, table


def _using(place: Place, relations: Relations) -> Iterator[Completion]:
    """Columns that both sides of the join have."""
    left, right = _sides(place, relations)
    common = {c.name.casefold() for v in left for c in v.table.columns}
    for visible in right:
        for column in visible.table.columns:
            if column.name.casefold() in common:
                yield _column(place, column, visible.name, 10)


def _sides(place: Place, relations: Relations) -> tuple[list[Visible], list[Visible]]:
    """The sources before the join that the cursor's ON or USING belongs to, and the one it joins."""
    block = place.block
    segments = [s for s in block.segments if s.clause == "from" and s.start <= place.index]
    seen = {id(v.source): v for v in relations.visible(block, outer=False)}
    ordered = [
        seen[id(s)]
        for s in sources(place.statement, block)
        if id(s) in seen and s.named is not None and s.named.start < _offset(place)
    ]
    return (ordered[:-1], ordered[-1:]) if segments and len(ordered) > 1 else ([], ordered)


def _offset(place: Place) -> int:
    return place.word.start - place.statement.start


def _pairs(place: Place, relations: Relations) -> Iterator[Completion]:
    """`a.id = b.id` for columns of equal names, keys first."""
    if place.before() not in ("ON", "AND", "("):
        return
    left, right = _sides(place, relations)
    for joined in right:
        for column in joined.table.columns:
            for other in left:
                twin = other.table.column(column.name)
                if twin is None or not other.name or not joined.name:
                    continue
                name = quoted(column.name, place)
                text = f"{quoted(other.name, place)}.{quoted(twin.name, place)} = {quoted(joined.name, place)}.{name}"
                key = column.name.casefold() == "id" or column.name.casefold().endswith(
                    ("_id", "id", "key", "_sk", "_no")
                )
                yield _item(place, text, "operator", documentation="columns of the same name", rank=4 if key else 6)


def _expects_target(place: Place) -> bool:
    before = place.before()
    return before in ("SET", ",") or place.index == place.segment.start


def _target_columns(place: Place, relations: Relations) -> Iterator[Completion]:
    target = target_of(place.statement)
    if target is not None:
        table = relations.table(target, place.statement.root)
        name = place.statement.spelling(target.named) if target.named else ""
        yield from (_column(place, c, name, 10) for c in table.columns)


def _at_head(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    statement = place.statement.root.statement
    if place.inner is not place.block and statement in ("INSERT", "MERGE"):
        yield from _target_columns(place, relations)
        return
    if statement == "CREATE" and place.before() in ("TABLE", "VIEW", "EXISTS"):
        return
    if place.before() in TABLE_HEADS:
        yield from _tables(place, relations, catalogue)
    elif place.index == place.segment.start:
        yield from _keywords(place, "start")


# -- items


def _keywords(place: Place, clause: str) -> Iterator[Completion]:
    for at, word in enumerate(KEYWORDS.get(clause, KEYWORDS["where"])):
        yield _item(place, word, "keyword", rank=70 + min(at, 20))


def _from(column: Column, table: str) -> str:
    where = f"from {table}" if table else ""
    if column.source and column.source != column.name:
        where = f"{where}\n\n{column.source}" if where else column.source
    return where


def _column(place: Place, column: Column, table: str, rank: int, *, qualify: bool = False) -> Completion:
    name = column.name
    insert = _quoted(name, place.statement.dialect)
    label, filter_ = name, ""
    if qualify:
        label, insert, filter_ = f"{table}.{name}", f"{quoted(table, place)}.{insert}", name
    detail = str(column.type) if column.type is not None else ""
    rank += 2 if column.maybe else 0
    if place.quoted:
        return _item(
            place,
            label,
            "column",
            detail=detail,
            documentation=_from(column, table),
            insert=insert,
            rank=rank,
            filter_=filter_,
        )
    shown = "" if insert == label else insert
    return Completion(label, "column", place.word, shown, detail, _from(column, table), rank, filter_)


def _item(
    place: Place,
    label: str,
    kind: CompletionKind,
    *,
    detail: str = "",
    documentation: str = "",
    insert: str = "",
    rank: int = 50,
    filter_: str = "",
) -> Completion:
    insert = insert or label
    if place.quoted and kind in ("column", "table") and insert == label:
        insert = _quote(label, place.statement.dialect)
    if kind == "keyword" and place.prefix.islower():
        label = insert = label.lower()
    if place.quoted and not filter_:
        filter_ = insert
    return Completion(label, kind, place.word, "" if insert == label else insert, detail, documentation, rank, filter_)


def quoted(name: str, place: Place) -> str:
    """The name as it must be written: in quotes where it is a keyword, has odd characters, or would lose its case."""
    return _quoted(name, place.statement.dialect)


@lru_cache(maxsize=8192)
def _quoted(name: str, dialect: Dialect) -> str:
    bare = _BARE.match(name) and name.upper() not in RESERVED and dialect.spelled(name) == name
    return name if bare else _quote(name, dialect)


def _quote(name: str, dialect: Dialect) -> str:
    mark = dialect.quote
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"
