"""Columns that a statement names: where its list of results gives a name, and what every other word means.

Words are judged by the same relations as completion and hover. A word that no source is known to have, while one of
them may have more columns than are known, may mean anything; so may words in a template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from polycell.core.environment import fold
from polycell.core.results import Mention
from polycell.core.text import Span
from polycell.core.types import Anchor, Column, Table
from polycell.languages.sql import definitions
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.hover import inner_block
from polycell.languages.sql.relations.columns import Relations, Visible
from polycell.languages.sql.relations.items import Item, items
from polycell.languages.sql.relations.sources import Source, sources, target_of
from polycell.languages.sql.syntax.blocks import Block, blocks
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import RESERVED

_QUERIES = frozenset({"SELECT", "WITH", "FROM", "VALUES", "TABLE", "", "INSERT", "CREATE", "UPDATE", "DELETE"})
# What stands before a column of the table that is altered, with or without the word COLUMN.
_ALTERS = frozenset({"ALTER", "DROP", "RENAME", "MODIFY", "CHANGE"})
_UNKNOWN = "the columns of a table in that query are not all known"


class Names(Struct, dict=True):
    """One statement, with what its words are worked out once."""

    statement: Statement
    catalogue: ViewCatalogue
    anchor: Callable[[Token], Anchor | None]

    @cached_property
    def relations(self) -> Relations:
        return Relations(self.statement, self.catalogue, self.anchor)

    @cached_property
    def _queries(self) -> list[Block]:
        return [b for b in blocks(self.statement.root) if b.kind in ("query", "join")]

    @cached_property
    def given(self) -> dict[int, tuple[Block, Item]]:
        """The tokens that give names in lists of results."""
        made: dict[int, tuple[Block, Item]] = {}
        for block in self._queries:
            for item in items(self.statement, block) if block.kind == "query" else ():
                for token in (item.alias, *(new for _, new in item.renamed)):
                    if token is not None:
                        made[token.start] = (block, item)
        return made

    @cached_property
    def _of_stars(self) -> dict[int, tuple[Block, Item]]:
        """The tokens behind `* EXCLUDE`, `* REPLACE` and `* RENAME` that name columns of the star."""
        made: dict[int, tuple[Block, Item]] = {}
        for block in self._queries:
            for item in items(self.statement, block) if block.kind == "query" else ():
                for token in (*item.without, *item.replaced, *(old for old, _ in item.renamed)):
                    made[token.start] = (block, item)
        return made

    @cached_property
    def _sources(self) -> list[tuple[Source, Block]]:
        found = [(s, b) for b in self._queries for s in sources(self.statement, b)]
        target = target_of(self.statement)
        return [*found, (target, self.statement.root)] if target is not None else found

    @cached_property
    def _tables(self) -> set[int]:
        """Where tables stand, by name or alias."""
        made = {cte.name.start for block in self._queries for cte in block.ctes}
        for source, _ in self._sources:
            words = (source.alias, source.file, source.function, *source.parts)
            made.update(token.start for token in words if token is not None)
        return made

    @cached_property
    def _listed(self) -> dict[int, Table]:
        """The tokens of column lists, `t(a, b)` and `WITH t(a, b)`, and the tables that they name columns of."""
        made = {}
        for source, block in self._sources:
            made.update({t.start: self.relations.table(source, block) for t in source.columns})
        for block in self._queries:
            for cte in block.ctes:
                made.update({t.start: self.relations.cte_table(cte) for t in cte.columns})
        return made

    @cached_property
    def _merged(self) -> dict[int, Block]:
        """The tokens of `USING (…)`."""
        return {t.start: block for source, block in self._sources for t in source.using or ()}

    # -- what stands at a token

    def meaning(self, index: int) -> Mention | None:
        """The column that the token at an index names; a mention without one where that is open."""
        statement, token = self.statement, self.statement.tokens[index]
        span = Span(token.start, token.end).shift(statement.start)
        name = statement.spelling(token)
        if token.start in self.given:
            block, _ = self.given[token.start]
            output = self.relations.output(block)
            return self._found(span, name, output.column(name), (output,), write=True)
        if token.start in self._tables:
            return None
        if token.start in self._listed:
            table = self._listed[token.start]
            return self._found(span, name, table.column(name), (table,), write=True)
        block = inner_block(statement.root, index).query()
        if token.start in self._merged:
            return self._in_all(span, name, self.relations.visible(self._merged[token.start], outer=False))
        if token.start in self._of_stars:
            home, item = self._of_stars[token.start]
            seen = self.relations.visible(home, outer=False)
            if item.qualifier:
                qualifier = statement.spelling(item.qualifier[-1]).casefold()
                seen = [v for v in seen if v.name.casefold() == qualifier]
            return self._in_all(span, name, seen, self.relations.output(home))
        written = self._written(index)
        if written is not None:
            return self._found(span, name, written.column(name), (written,), write=True)
        return self._read(index, block, span, name)

    def _found(
        self, span: Span, name: str, column: Column | None, tables: tuple[Table, ...], *, write: bool = False
    ) -> Mention:
        if column is None:
            return Mention(span, name, refusal=_UNKNOWN)
        return Mention(span, column.name, column, tables, write)

    def _in_all(self, span: Span, name: str, seen: list[Visible], *more: Table) -> Mention | None:
        found = [c for v in seen if (c := v.table.column(name)) is not None]
        if not found:
            return Mention(span, name, refusal=_UNKNOWN) if any(v.table.open for v in seen) else None
        return Mention(span, found[0].name, found[0].one_with(*found[1:]), (*(v.table for v in seen), *more))

    def _written(self, index: int) -> Table | None:
        """The table whose columns a statement lists that writes to it: `INSERT INTO t (a)`, `CREATE TABLE t (a …)`; or
        that it speaks of: `CREATE INDEX i ON t (a)`, `ALTER TABLE t ALTER COLUMN a`."""
        root, statement = self.statement.root, self.statement
        spoken = self._spoken_of(index)
        if spoken is not None:
            return spoken
        inside = next((b for b in root.children.values() if b.start < index < b.end and b.kind != "query"), None)
        if root.statement == "CREATE":
            made = definitions.target(statement)
            if made is None or (root.segment("select") is not None and inside is None):
                return None
            table = definitions.created(statement, made, self.catalogue, lambda _, token: self.anchor(token))
            token = statement.tokens[index]
            column = table.column(statement.spelling(token))
            if column is None:
                return None
            return table if column.origin == self.anchor(token) or self._constrains(index) else None
        target = target_of(statement)
        if root.statement == "INSERT" and target is not None and inside is not None:
            first = next((s.start for s in root.segments if s.clause != "head"), len(statement.tokens))
            return self.relations.table(target, root) if inside.start < first else None
        return None

    def _spoken_of(self, index: int) -> Table | None:
        said = [t.value for t in self.statement.tokens[:index]]
        altered = definitions.target(self.statement) if said[:1] == ["ALTER"] else None
        if altered is not None:
            behind = said[-1] in _ALTERS or (said[-1] == "COLUMN" and said[-2] in _ALTERS)
            return self._named(altered.parts) if behind and index > altered.after else None
        if said[:1] == ["CREATE"] and "INDEX" in said[:3] and "ON" in said and self._opened(index):
            at = said.index("ON") + 1
            at += said[at : at + 1] == ["ONLY"]
            end = next(n for n in range(at, index) if said[n] == "(" or said[n] == "USING")
            return self._named(tuple(t for t in self.statement.tokens[at:end] if t.value != "."))
        return None

    def _named(self, parts: Sequence[Token]) -> Table | None:
        found = self.catalogue.binding([self.statement.spelling(part) for part in parts])
        return found.type if found is not None and isinstance(found.type, Table) else None

    def _opened(self, index: int) -> int:
        """The index of the bracket that a token is in; 0 in none."""
        inner = inner_block(self.statement.root, index)
        return inner.start if inner is not self.statement.root else 0

    def _constrains(self, index: int) -> bool:
        """Whether a token stands in the list of a key of the table that is made, and not in that of another's."""
        return self.statement.tokens[self._opened(index) - 1].value in ("KEY", "UNIQUE")

    def _read(self, index: int, block: Block, span: Span, name: str) -> Mention | None:
        statement, tokens = self.statement, self.statement.tokens
        token = tokens[index]
        words = self._qualified(index)
        following = tokens[index + 1].value if index + 1 < len(tokens) else ""
        seen = self.relations.visible(block)
        if following == "." and any(v.name.casefold() == name.casefold() for v in seen):
            return None  # a table
        if (following == "(" and len(words) == 1) or self._no_column(index):
            return None
        if token.kind == "word" and token.value in RESERVED and len(words) == 1:
            return None
        clause = next((s.clause for s in reversed(block.segments) if s.start <= index), "")
        output = self.relations.output(block)
        own = output.column(name) if len(words) == 1 else None
        found = self.relations.resolve(words, block)
        if found is None:
            if own is not None and (clause == "order" or not any(v.table.open for v in seen)):
                return Mention(span, own.name, own, (output, *(v.table for v in seen)))
            if len(words) > 1 and any(
                v.name.casefold() == statement.spelling(words[-2]).casefold() and not v.table.open for v in seen
            ):
                return None
            unsure = not seen or any(v.table.open for v in seen) or statement.root.statement not in _QUERIES
            return Mention(span, name, refusal=_UNKNOWN) if unsure else None
        column, visible = found
        if len(words) > 1 and visible.name.casefold() != statement.spelling(words[-2]).casefold():
            return None  # a field of a struct
        tables = [visible.table]
        if len(words) == 1:
            nearer = [v for v in seen if v is not visible and v.level < visible.level]
            if any(v.table.open for v in nearer) or block.pivots:
                return Mention(span, name, refusal=_UNKNOWN)
            tables = [v.table for v in seen]
            merging = [v.table.column(name) for v in seen if v.source.using is not None or "NATURAL" in v.source.join]
            column = column.one_with(*(c for c in merging if c is not None and self._merges(block, name)))
            if clause == "order" and own is not None:
                column = column.one_with(own)
        if own is not None and clause == "select":
            tables.append(output)
        return Mention(span, column.name, column, tuple(tables))

    def _merges(self, block: Block, name: str) -> bool:
        """Whether a join of the block makes one column of those called so."""
        folded = name.casefold()
        for source in sources(self.statement, block):
            listed = {self.statement.spelling(t).casefold() for t in source.using or ()}
            if folded in listed or "NATURAL" in source.join:
                return True
        return False

    def _qualified(self, index: int) -> list[Token]:
        tokens = self.statement.tokens
        words = [tokens[index]]
        while index >= 2 and tokens[index - 1].value == "." and tokens[index - 2].kind in ("word", "name"):
            words.insert(0, tokens[index - 2])
            index -= 2
        return words

    def _no_column(self, index: int) -> bool:
        """Types behind `::` and `CAST(… AS`, parts of dates in `EXTRACT(year FROM …)` and `INTERVAL 1 year`."""
        tokens = self.statement.tokens
        before = [t.value for t in tokens[max(0, index - 3) : index]]
        after = tokens[index + 1].value if index + 1 < len(tokens) else ""
        if before[-1:] == ["::"] or (before[-2:] == ["EXTRACT", "("] and after == "FROM"):
            return True
        if "INTERVAL" in before[-2:]:
            return True
        return before[-1:] == ["AS"] and inner_block(self.statement.root, index).kind == "call"

    def natural(self, name: str) -> Iterator[Mention]:
        """Joins that compare all columns of equal names, this one's among them."""
        for block in self._queries:
            if block.kind != "query" or not any("NATURAL" in s.join for s in sources(self.statement, block)):
                continue
            seen = self.relations.visible(block, outer=False)
            found = [c for v in seen if (c := v.table.column(name)) is not None]
            if found:
                at = next(t for t in self.statement.tokens if t.value == "NATURAL")
                span = Span(at.start, at.end).shift(self.statement.start)
                column = found[0].one_with(*found[1:])
                yield Mention(span, column.name, column, refusal="it joins by whatever names the tables share")


