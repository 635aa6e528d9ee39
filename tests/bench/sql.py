"""CPU time of SQL completion at column references of TPC-H and TPC-DS, and of the check of their queries, each in a
text that no cache has seen.

python -m tests.bench.sql
"""

from __future__ import annotations

import random
import statistics
import time

from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.check import findings
from polycell.languages.sql.complete import complete
from polycell.languages.sql.place import place
from polycell.languages.sql.scan import scan
from tests.languages.sql.damage import DUCKDB, MODES, catalogue, damaged, points, queries, schema
from tests.shared import SHARED


def measure(bench: str, mode: str, sample: int = 600) -> tuple[int, float, float]:
    """(number of points, median, 95th percentile) in milliseconds of this thread's CPU.

    Each text is new to all caches that know texts. Every point is measured three times, each time with a new text,
    and its least time counts: the rest is what other processes do to this one's caches.
    """
    tables = catalogue(schema(SHARED / "sql-queries", bench))
    chance = random.Random(3)
    found = [p for query in queries(SHARED / "sql-queries", bench) for p in points(query)]
    found = random.Random(7).sample(found, min(sample, len(found)))
    times = []
    for number, point in enumerate(found):
        made = damaged(point, mode, chance)
        if made is None:
            continue
        text, cursor = made
        times.append(min(_once(f"{text} -- {mode} {number} {n}", cursor, tables) for n in range(3)))
    times.sort()
    return len(times), statistics.median(times), times[int(len(times) * 0.95)]


def check(bench: str) -> list[float]:
    """Milliseconds of this thread's CPU to find what is wrong with each query by DuckDB's binder, over tables that
    it has met before; the least of three times, each with a new text."""
    tables = catalogue(schema(SHARED / "sql-queries", bench))
    texts = list(queries(SHARED / "sql-queries", bench))
    for query in texts:
        _checked(query, tables)
    return [min(_checked(f"{query} -- {number} {n}", tables) for n in range(3)) for number, query in enumerate(texts)]


def _checked(text: str, tables: ViewCatalogue) -> float:
    before = time.thread_time()
    for statement in scan(text, DUCKDB).statements:
        list(findings(statement, tables))
    return (time.thread_time() - before) * 1000


def _once(text: str, cursor: int, tables: ViewCatalogue) -> float:
    before = time.thread_time()
    at = place(text, cursor, DUCKDB)
    if at is not None:
        complete(at, tables)
    return (time.thread_time() - before) * 1000


def main() -> None:
    print(f"{'queries':8} {'damage':11} {'points':>7} {'median ms':>10} {'p95 ms':>8}")
    for bench in ("tpch", "tpcds"):
        for mode in MODES:
            count, median, p95 = measure(bench, mode)
            print(f"{bench:8} {mode:11} {count:7} {median:10.2f} {p95:8.2f}")
        times = sorted(check(bench))
        at = int(len(times) * 0.95)
        print(f"{bench:8} {'check':11} {len(times):7} {statistics.median(times):10.2f} {times[at]:8.2f}")


if __name__ == "__main__":
    main()
