"""What geopandas makes of files; the expected columns and types are those that geopandas 1.1 gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polycell.core.types import Table
from tests.languages.python.oracle import ours

POINT = {"type": "Point", "coordinates": [1, 2]}


def feature(properties: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": POINT, **more}


@pytest.mark.parametrize(
    ("features", "columns"),
    [
        ([feature({"pop": 1, "city": "x"})], "pop, city: string, geometry"),
        (
            [feature({"p": 1.5}, id="a"), feature({"p": 2.5, "z": "u"}, id="b")],
            "id: string, p: double, z: string, geometry",
        ),
        (
            [feature({"id": 7, "t": True, "l": [1], "n": None, "w": "2024-01-01"}, id=3)],
            "id, t: bool, l, n, w, geometry",
        ),
        ([feature(None)], "geometry"),
        ([], "geometry"),
        ([feature({"geometry": 1, "a": 3000000000})], "a, geometry"),
    ],
)
def test_properties_are_columns(features: list[Any], columns: str, tmp_path: Path) -> None:
    document = {"type": "FeatureCollection", "features": features}
    (tmp_path / "places.geojson").write_text(json.dumps(document), encoding="utf-8")
    table = ours('import geopandas as gpd\ng = gpd.read_file("places.geojson")', tmp_path)["g"]
    assert isinstance(table, Table)
    assert (table.library, table.open) == ("geopandas", False)
    assert ", ".join(f"{c.name}: {c.type}" if c.type else c.name for c in table.columns) == columns


def test_features_that_disagree_leave_no_order(tmp_path: Path) -> None:
    document = {"type": "FeatureCollection", "features": [feature({"p": 1.5}), feature({"z": "u", "p": 2.5})]}
    (tmp_path / "places.geojson").write_text(json.dumps(document), encoding="utf-8")
    table = ours('import geopandas as gpd\ng = gpd.read_file("places.geojson")', tmp_path)["g"]
    assert isinstance(table, Table)
    assert table.open


def test_a_document_of_something_else_is_open(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('[{"a": 1}]', encoding="utf-8")
    table = ours('import geopandas as gpd\ng = gpd.read_file("other.json")', tmp_path)["g"]
    assert isinstance(table, Table)
    assert table.open
