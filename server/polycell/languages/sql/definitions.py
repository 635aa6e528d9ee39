"""What statements do to the catalogue: tables and views created, altered, dropped, and the columns they then have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise

from msgspec import Struct

from polycell.core.environment import Binding
from polycell.core.text import Span
from polycell.core.types import UNKNOWN, Anchor, Certainty, Column, Connection, Evidence, Table
from polycell.core.values import replace
from polycell.languages.sql import conditional, procedures, query_types
from polycell.languages.sql.alterations import altered, new_name
from polycell.languages.sql.attached import SHIFTING, shifted
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.relations.columns import OPEN, Relations
from polycell.languages.sql.relations.items import items
from polycell.languages.sql.relations.types import parse_type
from polycell.languages.sql.syntax import variables
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Script, Statement
from polycell.languages.sql.syntax.words import words_of
from polycell.tables.unseen import TEMPORARY

_MODIFIERS = words_of(
    """OR REPLACE TEMP TEMPORARY GLOBAL LOCAL UNLOGGED EXTERNAL TRANSIENT VOLATILE LIVE STREAMING REFRESH
    MATERIALIZED RECURSIVE DYNAMIC ICEBERG HYBRID SECURE IF NOT EXISTS"""
)
_CONSTRAINTS = frozenset(
    {"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "INDEX", "KEY", "LIKE", "PERIOD", "EXCLUDE"}
)
# The same in one database alone; elsewhere they may be columns.
_OWN_CONSTRAINTS = {
    "mysql": frozenset({"FULLTEXT", "SPATIAL"}),
    "clickhouse": frozenset({"PROJECTION"}),
    "oracle": frozenset({"SUPPLEMENTAL"}),
}


class Target(Struct, frozen=True):
    """The table that a DDL statement is about: `verb` CREATE, DROP or ALTER; `after` the token index behind its
    name. `temporary`: it is in no schema."""

    verb: str
    parts: tuple[Token, ...]
    after: int
    only_if_absent: bool = False
    temporary: bool = False

    @property
    def span(self) -> Span:
        return Span(self.parts[0].start, self.parts[-1].end)


def target(statement: Statement) -> Target | None:
    """What CREATE, DROP or ALTER TABLE/VIEW names; None for other statements and for templates."""
    verb = statement.root.statement
    if verb in ("SELECT", "WITH"):
        return _selected_into(statement)
    if verb == "DECLARE":
        return _declared_table(statement)
    return _named_at(statement, 0) if verb in ("CREATE", "DROP", "ALTER", "CACHE") else None


def _named_at(statement: Statement, start: int) -> Target | None:
    """What the CREATE, DROP, ALTER or CACHE at a token names."""
    tokens = statement.tokens
    verb = tokens[start].value
    at = start + 1
    words = []
    while at < len(tokens) and tokens[at].kind == "word" and tokens[at].value in _MODIFIERS:
        words.append(tokens[at].value)
        at += 1
    if [t.value for t in tokens[at : at + 2]] == ["VIRTUAL", "TABLE"]:
        at += 1
    if at >= len(tokens) or tokens[at].kind != "word" or tokens[at].value not in ("TABLE", "VIEW"):
        return None
    views = tokens[at].value == "VIEW" or statement.dialect.name in ("postgres", "redshift")
    temporary = verb == "CACHE" or (views and not {"TEMP", "TEMPORARY"}.isdisjoint(words))
    at += 1
    while (
        at < len(tokens) and tokens[at].kind == "word" and tokens[at].value in ("IF", "NOT", "EXISTS", "ONLY", "LAZY")
    ):
        words.append(tokens[at].value)
        at += 1
    parts: list[Token] = []
    while at < len(tokens) and tokens[at].kind in ("word", "name"):
        parts.append(tokens[at])
        at += 1
        if at < len(tokens) and tokens[at].value == "." and tokens[at].kind == "op":
            at += 1
            continue
        break
    else:
        return None
    if not parts or (verb == "CACHE" and _query(statement, at) is None):  # a table that is there already
        return None
    only_if_absent = verb == "CREATE" and words[-3:] == ["IF", "NOT", "EXISTS"]
    return Target(verb, tuple(parts), at, only_if_absent, temporary)


def _declared_table(statement: Statement) -> Target | None:
    """T-SQL's `DECLARE @made TABLE (a int)`, which lives as long as its batch."""
    tokens = statement.tokens
    at = 3 if [t.value for t in tokens[2:3]] == ["AS"] else 2
    if statement.dialect.name != "tsql" or [t.value for t in tokens[at : at + 1]] != ["TABLE"]:
        return None
    return Target("CREATE", (tokens[1],), at + 1)


