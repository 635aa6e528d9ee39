"""What DuckDB's binder refuses in a query over tables that are known whole.

Only messages that follow from the query and its tables alone become findings. A function, a type or a table that our
DuckDB does not have may come from an extension, from Python or from another session, so those are never reported, and
a type error only where every type in it is certain. DuckDB stops at its first mistake: what it refused is replaced by
NULL and it is asked again.
"""

from __future__ import annotations

import re

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.results import Finding
from polycell.core.text import Span
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.checks.messages import no_column, no_source
from polycell.languages.sql.duckdb.shadow import Refused, bind
from polycell.languages.sql.duckdb.tables import needed
from polycell.languages.sql.relations.columns import Relations, Visible
from polycell.languages.sql.relations.items import items
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.parameters import without_values
from polycell.languages.sql.syntax.place import covers, query_at
from polycell.languages.sql.syntax.scan import Statement

MOST = 10  # findings of one statement

_COLUMN = pattern(
    r'Referenced column "(?P<name>[^"]*)" not found in FROM clause'
    r'|[A-Z][a-z ]+ "[^"]*" does not have a column named "(?P<other>[^"]*)"'
)
_TABLE = pattern(r'Referenced table "([^"]*)" not found')
_AMBIGUOUS = pattern(r"""Ambiguous reference to column name "([^"]*)" \(use: (.*)\)""")
_UNGROUPED = pattern(r'column "([^"]*)" must appear in the GROUP BY clause')
_AGGREGATES = {
    "WHERE clause cannot contain aggregates": "WHERE comes before aggregation; put this in HAVING.",
    "aggregate function calls cannot be nested": "An aggregate cannot be aggregated again; do it in an outer query.",
    "GROUP BY clause cannot contain aggregates": "GROUP BY cannot hold an aggregate.",
}
_NO_FUNCTION = pattern(r"No function matches the given name and argument types '(.+?)\((.*)\)'\.")
_MIXED = pattern(r"Cannot (mix|compare) values of type (.+?) and (?:type )?(.+?) in (\w+)")
_PLAIN = pattern(
    r"(?:(?:U?(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT))|FLOAT|DOUBLE|DECIMAL\(\d+,\s*\d+\)|BOOLEAN|VARCHAR|DATE"
    r"|TIMESTAMP|TIME|(?:STRING|INTEGER)_LITERAL)\Z"
)
_PSEUDO = frozenset({"rowid", "filename", "file_row_number"})


class _Edit(Struct, frozen=True):
    """`length` characters at `start` became NULL."""

    start: int
    length: int


def findings(statement: Statement, catalogue: ViewCatalogue) -> list[Finding] | None:
    """What is certainly wrong with the statement; None where DuckDB cannot be asked."""
    wanted = needed(statement, catalogue)
    if wanted is None or not wanted.certain:
        return None
    tables = wanted.schemas("BIGINT", likely=False)
    untyped = wanted.untyped(likely=False)
    typed = not untyped or not any(statement.spelling(t).casefold() in untyped for t in statement.tokens)
    relations = Relations(statement, catalogue)
    text, holes = without_values(statement)
    edits, found = [_Edit(h.start, h.end - h.start) for h in holes], list[Finding]()
    while len(found) < MOST:
        answer = bind(text, tables)
        if answer is None and len(edits) == len(holes):
            return None
        if not isinstance(answer, Refused):
            break
        span = _original(answer.span, edits) if answer.span is not None else None
        tokens = _tokens(statement, span) if span is not None else []
        finding = _judge(statement, relations, answer, tokens)
        if finding is None or any(f.span == finding.span for f in found):
            break
        if not _follows(statement, relations, finding, tokens, typed=typed, first=len(edits) == len(holes)):
            found.append(finding)
        elif finding.code != "sql-unknown-column":
            break
        if answer.span is None or not tokens or _MIXED.match(answer.message):
            break
        start = answer.span.start
        length = tokens[-1].end - tokens[0].start
        text = f"{text[:start]}NULL{text[start + length :]}"
        edits.append(_Edit(start, length))
    return [f.shifted(statement.start) for f in found]


def _original(span: Span, edits: list[_Edit]) -> Span | None:
    """A span of the edited text as one of the text as written; None inside of our own NULLs."""
    start, end = span.start, span.end
    for edit in reversed(edits):
        if start < edit.start + 4 and end > edit.start:
            return None
        by = edit.length - 4
        start, end = (start + by if start >= edit.start + 4 else start), (end + by if end >= edit.start + 4 else end)
    return Span(start, end)


def _tokens(statement: Statement, span: Span) -> list[Token]:
    """The tokens of a span; where it has no length, what begins there: a dotted name or a call."""
    tokens = statement.tokens
    first = statement.index_at(span.start)
    if first >= len(tokens) or tokens[first].start != span.start:
        return []
    if span.end > span.start:
        return [t for t in tokens[first:] if t.end <= span.end]
    last = first
    while last + 2 < len(tokens) and tokens[last + 1].value == "." and tokens[last + 2].kind in ("word", "name"):
        last += 2
    if last + 1 < len(tokens) and tokens[last + 1].value == "(" and tokens[last].kind in ("word", "name"):
        depth = 0
        for at in range(last + 1, len(tokens)):
            depth += (tokens[at].value == "(") - (tokens[at].value == ")")
            if not depth:
                last = at
                break
    return tokens[first : last + 1]


