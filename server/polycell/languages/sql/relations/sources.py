"""What stands behind FROM: the sources of a query block, with alias and place, before anybody knows their columns."""

from __future__ import annotations

from msgspec import Struct

from polycell.languages.sql.syntax.blocks import WRITING, Block, Segment
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import RESERVED


class Source(Struct, frozen=True, eq=False):
    """One table of a FROM clause, or the target of UPDATE, INSERT, DELETE, MERGE.

    `parts` are the words of its name; `file` a path in quotes; `block` a derived table; `function` a table function
    with its parenthesis at token `call`. `join` are the words before it; `using` the columns it is merged by, None
    when there is no USING. `hole`: a template stands here. `join_group`: a parenthesis around joins, with an alias of
    its own.
    """

    alias: Token | None = None
    parts: tuple[Token, ...] = ()
    file: Token | None = None
    block: Block | None = None
    function: Token | None = None
    call: int = -1
    columns: tuple[Token, ...] = ()
    join: str = ""
    using: tuple[Token, ...] | None = None
    hole: Token | None = None
    lateral: bool = False
    pivots: tuple[tuple[str, Block], ...] = ()
    listed: tuple[Token, ...] = ()
    strange: bool = False  # something followed that is not understood: more columns may come
    counts: bool = False  # the number of an element, which BigQuery's `WITH OFFSET AS i` names
    piped: bool = False  # what comes out of the step before, or of the query that the pipe begins with (`block`)

    @property
    def is_array(self) -> bool:
        """Whether it is no table but a column of one, an element a row: ClickHouse's `ARRAY JOIN tags AS tag`."""
        return "ARRAY" in self.join.split()

    @property
    def named(self) -> Token | None:
        """The token by which columns are qualified."""
        return self.alias or (self.parts[-1] if self.parts else self.function)


