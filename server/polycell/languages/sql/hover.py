"""Hover and definition in SQL: tables, columns, common table expressions, functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from polycell.core.environment import Binding
from polycell.core.places import located
from polycell.core.results import Hover, Location
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Anchor, Column, Table, describe
from polycell.core.values import replace
from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.query_types import with_types
from polycell.languages.sql.relations.columns import Relations, Visible
from polycell.languages.sql.relations.sources import Source, sources, target_of
from polycell.languages.sql.signature import described
from polycell.languages.sql.syntax.blocks import Block, Cte, blocks
from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.place import covers
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import RESERVED
from polycell.tables.describe import binding_line, table_markdown


class Meaning(Struct, frozen=True):
    """What a word of a statement stands for: exactly one of the fields is set, besides `table` for a source."""

    token: Token
    column: Column | None = None
    visible: Visible | None = None
    source: Source | None = None
    table: Table | None = None
    binding: Binding | None = None
    cte: Cte | None = None
    function: tuple[str, str] | None = None  # its call form, and what it does


def meaning(
    statement: Statement, catalogue: ViewCatalogue, offset: int, anchors: Callable[[Token], Anchor | None]
) -> Meaning | None:
    """What stands at `offset` of the whole text; None for keywords, literals and what nobody knows."""
    inside = offset - statement.start
    index = statement.index_at(inside)
    tokens = statement.tokens
    if index >= len(tokens) or tokens[index].start > inside or tokens[index].kind not in ("word", "name", "string"):
        index -= 1
    if index < 0 or not tokens[index].start <= inside <= tokens[index].end:
        return None
    token = tokens[index]
    relations = Relations(statement, catalogue, anchors)
    inner = inner_block(statement.root, index)
    block = inner.query()
    for here in blocks(statement.root):
        for cte in here.ctes:
            if cte.name is token:
                return Meaning(token, cte=cte, table=relations.cte_table(cte))
    source = _source_at(statement, token)
    if source is not None:
        return _of_source(statement, relations, catalogue, token, *source)
    if token.kind not in ("word", "name"):
        return None
    words = [token]
    at = index
    while at >= 2 and tokens[at - 1].value == "." and tokens[at - 2].kind in ("word", "name"):
        words.insert(0, tokens[at - 2])
        at -= 2
    follows_dot = index + 1 < len(tokens) and tokens[index + 1].value == "." and tokens[index + 1].kind == "op"
    if follows_dot:
        name = statement.spelling(token).casefold()
        for visible in relations.visible(block):
            if visible.name.casefold() == name:
                return Meaning(
                    token,
                    source=visible.source,
                    table=visible.table,
                    binding=_binding(statement, catalogue, visible.source),
                )
    called = index + 1 < len(tokens) and tokens[index + 1].value == "("
    if called and len(words) == 1:
        text = described(statement.dialect.name, statement.spelling(token))
        return Meaning(token, function=text) if text is not None else None
    if token.kind == "word" and token.value in RESERVED and len(words) == 1:
        return None
    found = relations.resolve(words, block)
    if found is not None:
        return Meaning(token, column=found[0], visible=found[1])
    return _named_here(statement, relations, block, token)


def _named_here(statement: Statement, relations: Relations, block: Block, token: Token) -> Meaning | None:
    """A name that the SELECT list gives (`total AS t`), where it is given or in ORDER BY."""
    column = relations.output(block).column(statement.spelling(token))
    return Meaning(token, column=column) if column is not None else None


def _typed(statement: Statement, catalogue: ViewCatalogue, column: Column) -> Column:
    """A column that the statement's own SELECT list gives, with the type that its dialect finds."""
    relations = Relations(statement, catalogue, lambda token: None)
    output = relations.output(statement.root)
    if column.type is not None or output.column(column.name) != column:
        return column
    return with_types(statement, relations, catalogue, output).column(column.name) or column


def inner_block(root: Block, index: int) -> Block:
    """The innermost block that the token at an index is in."""
    block = root
    while True:
        for child in (*block.arms, *block.children.values()):
            if covers(child, index) and child.start <= index < child.end:
                block = child
                break
        else:
            return block


def _source_at(statement: Statement, token: Token) -> tuple[Source, Block] | None:
    for block in blocks(statement.root):
        if block.kind not in ("query", "join"):
            continue
        for source in sources(statement, block):
            if token is source.alias or token is source.file or token is source.function or token in source.parts:
                return source, block
    target = target_of(statement)
    if target is not None and (token is target.alias or token in target.parts):
        return target, statement.root
    return None


