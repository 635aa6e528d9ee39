"""Scala's types as text, read into neutral types and written from them: the table of what crosses is here.

Source of the rows: Polynote's interpreters (its Scala side types Python values so), Spark's encoders for columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.types import (
    BINARY,
    BOOL,
    DATE,
    FLOAT64,
    INT32,
    INT64,
    STRING,
    TIMESTAMP,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    Evidence,
    Opaque,
    Record,
    Scalar,
    Table,
    Type,
)
from polycell.languages.scala.proxies import SEQUENCES, SETS, calling, proxy_members

# Scala's simple types, unqualified, and Arrow's name for each.
SCALARS: Mapping[str, DataType] = {
    "Boolean": BOOL,
    "Byte": DataType("int8"),
    "Short": DataType("int16"),
    "Int": INT32,
    "Long": INT64,
    "Float": DataType("float"),
    "Double": FLOAT64,
    "String": STRING,
    "Char": STRING,
    "BigDecimal": DataType("decimal128", ("38", "18")),
    "BigInt": DataType("decimal128", ("38", "0")),
    "Date": DATE,
    "LocalDate": DATE,
    "Timestamp": TIMESTAMP,
    "Instant": TIMESTAMP,
    "LocalDateTime": TIMESTAMP,
    "Array[Byte]": BINARY,
}

# Scala's numbers as other languages get them: copies of their own.
_VALUES: Mapping[str, DataType] = {**dict.fromkeys(("Byte", "Short", "Int", "Long"), INT64), "Float": FLOAT64}

# What a value of another language is in Scala: the row whose names hold the neutral type's name.
_TO_SCALA: Mapping[str, str] = {
    "bool": "Boolean",
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"), "Long"),
    **dict.fromkeys(("halffloat", "float", "double"), "Double"),
    **dict.fromkeys(("string", "large_string", "string_view"), "String"),
}

# A column's type in a case class of the table's rows, as Spark's encoders have it.
_FIELDS: Mapping[str, str] = {
    "bool": "Boolean",
    "int8": "Byte",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "uint8": "Short",
    "uint16": "Int",
    "uint32": "Long",
    "halffloat": "Float",
    "float": "Float",
    "double": "Double",
    "string": "String",
    "large_string": "String",
    "string_view": "String",
    "binary": "Array[Byte]",
    "date32": "java.sql.Date",
    "date64": "java.sql.Date",
    "timestamp": "java.sql.Timestamp",
    "decimal128": "java.math.BigDecimal",
    "dictionary": "String",
}

# Types of fields that cannot be null; a nullable column is an `Option` of them.
_PRIMITIVES = frozenset({"Boolean", "Byte", "Short", "Int", "Long", "Float", "Double"})

_TUPLE = pattern(r"Tuple\d+")
_DATASETS = frozenset({"Dataset", "DataFrame"})


class Applied(Struct, frozen=True):
    """A type as written: `Map[String, Int]` is name `Map` with two arguments. A function or compound type has the name
    "" and stays as it is."""

    name: str
    arguments: tuple[Applied, ...] = ()

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.arguments))
        if _TUPLE.fullmatch(self.short):
            return f"({inner})"
        return f"{self.short}[{inner}]" if inner else self.short or "?"


_WORD = pattern(r"\s*([\w$.`]+)")
_DEEPEST = 20


def parse(text: str) -> Applied:
    """Total: what is no plain type has an empty name."""
    found, at = _parse(text, 0, 0)
    return found if not text[at:].strip() else Applied("")


def _parse(text: str, at: int, depth: int) -> tuple[Applied, int]:
    if depth > _DEEPEST:
        return Applied(""), len(text)
    word = _WORD.match(text, at)
    if word is None:
        if text[at:].lstrip().startswith("("):
            return _tuple(text, text.index("(", at) + 1, depth)
        return Applied(""), at
    at = word.end()
    name = word[1]
    arguments: list[Applied] = []
    if text.startswith("[", at):
        arguments, at = _arguments(text, at + 1, "]", depth)
    if text.startswith(".type", at):
        at += len(".type")
    return Applied(name, tuple(arguments)), at


def _arguments(text: str, at: int, close: str, depth: int) -> tuple[list[Applied], int]:
    made = []
    while at < len(text):
        part, at = _parse(text, at, depth + 1)
        made.append(part)
        rest = text[at:].lstrip()
        at = len(text) - len(rest)
        if rest.startswith(","):
            at += 1
        elif rest.startswith(close):
            return made, at + 1
        else:
            return made, len(text)
    return made, at


def _tuple(text: str, at: int, depth: int) -> tuple[Applied, int]:
    parts, at = _arguments(text, at, ")", depth)
    if text[at:].lstrip().startswith("=>"):
        return Applied(""), len(text)
    return Applied(f"Tuple{len(parts)}", tuple(parts)), at


Fields = Callable[[str], tuple[tuple[str, str], ...] | None]


def to_neutral(written: str, fields: Fields, depth: int = 0) -> Type:
    """The neutral type of a Scala type. `fields` gives a case class's fields by its name, None for what is none."""
    return _neutral(parse(written), fields, depth)