def _selected_into(statement: Statement) -> Target | None:
    """`SELECT a INTO made FROM t`, which other databases than these do not read so."""
    into = statement.root.segment("into")
    if into is None or statement.dialect.name not in ("tsql", "postgres", "redshift"):
        return None
    tokens, at = statement.tokens, into.start
    while at < into.end and tokens[at].kind == "word" and tokens[at].value in {"TABLE", *_MODIFIERS}:
        at += 1
    parts = tokens[at : into.end : 2]
    dotted = all(t.value == "." for t in tokens[at + 1 : into.end : 2]) and (into.end - at) % 2
    if not dotted or any(t.kind not in ("word", "name") or t.value.startswith("@") for t in parts):
        return None
    temporary = any(t.value in ("TEMP", "TEMPORARY") for t in tokens[into.start : at])
    return Target("CREATE", tuple(parts), into.end, temporary=temporary)


def changes(
    script: Script, catalogue: ViewCatalogue, anchor: Callable[[Statement, Token], Anchor | None]
) -> dict[str, Binding | None]:
    """Folded dotted name → the table as the script leaves it (None: dropped), statement by statement."""
    made: dict[str, Binding | None] = {}
    for statement, certain in conditional.in_order(script):
        found = target(statement)
        if found is None:
            if statement.root.statement in SHIFTING:
                made.update(shifted(statement, replace(catalogue, local=made).used_schema()) or {})
                made.update(_renamed_by_procedure(statement, replace(catalogue, local=made)))
            if conditional.holds(statement) and not conditional.hides(statement):
                for at in conditional.changing(statement):
                    made.update(_perhaps(statement, at, replace(catalogue, local=made), anchor))
            for key in map(variables.key_of, variables.declared(statement)):
                made[key] = Binding(key, kind="parameter", space="catalog")
            continue
        parts = [statement.spelling(t) for t in found.parts]
        here = replace(catalogue, local=made)
        origin = anchor(statement, found.parts[-1])
        if found.verb == "DROP" and not certain:
            continue
        if found.verb == "DROP":
            made.update(dict.fromkeys([key.casefold() for key in here.spellings(parts)]))
            continue
        before = here.binding(parts)
        if found.verb in ("CREATE", "CACHE") or _redefines(statement, found):
            table = created(statement, found, here, anchor)
            if found.only_if_absent:
                # It may have been there before, with other columns.
                likely = tuple(replace(c, certainty=min(c.certainty, Certainty.LIKELY)) for c in table.columns)
                table = replace(table, columns=likely)
        else:
            if before is None or not isinstance(before.type, Table):
                continue
            renamed = new_name(statement, found.after)
            if renamed is not None:
                made.update(dict.fromkeys([key.casefold() for key in here.spellings(parts)]))
                parts, table = _beside(parts, [statement.spelling(t) for t in renamed]), before.type
            else:
                changed = altered(statement, found.after, before.type, partial(anchor, statement))
                # What an unusual ALTER does differs by dialect; the old columns may stand or not.
                table = changed if changed is not None else Table(open=True, case_sensitive=False)
        table = replace(table, flavour="table", case_sensitive=False)
        if not certain:
            table = _either(table, before)
        spelling = _spelling(statement, found, before)
        for name in here.spellings(parts, temporary=found.temporary):
            made[name.casefold()] = Binding(
                name, table, "table", "catalog", origin, _first_line(statement), dialect=spelling
            )
        if found.temporary:
            key = f"{TEMPORARY}{parts[-1].casefold()}"
            made[key] = Binding(key, kind="parameter", space="catalog")
    return made


def _perhaps(
    statement: Statement,
    at: int,
    here: ViewCatalogue,
    anchor: Callable[[Statement, Token], Anchor | None],
) -> dict[str, Binding]:
    """What the CREATE, ALTER or INTO at a token of a statement leaves behind, which runs or does not: a table that may
    have more columns than are known."""
    if statement.tokens[at].value == "INTO":
        parts = _dotted(statement, at + 1)
        found = Target("CREATE", parts, at + 1 + 2 * len(parts)) if parts else None
    else:
        found = _named_at(statement, at)
    if found is None or found.verb == "DROP":
        return {}
    names = [statement.spelling(t) for t in found.parts]
    before = here.binding(names)
    table = Table(open=True, case_sensitive=False)
    listed = statement.root.children.get(found.after) if found.verb == "CREATE" else None
    if listed is not None and listed.kind != "query" and listed.closed:
        columns, _ = _declared(statement, listed, here, lambda token: anchor(statement, token))
        table = replace(table, columns=columns)
    table = replace(_either(table, before), flavour="table")
    origin = anchor(statement, found.parts[-1])
    source = _first_line(statement)
    return {
        name.casefold(): Binding(name, table, "table", "catalog", origin, source)
        for name in here.spellings(names, temporary=found.temporary)
    }


