"""Completion in Python cells, of what only we know: names of all cells, columns, members of frames."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator
from itertools import islice

from polycell.core.environment import Binding
from polycell.core.notebook import Notebook
from polycell.core.patterns import pattern
from polycell.core.results import NO_COMPLETIONS, Completion, CompletionKind, Completions
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import (
    DURATION,
    NULL,
    STRING,
    UNKNOWN,
    Class,
    Collection,
    Function,
    GroupBy,
    Module,
    Record,
    Row,
    Scalar,
    Series,
    Table,
    Type,
    describe,
)
from polycell.languages.python.argument_words import words
from polycell.languages.python.charts import items as chart_items
from polycell.languages.python.charts.strings import chart_around, chart_string
from polycell.languages.python.columns.items import attribute_items, column_items, in_quotes, quoted_items, variable_in
from polycell.languages.python.columns.places import (
    Offer,
    column_attribute,
    located_rows,
    offer,
    sought,
    standing_alone,
)
from polycell.languages.python.columns.schema_offers import schema_items
from polycell.languages.python.columns.usage import used_with
from polycell.languages.python.columns.used_below import offered_below
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.frames.row_labels import labels_of
from polycell.languages.python.frames.rules import flavour_of
from polycell.languages.python.keyword_words import keywords
from polycell.languages.python.known import dbutils
from polycell.languages.python.known.frame_attributes import FRAMES
from polycell.languages.python.known.members import MEMBERS
from polycell.languages.python.known.usual import ANY, BUILTIN_RANK, FOREMOST, foremost

_METHOD = pattern(r"([ \t]+)(?:async[ \t]+)?def[ \t]+\w+[ \t]*\([ \t]*")
MOST = 200  # names of other cells offered at once; the list is marked incomplete when there are more

CELL, BUILTIN, KEYWORD = 65, 100, 200  # ranks
_MEMBER = 6000  # of members that an engine sees too, where there is one
_MADE = 5000  # rank of members that no engine sees
_BUILTINS = tuple(sorted(n for n in dir(builtins) if not n.startswith("_")))
_KEYWORDS = tuple(k for k in (*keyword.kwlist, "match", "case") if k not in ("True", "False", "None"))
NAMELESS = frozenset({"def", "class", "import", "from", "as", "global", "nonlocal"})


def complete(place: Place) -> Completions:
    """What may stand at a place. Inside a string nothing but columns and keys is offered."""
    context, site = place.context, place.site
    if site.comment:
        return Completions(tuple(schema_items(place)))
    if site.quote:
        return _in_string(place)
    if site.attribute:
        chart = chart_around(place) if site.receiver.endswith("datum") else None
        if chart is not None:
            return Completions(tuple(chart_items.members(place, chart.table)))
        behind = column_attribute(place)
        if behind is not None:
            return Completions(tuple(attribute_items(context, behind.table, site.span, set(), written=False)))
        type_ = place.type_of(site.receiver)
        if type_ == UNKNOWN and (rows := located_rows(place, site.receiver)) is not None:
            type_ = Row(rows, "series")
        found = (*_members(context, type_, site.span), *_used_attributes(place, type_), *_behind_accessor(place))
        return Completions(found)
    if site.before in NAMELESS:
        return NO_COMPLETIONS
    return _names(context, place)


def _in_string(place: Place) -> Completions:
    chart = chart_string(place)
    if chart is not None:
        return Completions(tuple(chart_items.items(place, chart)))
    found = offer(place)
    if found is None and (guessed := sought(place) or standing_alone(place)) is not None:
        found = Offer(guessed)
    found = found or offered_below(place)
    variable = variable_in(place) if found is not None and found.role == "python" else None
    if variable is not None:
        items, _, incomplete = _bound(place, variable)
        return Completions(tuple(items), incomplete)
    if found is not None:
        return column_items(place, found)
    return Completions((*_keys(place), *_words(place)))


def _words(place: Place) -> Iterator[Completion]:
    for rank, word in enumerate(words(place)):
        written = in_quotes(word, place)
        if written is not None:
            yield Completion(word, "value", place.site.span, written, rank=rank)


def _keys(place: Place) -> Iterator[Completion]:
    """Keys of a dictionary, names of widgets."""
    call = place.site.brackets[-1] if place.site.brackets else None
    if call is not None and call.kind == "(" and not call.argument and dbutils.asks_for_widget(call.receiver):
        for rank, name in enumerate(dbutils.widgets(place.context)):
            written = in_quotes(name, place)
            if written is not None:
                yield Completion(name, "value", place.site.span, written, "widget", rank=rank)
        return
    record = place.keys()
    for rank, (name, type_) in enumerate(record.fields if record is not None else ()):
        written = in_quotes(name, place)
        if written is not None:
            yield Completion(name, "property", place.site.span, written, describe(type_), rank=rank)


def _members(context: Context, type_: Type, span: Span) -> Iterator[Completion]:
    members = MEMBERS.get(_member_key(type_), ())
    if isinstance(type_, Table) and type_.flavour in ("pandas", "spark"):
        yield from attribute_items(context, type_, span, {name for name, _ in members})
    if isinstance(type_, GroupBy) and type_.table.flavour == "pandas" and type_.selected is None:
        yield from attribute_items(context, type_.table, span, {name for name, _ in members})
    if isinstance(type_, Series) and (labels := labels_of(type_)) is not None:
        yield from attribute_items(context, labels, span, {name for name, _ in members})
    if isinstance(type_, Row) and type_.kind != "dict":
        yield from attribute_items(context, type_.table, span, {name for name, _ in members})
    if isinstance(type_, Record) and type_.name != "dict":
        for name, field in type_.fields:
            if not name.isidentifier():
                continue  # a key of a row, or what we note about a value ourselves
            yield _field(name, field, span)
        return
    if isinstance(type_, Class):
        yield from (_field(name, field, span) for name, field in type_.members)
        return
    first = foremost((name for name, _ in members), ANY)
    for name, attribute in members:
        rank = _MEMBER + first.get(name, FOREMOST)
        yield Completion(name, "property" if attribute else "method", span, rank=rank)


def _used_attributes(place: Place, type_: Type) -> Iterator[Completion]:
    """Columns that the notebook itself names with a frame of which not all are known."""
    if not isinstance(type_, Table) or not type_.open or type_.flavour not in FRAMES:
        return
    context, span = place.context, place.site.span
    used = used_with(context.notebook, place.site.receiver, span, context.cell.id, type_.flavour)
    new = tuple(c for c in used if type_.column(c.name) is None and c.name.isidentifier())
    members = FRAMES[type_.flavour]
    yield from attribute_items(context, Table(tuple(c for c in new if c.name not in members)), span, set())


def _field(name: str, type_: Type, span: Span) -> Completion:
    """One that is None says nothing of what it will be; an engine knows what it was declared to be."""
    if isinstance(type_, Function):
        return Completion(name, "method", span, "", type_.signature)
    return Completion(name, "property", span, "", "" if type_ == Scalar(NULL) else describe(type_))


def _behind_accessor(place: Place) -> Iterator[Completion]:
    """What is behind `.dt` and `.cat` of a pandas column, of which an engine sees a part."""
    owner, _, name = place.site.receiver.rpartition(".")
    column = place.type_of(owner) if name in ("dt", "cat") else None
    if not isinstance(column, Series) or column.flavour != "pandas":
        return
    type_ = column.column.type
    dates = "moments" if type_ is None else "durations" if type_.name == DURATION.name else "dates"
    for member, attribute in MEMBERS["categories" if name == "cat" else dates]:
        yield Completion(member, "property" if attribute else "method", place.site.span, rank=_MADE)


def _member_key(type_: Type) -> str:
    if isinstance(type_, (Table, Series, GroupBy)):
        return flavour_of(type_)
    if isinstance(type_, Row):
        return "pandas series" if type_.kind == "series" else type_.kind
    if isinstance(type_, Scalar):
        return "str" if type_.type == STRING else ""
    if isinstance(type_, Collection):
        return type_.name if type_.name in MEMBERS else type_.kind if type_.kind in ("list", "dict") else ""
    return "dict" if isinstance(type_, Record) else ""


def _names(context: Context, place: Place) -> Completions:
    word, span = place.site.word.casefold(), place.site.span
    items = [
        Completion(f"{name}=", "variable", span, rank=5 + (not name.startswith(word)))
        for name in keywords(place)
        if _wanted(name, word)
    ]
    itself = _own_parameter(context.cell.text, span.start)
    if itself:
        items.append(Completion(itself, "variable", span, rank=0))
    bound, seen, incomplete = _bound(place, span)
    items += bound
    items += quoted_items(place)
    if incomplete and not word:
        return Completions(tuple(items), incomplete)  # long enough; whoever types a letter asks again
    ambient = context.host.ambient.get(context.cell.language, frozenset())
    items += [Completion(n, "variable", span, rank=70) for n in sorted(ambient - seen) if _wanted(n, word)]
    items += [
        Completion(n, _builtin_kind(n), span, rank=BUILTIN + BUILTIN_RANK.get(n, len(BUILTIN_RANK)))
        for n in _BUILTINS
        if n not in seen and _wanted(n, word)
    ]
    items += [Completion(n, "keyword", span, rank=KEYWORD) for n in _KEYWORDS if _wanted(n, word)]
    return Completions(tuple(items), incomplete)


def _own_parameter(text: str, offset: int) -> str:
    """`self` or `cls`, where the first parameter of a method is written at an offset; "" at any other place."""
    line = text.rfind("\n", 0, offset) + 1
    found = _METHOD.fullmatch(text, line, offset)
    if found is None:
        return ""
    decorated = ""
    for above in reversed(text[:line].splitlines()):
        inner = above.strip()
        indent = len(above) - len(above.lstrip())
        if not inner or inner.startswith("#") or indent > len(found[1]):
            continue
        if indent < len(found[1]):
            return ("cls" if decorated == "@classmethod" else "self") if inner.startswith("class ") else ""
        if decorated == "":
            decorated = inner
            if decorated == "@staticmethod":
                return ""
    return ""


def _bound(place: Place, span: Span) -> tuple[list[Completion], set[str], bool]:
    """The names that cells bind, for the word at a span that ends at the cursor or behind it: (items, all names that
    were looked at, whether there are more)."""
    context = place.context
    word = context.cell.text[span.start : place.offset].casefold()
    local = place.run.overlay()
    shown = [b for b in local.values() if b.kind != "deleted" and b.space != "catalog" and _wanted(b.name, word)]
    items = [_item(binding, span, 10) for binding in shown]
    others = (
        (distance, binding)
        for distance, binding in context.view.nearest(word)
        if binding.name not in local and binding.space != "catalog" and (word or not binding.name.startswith("_"))
    )
    found = list(islice(others, MOST))
    of_cells = _names_of_cells(context.notebook)
    items += [
        _item(b, span, CELL if b.name in of_cells and not isinstance(b.type, Table) else 20 + min(distance, 40))
        for distance, b in found
    ]
    return items, {*local, *(binding.name for _, binding in found)}, next(others, None) is not None


def _names_of_cells(notebook: Notebook) -> set[str]:
    """Names that Python cells have in their metadata alone (Snowflake): most are never used as variables."""
    return {c.result for c in notebook.cells if c.result and c.language == "python" and c.result not in c.text}


def _wanted(name: str, word: str) -> bool:
    """Editors match loosely; a name without the word's letters in order is no use to any of them."""
    if not word:
        return not name.startswith("_")
    folded = name.casefold()
    if folded.startswith(word):
        return True
    at = 0
    for letter in word:
        at = folded.find(letter, at) + 1
        if not at:
            return False
    return True


def _item(binding: Binding, span: Span, rank: int) -> Completion:
    documentation = getattr(binding.type, "documentation", "") or binding.source
    return Completion(binding.name, _kind(binding), span, "", describe(binding.type), documentation, rank)


def _kind(binding: Binding) -> CompletionKind:
    type_ = binding.type
    if isinstance(type_, Table):
        return "table"
    if isinstance(type_, Function):
        return "function"
    if isinstance(type_, Class):
        return "class"
    if isinstance(type_, Module) and not type_.attribute:
        return "module"
    return "function" if binding.kind == "function" else "class" if binding.kind == "class" else "variable"


def _builtin_kind(name: str) -> CompletionKind:
    value = getattr(builtins, name)
    if isinstance(value, type):
        return "class"
    return "function" if callable(value) else "value"
