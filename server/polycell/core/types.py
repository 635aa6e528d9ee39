"""Neutral types: what crosses between languages.

Every language turns its own types into these and reads them back; none knows another's. Data types are spelled as
Arrow spells them (`int64`, `timestamp[us, tz=UTC]`, `list<item: string>`), since `pyarrow.Schema` is the wire form of a
table (`polycell.tables.arrow` converts); pyarrow itself is not needed here, so that it can be imported late.

A `Table` is *closed* when its columns are all there is, *open* when there may be more. Only a closed table can prove
that a column does not exist. Every column says why we believe in it (`Evidence`) and how much (`Certainty`).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, IntEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from polycell.core.values import replace


class Evidence(Enum):
    """Why a column, or a type, is believed."""

    DECLARED = "declared"
    LIVE = "live"
    FILE = "file"
    DATABASE = "database"
    DERIVED = "derived"
    SAVED_OUTPUT = "saved output"
    USAGE = "usage"


class Certainty(IntEnum):
    """Ordered: a derivation is as certain as its weakest input."""

    WEAK = 0
    LIKELY = 1
    CERTAIN = 2


class DataType(Struct, frozen=True):
    """A scalar's or column's type. `name` is Arrow's base name, `parameters` what stands in its brackets."""

    name: str
    parameters: tuple[str, ...] = ()
    children: tuple[tuple[str, DataType], ...] = ()

    def __str__(self) -> str:
        if self.name == "timestamp":
            unit, *zone = self.parameters or ("us",)
            return f"timestamp[{unit}, tz={zone[0]}]" if zone else f"timestamp[{unit}]"
        if self.children:
            inner = ", ".join(f"{name}: {child}" for name, child in self.children)
            return f"{self.name}<{inner}>"
        if self.parameters:
            left, right = ("(", ")") if self.name.startswith("decimal") else ("[", "]")
            return f"{self.name}{left}{', '.join(self.parameters)}{right}"
        return self.name


BOOL = DataType("bool")
INT32 = DataType("int32")
INT64 = DataType("int64")
FLOAT64 = DataType("double")
STRING = DataType("string")
BINARY = DataType("binary")
DATE = DataType("date32")
TIME = DataType("time64", ("us",))
TIMESTAMP = DataType("timestamp", ("us",))
DURATION = DataType("duration", ("us",))
CATEGORY = DataType("dictionary")
NULL = DataType("null")

INTEGERS = frozenset({f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)})
FLOATS = frozenset({"halffloat", "float", "double"})
STRINGS = frozenset({"string", "large_string", "string_view"})
TEMPORAL = frozenset({"date32", "date64", "timestamp", "time32", "time64"})


def is_numeric(type_: DataType) -> bool:
    return type_.name in INTEGERS or type_.name in FLOATS or type_.name.startswith("decimal")


class Anchor(Struct, frozen=True):
    """A place that survives edits elsewhere: the `nth` occurrence (from 0) of `token` in a text.

    `cell` is a cell's id, or empty when `uri` names a file (a CSV header); without both it counts in a text that was
    evaluated alone (`Table.rebased`). With `after` it counts from the first occurrence of that text on: from where a
    function begins, which may be written by one cell and called by another. Being stable, it can take part in equality:
    an edit above a definition leaves the definition's binding equal, and nothing below is analysed again.
    """

    token: str
    nth: int = 0
    cell: str = ""
    uri: str = ""
    after: str = ""

    @staticmethod
    def at(text: str, start: int, token: str, *, cell: str = "", uri: str = "") -> Anchor:
        return Anchor(token, text.count(token, 0, start), cell, uri)

    def find(self, text: str) -> tuple[int, int] | None:
        """(start, end) offsets in the text as it is now, or None when it is gone."""
        begin = text.find(self.after) if self.after else 0
        at = -1
        for _ in range(self.nth + 1):
            at = text.find(self.token, begin if at < 0 else at + len(self.token)) if begin >= 0 else -1
            if at < 0:
                return None
        return at, at + len(self.token)


