"""`polycell show`: types flowing, in a terminal and as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.notebooks import polycell, write
from tests.shared import FULL, SHARED, needs_shared

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def story(tmp_path: Path) -> Path:
    (tmp_path / "sales.csv").write_text("region,price\nnorth,1.5\nsouth,2.5\n", encoding="utf-8")
    return write(
        tmp_path / "story.ipynb",
        "#md # Sales",
        '%config SqlMagic.autopandas = True\nimport pandas as pd\nsales = pd.read_csv("sales.csv")',
        "%%sql totals <<\nSELECT region, COUNT(*) AS orders FROM sales GROUP BY region",
        'best = totals[["region"]]',
    )


def cells(capsys: Capture, path: Path) -> list[dict[str, object]]:
    code, out, _ = polycell(capsys, "show", "--json", path)
    assert code == 0
    found = json.loads(out)["cells"]
    assert isinstance(found, list)
    return found


def test_types_flow_from_python_through_sql_to_python(story: Path, capsys: Capture) -> None:
    _, read, totals, best = cells(capsys, story)
    assert [c["language"] for c in (read, totals, best)] == ["python", "sql", "python"]

    def columns(cell: dict[str, object], name: str) -> list[tuple[str, str | None, str]]:
        (export,) = [e for e in cell["exports"] if e["name"] == name]  # type: ignore[attr-defined]
        return [(c["name"], c["type"], c["evidence"]) for c in export["type"]["columns"]]

    assert columns(read, "sales") == [("region", "string", "file"), ("price", "double", "file")]
    assert columns(totals, "totals") == [("region", "string", "file"), ("orders", "int64", "derived")]
    assert columns(best, "best") == [("region", "string", "file")]
    assert [(u["name"], u["cell"]) for u in totals["uses"]] == [("sales", 2)]  # type: ignore[attr-defined]
    assert [(u["name"], u["cell"]) for u in best["uses"]] == [("totals", 3)]  # type: ignore[attr-defined]


def test_the_terminal_shows_the_same(story: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = polycell(capsys, "show", story)
    assert code == 0
    assert "uses   sales  from cell 2" in out
    assert "uses   totals  from cell 3" in out
    assert all(len(line) <= 80 and line == line.rstrip() for line in out.splitlines()[1:])
    assert "\x1b" not in out


def test_one_cell(story: Path, capsys: Capture) -> None:
    code, out, _ = polycell(capsys, "show", story, "--cell", "3")
    assert code == 0
    assert "COUNT(*) AS orders" in out
    assert "read_csv" not in out.split("uses")[0]
    assert polycell(capsys, "show", story, "--cell", "9")[0] == 2


def test_why_a_language_was_chosen(story: Path, capsys: Capture) -> None:
    assert "sql → totals  – by %%sql on the first line" in polycell(capsys, "show", story, "-v")[1]
    assert "on the first line" not in polycell(capsys, "show", story)[1]


def test_a_name_that_comes_too_late_is_told_from_one_that_never_comes(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "print(late, never)", "late = 1")
    out = polycell(capsys, "show", path)[1]
    assert "uses   late – given only by a cell below" in out
    assert "       never – not from this notebook" in out


def test_a_name_of_unknown_type_is_the_notebooks_own_in_other_languages_too(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "best = open(0)", "%%sql\nselect * from best", "%%sql\nselect * from other")
    out = polycell(capsys, "show", path)[1]
    assert "uses   best  from cell 1" in out
    assert "other – not from this notebook" in out


def test_where_cells_have_no_order_names_may_come_from_below(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        "import marimo\napp = marimo.App()\n\n@app.cell\ndef _(late):\n    print(late)\n    return\n\n"
        "@app.cell\ndef _():\n    late = 1\n    return (late,)\n",
        encoding="utf-8",
    )
    uses = [use for cell in cells(capsys, path) for use in cell["uses"] if use["name"] == "late"]  # type: ignore[attr-defined]
    assert [use["cell"] for use in uses] == [len(cells(capsys, path))]


def test_a_missing_notebook(tmp_path: Path, capsys: Capture) -> None:
    code, out, err = polycell(capsys, "show", tmp_path / "nothing.ipynb")
    assert (code, out) == (2, "")
    assert "no such file" in err


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "ä.ipynb", "größe = '→ \ud83d\ude00'\nprint(undefined_größe)")
    both = "import sys; from polycell.cli import main; main(['show', sys.argv[1]]); main(['check', sys.argv[1]])"
    done = subprocess.run(
        [sys.executable, "-c", both, str(path)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        stdin=subprocess.DEVNULL,
    )
    assert b"Traceback" not in done.stderr
    assert "undefined-name" in done.stdout.decode(encoding)


@pytest.mark.skipif(os.name == "nt", reason="no such pipes on Windows")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    cells = ["\n".join(f"name_{n}_{line} = {line}" for line in range(10)) for n in range(200)]
    path = write(tmp_path / "long.ipynb", *cells)  # longer than what a pipe holds
    done = subprocess.run(
        ["sh", "-c", '"$0" -m polycell show "$1" | head -n 1', sys.executable, str(path)], capture_output=True
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


@needs_shared
def test_real_notebooks_fit_the_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, path in enumerate(sorted((SHARED / "notebooks").rglob("*.ipynb"))[:: 1 if FULL else 3]):
        width = (80, 120)[number % 2]
        monkeypatch.setenv("COLUMNS", str(width))
        code, out, err = polycell(capsys, "show", "--no-scala", path)
        assert (code, err) == (0, ""), path
        head, *rest = out.splitlines()
        assert head
        assert max(map(len, rest)) <= width, path
