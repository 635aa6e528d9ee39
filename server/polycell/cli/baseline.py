"""A baseline: what was found before, and is not reported again until it is mended.

It is what `polycell check --format json` printed then. A finding is known by its path, code and message, so that cells
may move; where the same was found more often than before, the surplus is reported.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from polycell.cli.findings import Report


class Baseline:
    def __init__(self, known: Counter[tuple[str, str, str]]) -> None:
        self._left = known

    def knows(self, report: Report) -> bool:
        """Whether a finding was there before; each entry answers for one. What could not be checked is never known."""
        key = _key(report.path, report.code, report.message)
        if report.is_failure or self._left[key] <= 0:
            return False
        self._left[key] -= 1
        return True


def read_baseline(path: Path) -> Baseline:
    """Raises OSError where it cannot be read, ValueError where it is none."""
    try:
        findings = json.loads(path.read_text(encoding="utf-8"))["findings"]
        return Baseline(Counter(_key(f["path"], f["code"], f["message"]) for f in findings))
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError("it is not what `polycell check --format json` prints") from problem


def _key(path: str, code: str, message: str) -> tuple[str, str, str]:
    return path.replace("\\", "/").removeprefix("./"), code, message
