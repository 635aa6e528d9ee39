"""Which columns a source has, which a query yields, and which are visible where.

Everything is answered from blocks and a catalogue; nothing here needs the statement to parse. A table that is answered
closed is closed because every source of it is known whole and every item's name is certain.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from polycell.core.types import INT64, Anchor, Certainty, Column, DataType, Table
from polycell.core.values import replace
from polycell.languages.sql.relations.column_lists import renamed
from polycell.languages.sql.relations.file_functions import arguments_of
from polycell.languages.sql.relations.items import Item, items, items_of, text_of
from polycell.languages.sql.relations.names import named_once
from polycell.languages.sql.relations.pipes import stepped
from polycell.languages.sql.relations.pivots import pivoted
from polycell.languages.sql.relations.rows import by_name, values
from polycell.languages.sql.relations.sources import Source, merges, sources, target_of
from polycell.languages.sql.relations.spark_types import SPARKS
from polycell.languages.sql.relations.table_functions import EXPLODING, columns_of, exploded
from polycell.languages.sql.relations.unnamed import unnamed
from polycell.languages.sql.relations.written import ROWS, is_read, written_by
from polycell.languages.sql.syntax.blocks import WRITING, Block, Cte
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement

OPEN = Table(open=True, case_sensitive=False)
DEEPEST = 40  # nesting beyond which a query's columns are called unknown


class Catalogue(Protocol):
    """What is known from outside the statement."""

    def table(self, parts: Sequence[str]) -> Table | None:
        """The table of a (dotted) name."""

    def file(
        self, path: str, function: str = "", options: Mapping[str, Any] | None = None, more: Sequence[str] = ()
    ) -> Table | None:
        """The table in a data file, read bare or by a table function; `more` are the other files of a list."""

    def hole(self, text: str) -> Table | None:
        """The table that a template stands for."""

    def variable(self, name: str) -> bool:
        """Whether a name may be a variable that SQL declared."""


class Visible(Struct, frozen=True, eq=False):
    """A source with its columns as seen from some place; `level` 0 is the block's own FROM."""

    source: Source
    table: Table
    level: int
    name: str