def _either(table: Table, before: Binding | None) -> Table:
    """The columns of a table and of what it was before, of which nobody knows which it has."""
    old = before.type.columns if before is not None and isinstance(before.type, Table) else ()
    known = {c.name.casefold() for c in table.columns}
    columns = (*table.columns, *(c for c in old if c.name.casefold() not in known))
    likely = tuple(replace(c, certainty=min(c.certainty, Certainty.LIKELY)) for c in columns)
    return replace(table, columns=likely, open=True, case_sensitive=False)


def _renamed_by_procedure(statement: Statement, here: ViewCatalogue) -> dict[str, Binding | None]:
    """What T-SQL's `sp_rename` makes of a table or one of its columns."""
    said = procedures.renamed(statement)
    if said is None or not said[0]:
        return {}
    parts, name, of_column = list(said[0]), said[1], said[2]
    owner = parts[:-1] if of_column else parts
    before = here.binding(owner) if owner else None
    if before is None or not isinstance(before.type, Table):
        return {}
    table: Table = before.type
    old = table.column(parts[-1]) if of_column else None
    made: dict[str, Binding | None] = {}
    if old is not None:
        new = replace(old, name=name, origin=None, source=old.name)
        table = replace(table, columns=tuple(new if c is old else c for c in table.columns))
    elif of_column:
        table = replace(table, open=True)
    else:
        made = dict.fromkeys([key.casefold() for key in here.spellings(parts)])
        owner = _beside(parts, [name])
    for spelled in here.spellings(owner):
        made[spelled.casefold()] = replace(before, name=spelled, type=table)
    return made


def _dotted(statement: Statement, at: int) -> tuple[Token, ...]:
    """The parts of the name at a token; none where none is there."""
    tokens, parts = statement.tokens, []
    while at < len(tokens) and tokens[at].kind in ("word", "name") and not tokens[at].value.startswith("@"):
        parts.append(tokens[at])
        if at + 1 >= len(tokens) or tokens[at + 1].value != "." or tokens[at + 1].kind != "op":
            break
        at += 2
    return tuple(parts)


def _spelling(statement: Statement, found: Target, before: Binding | None) -> str:
    """The dialect in whose spelling all columns are; "" where a query gives some, which may have another's."""
    dialect = statement.dialect.name
    if found.verb == "CREATE":
        queries = any(b.kind == "query" for b in statement.root.children.values())
        return "" if queries or statement.root.segment("select") is not None else dialect
    return dialect if before is not None and before.dialect == dialect else ""


def _beside(old: list[str], new: list[str]) -> list[str]:
    """The new name of a table; one without a schema stays in the old one's."""
    return new if len(new) > 1 else [*old[:-1], *new]


def _redefines(statement: Statement, found: Target) -> bool:
    """`ALTER VIEW v AS SELECT …`."""
    return found.verb == "ALTER" and [t.value for t in statement.tokens[found.after : found.after + 1]] == ["AS"]


def created(
    statement: Statement,
    found: Target,
    catalogue: ViewCatalogue,
    anchor: Callable[[Statement, Token], Anchor | None],
) -> Table:
    """The columns of CREATE TABLE x (…) or CREATE … AS SELECT."""
    tokens = statement.tokens

    def own(token: Token) -> Anchor | None:
        return anchor(statement, token)

    if statement.root.statement in ("SELECT", "WITH"):
        relations = Relations(statement, catalogue, own)
        return query_types.with_types(statement, relations, catalogue, relations.output(statement.root))
    copied = _copied(statement, found.after)
    if copied:
        return catalogue.table(copied) or OPEN
    if statement.dialect.name == "sqlite" and [t.value for t in tokens[found.after : found.after + 1]] == ["USING"]:
        return _virtual(statement, found.after, own)
    listed = statement.root.children.get(found.after)
    as_query = _query(statement, found.after)
    if as_query is not None:
        result = Relations(statement, catalogue, own).output(as_query)
        result = query_types.of_part(query_types.query_text(statement, found.after), catalogue, result)
        if listed is not None and listed.kind != "query" and listed is not as_query:
            names = _fields(statement, listed)
            if statement.dialect.name == "mysql" and any(behind for _, behind in names):
                return _beside_query(_declared(statement, listed, catalogue, own)[0], result)
            if len(names) == len(result.columns) and not result.open:
                columns = tuple(
                    c.named(statement.name(n[0]), own(n[0])) for c, n in zip(result.columns, names, strict=True)
                )
                return replace(result, columns=columns)
            selected = items(statement, as_query)
            if len(names) == len(selected) and not any(i.star or i.odd or i.empty for i in selected):
                # The list names what the query left unnamed.
                types = query_types.of_items(statement, found.after, as_query, catalogue)
                made = zip(names, types, strict=True)
                return Table(
                    tuple(Column(statement.name(n), type_, origin=own(n)) for (n, _), type_ in made),
                    case_sensitive=False,
                )
            return OPEN
        return result
    if listed is None or not listed.closed or any(h.start < tokens[listed.end - 1].end for h in statement.holes):
        return OPEN
    columns_, copied_open = _declared(statement, listed, catalogue, own)
    # INHERITS and PARTITION OF take columns of other tables.
    rest = [t.value for t in tokens[listed.end :] if t.kind == "word"]
    opened = "INHERITS" in rest or copied_open or any(pair == ("PARTITION", "OF") for pair in pairwise(rest))
    return Table(columns_, opened or not columns_, case_sensitive=False)