def mentions(names: Names, name: str, *, templated: bool) -> Iterator[Mention]:
    """Every word of a statement that names a column called `name`, or may do so. `templated`: parts of the text may be
    left out when a template is filled in."""
    statement, folded = names.statement, fold(name)
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    for index, token in enumerate(statement.tokens):
        if token.kind not in ("word", "name"):
            continue
        spelled = statement.spelling(token)
        span = Span(token.start, token.end).shift(statement.start)
        if fold(spelled) == folded:
            found = names.meaning(index)
            if found is not None and templated:
                yield Mention(span, name, refusal="a template decides what the query is")
            elif found is not None:
                yield found
        elif fold(spelled).startswith(f"{folded}_") or fold(spelled).endswith(f"_{folded}"):
            made = names.meaning(index)  # `price_x` of a join that made it out of `price`
            if made is not None and made.origins:
                yield made
        elif token.kind == "name" and word.search(spelled):
            yield Mention(span, name, refusal="a name is made out of it")
    for hole in statement.holes:
        if word.search(hole.of(statement.text)):
            yield Mention(hole.shift(statement.start), name, refusal="it is not known what the template becomes")
    if "natural" in fold(statement.text):
        yield from names.natural(name)


def index_at(statement: Statement, offset: int) -> int | None:
    """The index of the word that an offset of the whole text touches."""
    inside = offset - statement.start
    for index, token in enumerate(statement.tokens):
        if token.kind in ("word", "name") and token.start <= inside <= token.end:
            return index
    return None


def inputs(names: Names, span: Span) -> Iterator[Mention]:
    """The columns of the item of a list of results that gives the name at `span`."""
    found = names.given.get(span.start - names.statement.start)
    if found is None:
        return
    _, item = found
    for index in range(item.start, item.end):
        token = names.statement.tokens[index]
        if token is not item.alias and token.kind in ("word", "name"):
            meant = names.meaning(index)
            if meant is not None and meant.column is not None:
                yield meant
