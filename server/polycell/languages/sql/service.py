"""The SQL service: facts, exports, completion, hover, definitions and findings of SQL cells and fragments."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from polycell.core.environment import Binding, Exports, View, fold
from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.results import (
    NO_COMPLETIONS,
    Action,
    Completion,
    Completions,
    Finding,
    Fix,
    Formatted,
    Hover,
    Layout,
    Location,
    Mention,
    SemanticToken,
    Signatures,
    WrittenPath,
)
from polycell.core.service import Context, LanguageService
from polycell.core.text import Span
from polycell.core.types import Anchor, Connection, Table, Type
from polycell.core.values import replace
from polycell.languages.sql import check, connection, definitions, mentions, renaming, results
from polycell.languages.sql.attached import unseen
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.checks import names as name_check
from polycell.languages.sql.complete import complete
from polycell.languages.sql.duckdb import shadow as duckdb_shadow
from polycell.languages.sql.facts import LONGEST, facts
from polycell.languages.sql.filled import filled
from polycell.languages.sql.formatting import formatted
from polycell.languages.sql.hover import column_text, define, hover, located_in
from polycell.languages.sql.mentions import Names
from polycell.languages.sql.path_strings import written_path
from polycell.languages.sql.query_types import with_types
from polycell.languages.sql.reach import REACH
from polycell.languages.sql.relations.columns import OPEN, Relations
from polycell.languages.sql.signature import signature
from polycell.languages.sql.syntax.dialects import DIALECTS, Dialect
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.nested import nested
from polycell.languages.sql.syntax.place import place_in
from polycell.languages.sql.syntax.scan import Script, Statement, scan
from polycell.languages.sql.syntax.statements import ends_by_lines
from polycell.languages.sql.syntax.text import sql_text
from polycell.languages.sql.syntax.variables import begins_routine
from polycell.languages.sql.tokens import tokens
from polycell.languages.sql.usage import Usage
from polycell.tables.databases.schemes import CONNECTION, dialect_of_url
from polycell.tables.persisted import PERSISTING, persisted
from polycell.tables.unseen import UNSEEN

CHECKED = 100  # statements of a cell beyond which none is checked
INFERRED = LONGEST  # characters of a cell that are read at all, to complete what is typed excepted

_NO_RESULT = frozenset({"CREATE", "DROP", "ALTER", "USE", "SET", "GRANT", "TRUNCATE"})
_QUERIES = frozenset({"SELECT", "WITH", "FROM", "VALUES", "TABLE", "PIVOT", "UNPIVOT", ""})

Anchored = Callable[[Statement, Token], Anchor | None]


class Reading(Struct, frozen=True):
    """A cell as its answers need it: SQL text at the cell's offsets, dialect, and what is known from outside of it."""

    text: str
    dialect: Dialect
    assumed: str
    script: Script
    catalogue: ViewCatalogue
    anchor: Anchored


def read(context: Context) -> Reading:
    cell = context.cell
    text = sql_text(cell)
    dialect, assumed = connection.resolve(cell, context.notebook, context.view)
    script = scan(text[:INFERRED], dialect)
    catalogue = _catalogue(context, dialect)

    # An anchor counts in the whole cell, of which a fragment is a part.
    whole = context.notebook.cells[context.index].text if context.start else cell.text

    def anchor(statement: Statement, token: Token) -> Anchor | None:
        start = statement.start + token.start
        name = cell.text[start : statement.start + token.end]
        return Anchor.at(whole, context.start + start, name, cell=cell.id)

    return Reading(text, dialect, assumed, script, catalogue, anchor)


def _catalogue(context: Context, dialect: Dialect) -> ViewCatalogue:
    folder = os.path.dirname(context.notebook.path)
    used = connection.current(context.cell, context.view)
    found = connection.database(used, context.view, folder)
    named = connection.label(context.cell)
    frames = connection.frames_of(context.cell, context.view)
    return ViewCatalogue(context.view, dialect, folder, connection=named, database=found, frames=frames)


