"""JupySQL's settings, of the notebook and of the pyproject.toml beside it or above."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from polycell.compose import default_sources
from polycell.core.types import Table
from polycell.tables.jupysql import Settings, SettingsRequest, SettingsSources
from tests import dsl

FRAME = "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\n"


def kinds(text: str, folder: Path) -> list[str]:
    """The kinds of table of the results of the last cell."""
    case = dsl.load(text, folder)
    case.snapshot.analysis.settle()
    last = case.snapshot.analysis.exports(len(case.notebook.cells) - 1).bindings
    return [b.type.flavour for b in last if b.kind == "result" and isinstance(b.type, Table)]


@pytest.mark.parametrize("cell", ["%%sql x <<\nselect a from df", "x = %sql select a from df"])
@pytest.mark.parametrize(
    ("file", "line", "kind"),
    [
        ("", "", "result-set"),
        ("autopandas = true", "", "pandas"),
        ("autopolars = true\ndisplaycon = false", "", "polars"),
        ("autopandas = true", "%config SqlMagic.autopandas = False", "result-set"),
        ("autopandas = true", "%config SqlMagic.autopolars = True", "polars"),
        ("", "%config SqlMagic.autopandas = True\n%config SqlMagic.autopandas=False", "result-set"),
        ("autopandas = ", "", "result-set"),
    ],
)
def test_a_line_wins_over_the_file(cell: str, file: str, line: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.jupysql.SqlMagic]\n{file}\n", encoding="utf-8")
    assert kinds(f"# %%\n{FRAME}{line}\n# %%\n{cell}", tmp_path) == [kind]


def test_a_line_holds_from_where_it_stands(tmp_path: Path) -> None:
    text = f"{FRAME}x = %sql select a from df\n%config SqlMagic.autopandas = True\ny = %sql select a from df"
    assert kinds(text, tmp_path) == ["result-set", "pandas"]


def test_the_nearest_file_of_the_workspace_counts(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "notebooks"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.jupysql.SqlMagic]\nautopandas = true\n", encoding="utf-8")
    key = SettingsRequest(str(inner))
    assert SettingsSources([tmp_path]).read(key) == Settings((("autopandas", "True"),))
    assert SettingsSources([inner]).read(key) == Settings()  # nothing outside of the workspace is read
    (tmp_path / "project" / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert SettingsSources([tmp_path]).read(key) == Settings()


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    sources, key = SettingsSources([tmp_path]), SettingsRequest(str(tmp_path))
    assert sources.read(key) == Settings()
    file = tmp_path / "pyproject.toml"
    file.write_text("[tool.jupysql.SqlMagic]\nautopolars = true\n", encoding="utf-8")
    sources.changed([file])
    assert sources.read(key) == Settings((("autopolars", "True"),))


@pytest.mark.parametrize(
    ("file", "line"),
    [("dsn_filename = 'conf/shops.ini'", ""), ("", "%config SqlMagic.dsn_filename = 'conf/shops.ini'")],
)
@pytest.mark.parametrize("opened", ["%%sql --section shop\n", "%sql --section shop\n# %%\n%%sql\n"])
def test_sections_stand_in_the_file_that_the_settings_name(file: str, line: str, opened: str, tmp_path: Path) -> None:
    made = sqlite3.connect(tmp_path / "shop.db")
    made.execute("create table orders (total real)")
    made.close()
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "shops.ini").write_text("[shop]\ndrivername = sqlite\ndatabase = shop.db\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(f"[tool.jupysql.SqlMagic]\n{file}\n", encoding="utf-8")
    case = dsl.load(
        f"# %%\n{line}\n# %%\n{opened}select totl from orders", tmp_path, default_sources((tmp_path,), connections=True)
    )
    assert [f.message for _, f in dsl.findings(case)] == ["No column `totl` in `orders`. Did you mean `total`?"]
