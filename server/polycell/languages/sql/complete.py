"""Completion in SQL: what may stand at a place, best first. It never needs the statement to parse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

from polycell.core.results import NO_COMPLETIONS, Completion, Completions
from polycell.core.types import Column, Table, describe
from polycell.core.values import replace
from polycell.languages.sql import elsewhere
from polycell.languages.sql.catalogue import ViewCatalogue, sql_table
from polycell.languages.sql.definitions import target
from polycell.languages.sql.following import (
    begins_subquery,
    behind_operand,
    behind_table,
    continued,
    expects_table,
    fitting,
    goes_on,
    keywords,
    plain_keywords,
)
from polycell.languages.sql.joins import offset_of, pairs, using
from polycell.languages.sql.lost import is_condition, lacks_table, queries_without_from, tables_without_comma
from polycell.languages.sql.offers import column as _column
from polycell.languages.sql.offers import columns as _columns_of
from polycell.languages.sql.offers import item as _item
from polycell.languages.sql.offers import listed, provenance, quoted, shown, types
from polycell.languages.sql.offers import table as _table
from polycell.languages.sql.offers import words as _words
from polycell.languages.sql.relations.columns import Relations, Visible
from polycell.languages.sql.relations.items import items
from polycell.languages.sql.relations.lambdas import lambda_element
from polycell.languages.sql.relations.sources import target_of
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.expected import Expected, expected
from polycell.languages.sql.syntax.place import Place
from polycell.languages.sql.syntax.words import AGGREGATES, TABLE_HEADS
from polycell.languages.sql.usage import Usage
from polycell.tables.databases.catalogue import Database, Relation

WIDEST = 5000  # columns of all tables that are gone through where no FROM says which are meant
MOST = 1000  # items of one answer; more are left to the next letter

_STATEMENTS = (
    *(
        "SELECT",
        "INSERT INTO",
        "UPDATE",
        "DELETE FROM",
        "DECLARE",
        "SET",
        "IF",
        "BEGIN",
        "END",
        "ELSE",
        "EXEC",
        "WHILE",
    ),
    *("PRINT", "RETURN", "CREATE TABLE", "DROP TABLE", "ALTER TABLE", "TRUNCATE TABLE", "MERGE INTO", "WITH"),
)
_LEAVING_OUT = frozenset({"EXCLUDE", "EXCEPT", "RENAME"})
_NAMELESS_CALLS = frozenset({"bigquery", "trino", "presto", "snowflake", "tsql", "oracle", "clickhouse"})
_ALIASES_SEEN = frozenset({"order", "having", "qualify"})
# Databases that do not know there what the SELECT list names.
_ALIASES_UNSEEN = {
    "group": frozenset({"tsql", "oracle", "trino", "presto", "hive"}),
    "having": frozenset({"tsql", "oracle", "trino", "presto", "hive", "postgres", "redshift"}),
}
_FOLDED_AGGREGATES = frozenset(name.casefold() for name in AGGREGATES)


def complete(
    place: Place, catalogue: ViewCatalogue, usage: Usage | None = None, parameters: Sequence[str] = ()
) -> Completions:
    """What is offered at a place. Nothing behind AS, where a new name is made up. `usage` tells what other queries use
    of tables that nobody knows, `parameters` are the names that stand behind a `@`."""
    relations = Relations(place.statement, catalogue)
    unique: dict[tuple[str, str], Completion] = {}
    known = catalogue.database is not None and catalogue.database.complete
    beside = elsewhere.used(place, relations, usage) if usage is not None and not known else ()
    for item in chain(_offers(place, relations, catalogue), elsewhere.parameters(place, parameters), beside):
        kind = item[1]
        unique.setdefault((item[0], kind if kind == "column" or kind == "table" else ""), item)
    for item in _new_statement(place):
        unique.setdefault((item[0], ""), item)
    made = list(unique.values())
    if len(made) > MOST:
        prefix = place.prefix.casefold()
        made = [i for i in made if (i.filter or i.label).casefold().startswith(prefix)]
        return Completions(tuple(made[:MOST]), incomplete=True)
    # With the first letter DuckDB's own functions come: an editor has to ask again.
    more = not place.prefix and place.statement.dialect.name == "duckdb" and any(i[1] == "function" for i in made)
    return Completions(tuple(made), incomplete=more) if made else NO_COMPLETIONS


def _new_statement(place: Place) -> Iterator[Completion]:
    """At the beginning of a line of T-SQL another statement may begin, with no semicolon before it."""
    text, start = place.statement.text, offset_of(place)
    if place.statement.dialect.name != "tsql" or not place.index or place.inner is not place.block or place.qualifier:
        return
    if text[text.rfind("\n", 0, start) + 1 : start].strip() == "" and behind_operand(place):
        yield from listed(place, _STATEMENTS, 100)


def _offers(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    if place.qualifier:
        yield from _qualified(place, relations, catalogue)
        return
    if elsewhere.follows_at(place):
        yield from elsewhere.variables(place, catalogue)
        return
    # A query in parentheses is one, whatever statement it is in.
    stated = expected(place) if place.block is place.statement.root or place.block.statement else None
    if stated is not None:
        yield from _stated(place, stated, relations, catalogue)
        if "any" not in stated.kinds and place.index:
            return
    before = place.before()
    if before == "." or (before == "AS" and not _casts(place)):
        return
    if before == "::" or before == "AS":
        yield from types(place, cast=True)
        return
    if rest := continued(place):
        yield from _words(place, rest, rank=2)
        return
    clause = place.segment.clause
    if clause == "head" and place.block.step and place.before() == "|>":
        yield from _words(place, plain_keywords(place, "pipe"))
    elif clause == "head" and not place.block.step:
        yield from _at_head(place, relations, catalogue)
    elif clause == "with":
        yield from _words(place, plain_keywords(place, _in_with(place)))
    elif clause == "using" and place.inner is not place.block:
        yield from using(place, relations)
    elif clause in ("from", "using") and place.inner.kind in ("query", "join"):
        if clause == "from" and expects_table(place):
            yield from _tables(place, relations, catalogue)
        elif is_condition(place):
            yield from _expression(place, relations, catalogue)
        else:
            yield from _words(place, behind_table(place))
    elif (clause in ("set", "conflict") and _expects_target(place)) or _inserts(place):
        yield from _target_columns(place, relations)
    elif clause == "select" and (starred := _behind_star(place)) is not None:
        seen = relations.visible(place.block, outer=False)
        yield from _columns(place, [v for v in seen if not starred or v.name.casefold() == starred])
    elif clause == "limit" and not _limits_by(place):
        yield from _words(place, plain_keywords(place, clause))
    else:
        yield from _expression(place, relations, catalogue)


def _in_with(place: Place) -> str:
    """Which keywords stand there: behind WITH, behind the name of a table, behind its query."""
    if place.index == place.segment.start or place.before() == ",":
        return "with"
    ended = [child for child in place.block.children.values() if child.end == place.index and child.kind == "query"]
    return "query" if ended else "cte"


def _stated(place: Place, stated: Expected, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    """What the grammar of a statement that is no query expects."""
    kinds = stated.kinds
    if kinds & {"table", "view"}:
        yield from _tables(place, relations, catalogue)
    if "schema" in kinds and catalogue.database is not None:
        yield from (i for i in _schemas(place, catalogue.database) if i.kind == "module")
    if "column" in kinds:
        names = [place.statement.spelling(t) for t in stated.table]
        table = catalogue.table(names) if names else None
        taken = _taken(place) if place.inner is not place.block else ()
        for item in _columns_of(place, table, names[-1], 10) if table is not None else ():
            if item.label.casefold() not in taken:
                yield item
    if kinds & {"column", "expr"} and not stated.table:
        yield from (_item(place, name, "column", rank=10) for name in stated.columns)
    if "type" in kinds:
        yield from types(place)
    elif stated.begun:
        yield from types(place, stated.begun)
    behind = stated.goes_on and behind_operand(place)
    if "expr" in kinds and not behind:
        yield from _words(place, keywords(place, "values", behind=False), clause="values")
    yield from listed(place, stated.keywords, 2 if behind else 70 if place.index else 90)
    if behind:
        yield from _words(place, keywords(place, "where", behind=True), rank=40)


def _casts(place: Place) -> bool:
    """In a call of `CAST(x AS …)`."""
    inner = place.inner
    return inner.kind == "call" and place.statement.tokens[inner.start - 1].value in ("CAST", "TRY_CAST", "SAFE_CAST")


def _behind_star(place: Place) -> str | None:
    """In the list of `* EXCLUDE (…)`: "", or the folded alias before the star; None elsewhere."""
    tokens, at = place.statement.tokens, place.inner.start
    if place.inner.kind not in ("call", "paren") or at < 2 or tokens[at - 1].value not in _LEAVING_OUT:
        return None
    if tokens[at - 2].value != "*":
        return None
    dotted = at > 3 and tokens[at - 3].value == "."
    return place.statement.spelling(tokens[at - 4]).casefold() if dotted else ""


def _limits_by(place: Place) -> bool:
    """Behind the BY of ClickHouse's `LIMIT 2 BY a`."""
    return any(t.value == "BY" for t in place.statement.tokens[place.segment.start : place.index])