class SqlService(LanguageService):
    languages = frozenset({"sql"})
    reach = REACH

    def facts(self, cell: Cell, host: Host) -> Facts:
        dialect = connection.from_text(cell, host.name)
        if dialect.name == "duckdb":
            duckdb_shadow.prepare()
        said = facts(cell, dialect)
        parts = filled(cell, host.name, sql_text(cell)[:LONGEST])
        return replace(said, fragments=parts) if parts else said

    def exports(self, context: Context) -> Exports:
        cell = context.cell
        made: list[Binding] = []
        reading = read(context)
        small = len(reading.text) <= INFERRED
        made_by_ddl = definitions.changes(reading.script, reading.catalogue, reading.anchor) if small else {}
        label = reading.catalogue.connection
        made += (replace(b, connection=label) for b in definitions.exported(made_by_ddl, reading.catalogue))
        made += _persisted(cell, reading)
        for saved in results.named_tables(cell, context.host) if small else ():
            # Of JupySQL's `--save`: later queries that mention the name get it as a WITH.
            query = result(reading, made_by_ddl)
            if query is not None:
                kept = replace(query, flavour="table")
                source = f"%%{cell.magic.name} … {saved}" if cell.magic is not None else ""
                made.append(Binding(saved, kept, "table", "catalog", Anchor("", 0, cell.id), source))
        name = results.result_name(cell, context.host)
        if name:
            table = result(reading, made_by_ddl) if small else OPEN
            if table is None and results.option(cell, "-f", "--file"):
                table = OPEN  # the query is in a file
            if table is not None:
                kind = results.flavour(cell, context.host, context.view, reading.catalogue.folder)
                span = results.result_span(cell)
                origin = (
                    Anchor.at(cell.text, span.start, name, cell=cell.id) if span is not None else Anchor("", 0, cell.id)
                )
                made.append(
                    Binding(
                        name,
                        crossing(table, kind),
                        "result",
                        results.result_space(cell, context.host),
                        origin,
                        f"SQL of {reading.dialect.name}" if reading.dialect.name else "SQL",
                    )
                )
        made += _unseen(reading.script)
        named = connection.used(cell, context.view)
        if named is not None:
            named = replace(named, folder=named.folder or os.path.dirname(context.notebook.path))
            made.append(Binding(CONNECTION, named, space="catalog"))
            alias = connection.alias_of(cell)
            if alias:
                made.append(Binding(f"{CONNECTION} {alias}", named, space="catalog"))
        return Exports(tuple(made))

    def evaluate(self, text: str, view: View) -> Type:
        """The table of the text's last SELECT; of a text that is a database URL alone, the connection."""
        stripped = text.strip()
        url = dialect_of_url(stripped) if " " not in stripped and "\n" not in stripped else None
        if url is not None:
            return Connection(url, stripped)
        dialect, _ = connection.of_view(view)
        used = connection.last(view)
        catalogue = ViewCatalogue(view, dialect, database=connection.database(used, view, ""))
        if len(text) > INFERRED:
            return OPEN

        def anchor(statement: Statement, token: Token) -> Anchor | None:
            start = statement.start + token.start
            return Anchor.at(text, start, text[start : statement.start + token.end])

        reading = Reading(text, dialect, "", scan(text, dialect), catalogue, anchor)
        made = definitions.changes(reading.script, reading.catalogue, reading.anchor)
        table = result(reading, made)
        return crossing(table, "sql") if table is not None else OPEN

    def effects(self, text: str, view: View, dialect: str) -> Sequence[Binding]:
        if len(text) > INFERRED:
            return ()
        spoken = DIALECTS[dialect] if dialect in DIALECTS and dialect else connection.of_view(view)[0]
        script = scan(text, spoken)
        if script.blocks:
            return ()
        catalogue = ViewCatalogue(view, spoken)
        made = definitions.exported(definitions.changes(script, catalogue, lambda s, t: None), catalogue)
        return (*made, *_unseen(script))

    def diagnose(self, context: Context) -> Sequence[Finding]:
        if len(context.cell.text) > INFERRED:
            return ()
        reading = read(context)
        return (*_unreachable(context, reading), *self._mistakes(context, reading))

    def _mistakes(self, context: Context, reading: Reading) -> Sequence[Finding]:
        known = reading.catalogue.database
        proven = known is not None and known.complete
        if reading.dialect.name == "duckdb" and not proven and not connection.in_memory(context.cell, context.view):
            return ()  # a table of the database file hides a frame of the same name
        if reading.script.blocks or len(reading.script.statements) > CHECKED:
            return ()
        found: list[Finding] = []
        for statement in reading.script.statements:
            if unseen(statement) or begins_routine(statement):
                break  # names mean something else from here on
            found += check.findings(statement, _before(reading, statement))
        if reading.assumed == connection.IMPORTED and context.cell.magic is not None:
            # Which database a bare `%%sql` talks to is a guess, and they differ in grouping and types.
            found = [f for f in found if f.code == name_check.CODE]
        if context.written is not None:
            found = [f for f in found if _of_part(context, f)]
        return tuple(replace(f, fixes=tuple(_spelled(context, f, reading.dialect))) for f in found)

    async def complete(self, context: Context, offset: int) -> Completions:
        if offset < context.cell.body:
            return NO_COMPLETIONS
        text = sql_text(context.cell)
        dialect, _ = connection.resolve(context.cell, context.notebook, context.view)
        held = nested(text, offset, dialect)
        found = place_in(text, held[-1] if held else None, offset, dialect)
        if found is None:
            return NO_COMPLETIONS
        # With no statement before, there is no need to read the text without its mask.
        several = ";" in text or ends_by_lines(text, dialect)
        catalogue = _before(read(context), found.statement) if several else _catalogue(context, dialect)
        if held:
            catalogue = _inside(catalogue, text, (Span(0, len(text)), *held), found.statement.start)
        usage = Usage(lambda word: _scripts(context, found.statement, word))
        made = complete(found, catalogue, usage, results.parameters(context.cell))
        if context.written is not None:  # the table is not named there
            made = replace(made, items=tuple(i for i in made.items if i.kind != "table"))
        quotes = _quotes(context)
        return made if len(quotes) != 1 else replace(made, items=tuple(_in_quotes(made.items, context, quotes)))

    def path(self, context: Context, offset: int) -> WrittenPath | None:
        return written_path(context.cell.text, offset)

    async def hover(self, context: Context, offset: int) -> Hover | None:
        reading = read(context)
        statement = reading.script.at(offset)
        found = hover(statement, _before(reading, statement), offset, context, reading.assumed)
        if found is not None:
            return found
        named = self.mention_at(context, offset)  # where a statement lists columns of what it makes or writes
        return Hover(column_text(statement, named.column, None), named.span) if named and named.column else None

    async def define(self, context: Context, offset: int) -> Sequence[Location]:
        reading = read(context)
        statement = reading.script.at(offset)
        found = define(statement, _before(reading, statement), offset, context, reading.anchor)
        named = None if found else self.mention_at(context, offset)
        return located_in(named.column.origin, context) if named and named.column else found

    async def signature(self, context: Context, offset: int) -> Signatures | None:
        return signature(read(context).script.at(offset), offset) if offset >= context.cell.body else None

    def actions(self, context: Context, span: Span) -> Sequence[Action]:
        """Layout is an action too: of a query in a Python string, and where another server formats the document."""
        found = self._formatted(context, span, Layout())
        edits = tuple(e for e in found.edits if e.span.of(context.cell.text) != e.text)
        return (Action("Format this SQL", "refactor.rewrite", edits),) if edits else ()

    async def format(self, context: Context, span: Span, layout: Layout) -> Formatted:
        return self._formatted(context, span, layout)

    def _formatted(self, context: Context, span: Span, layout: Layout) -> Formatted:
        if context.written is not None:
            return Formatted(refusal="It is a part of a query only.")
        if len(context.cell.text) > INFERRED:
            return Formatted(refusal="It is too long.")
        reading = read(context)
        quotes = _quotes(context)
        written = context.notebook.cells[context.index].text[context.start :]
        if quotes and not written.startswith(context.cell.text):
            return Formatted(refusal="It is put together of several texts.")
        found = formatted(context.cell, reading.text, reading.script, span, layout, literal=bool(quotes))
        # Only a text between three quotes may get more lines.
        if len(quotes) == 1 and any("\n" in e.text for e in found.edits):
            return Formatted(refusal="It would not stay on the line that it is on.")
        return found

    async def tokens(self, context: Context) -> Sequence[SemanticToken]:
        reading = read(context)
        return tokens(reading.script, reading.catalogue, context.facts)

    def mention_at(self, context: Context, offset: int) -> Mention | None:
        if len(context.cell.text) > INFERRED or offset < context.cell.body:
            return None
        reading = read(context)
        statement = reading.script.at(offset)
        index = mentions.index_at(statement, offset)
        return _names(reading, statement).meaning(index) if index is not None else None

    def mentions(self, context: Context, name: str) -> Iterator[Mention]:
        text = fold(context.cell.text)
        if fold(name) not in text and "natural" not in text:
            return
        if len(text) > INFERRED:
            yield Mention(Span(0, 0), name, refusal="the cell is too long to be read")
            return
        reading = read(context)
        for statement in reading.script.statements:
            yield from mentions.mentions(_names(reading, statement), name, templated=reading.script.blocks)

    def inputs(self, context: Context, span: Span) -> Iterator[Mention]:
        reading = read(context)
        yield from mentions.inputs(_names(reading, reading.script.at(span.start)), span)

    def column_spelling(self, context: Context, span: Span, name: str) -> str | None:
        return renaming.column_spelling(context, span, name, read(context).dialect)

    def spelling(self, context: Context, span: Span, name: str) -> str | None:
        return renaming.spelling(context, span, name)

    def spoken(self, context: Context) -> Iterable[str]:
        return renaming.spoken(context)

    def hidden(self, context: Context, name: str) -> Iterable[Span]:
        return renaming.hidden(context, name)


