"""Columns as completion items: what is shown of each, in which order, and how its name is written at the place."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter

from polycell.core.matching import MOST, NOT_AT_ALL, best_first, distance
from polycell.core.patterns import pattern
from polycell.core.results import Completion, Completions
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Column, Evidence, Table
from polycell.languages.python.columns.places import Offer, offer
from polycell.languages.python.flow.at_cursor import Place
from polycell.tables.describe import column_from, column_type

_LAST = 5000  # rank of columns far to the right; members of frames come behind
_USED = 5500  # of columns that only the notebook's own texts name
_IN_SUBSCRIPT, _IN_CALL = 4, 8  # of columns where any expression may stand: before variables, behind keywords
_WORD = pattern(r"[^\W\d]\w*\Z")
_PLAIN_SQL = pattern(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def column_items(place: Place, found: Offer) -> Completions:
    """The columns of an offer: those that the other table has too come first, guesses last. Of very many only as many
    are written out as are offered: those that match what is typed."""
    if found.role in ("python", "sql", "formula"):
        return Completions(tuple(_in_expression(place, found)))
    span, text = place.site.span, place.context.cell.text
    if found.table.flavour == "spark":
        outer, dot, _ = text[span.start : place.offset].rpartition(".")
        fields = fields_of(found.table, outer.split(".")) if dot else ()
        if fields:  # `s.` of a structure
            found, span = Offer(Table(fields, flavour="spark")), Span(span.start + len(outer) + 1, span.end)
    quoted = quoting(place)
    ranked = [*_ranked(found)]
    if len(ranked) > MOST:
        ranked = best_first(ranked, text[span.start : place.offset], lambda one: one[0].name, itemgetter(1))
    writable = ((*one, written) for one in ranked if (written := quoted(one[0].name)) is not None)
    items = tuple(
        _item(place.context, column, span, written, rank, pair)
        for column, rank, pair, written in islice(writable, MOST)
    )
    return Completions(items, next(writable, None) is not None)


def fields_of(table: Table, path: Sequence[str]) -> tuple[Column, ...]:
    """The fields of a structure that a column, or one of its fields, holds; none where it is no structure."""
    column = table.column(path[0])
    type_ = column.type if column is not None else None
    for name in path[1:]:
        type_ = dict(type_.children).get(name) if type_ is not None and type_.name == "struct" else None
    children = type_.children if type_ is not None and type_.name == "struct" else ()
    return tuple(Column(name, child, source=f"a field of {'.'.join(path)}") for name, child in children)


def _ranked(found: Offer) -> Iterator[tuple[Column, int, Column | None]]:
    """(column, rank, the one that it pairs with)."""
    table, other = found.table, found.other
    pairs = _pairs(table, other) if other is not None else {}
    columns = (*table.columns, *(c for c in table.index if c.name and found.levels))
    if not pairs:
        for at, column in enumerate(columns):
            used = column.evidence is Evidence.USAGE
            yield column, _USED + min(at, 400) if used else at if at < _LAST else _LAST, None
        return
    only = found.role == "shared" and other is not None and not other.open
    for at, column in enumerate(columns):
        pair = pairs.get(column.name)
        if only and pair is None:
            continue  # `on` needs it in both
        rank = min(at, _LAST) if pair is not None else min(at + len(table.columns), _LAST)
        yield column, _USED + min(at, 400) if column.evidence is Evidence.USAGE else rank, pair


def _pairs(table: Table, other: Table) -> Mapping[str, Column]:
    """The columns and levels of a table that another has too, by their names, with the other's: `Table.column` for all
    at once."""
    theirs = (*other.columns, *other.index)
    exact = {column.name: column for column in reversed(theirs)}
    folded = {} if other.case_sensitive else {column.name.casefold(): column for column in reversed(theirs)}
    names = (c.name for c in (*table.columns, *table.index) if c.name)
    twins = ((name, exact.get(name) or folded.get(name.casefold())) for name in names)
    return {name: twin for name, twin in twins if twin is not None}


def _item(
    context: Context, column: Column, span: Span, written: str, rank: int, pair: Column | None = None, filter_: str = ""
) -> Completion:
    detail = column_type(column)
    if pair is not None:
        differs = pair.type is not None and column.type is not None and pair.type != column.type
        detail = f"{detail} = {pair.type}" if differs else f"{detail} (in both)".strip()
    if column.maybe:
        detail = f"{detail} (maybe)".strip()
    return Completion(
        column.name, "column", span, written, detail, column_from(context.notebook, column), rank, filter_
    )


def in_quotes(name: str, place: Place) -> str | None:
    """The name as the string at the cursor must have it, its closing quote included where that is missing; None where
    such a string cannot hold it."""
    return quoting(place)(name)


def quoting(place: Place) -> Callable[[str], str | None]:
    """The same for many names."""
    site, text = place.site, place.context.cell.text
    prefix = _prefix(text, site.span.start - len(site.quote))
    quote = site.quote[0]
    raw, formatted = "r" in prefix, "f" in prefix
    end = "" if text.startswith(site.quote, site.span.end) else site.quote

    def quoted(name: str) -> str | None:
        made = name
        if raw:
            if quote in name or "\n" in name or name.endswith("\\"):
                return None
        else:
            made = name.replace("\\", "\\\\").replace("\n", "\\n").replace(quote, f"\\{quote}")
        if formatted:
            made = made.replace("{", "{{").replace("}", "}}")
        return made + end

    return quoted


def _prefix(text: str, at: int) -> str:
    start = at
    while start and text[start - 1].isalpha() and at - start < 3:
        start -= 1
    return text[start:at].lower()


def quoted_items(place: Place) -> Iterator[Completion]:
    """Columns, in quotes, where a text that names one may begin: `df[`, `df.groupby(`."""
    site, context = place.site, place.context
    if not site.brackets or site.attribute:
        return
    found = offer(Place(context, site.span.start, place.run), variable=True)
    if found is None or found.role in ("python", "sql", "formula") or found.doubt:
        return
    mark = "'" if '"' in site.outer else '"'
    rank = _IN_SUBSCRIPT if site.brackets[-1].kind == "[" else _IN_CALL
    word = site.word.casefold()
    matching = (one for one in _ranked(found) if distance(word, one[0].name.casefold()) < NOT_AT_ALL)
    for column, _, pair in islice(matching, MOST):
        name = column.name
        if name and column.evidence is not Evidence.USAGE and not set(name) & {"\n", "\\", mark}:
            quoted = f"{mark}{name}{mark}"
            yield _item(context, column, site.span, quoted, rank, pair, name)._replace(label=quoted)


def attribute_items(
    context: Context, table: Table, span: Span, members: set[str], *, written: bool = True
) -> Iterator[Completion]:
    """Columns behind the dot of `df.`; one that cannot be written so, or that a method hides, as `["…"]` instead where
    it may be `written` so."""
    dot = span.start - 1
    for at, column in enumerate(table.columns):
        rank = _USED + min(at, 400) if column.evidence is Evidence.USAGE else min(at, _LAST)
        name = column.name
        if name.isidentifier() and not keyword.iskeyword(name) and name not in members:
            yield _item(context, column, span, "", rank)
        elif written and name and "\n" not in name and dot >= 0 and context.cell.text[dot] == ".":
            escaped = name.replace("\\", "\\\\").replace('"', '\\"')
            yield _item(context, column, Span(dot, span.end), f'["{escaped}"]', rank, filter_=f".{name}")


def _in_expression(place: Place, found: Offer) -> Iterator[Completion]:
    """Columns for the word at the cursor in the text of an expression, quoted as its language quotes."""
    content = place.site.span.of(place.context.cell.text)
    at = place.offset - place.site.span.start
    start, quote = _word_start(content[:at])
    if quote is None or "\n" in place.site.quote:
        return
    end = at
    while end < len(content) and (content[end].isalnum() or content[end] == "_"):
        end += 1
    end += bool(quote) and content[end : end + 1] == quote
    span = Span(place.site.span.start + start, place.site.span.start + end)
    mark = "`" if found.role in ("python", "formula") or found.table.flavour == "spark" else '"'
    for column, rank, _ in _ranked(found):
        name = column.name
        plain = _WORD.match(name) and not keyword.iskeyword(name) if mark == "`" else _PLAIN_SQL.match(name)
        if "`" in name or "\n" in name or "\\" in name or '"' in name:
            continue
        written = name if plain and not quote else f"{mark}{name}{mark}"
        if found.role == "formula" and not plain:
            inner = "'" if '"' in place.site.quote else '"'
            written = f"Q({inner}{name}{inner})"
        if place.site.quote in written:
            written = written.replace(place.site.quote, f"\\{place.site.quote}")
        yield _item(place.context, column, span, written, rank, filter_=written if written != name else "")


def variable_in(place: Place) -> Span | None:
    """The word at the cursor in a text of `query` or `eval`, where it is a variable's, behind `@`."""
    content = place.site.span.of(place.context.cell.text)
    at = place.offset - place.site.span.start
    start, _ = _word_start(content[:at])
    if content[start - 1 : start] != "@" or _inside_text(content[:start]):
        return None
    while at < len(content) and (content[at].isalnum() or content[at] == "_"):
        at += 1
    return Span(place.site.span.start + start, place.site.span.start + at)


def _inside_text(before: str) -> bool:
    return before.count("'") % 2 == 1 or before.count('"') % 2 == 1 or before.count("`") % 2 == 1


def _word_start(before: str) -> tuple[int, str | None]:
    """(where the word at the end of an expression starts, the quote it is in); the quote is None inside of a text and
    behind `@` or a dot, where no column stands."""
    open_ = ""
    opened = 0
    for at, char in enumerate(before):
        if open_:
            open_ = "" if char == open_ else open_
        elif char in "'\"`":
            open_, opened = char, at
    if open_:
        return opened, open_ if open_ == "`" else None
    start = len(before)
    while start and (before[start - 1].isalnum() or before[start - 1] == "_"):
        start -= 1
    if before[start : start + 1].isdigit() or before[start - 1 : start] in ("@", "."):
        return start, None
    return start, ""