# -- behind a dot


def _qualified(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    spelling = place.statement.spelling
    names = [spelling(t) for t in place.qualifier]
    if place.segment.clause in ("from", "head") and place.inner.kind != "call" and expects_table(place):
        prefix = ".".join(names).casefold() + "."
        for relation in catalogue.inside(names):
            yield _relation(place, relation, rank=10)
        for binding in catalogue.tables():
            if binding.name.casefold().startswith(prefix):
                name = binding.name[len(prefix) :]
                yield _item(place, name, "table", detail=describe(binding.type), insert=quoted(name, place), rank=12)
        return
    seen = relations.visible(place.block)
    last = names[-1].casefold()
    if len(names) == 1 and (element := lambda_element(place, relations, last)) is not None:
        yield from (_column(place, column, names[0], 10) for column in element)
        return
    for visible in seen:
        if visible.name.casefold() == last:
            yield from _columns_of(place, visible.table, visible.name, 10)
            return
    written = relations.rows(names[0], place.block) if len(names) == 1 else None
    if written is not None:
        yield from _columns_of(place, written.table, written.name, 10)
        return
    found = relations.resolve(place.qualifier, place.block)
    if found is not None:
        column = found[0]
        held = column.type
        if held is not None and held.name == "list" and held.children:
            held = held.children[0][1]  # of an element, or of all of them
        if held is not None and held.name == "struct":
            for name, type_ in held.children:
                yield _column(place, Column(name, type_), column.name, 10)
        return
    table = catalogue.table(names)
    cte = relations.cte(names[-1], place.block)
    if cte is not None:
        table = relations.cte_table(cte)
    if table is not None:
        yield from _columns_of(place, table, names[-1], 10)
        return
    # The alias is not there, or not yet: what is known to be near is better than nothing.
    pool: Iterable[Visible] = seen
    for visible in pool:
        yield from _columns_of(place, visible.table, visible.name, 40)
    if not seen or any(v.table.open for v in seen):
        yield from _everything(place, catalogue, relations, rank=45)


# -- tables


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
    if catalogue.database is not None:
        yield from _schemas(place, catalogue.database)
    for name, database in catalogue.databases():
        tables = list(database.without_schema()) if database is not None else []
        detail = (
            f"database, {len(tables)} table{'' if len(tables) == 1 else 's'}" if database is not None else "database"
        )
        yield _item(place, name, "module", detail=detail, insert=quoted(name, place), rank=18)
        for relation in tables if len(tables) <= MOST // 2 else ():
            yield _relation(place, relation, rank=16, schema=name)
    if place.before() == "(":
        yield from _words(place, ("SELECT", "LATERAL", "UNNEST"))
    elif place.segment.clause == "from" and place.statement.dialect.name and place.before() != "LATERAL":
        yield from _words(place, plain_keywords(place, "factor"))


def _relation(place: Place, relation: Relation, *, rank: int, schema: str = "") -> Completion:
    """A table of a database; with `schema`, its name is written behind that and found without it."""
    bare = quoted(relation.name, place)
    label = f"{schema}.{relation.name}" if schema else relation.name
    text = "\n\n".join(filter(None, [relation.kind, relation.comment]))
    return _item(
        place, label, "table", detail=describe(relation.table), documentation=text, rank=rank,
        insert=f"{quoted(schema, place)}.{bare}" if schema else bare, filter_=relation.name if schema else "",
    )  # fmt: skip


def _schemas(place: Place, database: Database) -> Iterator[Completion]:
    """The database's schemas, and what is in those that must be named."""
    others = [s for s in database.schemas if s not in database.search]
    few = sum(len(database.of_schema(s)) for s in others) <= MOST // 2
    for schema in database.schemas:
        count = len(database.of_schema(schema))
        yield _item(
            place, schema, "module", detail=f"schema, {count} table{'' if count == 1 else 's'}",
            insert=quoted(schema, place), rank=18,
        )  # fmt: skip
        if few and schema in others:
            for relation in database.of_schema(schema):
                yield _relation(place, relation, rank=16, schema=schema)


# -- columns


def _expression(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    clause = place.segment.clause
    seen = [
        replace(v, table=relations.before_pivots(v, place.block, place.index) or v.table) if v.source.pivots else v
        for v in _matched(place, relations.visible(place.block))
    ]
    behind = behind_operand(place)
    if behind:
        yield from _words(place, keywords(place, clause, behind=True), rank=2)
        yield from (item._replace(rank=item.rank + 80) for item in _columns(place, seen))
        return
    if goes_on(place):
        yield from _words(place, keywords(place, clause, behind=False), rank=2)
        return
    if place.before() == "CASE":
        yield from _words(place, ("WHEN",), rank=3)
    if clause == "on":
        yield from pairs(place, relations)
    if clause == "group" or (clause == "order" and place.inner is place.block):
        yield from _selected(place, relations, clause)
    yield from _columns(place, seen)
    if clause in _ALIASES_SEEN and place.statement.dialect.name not in _ALIASES_UNSEEN.get(clause, ()):
        for item in items(place.statement, place.block):
            if item.alias is not None:
                name = place.statement.name(item.alias)
                yield _item(place, name, "column", documentation="named in SELECT", insert=quoted(name, place), rank=12)
    if place.block.head is not None and clause == "order":
        for column in relations.output(place.block.head).columns:
            yield _column(place, column, "the first SELECT", 12)
    own = [v for v in seen if v.level == 0]
    if not own and clause != "values":
        for query in queries_without_from(place):
            yield from _columns_of(place, relations.output(query), "", 24)
        yield from _everything(place, catalogue, relations, rank=25)
    elif lacks_table(place):
        yield from _everything(place, catalogue, relations, rank=88)
    for name, table in tables_without_comma(place, catalogue):
        yield from _columns_of(place, table, name, 88)
    named = sum(v.source.alias is not None for v in own) > 1
    for visible in seen:
        own_call = visible.source.call >= 0 and visible.source.call == place.inner.start
        if visible.name and not own_call and not visible.source.is_array and not _is_unnamed(place, visible):
            yield _item(
                place,
                visible.name,
                "table",
                detail=describe(visible.table),
                insert=quoted(visible.name, place),
                rank=9 if named and visible.level == 0 and clause in elsewhere.COLUMNS else 30,
            )
    if clause != "values" and begins_subquery(place):
        yield from _words(place, plain_keywords(place, "subquery"), rank=3 if place.before(-2) == "EXISTS" else 34)
    ranked = 5 if clause == "values" else 70
    yield from _words(place, keywords(place, clause, behind=False), rank=ranked, clause=fitting(place, clause))


def _selected(place: Place, relations: Relations, clause: str) -> Iterator[Completion]:
    """What is selected, in that order: it is what one groups and orders by. No aggregate is grouped by."""
    spelling, dialect = place.statement.spelling, place.statement.dialect.name
    for at, item in enumerate(items(place.statement, place.block)):
        rank = 6 if at < 20 else 8
        if item.alias is not None:
            calls = any(t.value.casefold() in _FOLDED_AGGREGATES for t in place.statement.tokens[item.start : item.end])
            if clause == "order" or (not calls and dialect not in _ALIASES_UNSEEN["group"]):
                name = place.statement.name(item.alias)
                yield _item(
                    place, name, "column", documentation="named in SELECT", insert=quoted(name, place), rank=rank
                )
        elif item.reference and (found := relations.resolve(item.reference, place.block)) is not None:
            owner = spelling(item.reference[0]) if len(item.reference) == 2 else ""
            yield _column(place, found[0], owner or found[1].name, rank, qualify=bool(owner))


def _is_unnamed(place: Place, visible: Visible) -> bool:
    """A call in FROM that has no alias, where its function's name is none."""
    source = visible.source
    return source.function is not None and source.alias is None and place.statement.dialect.name in _NAMELESS_CALLS


def _matched(place: Place, seen: list[Visible]) -> list[Visible]:
    """Without the table that has no row behind MERGE's `WHEN NOT MATCHED`: the target, BY SOURCE the other one."""
    if place.block.statement != "MERGE":
        return seen
    when = [s for s in place.block.segments if s.clause == "when" and s.start <= place.index]
    words = [t.value for t in place.statement.tokens[when[-1].start : when[-1].start + 4]] if when else []
    if words[:2] != ["NOT", "MATCHED"]:
        return seen
    own = seen[0].source if seen else None
    return [v for v in seen if (v.source is own) == (words[2:] == ["BY", "SOURCE"])]


def _columns(place: Place, seen: list[Visible]) -> Iterator[Completion]:
    """Bare columns, inner sources first; a name that two sources of one level share is offered qualified."""
    hidden: set[str] = set()
    spelling, dialect, word = place.statement.spelling, place.statement.dialect, place.word
    for level, group in groupby(seen, lambda visible: visible.level):
        here = list(group)
        rank = 20 if level else 10
        tables = [shown(v.table, v.name, dialect) for v in here]
        keys = Counter(chain.from_iterable([c.key for c in table] for table in tables))
        for visible in here:
            if visible.source.using:
                keys.subtract({spelling(t).casefold() for t in visible.source.using})
        shared = {key for key, count in keys.items() if count > 1}
        for visible, table in zip(here, tables, strict=True):
            for at, c in enumerate(table):
                if c.key in hidden:
                    continue
                clash = bool(visible.name) and c.key in shared
                if clash or place.quoted:
                    yield _column(place, visible.table.columns[at], visible.name, rank, qualify=clash)
                else:
                    yield Completion(
                        c.name, "column", word, c.insert, c.detail, c.documentation, rank + 2 if c.maybe else rank
                    )
        hidden |= keys.keys()


def _everything(place: Place, catalogue: ViewCatalogue, relations: Relations, rank: int) -> Iterator[Completion]:
    """Columns of all known tables, each with its table: FROM is not there yet."""
    for name, table in _known(place, catalogue, relations):
        for column in table.columns:
            kind = f"{column.type} · {name}" if column.type is not None else name
            yield _item(
                place, column.name, "column", detail=kind, documentation=provenance(column, name),
                insert=quoted(column.name, place), rank=rank,
            )  # fmt: skip


def _known(place: Place, catalogue: ViewCatalogue, relations: Relations) -> Iterator[tuple[str, Table]]:
    home: Block | None = place.block
    while home is not None:
        for cte in home.ctes:
            yield place.statement.spelling(cte.name), relations.cte_table(cte)
        home = home.parent
    spent = 0
    for binding in catalogue.tables():
        table = sql_table(binding)
        if table is not None:
            yield binding.name, table
            spent += len(table.columns)
        if spent > WIDEST:
            return


def _expects_target(place: Place) -> bool:
    before = place.before()
    if place.segment.clause == "conflict":  # MySQL: ON DUPLICATE KEY UPDATE
        return before == "UPDATE" or (before == "," and place.inner is place.block)
    return before in ("SET", ",") or place.index == place.segment.start


def _inserts(place: Place) -> bool:
    """In the list of a MERGE's `INSERT (…)`, of `ON CONFLICT (…)`, and in the `VALUES(…)` behind ON DUPLICATE KEY."""
    tokens, inner = place.statement.tokens, place.inner
    if inner.kind not in ("call", "paren") or not inner.start:
        return False
    verb, before = place.block.statement, tokens[inner.start - 1].value
    if place.segment.clause == "conflict":
        return before == "CONFLICT" or (before == "VALUES" and place.statement.dialect.name == "mysql")
    return verb == "MERGE" and before == "INSERT"


def _target_columns(place: Place, relations: Relations) -> Iterator[Completion]:
    target = target_of(place.statement, place.block)
    if target is not None:
        table = relations.table(target, place.block)
        name = place.statement.spelling(target.named) if target.named else ""
        taken = _taken(place)
        yield from (i for i in _columns_of(place, table, name, 10) if i.label.casefold() not in taken)


def _taken(place: Place) -> set[str]:
    """The names that the list already has, folded."""
    tokens, spelling, inner = place.statement.tokens, place.statement.spelling, place.inner
    if inner is not place.block:
        inside = tokens[inner.start + 1 : inner.end - 1 if inner.closed else place.index]
        named = [t for n, t in enumerate(inside, inner.start + 1) if n != place.index]
    else:
        own = range(place.segment.start, place.segment.end)
        named = [tokens[n] for n in own if n + 1 < len(tokens) and tokens[n + 1].value == "=" and n != place.index]
    return {spelling(t).casefold() for t in named if t.kind in ("word", "name")}


_DESCRIBING = frozenset({"DESCRIBE", "DESC"})
_DETAILS = frozenset({"EXTENDED", "FORMATTED", "DETAIL", "HISTORY"})  # Spark's, Hive's and Databricks'
_COLUMN_HEADS = frozenset({"COLUMN", "CHANGE", "MODIFY"})


def _changed(place: Place, catalogue: ViewCatalogue) -> tuple[Table, str] | None:
    """The table whose columns stand at the place: `ALTER TABLE t DROP COLUMN |`, `CREATE INDEX i ON t (|`."""
    tokens, inner = place.statement.tokens, place.inner
    if place.block.statement == "ALTER" and place.before() in _COLUMN_HEADS and place.before(-2) != "ADD":
        altered = target(place.statement)
        parts = list(altered.parts) if altered is not None else []
    elif inner.start and _lists_columns(place):
        parts, at = [tokens[inner.start - 1]], inner.start - 2
        while at > 0 and tokens[at].value == ".":
            parts.insert(0, tokens[at - 1])
            at -= 2
        if tokens[at].value not in ("ON", "ONLY", "COPY", "INTO"):
            return None
    else:
        return None
    names = [place.statement.spelling(t) for t in parts]
    table = catalogue.table(names) if names else None
    return (table, names[-1]) if table is not None else None


def _lists_columns(place: Place) -> bool:
    """In a parenthesis of CREATE INDEX or COPY."""
    words = [t.value for t in place.statement.tokens[: place.inner.start]]
    return place.inner.kind != "query" and ("INDEX" in words or words[0] == "COPY")


def _at_head(place: Place, relations: Relations, catalogue: ViewCatalogue) -> Iterator[Completion]:
    statement = place.block.statement
    if place.inner is not place.block and statement in ("INSERT", "MERGE"):
        yield from _target_columns(place, relations)
        return
    if statement in ("ALTER", "CREATE", "COPY"):
        changed = _changed(place, catalogue)
        if changed is not None:
            yield from _columns_of(place, *changed, 10)
            return
    if statement == "CREATE" and place.before() in ("TABLE", "VIEW", "EXISTS"):
        return
    if place.before() in TABLE_HEADS or (place.before() in _DETAILS and place.before(-2) in _DESCRIBING):
        yield from _tables(place, relations, catalogue)
    elif place.index == place.segment.start:
        yield from _words(place, plain_keywords(place, "arm" if place.block.head is not None else "start"))
    elif place.inner is place.block and behind_operand(place):
        yield from _words(place, plain_keywords(place, statement.lower()))
