"""What a SQL cell's text alone says: tables used and made, common table expressions, and certain syntax problems."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.facts import Definition, Facts, Problem, Reference, Use
from polycell.core.notebook import Cell
from polycell.core.text import Span
from polycell.languages.sql.catalogue import reader_of
from polycell.languages.sql.definitions import target
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.sources import sources, target_of
from polycell.languages.sql.results import result_span
from polycell.languages.sql.syntax.blocks import Block, blocks
from polycell.languages.sql.syntax.dialects import DIALECTS, Dialect
from polycell.languages.sql.syntax.lexer import Token, lex
from polycell.languages.sql.syntax.scan import Script, Statement, scan
from polycell.languages.sql.syntax.text import sql_text

LONGEST = 200_000  # characters of a cell that are looked at


def facts(cell: Cell, dialect: Dialect) -> Facts:
    """Spans are offsets into the cell's text."""
    whole = sql_text(cell)
    text = whole[:LONGEST]
    script = scan(text, dialect)
    definitions: list[Definition] = []
    uses: list[Use] = []
    references: list[Reference] = []
    made: dict[str, str] = {}
    span = result_span(cell)
    if span is not None:
        definitions.append(Definition(cell.result, "result", span, Span(0, len(cell.text))))
        references.append(Reference(cell.result, span, write=True))
    for statement in script.statements:
        found = target(statement)
        names, qualifiers = _named(statement)
        names = [(name, place.shift(statement.start), local) for name, place, local in names]
        for cte, place, extent in _ctes(statement):
            definitions.append(Definition(cte, "table", place, extent))
            references.append(Reference(cte, place, write=True, local=True))
        for name, place, local in names:
            known = made.get(name.casefold())
            references.append(Reference(known or name, place, local=local or known is not None))
            if not local and known is None:
                uses.append(Use(name, place, table=True))
        for name, place, local in qualifiers:
            known = made.get(name.casefold())
            span = place.shift(statement.start)
            references.append(Reference(known or name, span, local=local or known is not None))
        if found is not None:
            name = ".".join(statement.spelling(t) for t in found.parts)
            place = found.span.shift(statement.start)
            if found.verb in ("CREATE", "CACHE"):
                extent = Span(statement.start, statement.start + len(statement.text))
                definitions.append(Definition(name, "table", place, extent))
                references.append(Reference(name, place, write=True))
                made[name.casefold()] = name
            else:
                references.append(Reference(made.get(name.casefold(), name), place, local=name.casefold() in made))
                if found.verb == "ALTER" and name.casefold() not in made:
                    uses.append(Use(name, place, table=True))
    return Facts(
        definitions=tuple(definitions),
        uses=tuple(uses),
        references=tuple(references),
        problems=tuple(_problems(text, script)) if text == whole else (),
        analysis=script,
    )


class NoTables:
    """A catalogue of no tables: facts know the text only."""

    def table(self, parts: object) -> None:
        return None

    def file(self, *args: object, **options: object) -> None:
        return None

    def variable(self, name: str) -> bool:
        return False

    def hole(self, text: str) -> None:
        return None


# (name, span in the statement, whether it is a common table expression of the statement)
_Named = list[tuple[str, Span, bool]]


def _named(statement: Statement) -> tuple[_Named, _Named]:
    """The tables that a statement names, and the qualifiers that are such a name; kept with its tree, since a text may
    be made of thousands of which a keystroke changes one."""
    key = f"named in {statement.dialect.name}"
    kept = statement.root.memo.get(key)
    if kept is None:
        tables = _tables(statement)
        kept = statement.root.memo[key] = tables, list(_qualifiers(statement, tables))
    return kept  # type: ignore[return-value]


def _tables(statement: Statement) -> _Named:
    relations = Relations(statement, NoTables())
    made: list[tuple[str, Span, bool]] = []
    found = [(s, b) for b in blocks(statement.root) if b.kind == "query" for s in sources(statement, b)]
    written = target_of(statement)
    if written is not None and statement.root.statement == "INSERT":
        found.append((written, statement.root))
    for source, block in found:
        if not source.parts or source.hole is not None:
            continue
        name = ".".join(statement.spelling(p) for p in source.parts)
        span = Span(source.parts[0].start, source.parts[-1].end)
        cte = relations.cte(name, block) if len(source.parts) == 1 else None
        if cte is not None:
            made.append((statement.spelling(cte.name), span, True))
        elif reader_of(name) and statement.dialect.name in ("duckdb", ""):
            continue  # a file by its name
        elif not source.lateral and not _is_column(statement, source.parts, block, source):
            made.append((name, span, False))
    return sorted(set(made), key=lambda m: m[1])


