"""CPU time of SQL completion at column references of TPC-H and TPC-DS, each in a text that no cache has seen.

python -m tests.bench.sql
"""

from __future__ import annotations

import random
import statistics
import time

from polycell.languages.sql.catalogue import ViewCatalogue
from polycell.languages.sql.complete import complete
from polycell.languages.sql.place import place
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


if __name__ == "__main__":
    main()
