"""The table of budgets, printed."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from tests.bench.measure import Sized, file_schema, memory, scanner, sized, spread, warm
from tests.bench.python_servers import POLYCELL, TY_ALONE, figure
from tests.bench.python_servers import measured as answered
from tests.bench.serving import Served, served
from tests.bench.sql import checks
from tests.shared import SHARED

SIZES = (10, 100, 1000)


def measure_and_print(sizes: Sequence[int] = SIZES) -> list[Sized]:
    """Measure everything at each size and print one table; the measurements, for assertions."""
    warm()
    measured = [sized(n) for n in sizes]
    table = Table(
        box=box.SIMPLE,
        title="Polycell: budgets (p50 / p95; CPU ms, for the server wall-clock ms)",
        title_justify="left",
    )
    table.add_column("what")
    for m in measured:
        table.add_column(f"{m.cells} cells", justify="right")
    table.add_column("budget", style="dim")

    def row(what: str, values: Sequence[object], budget: str) -> None:
        table.add_row(what, *map(str, values), budget)

    row("open, all facts and exports", [f"{m.opened:.0f}" for m in measured], "≤ 1000 at 1,000")
    row("longest slice while opening", [f"{m.longest_slice:.0f}" for m in measured], "≤ 50")
    row("completion, column in a Python string", [m.complete_column for m in measured], "p95 ≤ 10")
    row("completion, names", [m.complete_name for m in measured], "p95 ≤ 10")
    row("completion, SQL columns", [m.complete_sql for m in measured], "p95 ≤ 10")
    row("edit → diagnostics of the cell", [m.edit for m in measured], "p95 ≤ 30, 1,000 ≤ 2 × 10")
    row("computed per edit: exports", [m.recomputed["exports"] for m in measured], "same at every size")
    first, again = file_schema()
    blank = [""] * (len(measured) - 1)
    row("first read of a file of 2,000 columns", [f"{first:.0f}", *blank], "≤ 100")
    row("its schema from the cache", [f"{again.p50:.2f} / {again.p95:.2f}", *blank], "≤ 1")
    row("memory of the analysis, MB", [f"{memory(m.cells):.0f}" for m in measured], "≤ 150 at 1,000")
    servers = [_served(m.cells) for m in measured]
    row("server: initialize", [f"{s.initialize:.0f}" if s else "–" for s in servers], "≤ 500")
    row("server: open to first answer", [f"{s.opened:.0f}" if s else "–" for s in servers], "")
    row("server: slowest trivial answer meanwhile", [f"{s.longest_answer:.0f}" if s else "–" for s in servers], "≤ 50")
    row("server: edit to its last message", [f"{s.edit_time:.0f}" if s else "–" for s in servers], "")
    row("server: messages for one edit", [len(s.edit_messages) if s else "–" for s in servers], "same at every size")
    row("server: memory, MB", [f"{s.memory:.0f}" if s else "–" for s in servers], "≤ 150 at 1,000")
    ours = [answered(POLYCELL, m.cells) for m in measured]
    theirs = [answered(TY_ALONE, m.cells) for m in measured]
    for what, name, budget in (
        ("first completion, start included", "first", ""),
        ("members of a module", "members", "≤ 1.3 × ty at 10, ≤ 0.5 × at 1,000"),
        ("members of a frame", "frame", "≤ 1.3 × ty at 10, ≤ 0.5 × at 1,000"),
        ("hover", "hover", ""),
        ("an edit until its finding is told", "edited", ""),
        ("memory with the engine, MB", "memory", ""),
    ):
        row(f"{what}: Polycell", [figure(a, name) for a in ours], budget)
        row(f"{what}: ty alone", [figure(a, name) for a in theirs], "")
    queries = scanner()
    row("SQL completion in TPC queries", [queries or "no data", *[""] * (len(measured) - 1)], "p50 ≤ 1")
    for bench in ("tpch", "tpcds") if (SHARED / "sql-queries").is_dir() else ():
        times = checks(bench)
        row(f"check of a DuckDB cell, {bench}", [spread([t.ours for t in times]), *blank], "p50 ≤ 5")
        row("DuckDB alone, without us", [spread([t.floor for t in times]), *blank], "")
    Console(width=120).print(table)
    return measured


def _served(cells: int) -> Served | None:
    try:
        return served(cells)
    except Exception as problem:
        print(f"the server could not be measured at {cells} cells: {type(problem).__name__}: {problem}")
        return None
