"""GeoJSON, as geopandas reads it: a column for each property, then the shapes. Oracle: geopandas 1.1 on GDAL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from polycell.core.types import BOOL, FLOAT64, STRING, Column, Evidence, Table
from polycell.core.values import replace
from polycell.tables.data_files import DataFiles, UnreadableError
from polycell.tables.infer import table_of_records
from polycell.tables.readers.chosen import only
from polycell.tables.readers.json_files import located, whole_document

GEOMETRY = "geometry"
_SURE = (BOOL, FLOAT64)  # whole numbers are as short as GDAL finds them, texts may be times


def geopandas(found: DataFiles, options: Mapping[str, Any]) -> Table:
    only(options, frozenset())
    head = whole_document(found.one(), found.label, options)
    document = json.loads(head.text)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise UnreadableError("a document that is no collection of features")
    named = [{"id": f["id"]} if "id" in f else {} for f in features]
    records = [{**name, **(f.get("properties") or {})} for name, f in zip(named, features, strict=True)]
    made = table_of_records(records, source=found.label, limit=max(len(records), 1))
    columns = [
        replace(c, type=c.type if c.type in _SURE and not c.nullable else STRING if _text(c, records) else None)
        for c in made.columns
        if c.name != GEOMETRY
    ]
    shapes = Column(GEOMETRY, None, None, Evidence.FILE, source=found.label)
    places = {c.name: i for i, c in enumerate(made.columns)}
    moved = any(list(r) != sorted(r, key=places.__getitem__) for r in records)  # then GDAL has an order of its own
    return replace(made, columns=(*(located(c, head) for c in columns), shapes), open=made.open or moved)


def _text(column: Column, records: list[dict[str, Any]]) -> bool:
    """Whether a column is of texts of which none could be a time to GDAL, which has a digit first."""
    values = [r.get(column.name) for r in records]
    return column.type == STRING and all(v is None or (isinstance(v, str) and not v[:1].isdigit()) for v in values)