def _beside_query(declared: tuple[Column, ...], result: Table) -> Table:
    """MySQL's `CREATE TABLE t (id int) SELECT a FROM s`: what is listed, but for what the query has too, then that."""
    own = tuple(c for c in declared if result.column(c.name) is None)
    said = {c.name.casefold(): c for c in declared}
    taken = tuple(
        replace(c, type=said[c.name.casefold()].type) if c.name.casefold() in said else c for c in result.columns
    )
    return replace(result, columns=(*own, *taken))


def _declared(
    statement: Statement, listed: Block, catalogue: ViewCatalogue, own: Callable[[Token], Anchor | None]
) -> tuple[tuple[Column, ...], bool]:
    """The columns that a list of definitions gives, and whether there may be others."""
    columns_: list[Column] = []
    like, copied_open = _copies(statement, listed), False
    for name, type_text in _fields(statement, listed, like=True):
        if name.value == "LIKE" and name.kind == "word" and like:
            other = catalogue.table(like) or OPEN
            columns_ += [c for c in other.columns if c.name.casefold() not in {k.name.casefold() for k in columns_}]
            copied_open = copied_open or other.open
            continue
        words = type_text.upper().split()
        nullable = False if "NOT NULL" in " ".join(words) or "PRIMARY" in words else None
        columns_.append(
            Column(
                statement.name(name),
                parse_type(type_text, statement.dialect),
                nullable,
                Evidence.DECLARED,
                origin=own(name),
                source=" ".join(type_text.split())[:80],
            )
        )
    for name, type_text in _partitions(statement, listed.end):
        type_ = parse_type(type_text, statement.dialect)
        columns_.append(Column(statement.name(name), type_, None, Evidence.DECLARED, origin=own(name)))
    return tuple(columns_), copied_open


_LISTING_COLUMNS = frozenset({"FTS3", "FTS4", "FTS5", "RTREE", "RTREE_I32"})


def _virtual(statement: Statement, using: int, own: Callable[[Token], Anchor | None]) -> Table:
    """SQLite's `CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize = porter)`; there are hidden columns too."""
    tokens = statement.tokens
    listed = statement.root.children.get(using + 2)
    if listed is None or tokens[using + 1].value not in _LISTING_COLUMNS:
        return OPEN
    columns = tuple(
        Column(statement.name(name), None, None, Evidence.DECLARED, origin=own(name))
        for name, behind in _fields(statement, listed)
        if not behind.startswith("=")
    )
    return Table(columns, open=True, case_sensitive=False)


def _copied(statement: Statement, after: int) -> list[str]:
    """The name in `CREATE TABLE x LIKE name` and `CREATE TABLE x CLONE name`, where nothing follows it; ClickHouse says
    AS, and an engine may follow."""
    words = list(statement.tokens[after:])
    while words and words[0].value in ("SHALLOW", "DEEP"):
        words.pop(0)
    copying = {"LIKE", "CLONE"}
    if statement.dialect.name == "clickhouse":
        copying.add("AS")
        words = words[: next((n for n, t in enumerate(words) if t.value == "ENGINE"), None)]
    if not words or words[0].kind != "word" or words[0].value not in copying:
        return []
    plain = words[1::2] and all(t.kind in ("word", "name") for t in words[1::2]) and len(words) % 2 == 0
    return [statement.spelling(t) for t in words[1::2]] if plain and all(t.value == "." for t in words[2::2]) else []


