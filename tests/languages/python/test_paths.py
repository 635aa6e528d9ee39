"""Paths that code works out, and files that patterns fit: run by Python beside what we say of them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from polycell.core.types import Collection, Table
from polycell.core.values import replace
from tests.dsl import labels, load
from tests.languages.python.oracle import compare

PRELUDE = """
import glob, os
import pandas as pd
import polars as pl
from pathlib import Path
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of two kinds: `part-*.csv` are alike, `day-*.csv` are not."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts").mkdir()
    for name in ("part-1", "part-2", "part-3"):
        (tmp_path / "parts" / f"{name}.csv").write_text("a,b\n1,x\n")
    (tmp_path / "parts" / "day-1.csv").write_text("u,v\n1,2\n")
    (tmp_path / "parts" / "day-2.csv").write_text("v,w\n1,2\n")
    return tmp_path


def columns(code: str, folder: Path) -> list[str] | None:
    """The columns of `r`, None where they are not all known; nothing said is wrong."""
    table = compare(PRELUDE + textwrap.dedent(code), folder)["r"]
    if not isinstance(table, Table):
        return None
    return None if table.open or any(c.maybe for c in table.columns) else [c.name for c in table.columns]


@pytest.mark.parametrize(
    "code",
    [
        "r = pd.concat([pd.read_csv(f) for f in glob.glob('parts/part-*.csv')])",
        "r = pd.concat([pd.read_csv(f) for f in sorted(glob.glob('./parts/part*'))], ignore_index=True)",
        "r = pd.concat(pd.read_csv(f) for f in Path('parts').glob('part-?.csv'))",
        "r = pd.concat(map(pd.read_csv, glob.iglob('parts/part-[12].csv')))",
        "r = pd.concat([pd.read_csv(f) for f in Path('.').rglob('part-*.csv')])",
        "r = pd.concat([pd.read_csv(f) for f in glob.glob('**/part-*.csv', recursive=True)])",
        "r = pl.concat([pl.read_csv(f) for f in glob.glob('parts/part-*.csv')])",
        "d = []\nfor f in glob.glob('parts/part-*.csv'):\n    d.append(pd.read_csv(f))\nr = pd.concat(d)",
        "for f in glob.glob('parts/part-*.csv'):\n    r = pd.read_csv(f)[['a', 'b']]",
        "r = pd.read_csv(sorted(Path('parts').glob('part-*.csv'))[0])",
        "r = pd.read_csv(os.path.join(os.getcwd(), 'parts', 'part-1.csv'))",
        "r = pd.read_csv(Path.cwd() / 'parts' / 'part-1.csv')",
        "r = pd.read_csv(os.path.abspath('parts/part-1.csv'))",
        "r = pd.read_csv(Path('parts/part-1.csv').resolve())",
        "r = pd.read_csv(os.path.join(os.path.dirname('parts/other.csv'), 'part-1.csv'))",
        "r = pd.read_csv(os.path.splitext('parts/part-1.json')[0] + '.csv')",
        "for r in pd.read_csv('parts/part-1.csv', chunksize=1):\n    pass\nr = r[['a', 'b']]",
        "r = pd.concat(pd.read_csv('parts/part-1.csv', chunksize=1))",
    ],
)
def test_what_is_read_is_known(code: str, folder: Path) -> None:
    assert columns(code, folder) == ["a", "b"]


@pytest.mark.parametrize(
    "code",
    [
        "r = pd.read_csv(glob.glob('parts/day-*.csv')[0])",
        "r = pd.read_csv(list(Path('parts').glob('day-*.csv'))[-1])",
        "r = [pd.read_csv(f) for f in glob.glob('parts/day-*.csv')][0]",
        "first, second = glob.glob('parts/day-*.csv')\nr = pd.read_csv(first)",
        "for f in glob.glob('parts/day-*.csv'):\n    r = pd.read_csv(f)",
        "found = []\nfor f in glob.glob('parts/day-*.csv'):\n    found.append(pd.read_csv(f))\nr = found[0]",
        "r = pd.read_csv((glob.glob('parts/day-*.csv') + ['x'])[0])",
        "r = dict(zip(['x', 'y'], [pd.read_csv(f) for f in glob.glob('parts/day-*.csv')]))['x']",
        "os.chdir('parts')\nr = pd.read_csv(os.path.abspath('day-1.csv'))\nos.chdir('..')",
        "r = pd.read_csv(glob.glob('**/day-*.csv')[0])",
    ],
)
def test_no_file_is_taken_for_another(code: str, folder: Path) -> None:
    """Which file comes first is the file system's affair; so is where the notebook is once it has moved."""
    assert columns(code, folder) is None


def test_all_files_of_a_pattern_are_known(folder: Path) -> None:
    found = compare(PRELUDE + "r = {Path(f).stem: pd.read_csv(f) for f in glob.glob('parts/day-*.csv')}", folder)["r"]
    assert [name for name, _ in getattr(found, "fields", ())] == ["day-1", "day-2"]
    listed = compare(PRELUDE + "r = glob.glob('parts/day-*.csv')", folder)["r"]
    assert isinstance(listed, Collection)
    assert listed.unordered


def test_columns_inside_of_a_loop_over_files(folder: Path) -> None:
    code = PRELUDE + "for f in glob.glob('parts/part-*.csv'):\n    d = pd.read_csv(f)\n    d['<|>']"
    assert labels(code, folder) == ["a", "b"]


@pytest.mark.parametrize(
    "path",
    [
        'Path(__file__).parent / "parts" / "part-1.csv"',
        'Path(__file__).resolve().parent.joinpath("parts", "part-1.csv")',
        'Path(__file__).resolve().parents[0] / "parts/part-1.csv"',
        'os.path.join(os.path.dirname(os.path.abspath(__file__)), "parts", "part-1.csv")',
        'Path(__file__).with_name("parts") / "part-1.csv"',
    ],
)
def test_a_script_knows_where_it_lies(path: str, folder: Path) -> None:
    case = load(f"{PRELUDE}r = pd.read_csv({path})\n", folder)
    snapshot = case.session.update(replace(case.notebook, path=str(folder / "script.py")))
    snapshot.analysis.settle()
    [found] = [binding.type for binding in snapshot.analysis.exports(0).bindings if binding.name == "r"]
    assert isinstance(found, Table)
    assert [column.name for column in found.columns] == ["a", "b"]


def test_the_folders_above_a_path(folder: Path) -> None:
    assert columns('r = pd.read_csv(Path("parts/x/y").parents[1] / "part-1.csv")', folder) == ["a", "b"]
    assert columns('r = pd.read_csv(Path("parts/x").parents[1] / "parts" / "part-1.csv")', folder) == ["a", "b"]
