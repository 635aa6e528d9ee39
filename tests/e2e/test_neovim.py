"""A percent script in a real Neovim, headless. Needs `nvim` 0.7 or newer on PATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.editor

SCRIPT = """\
# %% [markdown]
# # Sales

# %%
import pandas as pd

sales = pd.read_csv("sales.csv")
print(late)

# %% [sql] -> totals
# SELECT region, sum(price) AS total FROM sales GROUP BY region

# %%
totals.head()
totals["
sales["

# %%
late = 1
"""


def drive(folder: Path, script: str, steps: list[dict[str, object]], name: str = "sales.py") -> list[dict[str, object]]:
    nvim = shutil.which("nvim")
    if nvim is None:
        pytest.skip("SKIPPED LOUDLY: no nvim on PATH; install Neovim 0.7 or newer to run this suite")
    (folder / "sales.csv").write_text("id,region,price\n1,north,2.5\n", encoding="utf-8")
    file = folder / name
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [
            nvim,
            "--headless",
            "-u",
            "NONE",
            "-c",
            f"luafile {Path(__file__).parent / 'neovim' / 'drive.lua'}",
            str(file),
        ],
        cwd=folder,
        env={
            **os.environ,
            "POLYCELL_COMMAND": f"{sys.executable} -m polycell serve",
            "POLYCELL_STEPS": json.dumps(steps),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, f"Neovim printed nothing: {done.stderr}"
    return lines


def test_a_percent_script_in_neovim(tmp_path: Path) -> None:
    lines = SCRIPT.split("\n")
    sql = lines.index("# SELECT region, sum(price) AS total FROM sales GROUP BY region")
    answers = drive(
        tmp_path,
        SCRIPT,
        [
            {"do": "diagnostics", "code": "use-before-definition"},
            {"do": "complete", "line": sql, "column": lines[sql].index("price")},
            {"do": "complete", "line": lines.index('totals["'), "column": 8},
            {"do": "complete", "line": lines.index('sales["'), "column": 7},
            {"do": "hover", "line": lines.index("totals.head()"), "column": 2},
            {"do": "define", "line": lines.index("totals.head()"), "column": 2},
        ],
    )
    by_step = [a for a in answers if a["step"] == "complete"]
    diagnostics = next(a for a in answers if a["step"] == "diagnostics")["found"]
    use = lines.index("print(late)")
    assert {"line": use, "column": 6} in [
        {"line": d["line"], "column": d["column"]} for d in diagnostics if d["code"] == "use-before-definition"
    ]
    assert {"id", "region", "price"} <= set(by_step[0]["labels"])
    assert set(by_step[1]["labels"]) == {"region", "total"}
    assert set(by_step[2]["labels"]) == {"id", "region", "price"}
    hover = next(a for a in answers if a["step"] == "hover")["result"]
    assert "total" in json.dumps(hover)
    where = next(a for a in answers if a["step"] == "define")["result"]
    assert json.dumps(where).count('"line"') >= 2
    assert answers[-1] == {"step": "stopped", "ok": True}
    assert not any(a.get("error") for a in answers)


def test_the_json_of_a_notebook_in_neovim(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["x = 'é😀'\n", "print(x, late)"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": ["late = 1"]},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, indent=1)
    answers = drive(tmp_path, text, [{"do": "diagnostics", "code": "use-before-definition"}], "notebook.ipynb")
    found = next(a for a in answers if a["step"] == "diagnostics")["found"]
    lines = text.split("\n")
    line = next(i for i, text in enumerate(lines) if "print(x, late)" in text)
    assert [(d["code"], d["line"], d["column"]) for d in found] == [
        ("use-before-definition", line, lines[line].index("late"))
    ]