def _qualifiers(statement: Statement, names: _Named) -> Iterator[tuple[str, Span, bool]]:
    """`sales` of `sales.price` where that is a table of the statement by its own name and no alias is called so."""
    taken = [span for _, span, _ in names]
    aliased: set[str] = set()
    for block in blocks(statement.root):
        if block.kind == "query":
            for source in sources(statement, block):
                if source.alias is not None:
                    aliased.add(statement.spelling(source.alias).casefold())
    plain: dict[str, set[tuple[str, bool]]] = {}
    for name, _, local in names:
        plain.setdefault(name.casefold(), set()).add((name, local))
    tokens = statement.tokens
    for at, token in enumerate(tokens[:-1]):
        if token.kind not in ("word", "name") or tokens[at + 1].value != "." or (at and tokens[at - 1].value == "."):
            continue
        folded = statement.spelling(token).casefold()
        meant = plain.get(folded, set())
        if folded in aliased or len({local for _, local in meant}) != 1 or any(token.start in span for span in taken):
            continue
        name, local = min(meant)
        yield name, Span(token.start, token.end), local


def _is_column(statement: Statement, parts: tuple[Token, ...], block: Block, own: object) -> bool:
    """Whether a dotted name is a column of a table before it (BigQuery: `FROM t, t.items`)."""
    if len(parts) < 2:
        return False
    first = statement.spelling(parts[0]).casefold()
    return any(
        s is not own and s.named is not None and statement.spelling(s.named).casefold() == first
        for s in sources(statement, block)
    )


def _ctes(statement: Statement) -> Iterator[tuple[str, Span, Span]]:
    tokens = statement.tokens
    for block in blocks(statement.root):
        for cte in block.ctes:
            end = tokens[min(cte.block.end, len(tokens)) - 1].end
            extent = Span(cte.name.start, max(end, cte.name.end)).shift(statement.start)
            yield statement.spelling(cte.name), Span(cte.name.start, cte.name.end).shift(statement.start), extent


# -- syntax problems

_PLAIN = frozenset({"SELECT", "WITH", "FROM", "INSERT", "UPDATE", "DELETE", "VALUES"})


def _problems(text: str, script: Script) -> Iterator[Problem]:
    """Only what every dialect refuses: a string, quoted name, comment or parenthesis that does not end.

    Template control flow, procedural code and client commands have rules of their own, so they silence it all.
    """
    if script.blocks or any(s.root.statement not in _PLAIN for s in script.statements if s.tokens):
        return
    for statement in script.statements:
        for span, what in statement.lexed.unclosed:
            if what == "comment" and script.dialect.name in ("sqlite", ""):
                continue  # SQLite ends it with its input
            if statement is script.statements[-1] and _unclosed_everywhere(
                text, span.shift(statement.start).start, what
            ):
                where = span.shift(statement.start)
                opening = Span(where.start, where.start + (2 if what == "comment" else 1))
                yield Problem(opening, f"This {what} is never closed.", "sql-syntax")
    if any(s.lexed.unclosed for s in script.statements):
        return
    for statement in script.statements:
        if not statement.holes:
            yield from _parentheses(statement)


def _unclosed_everywhere(text: str, start: int, what: str) -> bool:
    """Whether all dialects agree that what begins at `start` is unclosed."""
    return all(
        any(span.start == start and kind == what for span, kind in lex(text, dialect).unclosed)
        for dialect in DIALECTS.values()
        if dialect.name in ("", "duckdb", "mysql", "snowflake", "bigquery", "spark", "tsql")
    )


def _parentheses(statement: Statement) -> Iterator[Problem]:
    if any(t.value in ("BEGIN", "DECLARE", "{", "}") or t.kind == "hole" for t in statement.tokens):
        return
    open_: list[Token] = []
    for token in statement.tokens:
        if token.kind != "op":
            continue
        if token.value == "(":
            open_.append(token)
        elif token.value == ")":
            if not open_:
                yield Problem(
                    Span(token.start, token.end).shift(statement.start),
                    "Nothing is open here for `)` to close.",
                    "sql-syntax",
                )
                return
            open_.pop()
    if open_:
        token = open_[0]
        yield Problem(Span(token.start, token.end).shift(statement.start), "This `(` is never closed.", "sql-syntax")