_STOPS = RESERVED | {"TABLESAMPLE", "WHEN", "STRAIGHT_JOIN"}
_PREFIXES = frozenset({"LATERAL", "ONLY", "TABLE", "INTO", "OUTER"})
_VERSION_CALLS = frozenset({"AT", "BEFORE", "CHANGES"})
_VERSIONS = frozenset({"VERSION", "TIMESTAMP", "SYSTEM_TIME", "SYSTEM_VERSION"})
_PARTS = frozenset({"PARTITION", "SAMPLE", "TABLESAMPLE", "OPTION"})
_HINTS = frozenset({"USE", "FORCE", "IGNORE"})
# Where INSERT needs no INTO, and what may stand between it and the table.
_WITHOUT_INTO = frozenset({"tsql", "mysql", "bigquery"})
_INSERTS = frozenset({"INTO", "OVERWRITE", "TOP", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE", "TABLE"})
_HEADS = {"UPDATE": ("UPDATE",), "INSERT": ("INTO", "OVERWRITE"), "MERGE": ("INTO", "MERGE"), "DELETE": ("DELETE",)}


def sources(statement: Statement, block: Block) -> tuple[Source, ...]:
    """The sources of a query block in order, groups flattened; kept on the block."""
    kept = block.memo.get("sources")
    if kept is None:
        kept = tuple(_sources(statement, block))
        block.memo["sources"] = kept
    return kept  # type: ignore[return-value]


def merges(statement: Statement, block: Block, name: str) -> bool:
    """Whether a join of the block may make one column of two of that name."""
    return any(
        "NATURAL" in s.join or name.casefold() in (statement.spelling(t).casefold() for t in s.using or ())
        for s in sources(statement, block)
    )


def _sources(statement: Statement, block: Block) -> list[Source]:
    made: list[Source] = []
    if block.step and block.parent is not None:
        made.append(_piped(statement, block, block.parent.query()))
    target = target_of(statement, block) if block.statement in WRITING else None
    alone = block.statement == "DELETE" and block.segment("from") is None  # BigQuery, Oracle: `DELETE t WHERE …`
    if target is not None and (alone or block.statement in ("UPDATE", "MERGE")):
        made.append(target)
    for at, segment in enumerate(block.segments):
        if segment.clause == "from":
            using = _using(statement, block, block.segments[at + 1]) if at + 1 < len(block.segments) else None
            made += _factors(statement, block, segment, using)
    if target is not None and len(made) > 1 and made[0] is target and _is_alias(statement, target, made[1:]):
        del made[0]  # T-SQL: `UPDATE c SET … FROM customer c`
    return made


def _is_alias(statement: Statement, target: Source, others: list[Source]) -> bool:
    name = statement.spelling(target.parts[0]).casefold() if len(target.parts) == 1 else ""
    return target.alias is None and any(s.alias and statement.spelling(s.alias).casefold() == name for s in others)


def _piped(statement: Statement, step: Block, owner: Block) -> Source:
    """What a step of a pipe reads. It keeps the name of the only table, or of `|> AS name`, while rows keep theirs."""
    before = owner.steps[: owner.steps.index(step)] if step in owner.steps else owner.steps
    first = sources(statement, owner)
    name = first[0].named if len(first) == 1 and owner.segment("select") is None else None
    for other in before:
        if other.step in ("SELECT", "AGGREGATE", "JOIN", "PIVOT", "UNPIVOT", "LEFT", "RIGHT", "FULL", "CROSS", "INNER"):
            name = None
        given = other.segment("as") if other.step == "AS" else None
        if given is not None and given.start < len(statement.tokens):
            name = statement.tokens[given.start]
    return Source(alias=name, block=before[-1] if before else owner, piped=True)


def target_of(statement: Statement, block: Block | None = None) -> Source | None:
    """The table that INSERT, UPDATE, DELETE or MERGE writes to: the statement, or a common table expression of it."""
    block = block or statement.root
    heads = _HEADS.get(block.statement)
    head = block.segment("head")
    if heads is None or head is None:
        return None
    bare = head.start + 1 < head.end and statement.tokens[head.start + 1]
    if bare and heads[0] == "INTO" and statement.dialect.name in _WITHOUT_INTO and bare.value not in _INSERTS:
        found = _factor(statement, block, head.start + 1, head.end, "", None, target=True)
        return found[0] if found else None
    for i in range(head.start, head.end):
        token = statement.tokens[i]
        if token.kind == "word" and token.value in heads:
            following = i + 1
            while following < head.end and statement.tokens[following].value in (
                "INTO",
                "TABLE",
                "OR",
                "REPLACE",
                "IGNORE",
            ):
                following += 1
            found = _factor(statement, block, following, head.end, "", None, target=True)
            return found[0] if found else None
    return None


def _using(statement: Statement, block: Block, segment: Segment) -> tuple[Token, ...] | None:
    if segment.clause != "using":
        return None
    return tuple(t for t in statement.tokens[segment.start : segment.end] if t.kind in ("word", "name"))


def _factors(statement: Statement, block: Block, segment: Segment, using: tuple[Token, ...] | None) -> list[Source]:
    tokens = statement.tokens
    made: list[Source] = []
    start = segment.start
    join = segment.join
    for at, child in [*block.walk(segment.start, segment.end), (segment.end, None)]:
        comma = child is None and at < segment.end and tokens[at].value == "," and tokens[at].kind == "op"
        if at < segment.end and (not comma or join == "LATERAL VIEW"):  # whose commas are between its columns
            continue
        if at > start:
            made += _factor(statement, block, start, at, join, using)
        start, join = at + 1, ","
    return made


def _factor(
    statement: Statement,
    block: Block,
    start: int,
    end: int,
    join: str,
    using: tuple[Token, ...] | None,
    *,
    target: bool = False,
) -> list[Source]:
    tokens = statement.tokens
    at, lateral, view = start, False, join == "LATERAL VIEW"
    while at < end and tokens[at].kind == "word" and tokens[at].value in _PREFIXES:
        lateral = lateral or tokens[at].value == "LATERAL"
        at += 1
    if at + 1 < end and tokens[at].value == "VALUES" and at + 1 in block.children:
        at += 1  # Spark: `FROM VALUES (1, 2) AS t(a, b)`
    if at >= end:
        return []
    token = tokens[at]
    child = block.children.get(at)
    parts: list[Token] = []
    inner: Block | None = None
    function: Token | None = None
    file: Token | None = None
    hole: Token | None = None
    call = -1
    if child is not None and at and tokens[at - 1].value == "TABLE" and at + 2 in child.children:
        function, call, at = tokens[at + 1], at + 2, child.end  # `TABLE(FLATTEN(x))`
    elif child is not None:
        if child.kind == "join":
            group = _group(statement, child, join, using)
            alias, columns, strange = _alias(statement, block, child.end, end)
            if alias is None:
                return group
            return [Source(alias, join=join, using=using, block=child, columns=columns, strange=True)]
        inner, at = child, child.end
    elif token.kind == "string":
        file, at = token, at + 1
    elif token.kind == "hole":
        hole, at = token, at + 1
        while at < end and tokens[at].value == "." and at + 1 < end:
            at += 2
    elif token.kind == "name" or (token.kind == "word" and (token.value not in _STOPS or token.value == "UNNEST")):
        parts = [token]
        at += 1
        while at + 1 < end and tokens[at].value == "." and tokens[at + 1].kind in ("word", "name", "hole"):
            if tokens[at + 1].kind == "hole":
                hole = tokens[at + 1]
            parts.append(tokens[at + 1])
            at += 2
        if at < end and tokens[at].value == "-":  # BigQuery: my-project.data.table
            hole = token
            while at < end and (tokens[at].value in ("-", ".") or tokens[at].end == tokens[at - 1].end):
                at += 1
        called = block.children.get(at) if at < end else None
        if called is not None and called.kind in ("call", "query") and not target:
            function, call, at = parts[-1], at, called.end
            parts = []
    else:
        return []
    declared = _declared(statement, block, call, at, end) if function is not None else None
    if declared is not None:
        at = declared[1]
    if function is not None and [t.value for t in tokens[at : min(end, at + 2)]] == ["WITH", "ORDINALITY"]:
        at += 2
    alias, columns, strange = (
        (None, (), False)
        if target and at < end and at in block.children
        else _alias(statement, block, at, end, view=view)
    )
    if declared is not None and not columns:
        columns = declared[0]
    pivots = _pivots(statement, block, at, end)
    listed: tuple[Token, ...] = ()
    if pivots:
        listed, before = columns, alias
        alias, columns, strange = _alias(statement, block, pivots[-1][1].end, end)
        alias = alias or before
    offset = _offset(tokens, at, end) if function is not None else None
    found = Source(
        alias, tuple(parts), file, inner, function, call, columns, join, using, hole, lateral or view, pivots,
        listed, strange,
    )  # fmt: skip
    return [found] if offset is None else [found, Source(offset, function=function, call=call, join=",", counts=True)]


def _offset(tokens: list[Token], at: int, end: int) -> Token | None:
    """`UNNEST(x) AS e WITH OFFSET AS i`."""
    words = [t.value if t.kind == "word" else "" for t in tokens[at:end]]
    for place in range(at, end - 1):
        if words[place - at : place - at + 2] == ["WITH", "OFFSET"]:
            named = tokens[end - 1]
            return named if place + 2 < end and named.kind in ("word", "name") else tokens[place + 1]
    return None


def _pivots(statement: Statement, block: Block, at: int, end: int) -> tuple[tuple[str, Block], ...]:
    """Each PIVOT and UNPIVOT that follows a table."""
    made: list[tuple[str, Block]] = []
    while at < end:
        child = block.children.get(at)
        token = statement.tokens[at]
        if child is None and token.kind == "word" and token.value in ("PIVOT", "UNPIVOT"):
            at += 1
            while at < end and statement.tokens[at].value in ("INCLUDE", "EXCLUDE", "NULLS"):
                at += 1
            following = block.children.get(at)
            if following is None:
                return ()
            made.append((token.value, following))
            at = following.end
        else:
            at = max(at + 1, child.end) if child is not None else at + 1
    return tuple(made)


def _declared(statement: Statement, block: Block, call: int, at: int, end: int) -> tuple[tuple[Token, ...], int] | None:
    """(columns that a table function declares, where what follows it begins): `OPENJSON(x) WITH (a int)`,
    `JSON_TABLE(x, '$' COLUMNS (a int PATH '$.a'))`."""
    tokens = statement.tokens
    following = block.children.get(at + 1)
    if at < end and tokens[at].value == "WITH" and following is not None:
        return tuple(listed_names(tokens, following)), following.end
    inside = block.children.get(call)
    if inside is not None:
        for place, child in inside.walk(inside.start + 1, inside.end):
            if child is not None and tokens[place - 1].value == "COLUMNS":
                names = tuple(listed_names(tokens, child))
                return (names, at) if not any(t.value == "NESTED" for t in names) else None
    return None


def _group(statement: Statement, group: Block, join: str, using: tuple[Token, ...] | None) -> list[Source]:
    from polycell.core.values import replace

    inner = list(sources(statement, group))
    if inner:
        inner[0] = replace(inner[0], join=join, using=using)
    return inner


def _alias(
    statement: Statement, block: Block, at: int, end: int, *, view: bool = False
) -> tuple[Token | None, tuple[Token, ...], bool]:
    """(alias, column list, whether anything is left that is not understood) behind a table."""
    tokens = statement.tokens
    if statement.dialect.name == "clickhouse":  # `t FINAL`, `t GLOBAL ANY LEFT JOIN u`
        while at < end and tokens[at].value in ("FINAL", "GLOBAL", "ARRAY") and tokens[at].kind == "word":
            at += 1
    behind = _behind_name(statement, block, at, end)
    if behind:
        # A hint, a part, a version of the table; a name may come last.
        named = tokens[end - 1]
        ends = tokens[end - 2].kind in ("string", "number") or tokens[end - 2].value in (")", "AS", "ALL")
        whole = named.kind == "name" or (named.kind == "word" and named.value not in _STOPS)
        return (named if ends and whole and end - 1 not in block.children else None), (), behind == "version"
    had_as = False
    if at < end and tokens[at].value == "AS" and tokens[at].kind == "word":
        had_as = True
        at += 1
    if at >= end:
        return None, (), False
    if view and had_as:  # Spark: `LATERAL VIEW explode(items) AS item`
        return None, tuple(t for t in tokens[at:end] if t.kind in ("word", "name")), False
    token = tokens[at]
    if token.kind == "name" or (token.kind == "word" and (token.value not in _STOPS)):
        if token.kind == "word" and not had_as and at + 1 < end and token.value in {"AT", *_VERSIONS}:
            return None, (), False
        at += 1
        columns: tuple[Token, ...] = ()
        listed = block.children.get(at)
        if listed is not None and at < end:
            columns = tuple(listed_names(tokens, listed))
            at = listed.end
        elif view and at + 1 < end and tokens[at].value == "AS":
            columns = tuple(t for t in tokens[at + 1 : end] if t.kind in ("word", "name"))
            at = end
        rest = tokens[at].value if at < end else ""
        return token, columns, rest in ("PIVOT", "UNPIVOT", "MATCH_RECOGNIZE", "WITH")
    if token.kind == "hole":
        return None, (), True
    return None, (), token.value in ("PIVOT", "UNPIVOT", "MATCH_RECOGNIZE", "WITH")


def _behind_name(statement: Statement, block: Block, at: int, end: int) -> str:
    """What stands between a table and its alias: a "version" (`t AT (…) x`, `t FOR SYSTEM_TIME AS OF now() x`), whose
    columns may be others, a "part" (`t PARTITION (p) x`, `t FORCE INDEX (i)`), or nothing."""
    words = [t.value if t.kind == "word" else "" for t in statement.tokens[at : min(end, at + 3)]] + ["", "", ""]
    if words[0] in _VERSION_CALLS and at + 1 in block.children:
        return "version"
    if (words[0] == "FOR" and words[1] in _VERSIONS) or ["AS", "OF"] in (words[:2], words[1:3]):
        return "version"
    parts = words[0] in _PARTS and at + 1 in block.children
    return "part" if parts or (words[0] in _HINTS and words[1] in ("INDEX", "KEY")) else ""


def listed_names(tokens: list[Token], block: Block) -> list[Token]:
    """`(a, b int)` → a, b."""
    made: list[Token] = []
    fresh = True
    for at, child in block.walk(block.start + 1, block.end):
        token = tokens[at]
        if child is None and token.value == "," and token.kind == "op":
            fresh = True
        elif fresh and token.kind in ("word", "name"):
            made.append(token)
            fresh = False
    return made