def _neutral(type_: Applied, fields: Fields, depth: int) -> Type:
    short = type_.short
    if not short or depth > _DEEPEST:
        return UNKNOWN
    if short == "Array" and type_.arguments and type_.arguments[0].short == "Byte":
        return Scalar(BINARY)
    if short in SCALARS and not type_.arguments:
        return Scalar(_VALUES.get(short, SCALARS[short]))
    inner = tuple(_neutral(argument, fields, depth + 1) for argument in type_.arguments)
    if short in _DATASETS:
        return dataset(type_, fields)
    if short == "Array" and inner:
        return Collection("array", inner[0])
    members = proxy_members(short, inner)
    if members is not None:
        return Record(members, str(type_), open=True)
    own = fields(type_.name) or fields(short)
    if own is not None:
        members = tuple((name, calling(to_neutral(written, fields, depth + 1))) for name, written in own)
        return Record(members, short)
    return Opaque(type_.name)


def dataset(type_: Applied, fields: Fields) -> Table:
    """The columns of a Dataset are the fields of its case class, of a tuple `_1`, `_2`, …, of a simple type `value`
    (Spark's encoders); of anything else nobody knows them."""
    row = type_.arguments[0] if type_.arguments else Applied("Row")
    own = fields(row.name) or fields(row.short)
    if own is None and _TUPLE.fullmatch(row.short):
        columns = tuple(_typed_column(f"_{at}", part) for at, part in enumerate(row.arguments, 1))
        return Table(columns, flavour="spark", case_sensitive=False)
    if own is None and row.short in SCALARS and not row.arguments:
        return Table((_typed_column("value", row),), flavour="spark", case_sensitive=False)
    if own is None:
        return Table(open=True, flavour="spark", case_sensitive=False)
    return Table(tuple(_column(name, written) for name, written in own), flavour="spark", case_sensitive=False)


def rows_of(written: str, fields: Fields) -> Table | None:
    """The table that a collection of case classes is for SQL and charts: `Seq[Sale]`."""
    type_ = parse(written)
    if type_.short not in SEQUENCES | SETS | {"Array"} or not type_.arguments:
        return None
    own = fields(type_.arguments[0].name) or fields(type_.arguments[0].short)
    return Table(tuple(_column(name, written) for name, written in own)) if own else None


def _column(name: str, written: str) -> Column:
    return _typed_column(name, parse(written), f"{name}: {written}")


def _typed_column(name: str, type_: Applied, source: str = "") -> Column:
    nullable = type_.short == "Option"
    if nullable and type_.arguments:
        type_ = type_.arguments[0]
    return Column(name, _data_type(type_), nullable or None, Evidence.DECLARED, source=source)


def _data_type(type_: Applied) -> DataType | None:
    if type_.short == "Array" and type_.arguments and type_.arguments[0].short == "Byte":
        return BINARY
    if type_.short in SCALARS and not type_.arguments:
        return SCALARS[type_.short]
    if type_.short in SEQUENCES | {"Array"} and type_.arguments:
        item = _data_type(type_.arguments[0])
        return DataType("list", children=(("item", item),)) if item else None
    return None


def to_scala(type_: Type) -> str:
    """How Scala sees a value of another language; "" for what is a Python object to it."""
    if isinstance(type_, Scalar):
        return _TO_SCALA.get(type_.type.name, "")
    return ""


def field_type(type_: DataType | None, nullable: bool | None) -> str:
    """The type of a column's field in a case class."""
    if type_ is not None and type_.name in ("list", "large_list") and type_.children:
        return f"Seq[{field_type(type_.children[0][1], False)}]"
    written = _FIELDS.get(type_.name, "Any") if type_ is not None else "Any"
    return f"Option[{written}]" if nullable and written in _PRIMITIVES else written
