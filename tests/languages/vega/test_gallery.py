"""The public example gallery: every specification is clean, and each damaged in ten ways gives the one finding."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from polycell.core import features
from polycell.core.results import Finding
from polycell.languages.vega.fields import scope
from polycell.languages.vega.reader import read
from polycell.languages.vega.reading import read as read_cell
from tests import dsl
from tests.languages.vega.damage import WAYS
from tests.shared import FULL, SHARED, needs_shared

EXAMPLES = SHARED / "vega-examples"


def specifications() -> list[Path]:
    return sorted(EXAMPLES.glob("*.json"))


def found(text: str) -> list[Finding]:
    return [finding for _, finding in dsl.findings(dsl.load(f"# %% [vega-lite]\n{text}"))]


@needs_shared
def test_every_specification_is_clean() -> None:
    files = specifications()
    assert len(files) >= 633
    files = files if FULL else files[::2]
    alarms = {file.name: findings for file in files if (findings := found(file.read_text(encoding="utf-8")))}
    assert alarms == {}


@needs_shared
@pytest.mark.parametrize("way", range(len(WAYS)), ids=[f"way {n}" for n in range(1, len(WAYS) + 1)])
def test_each_damage_gives_its_one_finding(way: int) -> None:
    counts: Counter[str] = Counter()
    wrong = []
    for file in specifications() if FULL else specifications()[way % 8 :: 8]:
        pick = random.Random(f"{file.name} {way}")
        text = file.read_text(encoding="utf-8")
        damaged = WAYS[way](read(text), pick)
        if damaged is None:
            continue
        if damaged.code == "vega-unknown-field" and not _closed(text):
            continue
        counts[damaged.way] += 1
        findings = found(damaged.text)
        right = [
            f
            for f in findings
            if f.code == damaged.code and damaged.span in (None, f.span) and damaged.says in f.message
        ]
        if len(findings) != 1 or len(right) != 1:
            wrong.append((file.name, damaged.way, damaged.span, findings))
    assert wrong == []
    enough = 30 if WAYS[way].__name__ == "_unknown_field" else 400
    assert sum(counts.values()) > (enough if FULL else enough // 8)


def _closed(text: str) -> bool:
    """Whether the fields of the specification are all known: its values stand in it."""
    case = dsl.load(f"# %% [vega-lite]\n{text}")
    context = features.context_of(case.snapshot, "c0")
    assert context is not None
    table = scope(("encoding",), read_cell(context).outside).table
    return table.proves_absence and bool(table.columns)