class Doubt(Struct, frozen=True):
    """That another source (`says`, one line for people) gives a column another type than `against`, the believed one;
    void once the column has been converted."""

    says: str
    against: DataType | None


class Column(Struct, frozen=True):
    """One column. `type` None is "name known, type not", a normal case. `maybe`: present on some paths only."""

    name: str
    type: DataType | None = None
    nullable: bool | None = None
    evidence: Evidence = Evidence.DERIVED
    certainty: Certainty = Certainty.CERTAIN
    origin: Anchor | None = None
    source: str = ""  # one line for people: "sum(price)", "data/sales.csv"
    maybe: bool = False
    # A file's head may type a column too narrowly while its name is beyond doubt.
    type_certainty: Certainty = Certainty.CERTAIN
    # Other places that gave it the very same name: what it overwrote, was merged, stacked or joined with. In order.
    also: tuple[Anchor, ...] = ()
    doubt: Doubt | None = None
    # Another column of its table has the same name, and the library refuses the name alone (Spark, behind a join).
    ambiguous: bool = False
    # Of an index: the labels that rows may have where the code says them (`df.sum()`, `df.describe()`), with the type
    # of what stands there. Rows may be left out later, so that nothing is proven by a label that is not here.
    labels: tuple[Column, ...] = ()

    @property
    def origins(self) -> tuple[Anchor, ...]:
        """Every place that gave the column its name: what it is known by (`core.columns`)."""
        return (self.origin, *self.also) if self.origin is not None else self.also

    def named(self, name: str, origin: Anchor | None) -> Column:
        """The same values under a name given at `origin`: another column."""
        source = self.source if self.evidence is not Evidence.DERIVED else ""
        return replace(self, name=name, origin=origin, also=(), source=source)

    def with_origins(self, *others: Column) -> Column:
        """This column known by where others of its name were given it: other values, the same name."""
        return replace(self, origin=others[0].origin, also=()).one_with(*others)

    def one_with(self, *others: Column) -> Column:
        """This column where it and others of its name are one: none can be renamed without the rest."""
        places = {place for other in (self, *others) for place in other.origins} - {self.origin}
        also = tuple(sorted(places, key=_order_of))
        return self if also == self.also else replace(self, also=also)


def _order_of(place: Anchor) -> tuple[str, str, int, str]:
    return place.uri, place.cell, place.nth, place.token


Flavour = Literal["pandas", "polars", "polars-lazy", "spark", "duckdb", "arrow", "sql", "result-set", "table"]


class Table(Struct, frozen=True):
    columns: tuple[Column, ...] = ()
    open: bool = False
    flavour: Flavour = "table"
    index: tuple[Column, ...] = ()
    case_sensitive: bool = True
    # pandas' columns of several levels: (label, what is known of it) pairs. Such a table is open and has no `columns`,
    # since none of them has a plain name; code that does not ask for labels sees that nothing is known.
    labelled: tuple[tuple[tuple[str, ...], Column], ...] = ()
    # The package whose frames these are, where it is another than the flavour's own but goes by its rules (dask).
    library: str = ""

    def column(self, name: str) -> Column | None:
        for column in self.columns:
            if column.name == name:
                return column
        if not self.case_sensitive:
            folded = name.casefold()
            for column in self.columns:
                if column.name.casefold() == folded:
                    return column
        return None

    @property
    def certainty(self) -> Certainty:
        return min((c.certainty for c in self.columns), default=Certainty.CERTAIN)

    @property
    def proves_absence(self) -> bool:
        """True when a name that is not here is certainly wrong."""
        return not self.open and self.certainty is Certainty.CERTAIN

    def rebased(self, place: Callable[[Anchor], Anchor | None]) -> Table:
        """The table of a text that was evaluated alone, whose anchors count in that text: `place` says where they are
        in the cell, None for nowhere."""

        def moved(column: Column) -> Column:
            if all(origin.cell or origin.uri for origin in column.origins):
                return column
            places = [o if o.cell or o.uri else place(o) for o in column.origins]
            known = [o for o in places if o is not None]
            return replace(column, origin=places[0] if places else None, also=tuple(known[places[0] is not None :]))

        return replace(self, columns=tuple(map(moved, self.columns)))

    def with_flavour(self, flavour: Flavour) -> Table:
        return replace(self, flavour=flavour)


