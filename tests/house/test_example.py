"""The notebook that ships with the package."""

from __future__ import annotations

import json

import nbformat

from polycell.cli.asjson import notebook_json
from polycell.cli.inspection import inspect
from polycell.cli.loading import example, open_notebook


def test_it_is_a_valid_notebook_without_outputs() -> None:
    notebook = nbformat.read(example(), as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert json.loads(example().read_text(encoding="utf-8"))["nbformat_minor"] == 5


def test_types_flow_through_it() -> None:
    """Python reads a file, SQL aggregates the frame, Python goes on with the result, SQL reads that."""
    opened = open_notebook(example())
    (snapshot,) = opened.snapshots
    cells = notebook_json(inspect(snapshot, opened.services), "")["cells"]
    given = {export["name"]: export["type"] for cell in cells for export in cell["exports"]}

    def columns(name: str) -> dict[str, str | None]:
        return {column["name"]: column["type"] for column in given[name]["columns"]}

    assert [cell["language"] for cell in cells] == ["markdown", "python", "python", "sql", "python", "sql"]
    assert columns("sales")["price"] == "double"
    assert columns("sales")["revenue"] == "double"
    assert columns("totals") == {"region": "string", "orders": "int64", "revenue": "double", "per_order": "double"}
    assert columns("best") == {"region": "string", "per_order": "double"}
    assert {use["name"]: use["cell"] for use in cells[3]["uses"]} == {"sales": 3}
    assert {use["name"]: use["cell"] for use in cells[4]["uses"]} == {"totals": 4}
    assert {use["name"]: use["cell"] for use in cells[5]["uses"]} == {"best": 5}
