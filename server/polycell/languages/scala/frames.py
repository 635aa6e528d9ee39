"""Tables that Scala's Spark code makes: the columns of frames, and the views that it registers.

A frame of rows (`DataFrame`) has a type that says nothing of its columns. They are read off the expression that makes
it: collections by Spark's encoders, everything else by the rules for PySpark (`pyspark`), asked through the view. A
Dataset of a case class has the columns of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct, field

from polycell.core.environment import Binding
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Anchor, Module, Opaque, Table, Type
from polycell.core.values import replace
from polycell.core.virtual import build
from polycell.languages.scala.lexer import Token, code, tokens
from polycell.languages.scala.outline import Name, literal_type, statements
from polycell.languages.scala.pyspark import FUNCTIONS, TYPES, Translation, closing, split
from polycell.languages.scala.scalatypes import Applied, Fields, dataset, parse
from polycell.tables.unseen import TEMPORARY

_VIEWS = frozenset({"createOrReplaceTempView", "createTempView", "createOrReplaceGlobalTempView", "registerTempTable"})
_COLLECTIONS = frozenset({"Seq", "List", "Array", "Vector"})
_SPARK = frozenset({"toDF", "toDS", "spark", "sql", "DataFrame", "Dataset", "createDataFrame", "createDataset"})
FRAMES = frozenset({"", "DataFrame", "Dataset"})  # types by their last word, "" for one that nobody knows
_VARIABLE = pattern(r"\bvar\b")
_MOST_ROWS = 200  # of a literal whose types are compared


class Frames(Struct):
    """Of one cell, filled from the top. `tables` by the cell's own names; `types` as Scala writes them."""

    context: Context
    fields: Fields
    text: str
    tables: dict[str, Table] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def of(self, span: Span) -> Table | None:
        """The table that an expression of the cell makes, by the text."""
        found = [token for token in _code(self.text) if span.start <= token.start and token.end <= span.end]
        if not any(token.kind == "id" and (token.text in _SPARK or self.table(token.text)) for token in found):
            return None
        is_frame, cell = (lambda name: self.table(name) is not None), self.context.cell.id
        told = Translation(self.text, cell, is_frame, self._is_given, self._rows)
        pieces = told.expression(found)
        if not pieces:
            return None
        document = build(pieces)
        overlay = {name: Binding(name, table) for name, table in told.made.items()}
        overlay[FUNCTIONS] = Binding(FUNCTIONS, Module("pyspark.sql.functions"))
        overlay[TYPES] = Binding(TYPES, Module("pyspark.sql.types"))
        overlay["spark"] = Binding("spark", Opaque("pyspark.sql.SparkSession"))
        for token in found:
            table = self.table(token.text) if token.kind == "id" else None
            if table is not None:
                overlay[token.text] = Binding(token.text, table)
        made: Type = self.context.view.with_overlay(overlay).evaluate("python", document.text)
        if not isinstance(made, Table) or made.flavour != "spark":
            return None

        def place(anchor: Anchor) -> Anchor | None:
            at = anchor.find(document.text.strip())
            where = document.map.to_cell(at[0]) if at is not None else None
            cell = self.context.cell
            return Anchor.at(cell.text, where.offset, anchor.token, cell=cell.id) if where is not None else None

        made = made.rebased(place)
        return replace(made, columns=tuple(replace(one, source=_said(one.source)) for one in made.columns))

    def table(self, name: str) -> Table | None:
        """The frame that a name is."""
        if name in self.types or name in self.tables:
            return self.tables.get(name)
        binding = self.context.view.lookup(name)
        table = binding.type if binding is not None else None
        spark = isinstance(table, Table) and table.flavour in ("spark", "sql")
        return replace(table, flavour="spark") if isinstance(table, Table) and spark else None

    def _is_given(self, name: str) -> bool:
        binding = self.context.view.lookup(name)
        ours = binding is not None and binding.kind == "import" and "org.apache.spark.sql.functions" in binding.source
        return name in self.types or (binding is not None and not ours)

    def _rows(self, found: Sequence[Token]) -> Table | None:
        if len(found) == 1 and found[0].kind == "id":
            binding = self.context.view.lookup(found[0].text)
            written = self.types.get(found[0].text) or (binding.source if binding is not None else "")
            type_ = parse(written)
            known = type_.short in _COLLECTIONS | {"RDD", "IndexedSeq", "Range"} and len(type_.arguments) == 1
            return dataset(Applied("Dataset", type_.arguments), self.fields) if known else None
        if len(found) < 4 or found[0].text not in _COLLECTIONS or found[1].text != "(" or found[-1].text != ")":
            return None
        types = [self._row(part) for part in split(found[2:-1])][:_MOST_ROWS]
        if not types or any(one is None for one in types):
            return None
        first, *others = (one for one in types if one is not None)
        if any((one.name, len(one.arguments)) != (first.name, len(first.arguments)) for one in others):
            return None
        agreed = (
            part if all(one.arguments[at] == part for one in others) else Applied("")
            for at, part in enumerate(first.arguments)
        )
        return dataset(Applied("Dataset", (Applied(first.name, tuple(agreed)),)), self.fields)

    def _row(self, part: Sequence[Token]) -> Applied | None:
        """The type of one row: of a tuple with those of its parts, of a case class by its name; None for others."""
        if part and part[0].text == "(" and closing(part, 0) == len(part) - 1:
            inside = list(split(part[1:-1]))
            if len(inside) > 1:
                return Applied(f"Tuple{len(inside)}", tuple(self._value(one) for one in inside))
        if len(part) > 1 and part[0].kind == "id" and part[1].text == "(" and self.fields(part[0].text) is not None:
            return Applied(part[0].text)
        arrow = next((at for at, token in enumerate(part) if token.text == "->"), 0)
        if arrow == 1 and len(part) >= 3:
            return Applied("Tuple2", (self._value(part[:1]), self._value(part[2:])))
        simple = self._value(part)
        return simple if simple.name else None

    def _value(self, part: Sequence[Token]) -> Applied:
        return Applied(literal_type(part))