def _query(statement: Statement, after: int) -> Block | None:
    root = statement.root
    if root.segment("select") is not None or root.segment("with") is not None or root.segment("values") is not None:
        return root
    for at in range(after, len(statement.tokens)):
        child = root.children.get(at)
        behind = at == after or statement.tokens[at - 1].value == "AS"  # MySQL needs no AS
        if child is not None and child.kind == "query" and behind:
            return child
    if any(s.clause == "from" for s in root.segments):
        return root if "AS" in {t.value for t in statement.tokens[after:]} else None
    return None


def _fields(statement: Statement, block: Block, *, like: bool = False) -> list[tuple[Token, str]]:
    """(name, text of the type and what follows) of each column in a list of definitions; `like`: and of LIKE."""
    tokens = statement.tokens
    made: list[tuple[Token, str]] = []
    start = block.start + 1
    stop = block.end - 1 if block.closed else block.end
    depth = 0
    for at, child in [*block.walk(start, stop), (stop, None)]:
        if at < stop:
            depth = max(0, depth + (_angles(tokens, at) if child is None else 0))
            if child is not None or depth or tokens[at].value != "," or tokens[at].kind != "op":
                continue
        if at > start and tokens[start].kind in ("word", "name"):
            first = tokens[start]
            named = _CONSTRAINTS | _OWN_CONSTRAINTS.get(statement.dialect.name, frozenset())
            constraint = first.kind == "word" and first.value in named and at > start + 1
            if not constraint or (like and first.value == "LIKE"):
                text = statement.text[first.end : tokens[at - 1].end]
                made.append((first, text.strip()))
        start = at + 1
    return made


def _partitions(statement: Statement, after: int) -> Iterator[tuple[Token, str]]:
    """Hive's `PARTITIONED BY (day date)` adds columns; without types, it names columns that are there."""
    for at in range(after, len(statement.tokens)):
        child = statement.root.children.get(at)
        if child is not None and [t.value for t in statement.tokens[at - 2 : at]] == ["PARTITIONED", "BY"]:
            parts = _fields(statement, child)
            yield from (part for part in parts if part[1] and part[1][0].isalpha())


_NESTED = words_of("ARRAY STRUCT MAP MULTISET RANGE OBJECT VECTOR LIST")


def _angles(tokens: list[Token], at: int) -> int:
    """By how much the token opens (+) or closes (-) the brackets of types: `array<struct<a int, b int>>`."""
    token = tokens[at]
    if token.kind != "op":
        return 0
    if token.value == "<":
        return int(tokens[at - 1].kind == "word" and tokens[at - 1].value in _NESTED)
    return -len(token.value) if token.value in (">", ">>") else 0


def fields(statement: Statement, found: Target) -> Iterator[tuple[Token, Token | None]]:
    """(name, first word of its type) of each column that CREATE TABLE lists."""
    listed = statement.root.children.get(found.after) if found.verb == "CREATE" else None
    if listed is None or listed.kind == "query":
        return
    for name, type_text in _fields(statement, listed):
        at = statement.index_at(name.end)
        yield name, statement.tokens[at] if type_text and at < listed.end and type_text[0].isalpha() else None


def _copies(statement: Statement, block: Block) -> list[str]:
    """The name behind LIKE in a list of definitions."""
    tokens = statement.tokens
    for at, child in block.walk(block.start + 1, block.end):
        if child is None and tokens[at].kind == "word" and tokens[at].value == "LIKE":
            end = at + 2
            while end + 1 < block.end and tokens[end].value == ".":
                end += 2
            return [statement.spelling(t) for t in tokens[at + 1 : end : 2]]
    return []


def _first_line(statement: Statement) -> str:
    line = statement.text.strip().split("\n", 1)[0].strip()
    return line if len(line) <= 80 else line[:79] + "…"


def exported(made: Mapping[str, Binding | None], before: ViewCatalogue) -> tuple[Binding, ...]:
    """The bindings that a cell's DDL gives to others; a dropped table is a deleted name."""
    return tuple(
        Binding(key, UNKNOWN, "deleted", "catalog") if binding is None else _beside_notebook(binding, before.folder)
        for key, binding in made.items()
        if not key.startswith("@")  # a variable
    )


def _beside_notebook(binding: Binding, folder: str) -> Binding:
    """A database's file is looked for in the notebook's folder."""
    if not isinstance(binding.type, Connection) or binding.type.folder or not folder:
        return binding
    return replace(binding, type=replace(binding.type, folder=folder))
