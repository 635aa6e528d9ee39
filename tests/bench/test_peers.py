"""The probes say the truth: their programs, run with the real libraries, have these columns and fail at those."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.bench.probes import FILES, PROBES, Probe


def run(cells: tuple[str, ...], space: dict[str, Any]) -> None:
    for text in cells:
        lines = [line for line in text.split("\n") if not line.startswith(("%", "!"))]
        exec(compile("\n".join(lines), "cell", "exec", dont_inherit=True), space)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    warnings.simplefilter("ignore")


@pytest.mark.parametrize("probe", [p for p in PROBES if p.kind == "error"], ids=lambda p: p.cells[-1])
def test_planted_errors_fail(probe: Probe) -> None:
    space: dict[str, Any] = {}
    run(probe.cells[:-1], space)
    with pytest.raises(Exception, match=probe.names[0]):
        run(probe.cells[-1:], space)


@pytest.mark.parametrize("probe", [p for p in PROBES if p.kind == "clean"], ids=lambda p: p.cells[-1])
def test_right_programs_run(probe: Probe) -> None:
    run(probe.cells, {})


@pytest.mark.parametrize("probe", [p for p in PROBES if p.kind == "complete"], ids=lambda p: p.cells[-1])
def test_names_are_columns_and_others_are_not(probe: Probe) -> None:
    space: dict[str, Any] = {}
    run(probe.cells[:-1], space)
    frame = eval(probe.of or probe.cells[-1].split("[")[0].split(".")[0], space)
    columns = set(frame.columns)
    assert set(probe.names) - {"groupby"} <= columns
    assert not columns & set(probe.others)