class Schema(Struct, frozen=True):
    """What declares the columns of tables, as a value of the program: a pandera or patito model, a `StructType`, a
    pyarrow schema. `table` is open where a table may have more. `row`: what one row is, where rows are described."""

    table: Table
    row: Literal["", "dataclass", "tuple", "dict", "model"] = ""


class Series(Struct, frozen=True):
    """One column as a value: a pandas or polars Series, a Spark Column."""

    column: Column
    flavour: Flavour = "pandas"
    index: tuple[Column, ...] = ()


class GroupBy(Struct, frozen=True):
    """A grouped table that still waits for its aggregation.

    `selected` narrows what is aggregated (`g["a"]`, then `single`, or `g[["a", "b"]]`); `keyed`: the keys become the
    index of the result, as pandas does by default; `listed`: they were given in a list. `windows`: moving windows
    over the rows (`rolling`), without keys.
    `pivoted`: the values of a column become columns of the result; `values`: which, where the code says so.
    """

    table: Table
    keys: tuple[str, ...] = ()
    selected: tuple[str, ...] | None = None
    single: bool = False
    keyed: bool = True
    windows: bool = False
    pivoted: bool = False
    listed: bool = False
    values: tuple[str, ...] | None = None


class Row(Struct, frozen=True):
    """One row of a table as a value: a pandas Series or Spark's Row (its values by key and by attribute), a named tuple
    (by attribute), a dict (by key), a row of a database's result as SQLAlchemy hands it out (by attribute)."""

    table: Table
    kind: Literal["series", "spark row", "named tuple", "dict", "result row"]


class Chart(Struct, frozen=True):
    """A chart that is being built: `data` is the table it is over, `table` what its transforms have made of that."""

    data: Table
    table: Table


class Scalar(Struct, frozen=True):
    """`value` where the text alone fixes it (a literal, a constant that was never rebound); None is "not known"."""

    type: DataType
    value: str | int | float | bool | None = None


class Record(Struct, frozen=True):
    """Named fields: a dataclass, case class, struct, or a dict literal with string keys."""

    fields: tuple[tuple[str, Type], ...]
    name: str = ""
    open: bool = False
    schema: Schema | None = None  # of what its class declares: rows of that kind make a table


class Collection(Struct, frozen=True):
    """`kind` is list, tuple, set, dict, array or sequence; `items` are the elements where all of them are known.
    `name`: its class, qualified, where that has more in it than its kind. `unordered`: which item is the first is not
    known, only which there are."""

    kind: str
    element: Type | None = None
    key: Type | None = None
    items: tuple[Type, ...] | None = None
    name: str = ""
    unordered: bool = False


class Function(Struct, frozen=True):
    """`signature` is the text after the name, `(a, b=1) -> int`; `returns` where it is known.

    `changes` are the parameters and outer names whose values a call may change in place; None when nobody knows.
    `definition` is the text of a short function that may be followed with the arguments of a call, where `returns`
    cannot say what it gives, and `defaults` what its parameters hold that a call does not give. `exact`: a call takes
    what `signature` says and nothing else; no decorator is around it. `passes`: as a decorator it leaves functions as
    they are, after so many calls. `behind`: what its own decorators make of what the body gives: one object for many
    calls (`shared`), a context manager (`context`).
    """

    signature: str = "(…)"
    returns: Type | None = None
    documentation: str = ""
    parameters: tuple[str, ...] = ()
    changes: tuple[str, ...] | None = None
    definition: str = ""
    exact: bool = False
    defaults: tuple[tuple[str, Type], ...] = ()
    place: Anchor | None = None  # where `definition` begins, if its cell has no other of that name
    passes: int = 0
    behind: str = ""


