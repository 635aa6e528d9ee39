"""The table that a statement writes to, and the other names that its rows have there."""

from __future__ import annotations

from polycell.languages.sql.relations.sources import Source, sources, target_of
from polycell.languages.sql.syntax.blocks import WRITING, Block
from polycell.languages.sql.syntax.scan import Statement

# The rows of the written table under other names, by dialect.
ROWS = {
    "postgres": {"excluded"}, "sqlite": {"excluded"}, "duckdb": {"excluded"}, "tsql": {"inserted", "deleted"},
}  # fmt: skip


def written_by(statement: Statement, block: Block) -> Source | None:
    """The table that a block writes to; None for blocks that only read."""
    if block.statement not in WRITING:
        return None
    found = target_of(statement, block)
    return next(iter(sources(statement, block)), None) if found is None and block.statement == "DELETE" else found


def is_read(statement: Statement, insert: Block) -> bool:
    """Whether something in an INSERT sees the rows of its table: ON CONFLICT, RETURNING, T-SQL's OUTPUT."""
    said = statement.dialect.name == "tsql" and any(t.value == "OUTPUT" and t.kind == "word" for t in statement.tokens)
    return bool(said or insert.segment("conflict") or insert.segment("returning"))
