"""Files beside a notebook: what they declare, and which of their entries no tool reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core.results import Finding
from polycell.dependencies.model import Requirement
from polycell.dependencies.project import Broken, read_project_file
from tests.dependencies.cases import case

REQUIREMENTS = """\ufeff# what we need
pandas>=2 \\
    ,<3
numpy=1.26   # one sign too few
-r other.txt
--index-url https://index.example/simple
{{ cookiecutter }}==1
${NAME}
./local
flask[async
torch==2.*; python_version >= "3.9"
"""
PYPROJECT = """[project]
dependencies = [
  "pandas>=2",
  "numpy=1.26",
]
[project.optional-dependencies]
dev = ["pytest=="]
[tool.other]
dependencies = ["anything at all"]
"""
ENVIRONMENT = """dependencies:
  - python=3.11
  - conda-forge::numpy
  - "= 3"
  - pip:
    - flask=2
    - -r requirements.txt
"""


@pytest.mark.parametrize(
    ("name", "text", "names", "broken"),
    [
        ("requirements.txt", REQUIREMENTS, ["pandas", "", "torch"], [(4, "numpy=1.26"), (10, "flask[async")]),
        ("pyproject.toml", PYPROJECT, ["pandas"], [(4, "numpy=1.26"), (7, "pytest==")]),
        ("environment.yml", ENVIRONMENT, ["python", "numpy"], [(4, "= 3"), (6, "flask=2")]),
        ("environment.yml", "dependencies: [", [], []),
        ("environment.yml", "dependencies: 3", [], []),
        ("requirements.txt", "p\0a\0n\0d\0a\0s\0", [], []),
        ("requirements.txt", "", [], []),
        ("requirements.txt", "pandas \\", ["pandas"], []),
        ("pyproject.toml", '[project]\ndependencies = ["a', ["a"], []),
    ],
)
def test_entries(name: str, text: str, names: list[str], broken: list[tuple[int, str]]) -> None:
    found = read_project_file(name, text)
    assert [one.name for one in found if isinstance(one, Requirement)] == names
    assert [(one.line, one.text) for one in found if isinstance(one, Broken)] == broken


def findings(text: str, folder: Path) -> list[tuple[int, str, Finding]]:
    """(cell, the text that is underlined, finding) of malformed dependencies."""
    made = case(text, None, folder)
    made.snapshot.analysis.settle()
    found = []
    for index, cell in enumerate(made.notebook.cells):
        for finding in made.snapshot.analysis.findings(index):
            if finding.code == "malformed-dependency":
                found.append((index, finding.span.of(cell.text), finding))
    return found


def test_a_broken_line_is_told_where_the_file_is_installed(tmp_path: Path) -> None:
    (tmp_path / "dev.txt").write_text("pandas\nnumpy=1\n", encoding="utf-8")
    ((cell, place, finding),) = findings("x = 1\n# %%\n%pip install -q -r dev.txt\ny = 2", tmp_path)
    assert (cell, place, finding.severity) == (1, "dev.txt", "error")
    assert finding.message == "`dev.txt`, line 2, `numpy=1`: One `=` is no comparison: write `==`."


def test_a_broken_line_of_a_file_beside_the_notebook_is_told_at_its_head(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pandas\nnumpy=1\n", encoding="utf-8")
    ((cell, place, finding),) = findings("x = 1\ny = 2\n# %%\nz = 3", tmp_path)
    assert (cell, place, finding.severity) == (0, "x = 1", "warning")
    assert "`requirements.txt`, line 2" in finding.message


def test_a_file_that_only_looks_like_one_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("First of all, patience\nThen: a computer\npandas", encoding="utf-8")
    (tmp_path / "system_requirements.txt").write_text("a computer\npandas\nnumpy", encoding="utf-8")
    below = tmp_path / "below"
    below.mkdir()
    assert findings("x = 1", tmp_path) == []
    assert findings("x = 1", below) == []