def _names(reading: Reading, statement: Statement) -> Names:
    return Names(statement, _before(reading, statement), lambda token: reading.anchor(statement, token))


def _scripts(context: Context, here: Statement, word: str) -> Iterator[Script]:
    """What the notebook's SQL cells say that have a word in them: the statement that is being typed, then the cells,
    the nearest first."""
    yield Script((here,), here.dialect)
    cells, at, folded = context.notebook.cells, context.index, fold(word)
    for index in sorted(range(len(cells)), key=lambda index: abs(index - at)):
        cell = cells[index]
        if index != at and cell.language == "sql" and folded in fold(cell.text):
            said = context.neighbour(index).facts.analysis
            if isinstance(said, Script):
                yield said


def _quotes(context: Context) -> str:
    """The quotes behind which a literal's text begins; "" outside of literals."""
    before = context.notebook.cells[context.index].text[: context.beginning] if context.beginning else ""
    if before.endswith(('"""', "'''")):
        return before[-3:]
    return before[-1:] if before.endswith(('"', "'")) else ""


def _in_quotes(items: Iterable[Completion], context: Context, quote: str) -> Iterator[Completion]:
    """What is inserted must not end the literal: its quotes are escaped, or in a raw one left out with their item."""
    before = context.notebook.cells[context.index].text[: context.beginning - 1]
    raw = "r" in before[len(before.rstrip("rRfFbBuU")) :].lower()
    for item in items:
        if quote not in (item.insert or item.label):
            yield item
        elif not raw:
            yield item._replace(insert=(item.insert or item.label).replace(quote, f"\\{quote}"))