def views(frames: Frames, end: int | None = None) -> Iterator[Binding]:
    """The tables that a cell's statements enter into the catalogue, those before `end`."""
    cell = frames.context.cell
    if not any(name in frames.text for name in _VIEWS):
        return
    for statement in statements(tokens(frames.text)):
        for at, token in enumerate(statement):
            literal_ = statement[at + 2] if at + 2 < len(statement) else None
            if token.text not in _VIEWS or literal_ is None or literal_.kind != "string" or at < 2:
                continue
            if end is not None and token.start > end:
                continue
            name = frames.text[literal_.start : literal_.end].strip('"')
            table = frames.of(Span(statement[0].start, statement[at - 2].end))
            origin = Anchor.at(cell.text, literal_.start + 1, name, cell=cell.id)
            source = " ".join(frames.text[statement[0].start : statement[-1].end].split())
            known = table if table is not None else Table(open=True, flavour="spark", case_sensitive=False)
            if name.isidentifier():
                yield Binding(name, known, "table", "catalog", origin, source)
                yield Binding(f"{TEMPORARY}{name.casefold()}", kind="parameter", space="catalog")


def read(frames: Frames, names: Iterable[tuple[Name, str]]) -> None:
    """Read the cell's values from the top, each with its type where that is known."""
    for name, type_ in names:
        frames.types[name.name] = type_
        frames.tables.pop(name.name, None)
        if name.kind != "val" or not name.body or (type_ and parse(type_).short not in FRAMES):
            continue
        table = frames.of(Span(name.body + 1, name.extent.end))
        if table is not None:
            # A variable may get another frame, in this cell or below.
            variable = _VARIABLE.search(frames.text, name.extent.start, name.span.start)
            frames.tables[name.name] = replace(table, open=True) if variable else table


def _said(source: str) -> str:
    """What a column is made of, without the names that only the translation has."""
    said = re.sub(rf"(?:{FUNCTIONS}|{TYPES})\.", "", source)
    return "" if "polycell_" in said else said


@lru_cache(maxsize=64)
def _code(text: str) -> tuple[Token, ...]:
    return tuple(_joined(code(tokens(text))))


def _joined(found: Iterable[Token]) -> Iterator[Token]:
    """`$"name"` as one token."""
    dollar: Token | None = None
    for token in found:
        if dollar is not None and token.kind == "string" and token.start == dollar.end:
            yield token._replace(start=dollar.start)
            dollar = None
            continue
        if dollar is not None:
            yield dollar
        dollar = token if token.text == "$" else None
        if dollar is None:
            yield token
    if dollar is not None:
        yield dollar
