"""Neutral types to and from Arrow, the wire form of a table. pyarrow is imported inside the functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polycell.core.patterns import pattern
from polycell.core.types import Anchor, Certainty, Column, DataType, Evidence, Flavour, Table

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN = pattern(r"^[a-z_0-9]+$")


def to_schema(table: Table) -> pa.Schema:
    """The table's columns as an Arrow schema; a column of unknown type has type `null`. Openness does not cross."""
    import pyarrow as pa

    return pa.schema([pa.field(c.name, to_arrow(c.type), nullable=c.nullable is not False) for c in table.columns])


def from_schema(
    schema: pa.Schema,
    *,
    flavour: Flavour = "table",
    evidence: Evidence = Evidence.DERIVED,
    certainty: Certainty = Certainty.CERTAIN,
    source: str = "",
    origin: Callable[[str], Anchor | None] = lambda name: None,
) -> Table:
    """A closed table of the schema's columns. `origin` gives each column its place."""
    return Table(
        tuple(
            Column(f.name, from_arrow(f.type), f.nullable, evidence, certainty, origin(f.name), source) for f in schema
        ),
        flavour=flavour,
    )


def from_arrow(type_: pa.DataType) -> DataType:
    """Total: a type without a spelling of its own here keeps Arrow's text as its name."""
    import pyarrow as pa

    t = pa.types
    if t.is_timestamp(type_):
        return DataType("timestamp", (type_.unit, type_.tz) if type_.tz else (type_.unit,))
    if t.is_duration(type_):
        return DataType("duration", (type_.unit,))
    if t.is_time(type_):
        return DataType("time64" if t.is_time64(type_) else "time32", (type_.unit,))
    if t.is_date32(type_):
        return DataType("date32")
    if t.is_date64(type_):
        return DataType("date64")
    if t.is_decimal(type_):
        return DataType(f"decimal{type_.bit_width}", (str(type_.precision), str(type_.scale)))
    if t.is_dictionary(type_):
        return DataType("dictionary", children=(("values", from_arrow(type_.value_type)),))
    if t.is_struct(type_):
        fields = (type_.field(i) for i in range(type_.num_fields))
        return DataType("struct", children=tuple((f.name, from_arrow(f.type)) for f in fields))
    if t.is_map(type_):
        return DataType("map", children=(("key", from_arrow(type_.key_type)), ("value", from_arrow(type_.item_type))))
    if t.is_fixed_size_list(type_):
        return DataType("fixed_size_list", (str(type_.list_size),), (("item", from_arrow(type_.value_type)),))
    if t.is_list(type_) or t.is_large_list(type_):
        name = "list" if t.is_list(type_) else "large_list"
        return DataType(name, children=(("item", from_arrow(type_.value_type)),))
    if t.is_fixed_size_binary(type_):
        return DataType("fixed_size_binary", (str(type_.byte_width),))
    return DataType(str(type_))


def to_arrow(type_: DataType | None) -> Any:
    """The pyarrow type; `null` for unknown and for names that Arrow does not know."""
    import pyarrow as pa

    if type_ is None:
        return pa.null()
    children = [(name, to_arrow(child)) for name, child in type_.children]
    parameters = type_.parameters
    try:
        match type_.name:
            case "timestamp":
                unit, *zone = parameters or ("us",)
                return pa.timestamp(unit, tz=zone[0] if zone else None)
            case "duration":
                return pa.duration(parameters[0] if parameters else "us")
            case "time32":
                return pa.time32(parameters[0] if parameters else "ms")
            case "time64":
                return pa.time64(parameters[0] if parameters else "us")
            case "dictionary":
                return pa.dictionary(pa.int32(), children[0][1] if children else pa.string())
            case "struct":
                return pa.struct([pa.field(name, child) for name, child in children])
            case "list":
                return pa.list_(children[0][1] if children else pa.null())
            case "large_list":
                return pa.large_list(children[0][1] if children else pa.null())
            case "fixed_size_list":
                return pa.list_(children[0][1] if children else pa.null(), int(parameters[0]))
            case "map":
                return pa.map_(children[0][1], children[1][1])
            case "fixed_size_binary":
                return pa.binary(int(parameters[0]))
            case "decimal32" | "decimal64" | "decimal128" | "decimal256" | "decimal":
                make = getattr(pa, type_.name, pa.decimal128)
                precision, scale = (*parameters, "0", "0")[:2] if parameters else ("38", "0")
                return make(int(precision), int(scale))
            case name if _PLAIN.match(name):
                return pa.type_for_alias(name)
    except (ValueError, TypeError, IndexError, KeyError, pa.ArrowException):
        pass
    return pa.null()
