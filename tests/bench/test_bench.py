"""The budgets: the table is printed (`-m bench -s`); what is counted is asserted, what is timed is not."""

from __future__ import annotations

from collections import Counter

import pytest

from polycell.compose import default_services
from polycell.core import features
from polycell.core.notebook import replace_cell
from polycell.core.session import Session
from polycell.languages.sql.duckdb import shadow as duckdb_shadow
from polycell.languages.sql.relations import infer
from polycell.lsp.conversation import default_parts
from tests.bench import flow, generate, sql
from tests.bench.measure import Spread, sized, spread, warm, with_text
from tests.lsp.client import Client, run
from tests.shared import needs_shared


@pytest.mark.bench
def test_budgets() -> None:
    from tests.bench.table import measure_and_print

    small, *larger = measure_and_print()
    for measured in larger:
        assert measured.recomputed == small.recomputed


@pytest.mark.parametrize(
    ("number", "p95"), [(1, 1), (2, 2), (19, 19), (20, 19), (21, 20), (40, 38), (100, 95), (200, 190)]
)
def test_no_more_than_five_of_a_hundred_times_exceed_p95(number: int, p95: int) -> None:
    times = list(range(number, 0, -1))
    assert spread(times) == Spread((number + 1) / 2, p95)


def test_generated_notebooks_are_the_same_each_time() -> None:
    assert generate.notebook(25) == generate.notebook(25)
    assert len(generate.notebook(25).cells) == 25
    assert generate.notebook(40).cells[:25] == generate.notebook(25).cells


def test_generated_notebooks_are_clean() -> None:
    from tests.dsl import Case, findings

    session = Session(default_services())
    notebook = generate.notebook(60)
    assert findings(Case(notebook, session.update(notebook), session)) == []


def test_an_edit_costs_the_same_at_every_size() -> None:
    """Counts, not times: one edit in a body makes the same work in 12 and in 120 cells."""
    warm()
    small, large = sized(12, repeats=6), sized(120, repeats=6)
    assert large.recomputed == small.recomputed
    assert small.recomputed["facts"] == 1
    assert small.recomputed["exports"] == 1


def test_an_edit_keeps_the_language_of_its_cell() -> None:
    notebook = generate.notebook(12)
    cell = notebook.cells[2]
    edited = replace_cell(notebook, with_text(cell, cell.text + " LIMIT 1", notebook))
    assert edited.cells[2].language == cell.language == "sql"


@pytest.mark.parametrize("size", [12, 120])
def test_the_server_sends_one_message_for_an_edit_at_every_size(size: int) -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start()
        cells = generate.notebook(size).cells
        client.open_notebook("file:///w/bench.ipynb", *(("python", cell.text) for cell in cells))
        await client.settled()
        client.sent.clear()
        target = next(index for index, cell in enumerate(cells) if cell.id.endswith("-4"))
        client.type_in("file:///w/bench.ipynb", f"cell:file:///w/bench.ipynb#{target}", 0, 0, 0, "undefined_in_bench\n")
        await client.settled()
        assert [said["method"] for said in client.sent] == ["textDocument/publishDiagnostics"]
        assert "undefined_in_bench" in str(client.sent)

    run(test)


def test_opening_looks_at_each_cell_once_and_asks_sqlglot_once_a_shape() -> None:
    warm()
    notebook = generate.notebook(240)
    counted: Counter[str] = Counter()
    session = Session(default_services(), listener=lambda what, cell: counted.update([what]))
    infer._types.cache_clear()
    assert session.update(notebook).analysis.settle()
    code = sum(cell.kind == "code" for cell in notebook.cells)
    assert counted == {"facts": len(notebook.cells), "exports": code}
    assert infer._types.cache_info().misses == 1  # all its queries sum a column and count rows


def test_the_work_of_opening_grows_with_the_cells_and_no_faster() -> None:
    warm()
    small, large = flow.calls(generate.notebook(120)), flow.calls(generate.notebook(240, seed=2))
    assert large < 2.2 * small


@needs_shared
def test_checking_a_duckdb_cell_asks_duckdb_once_and_keeps_its_tables() -> None:
    session, snapshot = sql.opened("tpch")
    kept = duckdb_shadow.rows("select table_name, table_oid from duckdb_tables() order by all")
    assert len(kept) >= 8
    for index, cell in list(enumerate(snapshot.notebook.cells))[2:]:
        snapshot = sql.edited(session, snapshot, index, f"{cell.text} -- anew")
        duckdb_shadow.ANSWERS.clear()
        assert features.findings(snapshot, index) == ()
        assert len(duckdb_shadow.ANSWERS) == 1
    assert duckdb_shadow.rows("select table_name, table_oid from duckdb_tables() order by all") == kept
