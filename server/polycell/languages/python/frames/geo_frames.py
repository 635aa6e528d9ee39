"""geopandas: frames of pandas with a column of shapes, `geometry` unless told otherwise. Oracle: geopandas 1.1."""

from __future__ import annotations

from polycell.core.types import Certainty, Column, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import put, unknown_table
from polycell.languages.python.frames.pandas_make import literal_frame
from polycell.languages.python.frames.readers import read_file
from polycell.languages.python.frames.registry import Call, function, method
from polycell.languages.python.syntax.values import known_text

LIBRARY = "geopandas"
_ROWS = frozenset({"filename", "rows", "bbox", "mask", "where", "encoding"})  # what chooses rows, not columns
_GIVES = replace(unknown_table("pandas"), library=LIBRARY)


@function("geopandas.GeoDataFrame", "data *args geometry crs **", gives=_GIVES)
def geo_frame(call: Call) -> Type:
    data, geometry = call["data"], call["geometry"]
    if data is None or call.rest or call.extra:
        return _GIVES
    made = replace(literal_frame(call.run, data.type, data.node, "pandas"), library=LIBRARY)
    if geometry is None or call.text("geometry") is not None:  # the name of a column that is there
        return made
    return put(made, Column("geometry", None, source=call.run.text_of(geometry.node)))


@function("geopandas.read_file geopandas.read_parquet geopandas.read_feather", "*args **", gives=_GIVES)
def read(call: Call) -> Type:
    """The properties of a GeoJSON file; what layer another file has is not looked into."""
    extra = call.extra or {}
    if extra.keys() & {"ignore_geometry", "columns", "read_geometry"}:
        return unknown_table("pandas")
    file = call.rest[0] if call.rest else extra.get("filename")
    path = known_text(file.type) if file is not None else None
    plain = len(call.rest) < 2 and extra.keys() <= _ROWS
    if path is not None and path.lower().endswith((".geojson", ".json")) and plain:
        found = read_file(call, file, "geopandas.json", "pandas", {})
        if found.columns:
            return replace(found, library=LIBRARY)
    return replace(_GIVES, columns=(Column("geometry", None, certainty=Certainty.LIKELY, source="geopandas"),))


@function("geopandas.read_postgis geopandas.sjoin geopandas.sjoin_nearest geopandas.overlay geopandas.clip", "*args **",
          gives=_GIVES)  # fmt: skip
def open_frame(call: Call) -> Type:
    return _GIVES


@method("pandas", "to_crs set_crs", "*args **")
def projected(call: Call) -> Type:
    return call.table


@method("pandas", "set_geometry", "col drop crs")
def set_geometry(call: Call) -> Type:
    if call.table.library != LIBRARY or call["drop"] is not None or call["col"] is None:
        return call.unknown
    named = call.text("col")
    return call.table if named and call.table.column(named) is not None else _GIVES


@method("pandas", "sjoin sjoin_nearest overlay dissolve", "*args **")
def joined(call: Call) -> Type:
    return Table(open=True, flavour="pandas", index=_GIVES.index, library=call.table.library)