def _of_part(context: Context, finding: Finding) -> bool:
    """Whether a finding is about the part of a query that is written: a table's alias may have been given to it before,
    and a name that the cell has elsewhere may have been given to a column beside it."""
    if finding.code == "sql-unknown-column":
        name = finding.span.of(context.cell.text)
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        return len(word.findall(context.notebook.cells[context.index].text)) == 1
    return finding.code in ("sql-type-error", "sql-syntax")


def _spelled(context: Context, finding: Finding, dialect: Dialect) -> Iterator[Fix]:
    """The finding's fixes with names as the dialect writes them at their place, without those that cannot be there."""
    for fix in finding.fixes:
        edits = [
            replace(e, cell=context.cell.id, text=renaming.column_spelling(context, e.span, e.text, dialect) or "")
            for e in fix.edits
        ]
        if all(e.text for e in edits):
            yield replace(fix, edits=tuple(edits))


def _unreachable(context: Context, reading: Reading) -> Iterator[Finding]:
    """That a database cannot be read is said once for each cell that names it, at the name."""
    known, cell = reading.catalogue.database, context.cell
    if known is None or not known.problem or cell.magic is None or connection.explicit(cell) is None:
        return
    if context.start:
        return  # behind a line magic, of which Python says so
    start = cell.magic.arguments_start
    word = cell.magic.arguments.split(None, 1)[0]
    yield Finding("database-unreachable", Span(start, start + len(word)), known.state, "information")