def _follows(
    statement: Statement, relations: Relations, finding: Finding, tokens: list[Token], *, typed: bool, first: bool
) -> bool:
    """Whether a finding may come from what is not known, or from our own NULLs instead of the query."""
    if finding.code == "sql-unknown-column":
        # A column that an inner query would have, had its expression not become NULL.
        names = [t for t in tokens if t.kind in ("word", "name")]
        resolved = relations.resolve(names, query_at(statement, tokens[0].start))
        inner = resolved[1].source.block if resolved is not None else None
        # What a derived table yields is no source of its own columns.
        itself = inner is not None and covers(inner, statement.index_at(tokens[0].start))
        return resolved is not None and not itself
    if finding.code == "sql-type-error":
        return not typed or not (first or _direct(statement, relations, tokens))
    return finding.code == "sql-grouping" and finding.message.startswith("`") and not first


def _direct(statement: Statement, relations: Relations, tokens: list[Token]) -> bool:
    """Whether all names among the tokens are columns of tables from outside the statement, so that no NULL of ours
    gave them their type."""
    block = query_at(statement, tokens[0].start)
    names = [
        t
        for t, following in zip(tokens, [*tokens[1:], None], strict=True)
        if t.kind in ("word", "name") and (following is None or following.value not in ("(", "."))
    ]
    made = {statement.spelling(i.alias).casefold() for i in items(statement, block) if i.alias is not None}
    found = [relations.resolve([t], block) for t in names if statement.spelling(t).casefold() not in made]
    return len(found) == len(names) > 0 and all(f is not None and _outside(relations, f[1], block) for f in found)


def _outside(relations: Relations, visible: Visible, block: Block) -> bool:
    """Whether a source is a table from outside the statement."""
    parts = visible.source.parts
    spelling = relations.statement.spelling
    return bool(parts) and not (len(parts) == 1 and relations.cte(spelling(parts[0]), block) is not None)


def _judge(statement: Statement, relations: Relations, answer: Refused, tokens: list[Token]) -> Finding | None:
    """The finding that an answer amounts to; its span counts from the statement's start. None for what is not
    certain."""
    if answer.kind != "Binder" or not tokens:
        return None
    message = answer.message
    whole = Span(tokens[0].start, tokens[-1].end)
    last = Span(tokens[-1].start, tokens[-1].end)
    column = _COLUMN.match(message)
    if column is not None:
        name = column["name"] or column["other"] or ""
        if name.casefold() in _PSEUDO or statement.spelling(tokens[-1]).casefold() != name.casefold():
            return None
        return _no_column(last, statement, relations, tokens)
    table = _TABLE.match(message)
    if table is not None and len(tokens) > 1:
        known = [v.name for v in relations.visible(query_at(statement, whole.start)) if v.name]
        if table[1].casefold() in {n.casefold() for n in known} | _PSEUDO:
            return None
        return no_source(Span(tokens[0].start, tokens[0].end), table[1], known)
    ambiguous = _AMBIGUOUS.match(message)
    if ambiguous is not None:
        choices = " or ".join(f"`{c}`" for c in re.findall(r"""["']([^"']+)["']""", ambiguous[2]))
        text = f"`{ambiguous[1]}` is in more than one table; write {choices or 'it with its table'}."
        return Finding("sql-ambiguous-column", last, text, "error")
    ungrouped = _UNGROUPED.match(message)
    if ungrouped is not None:
        name = ungrouped[1]
        seen = relations.visible(query_at(statement, whole.start), outer=False)
        if statement.spelling(tokens[-1]).casefold() != name.casefold():
            return None
        if not any(v.table.column(name) is not None for v in seen):
            # HAVING says the same of a name that nothing has; a name made by SELECT it would have taken.
            return _no_column(last, statement, relations, tokens)
        text = f"`{name}` is neither grouped nor aggregated; add it to GROUP BY, or write `any_value({name})`."
        return Finding("sql-grouping", last, text, "error")
    for start, text in _AGGREGATES.items():
        if message.startswith(start):
            return Finding("sql-grouping", whole, text, "error")
    return _type_error(message, whole)


def _type_error(message: str, span: Span) -> Finding | None:
    function = _NO_FUNCTION.match(message)
    if function is not None:
        name, types = function[1], _listed(function[2])
        if not types or not all(_PLAIN.match(t) for t in types):
            return None
        shown = [t.removesuffix("_LITERAL").replace("STRING", "VARCHAR") for t in types]
        if re.match(r"\w+\Z", name):
            text = f"`{name}` does not take ({', '.join(shown)}); cast the argument."
        else:
            operator = {"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE"}.get(name, name)
            text = f"`{operator}` does not work on {' and '.join(shown)}; cast one of them."
        return Finding("sql-type-error", span, text, "error")
    mixed = _MIXED.match(message)
    if mixed is not None and _PLAIN.match(mixed[2]) and _PLAIN.match(mixed[3]):
        text = f"{mixed[2]} and {mixed[3]} do not go together in {mixed[4]}; cast one of them."
        return Finding("sql-type-error", span, text, "error")
    return None


def _listed(types: str) -> list[str]:
    """`DECIMAL(10,2), VARCHAR` taken apart."""
    return [t.strip() for t in re.split(r",(?![^(]*\))", types) if t.strip()]


def _no_column(span: Span, statement: Statement, relations: Relations, tokens: list[Token]) -> Finding:
    seen = relations.visible(query_at(statement, tokens[0].start))
    name = statement.spelling(tokens[-1])
    if len(tokens) >= 3:
        owner = statement.spelling(tokens[-3])
        mine = [v for v in seen if v.name.casefold() == owner.casefold()]
        return no_column(span, name, mine or seen, owner if mine else "")
    return no_column(span, name, seen, "")
