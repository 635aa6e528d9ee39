"""`python -m tests.bench [CELLS…]` prints the table of budgets."""

from __future__ import annotations

import sys

from tests.bench.table import SIZES, measure_and_print

if __name__ == "__main__":
    measure_and_print([int(n) for n in sys.argv[1:]] or SIZES)