class Relations:
    """Answers about one statement. Cheap to make; remembers what it has worked out."""

    def __init__(
        self, statement: Statement, catalogue: Catalogue, anchor: Callable[[Token], Anchor | None] | None = None
    ) -> None:
        self.statement = statement
        self._catalogue = catalogue
        self._anchor = anchor or (lambda token: None)
        self._outputs: dict[int, Table] = {}
        self._tables: dict[int, Table] = {}
        self._ctes: dict[int, tuple[dict[int, int], dict[str, list[int]]]] = {}
        self._busy: set[int] = set()
        self._asking: set[int] = set()
        self._visible: dict[tuple[int, bool], list[Visible]] = {}
        self._asked: list[tuple[Source, Table]] = []

    def asked(self) -> list[tuple[Source, Table]]:
        """The sources looked up so far, with their columns."""
        return list(self._asked)

    # -- names

    def cte(self, name: str, block: Block) -> Cte | None:
        """The common table expression that `name` means inside `block`."""
        folded = name.casefold()
        inside: Block = block
        home: Block | None = block
        while home is not None:
            if home.ctes:
                places, named = self._listed(home)
                limit = len(home.ctes)
                if inside is not home and inside.cte and id(inside) in places:
                    limit = places[id(inside)] + home.recursive
                at = bisect_left(named.get(folded, ()), limit)
                if at:
                    return home.ctes[named[folded][at - 1]]
            inside, home = home, home.parent
        return None

    def _listed(self, home: Block) -> tuple[dict[int, int], dict[str, list[int]]]:
        """Of the common table expressions of a block: the number of each by its own block, and by its folded name."""
        kept = self._ctes.get(id(home))
        if kept is None:
            named: dict[str, list[int]] = {}
            for at, cte in enumerate(home.ctes):
                named.setdefault(self.statement.spelling(cte.name).casefold(), []).append(at)
            kept = self._ctes[id(home)] = ({id(cte.block): at for at, cte in enumerate(home.ctes)}, named)
        return kept

    # -- tables

    def table(self, source: Source, block: Block) -> Table:
        """The columns of one source, renamed by its column list."""
        key = id(source)
        found = self._tables.get(key)
        if found is None:
            if key in self._asking:
                return OPEN  # a table that is made of columns of the join around it
            self._asking.add(key)
            try:
                found = self._table(source, block)
            finally:
                self._asking.discard(key)
            if source.listed:
                found = renamed(found, [self.statement.name(t) for t in source.listed], source.listed, self._anchor)
            for word, inside in source.pivots:
                found = pivoted(self.statement, word, inside, found, self._anchor)
            if source.columns and (source.function is None or source.pivots):  # else the function was called for them
                found = renamed(found, [self.statement.name(t) for t in source.columns], source.columns, self._anchor)
            if source.strange:
                found = replace(found, open=True)
            self._asked.append((source, found))
            self._tables[key] = found
        return found

    def _table(self, source: Source, block: Block) -> Table:
        spelling = self.statement.spelling
        if source.hole is not None:
            text = self.statement.text
            if source.parts:
                return OPEN
            return self._catalogue.hole(text[source.hole.start : source.hole.end]) or OPEN
        if source.block is not None:
            if source.piped and source.block.steps:
                return self._plain(source.block)
            if source.block.kind == "join":
                columns = tuple(c for s in sources(self.statement, source.block) for c in self.table(s, block).columns)
                return Table(columns, open=True, case_sensitive=False)
            return self.output(source.block)
        if source.file is not None:
            return self._catalogue.file(source.file.value) or OPEN
        if source.function is not None:
            return self._function(source, block)
        if source.is_array:
            return self._element(source, block, source.parts) or OPEN
        if len(source.parts) > 1 and self.statement.dialect.implicit_lateral:
            element = self._element(source, block, source.parts)
            if element is not None:
                return element
        if len(source.parts) == 1:
            cte = self.cte(spelling(source.parts[0]), block)
            if cte is not None:
                return self.cte_table(cte)
        return self._catalogue.table([spelling(p) for p in source.parts]) or OPEN

    def cte_table(self, cte: Cte) -> Table:
        found = self.output(cte.block)
        if cte.columns:
            listed = items(self.statement, cte.block)
            whole = len(listed) == len(cte.columns) and not any(i.star or i.odd or i.empty for i in listed)
            found = renamed(found, [self.statement.name(t) for t in cte.columns], cte.columns, self._anchor)
            if whole:
                columns = tuple(replace(c, certainty=Certainty.CERTAIN) for c in found.columns)
                found = replace(found, columns=columns, open=False)
        behind = self.statement.tokens[cte.block.end : cte.block.end + 1]
        if behind and behind[0].value in ("SEARCH", "CYCLE"):  # which add columns of order and path
            found = replace(found, open=True)
        return found

    def _function(self, source: Source, block: Block) -> Table:
        tokens = self.statement.tokens
        if source.counts and source.alias is not None:
            number = Column(self.statement.name(source.alias), INT64, origin=self._anchor(source.alias))
            return Table((number,), open=True, case_sensitive=False)
        spelling, dialect = self.statement.spelling, self.statement.dialect.name
        name = spelling(source.function).lower() if source.function else ""
        following = tokens[source.call + 1] if source.call + 1 < len(tokens) else None
        if (
            following is not None
            and dialect in ("duckdb", "")
            and (following.kind == "string" or following.value == "[")
        ):
            read = arguments_of(self.statement, source.call)
            if read is None:
                return OPEN
            (first, *more), options = read
            return self._catalogue.file(first, name, options, more) or OPEN
        if source.columns and name in ("range", "generate_series"):
            return self._declared(source, Table(case_sensitive=False))
        if name in EXPLODING and (dialect in _EXPLODE or source.columns):
            words = self._words(source)
            if dialect == "bigquery":
                return self._element(source, block, words) or OPEN
            found = self._before(source, block, words)
            names = tuple(self.statement.name(t) for t in source.columns)
            return self._declared(
                source, exploded(name, found.type if found is not None else None, names, spark=dialect in SPARKS)
            )
        if source.columns:
            return self._declared(source, OPEN)
        return columns_of(dialect, name, spelling(source.alias) if source.alias is not None else "") or OPEN

    def _declared(self, source: Source, table: Table) -> Table:
        """`table` with the columns that the query lists for it, with their places."""
        types = {c.name: c.type for c in table.columns}
        names = [(self.statement.name(t), t) for t in source.columns]
        made = tuple(Column(name, types.get(name), origin=self._anchor(token)) for name, token in names)
        return replace(table, columns=made or table.columns)

    def _words(self, source: Source) -> tuple[Token, ...]:
        """The words of a function's one argument, where that is a plain dotted name."""
        tokens = self.statement.tokens
        made: list[Token] = []
        for token in tokens[source.call + 1 :]:
            if token.value == ")" and token.kind == "op":
                return tuple(made)
            if len(made) > 5 or token.kind not in ("word", "name", "op") or (token.kind == "op" and token.value != "."):
                return ()
            if token.kind != "op":
                made.append(token)
        return ()

    def _before(self, source: Source, block: Block, words: Sequence[Token]) -> Column | None:
        """The column of a source before this one that the words name."""
        earlier: list[Visible] = []
        for other in sources(self.statement, block):
            if other is source:
                break
            named = other.named
            name = self.statement.spelling(named) if named is not None else ""
            earlier.append(Visible(other, self.table(other, block), 0, name))
        return self._resolve(words, earlier) if words and earlier else None

    def _element(self, source: Source, block: Block, words: Sequence[Token]) -> Table | None:
        """BigQuery: `UNNEST(t.items) AS i WITH OFFSET`, `t.items AS i`: the element, and the fields of a struct."""
        found = self._before(source, block, words)
        type_ = found.type if found is not None else None
        if found is None or type_ is None or type_.name != "list":
            return None
        element = type_.children[0][1]
        fields = element.children if element.name == "struct" else ()
        columns = [Column(name, inner) for name, inner in fields]
        if source.alias is not None and not fields:
            columns.append(Column(self.statement.name(source.alias), element))
        return Table(tuple(columns), open=True, case_sensitive=False)

    # -- what a query yields

    def output(self, block: Block, depth: int = 0) -> Table:
        """The columns that a query block yields, after its UNIONs."""
        key = id(block)
        found = self._outputs.get(key)
        if found is not None:
            return found
        if key in self._busy or len(self._busy) > DEEPEST:
            return self._plain(block) if len(self._busy) <= DEEPEST and block.arms and -key not in self._busy else OPEN
        self._busy.add(key)
        try:
            found = self.output(block.steps[-1]) if block.steps else self._plain(block)
            if block.arms:
                found = self._united(block, found)
        finally:
            self._busy.discard(key)
        self._outputs[key] = found
        return found

    def _plain(self, block: Block) -> Table:
        """The columns of a query's first arm."""
        key = -id(block)
        if key in self._busy:
            return OPEN
        self._busy.add(key)
        try:
            if block.step:
                return stepped(self, self.statement, block)
            if block.statement in WRITING:
                return self._returned(block)
            if block.segment("select") is not None:
                return self.selected(block)
            if block.segment("values") is not None:
                return values(self.statement, block, self._anchor)
            if any(s.clause == "from" for s in block.segments):
                return OPEN if self.is_odd(block) else self.star(block)
            inner = [child for child in block.children.values() if child.kind == "query" and not child.cte]
            return self.output(inner[0]) if len(inner) == 1 else OPEN
        finally:
            self._busy.discard(key)

    def _united(self, block: Block, first: Table) -> Table:
        others = [self.output(arm) for arm in block.arms]
        if block.by_name:
            columns = {c.name.casefold(): c for c in first.columns}
            for other in others:
                for column in other.columns:
                    key = column.name.casefold()
                    columns[key] = by_name(columns[key], column) if key in columns else column
            opened = first.open or any(o.open for o in others)
            made = [replace(c, type=None) if opened else c for c in columns.values()]  # the open arm may have it too
            return replace(first, columns=tuple(made), open=opened)
        if first.open:
            return replace(first, columns=tuple(replace(c, type=None) for c in first.columns))
        made = []
        for at, column in enumerate(first.columns):
            types = {o.columns[at].type if not o.open and at < len(o.columns) else None for o in others} | {column.type}
            kept = column.type if len(types) == 1 else None
            made.append(replace(column, type=kept, nullable=None))
        return replace(first, columns=tuple(made))

    def anchor(self, token: Token) -> Anchor | None:
        """The place that a token gives a name at."""
        return self._anchor(token)

    def _returned(self, block: Block) -> Table:
        """What INSERT, UPDATE and DELETE hand out behind RETURNING. That of INSERT sees nothing but its table."""
        segment = block.segment("returning")
        target = target_of(self.statement, block)
        if segment is None or block.statement == "MERGE":
            return OPEN
        over = None
        if block.statement == "INSERT":
            if target is None:
                return OPEN
            name = self.statement.spelling(target.named) if target.named else ""
            over = [Visible(target, self.table(target, block), 0, name)]
        return self.selected(block, items_of(self.statement, block, segment), over)

    def selected(
        self, block: Block, listed: tuple[Item, ...] | None = None, over: list[Visible] | None = None
    ) -> Table:
        """What a select list yields, that of the block or another one; `over` the block's sources or other ones."""
        made: list[Column] = []
        opened = self.is_odd(block)
        seen = over
        for item in items(self.statement, block) if listed is None else listed:
            if item.empty:
                opened = True
            elif item.star:
                found = self._expanded(block, item, over)
                made += found.columns
                opened = opened or found.open
            else:
                seen = self.visible(block) if seen is None else seen
                column = self._column(block, item, seen, None if opened else len(made))
                if column is None:
                    opened = True
                else:
                    made.append(column)
        return named_once(made, opened, suffixes=self.statement.dialect.suffixes_duplicates)

    def _column(self, block: Block, item: Item, seen: list[Visible], position: int | None) -> Column | None:
        statement = self.statement
        source = self._resolve(item.reference, seen) if item.reference else None
        if item.alias is not None:
            name = item.alias.value if item.alias.kind == "string" else statement.name(item.alias)
            if source is None:
                return Column(
                    name,
                    self._type(block, item),
                    origin=self._anchor(item.alias),
                    source=text_of(self.statement, item),
                )
            return replace(
                source.named(name, self._anchor(item.alias)),
                certainty=Certainty.CERTAIN,
                source=text_of(self.statement, item),
            )
        if item.odd:
            return None
        if item.reference:
            token = item.reference[-1]
            written = statement.name(token)
            if source is None:
                return Column(
                    written,
                    certainty=Certainty.LIKELY,
                    origin=self._anchor(token),
                    source=text_of(self.statement, item),
                )
            merged = len(item.reference) == 1 and merges(statement, block, written)
            if source.name == written or (statement.dialect.name == "duckdb" and not merged):
                return source
            if statement.dialect.name == "sqlite" and block is statement.root:
                return source  # what the statement itself gives has the table's spelling, what is inside the query's
            # Which spelling survives, the table's or the query's, differs between databases.
            return replace(source, name=written, certainty=min(source.certainty, Certainty.LIKELY))
        made = unnamed(statement, block, item, position)
        return Column(made, self._type(block, item), source=text_of(statement, item)) if made is not None else None

    def _type(self, block: Block, item: Item) -> DataType | None:
        tokens = self.statement.tokens
        if item.end - item.start < 3 or tokens[item.start].value != "COUNT":
            return None
        flat = list(block.walk(item.start, item.end))
        counts = len(flat) <= 4 and flat[1][1] is not None
        return INT64 if counts and all(tokens[i].kind in ("word", "name") for i, _ in flat[2:]) else None

    def _expanded(self, block: Block, item: Item, over: list[Visible] | None = None) -> Table:
        if item.qualifier:
            found = self._qualified(item.qualifier, block)
            table = found if found is not None else OPEN
        elif over is not None:
            table = over[0].table
        else:
            table = self.star(block)
        spelling = self.statement.spelling
        without = {spelling(t).casefold() for t in item.without}
        replaced = {spelling(t).casefold(): self.statement.name(t) for t in item.replaced}
        renamed = {spelling(a).casefold(): b for a, b in item.renamed}
        columns = []
        for column in table.columns:
            key = column.name.casefold()
            if key in without:
                continue
            made = column
            if key in replaced:
                name = replaced[key]
                # DuckDB takes the spelling of REPLACE; others may keep the table's.
                sure = name == column.name or self.statement.dialect.name == "duckdb"
                certainty = column.certainty if sure else min(column.certainty, Certainty.LIKELY)
                made = replace(column, name=name, type=None, nullable=None, certainty=certainty)
            if key in renamed:
                made = made.named(self.statement.name(renamed[key]), self._anchor(renamed[key]))
            columns.append(replace(made, maybe=True) if item.odd else made)  # `* LIKE '%a%'` takes some
        return Table(tuple(columns), table.open or item.odd or self.is_odd(block), case_sensitive=False)

    def is_odd(self, block: Block) -> bool:
        """Whether a PIVOT is in the block that no source carries: the statement of DuckDB."""
        return block.pivots and not any(source.pivots for source in sources(self.statement, block))

    def before_pivots(self, visible: Visible, block: Block, index: int) -> Table | None:
        """What a source has inside the parenthesis of its PIVOT, where token `index` is in it."""
        source = visible.source
        for at, (_, inside) in enumerate(source.pivots):
            if inside.start < index <= inside.end:
                return self.table(replace(source, pivots=source.pivots[:at], columns=source.listed, listed=()), block)
        return None

    def _qualified(self, parts: Sequence[Token], block: Block) -> Table | None:
        name = self.statement.spelling(parts[-1])
        for visible in self.visible(block, outer=True):
            if visible.name.casefold() == name.casefold():
                return visible.table
        return None

    def star(self, block: Block) -> Table:
        """`*`: all sources in order, merged columns once."""
        columns: list[Column] = []
        opened = False
        for source in sources(self.statement, block):
            table = self.table(source, block)
            words = source.join.split()
            if "SEMI" in words or "ANTI" in words:
                continue
            opened = opened or table.open
            incoming = list(table.columns)
            if "LEFT" in words or "FULL" in words:
                incoming = [replace(c, nullable=True) for c in incoming]
            if "RIGHT" in words or "FULL" in words:
                columns = [replace(c, nullable=True) for c in columns]
            merged: set[str] = set()
            if source.using is not None:
                merged = {self.statement.spelling(t).casefold() for t in source.using}
            elif "NATURAL" in words:
                merged = {c.name.casefold() for c in columns} & {c.name.casefold() for c in incoming}
                opened = opened or table.open
            partners = {c.name.casefold(): c for c in incoming if c.name.casefold() in merged}
            columns = [c.one_with(partners[k]) if (k := c.name.casefold()) in partners else c for c in columns]
            columns += [c for c in incoming if c.name.casefold() not in merged]
        if opened and len(sources(self.statement, block)) > 1:  # another source may have a column of the name first
            columns = [replace(c, type_certainty=Certainty.LIKELY) for c in columns]
        if not sources(self.statement, block):
            opened = True
        return Table(tuple(columns), opened, case_sensitive=False)

    # -- what is visible

    def visible(self, block: Block, *, outer: bool = True) -> list[Visible]:
        """Sources seen from inside a query block, its own first, then those of the queries around it."""
        key = (id(block.query()), outer)
        kept = self._visible.get(key)
        if kept is not None:
            return kept
        made: list[Visible] = []
        for level, here in enumerate(self._levels(block)):
            for source in sources(self.statement, here):
                if level and source.block is not None and _holds(source.block, block):
                    break  # no table is seen from its own query, nor are those behind it
                token = source.named
                name = self.statement.spelling(token) if token is not None else ""
                made.append(Visible(source, self.table(source, here), level, name))
            if here.statement == "INSERT":
                target = target_of(self.statement, here)
                if target is not None and is_read(self.statement, here):
                    name = self.statement.spelling(target.named) if target.named else ""
                    made.append(Visible(target, self.table(target, here), level, name))
            if not outer:
                break
        if not self._busy:  # inside a recursive table, what is seen is not yet final
            self._visible[key] = made
        return made

    def rows(self, name: str, block: Block) -> Visible | None:
        """What `excluded`, `inserted` and `deleted` mean in a statement that writes: rows of the written table."""
        if name.casefold() not in ROWS.get(self.statement.dialect.name, ()):
            return None
        for here in self._levels(block):
            target = written_by(self.statement, here)
            if target is not None:
                return Visible(target, self.table(target, here), 0, name)
        return None

    def _levels(self, block: Block) -> Iterator[Block]:
        """The query blocks whose sources can be seen from `block`, innermost first."""
        here: Block | None = block.query()
        while here is not None:
            yield here
            inside = here
            if inside.step and inside.parent is not None:  # the query that it is a step of is what it reads
                inside = inside.parent.query()
            if inside.cte:
                return
            parent = inside.parent
            if inside.head is not None:  # an arm sees what its whole UNION sees
                if inside.head.cte:
                    return
                parent = inside.head.parent
            while parent is not None and parent.kind != "query":
                parent = parent.parent
            here = parent

    def resolve(self, words: Sequence[Token], block: Block) -> tuple[Column, Visible] | None:
        """The column that `a.b` or `b` means inside a block; struct fields give their own type."""
        found = self._find(words, self.visible(block))
        if found is None and len(words) == 2:
            written = self.rows(self.statement.spelling(words[0]), block)
            column = written.table.column(self.statement.spelling(words[1])) if written is not None else None
            return (column, written) if column is not None and written is not None else None
        return found

    def _resolve(self, words: Sequence[Token], seen: list[Visible]) -> Column | None:
        found = self._find(words, seen)
        return found[0] if found else None

    def _find(self, words: Sequence[Token], seen: list[Visible]) -> tuple[Column, Visible] | None:
        names = [self.statement.spelling(w) for w in words]
        for at in range(len(names) - 1, -1, -1):
            # The longest qualifier first: `t.s.a` is column s of t before it is field a of s.
            qualifier = names[at - 1].casefold() if at else ""
            for visible in seen:
                if at and visible.name.casefold() != qualifier:
                    continue
                column = visible.table.column(names[at])
                if column is None:
                    continue
                for field in names[at + 1 :]:
                    inner = _field(column, field)
                    if inner is None:
                        return None
                    column = inner
                return column, visible
            if at and len(names) == 2 and any(v.name.casefold() == qualifier for v in seen):
                return None
        return None


def _holds(outer: Block, inner: Block) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


_EXPLODE = frozenset({"spark", "databricks", "hive", "bigquery"})


def _field(column: Column, name: str) -> Column | None:
    if column.type is None or column.type.name != "struct":
        return None
    for label, type_ in column.type.children:
        if label.casefold() == name.casefold():
            return replace(column.named(label, None), type=type_, source=f"{column.source or column.name}.{label}")
    return None