def _binding(statement: Statement, catalogue: ViewCatalogue, source: Source) -> Binding | None:
    return catalogue.binding([statement.spelling(p) for p in source.parts]) if source.parts else None


def _of_source(
    statement: Statement, relations: Relations, catalogue: ViewCatalogue, token: Token, source: Source, block: Block
) -> Meaning:
    cte = relations.cte(statement.spelling(source.parts[0]), block) if len(source.parts) == 1 else None
    return Meaning(
        token,
        source=source,
        table=relations.table(source, block),
        cte=cte,
        binding=None if cte is not None else _binding(statement, catalogue, source),
    )


def hover(statement: Statement, catalogue: ViewCatalogue, offset: int, context: Context, assumed: str) -> Hover | None:
    found = meaning(statement, catalogue, offset, lambda token: None)
    if found is None:
        return None
    span = Span(found.token.start, found.token.end).shift(statement.start)
    if found.function is not None:
        signature, text = found.function
        return Hover(f"```sql\n{signature}\n```\n{text}", span)
    if found.column is not None:
        column = found.column if found.visible is not None else _typed(statement, catalogue, found.column)
        return Hover(column_text(statement, column, found.visible), span)
    database = catalogue.database
    unread = database.state if database is not None and database.problem else ""
    if found.table is None:
        return Hover(unread, span) if unread and found.source is not None else None
    name = statement.spelling(found.token)
    heading = f"**{name}**"
    if found.cte is not None:
        heading += f" · WITH `{statement.spelling(found.cte.name)}`"
    elif found.binding is not None and found.binding.name != name:
        heading += f" · `{found.binding.name}`"
    lines = [f"{heading} · {describe(found.table) or 'table'}"]
    if found.binding is not None:
        lines.append(binding_line(context.notebook, found.binding))
    lines.append(table_markdown(context.notebook, found.table))
    if unread:
        lines.append(f"_{unread}_")
    if assumed and statement.dialect.name:
        lines.append(f"_{statement.dialect.name} SQL is assumed: {assumed}_")
    return Hover("\n\n".join(filter(None, lines)), span)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("`", "'")


def column_text(statement: Statement, column: Column, visible: Visible | None) -> str:
    """Name and type, the table it belongs to, and where it comes from in one line."""
    kind = f" `{column.type}`" if column.type is not None else ""
    null = "" if column.nullable is None else ", may be null" if column.nullable else ", never null"
    lines = [f"**{column.name}**{kind}{null}"]
    if visible is not None and visible.name:
        source = visible.source
        table = ".".join(statement.spelling(p) for p in source.parts)
        lines.append(f"column of `{visible.name}`" + (f" (`{table}`)" if table and table != visible.name else ""))
    if column.source and column.source != column.name:
        lines.append(f"from `{_cell(column.source)}`")
    elif column.evidence.value != "derived":
        lines.append(f"known from: {column.evidence.value}")
    return "\n\n".join(lines)


def define(
    statement: Statement,
    catalogue: ViewCatalogue,
    offset: int,
    context: Context,
    anchor: Callable[[Statement, Token], Anchor | None],
) -> Sequence[Location]:
    """Where the column, alias or common table expression under the cursor is made."""
    found = meaning(statement, catalogue, offset, lambda token: anchor(statement, token))
    if found is None:
        return ()
    own = context.cell.id
    if found.cte is not None:
        return (Location(Span(found.cte.name.start, found.cte.name.end).shift(statement.start), own),)
    origin: Anchor | None = None
    if found.column is not None:
        origin = found.column.origin
        if origin is None and found.visible is not None:
            binding = _binding(statement, catalogue, found.visible.source)
            origin = binding.origin if binding is not None else None
    elif found.source is not None:
        named = found.source.alias
        if named is not None and found.token is not named and found.token not in found.source.parts:
            return (Location(Span(named.start, named.end).shift(statement.start), own),)
        origin = found.binding.origin if found.binding is not None else None
    return located_in(origin, context)


def located_in(origin: Anchor | None, context: Context) -> Sequence[Location]:
    """Where a name was given, as seen from a cell or a fragment of one."""
    where = located(context.notebook, origin)
    if where is None:
        return ()
    # Whoever asked about a fragment shifts what lies in its own cell.
    return (replace(where, span=where.span.shift(-context.start)) if where.cell == context.cell.id else where,)
