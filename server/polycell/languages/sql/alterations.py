"""What ALTER TABLE does to the columns of a table: added, dropped, renamed, given another type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from polycell.core.types import Anchor, Column, Evidence, Table
from polycell.core.values import replace
from polycell.languages.sql.relations.types import parse_type
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

# Behind ADD or DROP: no column.
_OTHERS = frozenset(
    {"CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "INDEX", "KEY", "PARTITION", "FULLTEXT", "SPATIAL", "ROW"}
)
# Actions that leave the columns' names and types alone.
_KEEPING = frozenset(
    {"OWNER", "SET", "ENABLE", "DISABLE", "CLUSTER", "UNSET", "VALIDATE", "COMMENT", "ENGINE", "OPTIONS"}
)
# ClickHouse's, which write or move rows; what is behind them is no further action.
_CHANGING_ROWS = frozenset({"UPDATE", "DELETE"})
_OF_PARTS = frozenset(
    {"MATERIALIZE", "CLEAR", "FREEZE", "UNFREEZE", "ATTACH", "DETACH", "MOVE", "REPLACE", "FETCH", "APPLY", "RESET"}
)
# Where what follows a comma belongs to the verb before: `ADD a int, b int`.
_ONE_VERB = frozenset({"tsql", "snowflake"})
# Behind the name of a column that is altered: no type.
_OF_COLUMNS = frozenset(
    {"SET", "DROP", "ADD", "COMMENT", "FIRST", "AFTER", "UNSET", "RESET", "RESTART", "REMOVE", "SYNC"}
)


def new_name(statement: Statement, start: int) -> list[Token] | None:
    """The parts of the name in `RENAME TO name`; None for other actions."""
    tokens = statement.tokens
    words = [t.value for t in tokens[start : start + 2]]
    if words[:1] != ["RENAME"] or words[1:] not in (["TO"], ["AS"]):
        return None
    return [t for t in tokens[start + 2 :] if t.kind in ("word", "name")] or None


def altered(statement: Statement, start: int, table: Table, anchor: Callable[[Token], Anchor | None]) -> Table | None:
    """The table after the actions that begin at token `start`; None where one of them is not understood."""
    own = statement.dialect.name == "clickhouse"
    for action in _continued(statement, _actions(statement, start)):
        verb = action[0].value if action and action[0].kind == "word" else ""
        if own and verb in _CHANGING_ROWS:
            return table
        found = table if own and verb in _OF_PARTS else _action(statement, action, table, anchor)
        if found is None:
            return None
        table = found
    return table


def _continued(statement: Statement, actions: Iterator[list[Token]]) -> Iterator[list[Token]]:
    """Each action with its verb, where a dialect writes that once."""
    verb: list[Token] = []
    for action in actions:
        if not verb and action and statement.dialect.name in _ONE_VERB:
            verb = action[:1]
        yield action if not verb or not action or action[0].value == verb[0].value else [*verb, *action]


def _actions(statement: Statement, start: int) -> Iterator[list[Token]]:
    """Token lists between commas."""
    tokens, depth, at = statement.tokens, 0, start
    for index in range(start, len(tokens)):
        value = tokens[index].value if tokens[index].kind == "op" else ""
        depth += (value == "(") - (value == ")")
        if value == "," and not depth:
            yield list(tokens[at:index])
            at = index + 1
    yield list(tokens[at:])


def _action(
    statement: Statement, action: Sequence[Token], table: Table, anchor: Callable[[Token], Anchor | None]
) -> Table | None:
    words = [t.value if t.kind == "word" else "" for t in action]
    if not words or any(t.kind == "hole" for t in action):
        return None
    verb, at = words[0], 1
    if verb in _KEEPING:
        return table
    while at < len(action) and words[at] in ("COLUMN", "COLUMNS", "IF", "NOT", "EXISTS"):
        at += 1
    if at >= len(action):
        return None
    if verb in ("ADD", "DROP") and words[at] in _OTHERS and at == 1:
        return table
    if verb == "ADD":
        made = table
        for definition in _listed(action[at:]):
            column = _column(statement, definition, anchor)
            if column is None or made.column(column.name) is not None:
                return None
            place = _position(statement, definition, made)
            if place is None:
                return None
            made = replace(made, columns=(*made.columns[:place], column, *made.columns[place:]))
        return made
    if verb == "DROP":
        gone = {statement.spelling(d[0]).casefold() for d in _listed(action[at:]) if d}
        kept = tuple(c for c in table.columns if c.name.casefold() not in gone)
        return replace(table, columns=kept) if len(kept) == len(table.columns) - len(gone) or table.open else None
    name = statement.spelling(action[at]) if action[at].kind in ("word", "name") else ""
    if verb == "RENAME" and words[at + 1 : at + 2] == ["TO"] and len(action) == at + 3:
        return _replaced(table, name, Column(statement.name(action[at + 2]), origin=anchor(action[at + 2])))
    if verb in ("ALTER", "MODIFY"):
        # Oracle lists several in parentheses.
        made = table
        for definition in _listed(action[at:]):
            changed = _retyped(statement, definition, definition, made, anchor)
            if changed is None:
                return None
            made = changed
        return made
    if verb == "CHANGE" and at + 1 < len(action):
        return _retyped(statement, action[at:], action[at + 1 :], table, anchor)
    return None


def _position(statement: Statement, definition: Sequence[Token], table: Table) -> int | None:
    """Where a new column goes: last, but for `… FIRST` and `… AFTER name`; None where that is not known."""
    words = [t.value if t.kind == "word" else "" for t in definition]
    if len(words) > 2 and words[-1] == "FIRST":
        return 0
    if len(words) > 3 and words[-2] == "AFTER":
        name = statement.spelling(definition[-1]).casefold()
        return next((n + 1 for n, c in enumerate(table.columns) if c.name.casefold() == name), None)
    return None if "AFTER" in words[2:] else len(table.columns)


def _retyped(
    statement: Statement,
    old: Sequence[Token],
    definition: Sequence[Token],
    table: Table,
    anchor: Callable[[Token], Anchor | None],
) -> Table | None:
    """The table with the column that `old` begins with as `definition` says: `id TYPE bigint`, `id SET DATA TYPE
    bigint`, `id bigint NOT NULL`, `id DROP NOT NULL`."""
    before = table.column(statement.spelling(old[0])) if old and old[0].kind in ("word", "name") else None
    if before is None or len(definition) < 2 or definition[0].kind not in ("word", "name"):
        return None
    name = statement.spelling(definition[0])
    renamed = (
        before
        if name.casefold() == before.name.casefold()
        else before.named(statement.name(definition[0]), anchor(definition[0]))
    )
    words = [t.value if t.kind == "word" else "" for t in definition[1:]]
    skipped = 1 if words[0] == "TYPE" else 3 if words[:3] == ["SET", "DATA", "TYPE"] else 0
    if skipped or words[0] not in _OF_COLUMNS:
        written = definition[1 + skipped :]
        if not written:
            return None
        text = statement.text[written[0].start : written[-1].end]
        renamed = replace(renamed, type=parse_type(text, statement.dialect), source=" ".join(text.split())[:80])
    elif words[0] in ("ADD", "DROP", "SET") and words[1:3] == ["NOT", "NULL"]:
        renamed = replace(renamed, nullable=None if words[0] == "DROP" else False)
    return replace(table, columns=tuple(renamed if c is before else c for c in table.columns))


def _replaced(table: Table, name: str, made: Column) -> Table | None:
    """The table with another column in place of one; of a renamed one the type stays."""
    old = table.column(name)
    if old is None:
        return None
    new = made if made.name == old.name else replace(old, name=made.name, origin=made.origin, source=old.name)
    return replace(table, columns=tuple(new if c is old else c for c in table.columns))


def _listed(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """`(a int, b int)`, or one definition without parentheses."""
    if not tokens or tokens[0].value != "(" or tokens[0].kind != "op":
        yield tokens
        return
    depth, at = 0, 1
    for index, token in enumerate(tokens):
        value = token.value if token.kind == "op" else ""
        depth += (value == "(") - (value == ")")
        if (value == "," and depth == 1) or not depth:
            yield tokens[at:index]
            at = index + 1
            if not depth:
                return


def _column(
    statement: Statement, definition: Sequence[Token], anchor: Callable[[Token], Anchor | None]
) -> Column | None:
    if len(definition) < 2 or definition[0].kind not in ("word", "name"):
        return None
    written = statement.text[definition[1].start : definition[-1].end]
    return Column(
        statement.name(definition[0]),
        parse_type(written, statement.dialect),
        False if "NOT NULL" in " ".join(written.upper().split()) else None,
        Evidence.DECLARED,
        origin=anchor(definition[0]),
        source=" ".join(written.split())[:80],
    )