def _unseen(script: Script) -> list[Binding]:
    """That names may mean something else from there on."""
    return [Binding(UNSEEN, kind="parameter", space="catalog")] if any(map(unseen, script.statements)) else []


def _before(reading: Reading, statement: Statement) -> ViewCatalogue:
    """The catalogue as it is where `statement` begins, with what the cell's DDL did before."""
    if len(reading.text) > INFERRED or len(reading.script.statements) == 1:
        return reading.catalogue
    earlier = tuple(s for s in reading.script.statements if s.start < statement.start)
    local = definitions.changes(replace(reading.script, statements=earlier), reading.catalogue, reading.anchor)
    return replace(reading.catalogue, local=local)


def _inside(catalogue: ViewCatalogue, text: str, parts: Sequence[Span], start: int) -> ViewCatalogue:
    """The catalogue where a statement begins at `start`, with what was done before in the parts that hold it."""
    for part in parts:
        script = scan(part.of(text), catalogue.dialect)
        earlier = replace(script, statements=tuple(s for s in script.statements if s.start + part.start < start))
        made = definitions.changes(earlier, catalogue, lambda statement, token: None)
        catalogue = replace(catalogue, local={**catalogue.local, **made})
    return catalogue


def result(reading: Reading, local: Mapping[str, Binding | None]) -> Table | None:
    """The table that the last statement yields; None when it yields none (DDL), open when nobody knows."""
    statements = [s for s in reading.script.statements if s.tokens]
    if not statements:
        return None
    last = statements[-1]
    if last.root.statement in _NO_RESULT or definitions.target(last) is not None:
        return None
    if last.root.statement not in _QUERIES or reading.script.blocks:
        return OPEN
    catalogue = replace(reading.catalogue, local=local)
    relations = Relations(last, catalogue, lambda token: reading.anchor(last, token))
    found = relations.output(last.root)
    if any(h for h in last.holes if last.tokens and h.start == last.tokens[0].start):
        return OPEN
    return with_types(last, relations, catalogue, found)


def crossing(table: Table, kind: str) -> Table:
    """The table as another language gets it: names count as they are spelled."""
    return replace(table, flavour=kind, case_sensitive=True)  # type: ignore[arg-type]


def _persisted(cell: Cell, reading: Reading) -> list[Binding]:
    """`%%sql --persist df` makes a table of a frame."""
    from polycell.formats.magics import read_magic

    if cell.magic is None or cell.magic.name not in ("sql", "jupysql"):
        return []
    option = read_magic(cell.magic.name, cell.magic.arguments, cell.code).arguments.option
    words = [t for s in reading.script.statements for t in s.tokens]
    if option(*PERSISTING) is None or len(words) != 1:
        return []
    name = reading.script.statements[0].spelling(words[0])
    frame = reading.catalogue.view.with_overlay({}, "python").lookup(name)
    if frame is None or not isinstance(frame.type, Table):
        return []
    origin = Anchor.at(cell.text, words[0].start, name, cell=cell.id)
    table = persisted(frame.type, option)
    return [Binding(name, table, "table", "catalog", origin, f"--persist {name}", connection=connection.label(cell))]
