"""Where the shared test data lies: beside the checkout, or where POLYCELL_SHARED says; never in the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("POLYCELL_SHARED") or Path(__file__).resolve().parents[2] / "shared")
needs_shared = pytest.mark.skipif(
    not (SHARED / "notebooks").is_dir(),
    reason="the shared test data is not here: put it beside the checkout as ../shared, or set POLYCELL_SHARED",
)

# The suite takes samples, always the same; POLYCELL_FULL=1 takes everything.
FULL = bool(os.environ.get("POLYCELL_FULL"))


def examples(of: int) -> int:
    """How many examples of a simple property are tried in the suite: a third."""
    return of if FULL or os.environ.get("POLYCELL_FUZZ") else of // 3
