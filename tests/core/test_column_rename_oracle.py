"""Renames of columns, held against what the code does: notebooks put together at random are renamed, then looked at
anew by the analysis, and (a few of them) run with pandas, polars and DuckDB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polycell.core import features, renaming
from polycell.core.actions import apply, fits
from polycell.core.types import Table
from tests import dsl

HEAD = """import pandas as pd, duckdb
df = pd.DataFrame({"alpha": [3, 1, 2], "beta": [1.0, 2.0, 4.0], "kind": ["x", "y", "x"]})
other = pd.DataFrame({"kind": ["x", "y"], "weight": [10, 20]})"""
# Each step takes `df` and leaves a `df` with columns alpha, beta and kind, so that any of them may follow any other.
STEPS = [
    'df["alpha"] = df["alpha"] + 1',
    'df.beta = df.alpha * 2.0',
    'df = df.assign(gamma=lambda d: d["alpha"] + d.beta)',
    'df = df[["beta", "alpha", "kind"]]',
    'df = df.rename(columns={"alpha": "tmp"}).rename(columns={"tmp": "alpha"})',
    'df = df.rename(columns={"alpha": "beta", "beta": "alpha"})',
    'df = df.sort_values(by=["kind", "alpha"]).reset_index(drop=True)',
    'df = df.query("alpha > 0 and beta < 1000")',
    'df = df.merge(other, on="kind")[["alpha", "beta", "kind"]]',
    'df = df.groupby("kind").agg(alpha=("alpha", "sum"), beta=("beta", "max")).reset_index()',
    'df = df.groupby(["kind", "alpha"])["beta"].max().reset_index()',
    'df = pd.concat([df, df[df["alpha"] > 1]])',
    'keys = ["alpha", "beta", "kind"]\ndf = df[keys].drop_duplicates()',
    'df.loc[df["alpha"] > 2, "beta"] = 0.5',
    'def ordered(frame, by):\n    return frame.sort_values(by)\ndf = ordered(df, "alpha")',
    'def filled(frame, names):\n    for name in names:\n        frame[name] = frame[name].fillna(0)\n    return frame\n'
    'df = filled(df, ["alpha", "beta"])',
    'def doubled(d):\n    d = d.copy()\n    d["alpha"] = d["alpha"] * 2\n    return d\ndf = df.pipe(doubled)',
    'df = duckdb.sql("select alpha, beta, kind from df where alpha > 0 order by alpha, beta").df()',
    'df = duckdb.sql("select kind, sum(d.alpha) as alpha, max(beta) beta from df d group by kind order by kind").df()',
    'df = duckdb.sql("with t as (select * from df) select * exclude (beta), beta + 1 as beta from t").df()',
    'df = duckdb.sql("select a.alpha, b.beta, kind from df a join df b using (kind) order by all").df()',
]  # fmt: skip


def notebook(steps: list[str]) -> str:
    return "\n# %%\n".join([HEAD, *steps])


def renamed(text: str, cell: int, offset: int, name: str) -> tuple[list[str], str]:
    """(texts of the cells after the rename, the old name); no texts where it is refused."""
    case = dsl.load(text)
    services = case.session.services
    prepared = renaming.prepare(case.snapshot, services, f"c{cell}", offset)
    answer = renaming.rename(case.snapshot, services, f"c{cell}", offset, name)
    if prepared is None or answer is None or answer.refusal:
        return [], ""
    assert answer.column
    assert fits(case.snapshot, answer.edits)
    return [apply(c.text, [e for e in answer.edits if e.cell == c.id]) for c in case.notebook.cells], prepared.name


def looked_at(cells: list[str]) -> tuple[list[list[str]], list[object]]:
    """(columns of every table each cell gives, findings)."""
    case = dsl.load("\n# %%\n".join(cells))
    case.snapshot.analysis.settle()
    shown = []
    for index in range(len(cells)):
        tables = [b for b in case.snapshot.analysis.exports(index).bindings if isinstance(b.type, Table)]
        shown.append([f"{b.name}.{c.name}: {c.type}" for b in tables for c in b.type.columns])
        assert not any(b.type.open for b in tables if isinstance(b.type, Table)), cells
    found = [(i, f.code, f.message) for i in range(len(cells)) for f in features.findings(case.snapshot, i)]
    return shown, found


PLACES = st.sampled_from(["alpha", "beta", "kind"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=4), PLACES, st.integers(0, 30))
def test_renamed_and_looked_at_again(steps: list[str], name: str, which: int) -> None:
    text = notebook(steps)
    cells = text.split("\n# %%\n")
    places = [(i, at) for i, cell in enumerate(cells) for at in range(len(cell)) if cell.startswith(name, at)]
    cell, offset = places[which % len(places)]
    after, old = renamed(text, cell, offset + 1, "renamed")
    if not after:
        return
    before = looked_at(cells)
    now = looked_at(after)
    assert now[1] == before[1] == []
    assert [[c.replace(".renamed:", f".{old}:") for c in shown] for shown in now[0]] == before[0]
    at = after[cell].find("renamed", max(0, offset - 40))
    back, _ = renamed("\n# %%\n".join(after), cell, at + 1, old)
    # It may be refused: `select * exclude (beta), beta + 1 as beta` has the old name beside the new one by now.
    assert back in ([], cells)


RUN = """
import json, sys, warnings
warnings.simplefilter("ignore")
out = []
for program in json.load(sys.stdin):
    names = {}
    exec(program, names)
    frame = names["df"]
    out.append([list(frame.columns), frame.astype(str).values.tolist()])
print(json.dumps(out))
"""


def test_renamed_and_run() -> None:
    """Every step once behind and before others, each of three columns renamed at each of its places."""
    programs: list[str] = []
    pairs: list[tuple[int, int]] = []
    for at, step in enumerate(STEPS):
        text = notebook([step, STEPS[(at * 7 + 3) % len(STEPS)]])
        cells = text.split("\n# %%\n")
        programs.append("\n".join(cells))
        mine = len(programs) - 1
        for name in ("alpha", "beta", "kind"):
            place = next(((i, c.find(name)) for i, c in enumerate(cells) if i and name in c), None)
            after, _ = renamed(text, place[0], place[1] + 1, "renamed") if place is not None else ([], "")
            if after:
                programs.append("\n".join(after))
                pairs.append((mine, len(programs) - 1))
    assert len(pairs) > len(STEPS)
    done = subprocess.run(
        [sys.executable, "-c", RUN], input=json.dumps(programs), capture_output=True, text=True, timeout=120,
        cwd=Path(__file__).parent, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout)
    for before, after in pairs:
        columns = [c for c in results[after][0] if c != "renamed"]
        assert results[after][1] == results[before][1], programs[after]
        assert all(c in results[before][0] for c in columns), programs[after]
        assert len(results[after][0]) == len(results[before][0])