class Class(Struct, frozen=True):
    """A class defined or imported; `name` is qualified as far as known."""

    name: str
    signature: str = ""
    documentation: str = ""
    members: tuple[tuple[str, Type], ...] = ()
    schema: Schema | None = None  # the columns that it declares
    constants: tuple[tuple[str, Type], ...] = ()  # what its attributes hold, by the class's own name (`CFG.path`)
    init: Function | None = None  # how an object is made, where what its fields hold can be followed


class Module(Struct, frozen=True):
    """An imported module, or (with `attribute`) something imported from one that nobody looked into."""

    name: str
    attribute: str = ""

    @property
    def qualified(self) -> str:
        return f"{self.name}.{self.attribute}" if self.attribute else self.name


class Connection(Struct, frozen=True):
    """A database connection. `dialect` is sqlglot's name, empty when unknown; `source` a file, URL or name as written;
    `folder` the one that a relative file is looked for in; `file` where the code says that a `[section]` stands."""

    dialect: str = ""
    source: str = ""
    folder: str = ""
    file: str = ""


class Opaque(Struct, frozen=True):
    """A value of a type of which only the name is known."""

    name: str


class Unknown(Struct, frozen=True):
    """Nothing is known; never a reason for a diagnostic."""


UNKNOWN = Unknown()

Type: TypeAlias = (
    Scalar
    | Table
    | Series
    | GroupBy
    | Row
    | Chart
    | Schema
    | Record
    | Collection
    | Function
    | Class
    | Module
    | Connection
    | Opaque
    | Unknown
)

_DATA_TYPE_WORDS = {"double": "float", "int64": "int", "string": "str", "null": "None"}


def describe(type_: Type | None) -> str:
    """One short phrase for people: `pandas table, 4 columns`, `int`, `module numpy`. Empty when unknown."""
    if isinstance(type_, Table):
        count = len(type_.columns)
        size = f"{count} column{'' if count == 1 else 's'}{' or more' if type_.open else ''}"
        if type_.open and not count:
            size = "columns unknown"
        return f"{type_.library or type_.flavour} table, {size}" if type_.flavour != "table" else f"table, {size}"
    if isinstance(type_, Series):
        name = f"column {type_.column.name}".rstrip()
        return f"{name}: {type_.column.type}" if type_.column.type else name
    if isinstance(type_, GroupBy):
        return f"groups of a table by {', '.join(type_.keys)}" if type_.keys else "groups of a table"
    if isinstance(type_, Row):
        return f"row of a {describe(type_.table)}"
    if isinstance(type_, Schema):
        return f"schema of a {describe(type_.table)}"
    if isinstance(type_, Chart):
        return f"chart of a {describe(type_.data)}"
    if isinstance(type_, Scalar):
        return _DATA_TYPE_WORDS.get(type_.type.name, str(type_.type))
    if isinstance(type_, Record):
        return type_.name or "record"
    if isinstance(type_, Collection):
        inner = ", ".join(filter(None, (describe(type_.key), describe(type_.element))))
        kind = type_.name.rpartition(".")[2] or type_.kind
        return f"{kind}[{inner}]" if inner else kind
    if isinstance(type_, Function):
        return f"function {type_.signature}"
    if isinstance(type_, Class):
        return f"class {type_.name}"
    if isinstance(type_, Module):
        return f"from {type_.name}" if type_.attribute else f"module {type_.name}"
    if isinstance(type_, Connection):
        return f"{type_.dialect or 'database'} connection"
    if isinstance(type_, Opaque):
        return type_.name
    return ""
