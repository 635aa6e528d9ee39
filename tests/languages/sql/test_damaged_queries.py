"""Completion in damaged queries: at least 95 % of all column references are offered, in each of five damage modes.

The suite takes a fixed sample of TPC-DS; `POLYCELL_FULL=1` takes every reference.
"""

from __future__ import annotations

import os

import pytest

from tests.languages.sql.damage import MODES, misses
from tests.shared import SHARED, needs_shared

SAMPLE = 0 if os.environ.get("POLYCELL_FULL") else 240


@needs_shared
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("bench", ["tpch", "tpcds"])
def test_true_column_is_offered(bench: str, mode: str) -> None:
    outcomes = list(misses(SHARED / "sql-queries", bench, mode, SAMPLE))
    missed = [
        f"{name}: …{text[max(0, at - 60) : at]}<|>{text[at : at + 40]}" for hit, text, at, name in outcomes if not hit
    ]
    assert len(outcomes) >= 100
    assert len(missed) <= 0.05 * len(outcomes), "\n".join(missed)
