"""Arrows between rooms go one way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.arrows import circles, violations

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "polycell"


def test_imports_go_one_way() -> None:
    assert violations(PACKAGE) == []


def test_python_has_no_circles(tmp_path: Path) -> None:
    assert circles(PACKAGE, "languages/python") == []
    room = tmp_path / "polycell" / "languages" / "python"
    room.mkdir(parents=True)
    (room / "a.py").write_text("def f():\n    from polycell.languages.python import b\n")
    (room / "b.py").write_text("from polycell.languages.python.a import f\n")
    assert circles(tmp_path / "polycell", "languages/python")


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("core/a.py", "import pyarrow", "standard library"),
        ("core/a.py", "from polycell.formats import b", "core must not import formats"),
        ("core/a.py", "from polycell import __version__", "core knows nothing"),
        ("languages/python/syntax/a.py", "from polycell.languages.python.flow import b", "must not import flow"),
        ("languages/python/flow/a.py", "from polycell.languages.python.service import b", "must not import service"),
        ("formats/a.py", "from polycell.languages.sql import b", "formats must not import languages"),
        ("formats/a.py", "from polycell import compose", "formats must not import compose"),
        ("languages/python/a.py", "from polycell.languages.sql import b", "languages never import each other"),
        ("languages/python/a.py", "from polycell.languages.sql.b import c", "languages never import each other"),
        ("languages/python/a.py", "def f():\n    import pygls", "only lsp may import pygls"),
        ("languages/python/a.py", "from . import b", "relative import"),
        ("rules/a.py", "from lsprotocol import types", "only lsp may import lsprotocol"),
        ("rules/a.py", "import polycell.compose", "rules must not import compose"),
        ("tables/a.py", "import rich.console", "only cli may import rich"),
        ("lsp/a.py", "from polycell.cli import main", "lsp must not import cli"),
        ("elsewhere/a.py", "from polycell.core import text", "no room"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, file: str, line: str, said: str) -> None:
    package = tmp_path / "polycell"
    for room in ("core", "formats", "languages/python", "languages/sql", "cli", "lsp"):
        (package / room).mkdir(parents=True, exist_ok=True)
        (package / room / "__init__.py").touch()
    (package / "compose.py").touch()
    (package / file).parent.mkdir(exist_ok=True)
    (package / file).write_text(f'"""A."""\n{line}\n', encoding="utf-8")
    found = violations(package)
    assert len(found) == 1
    assert said in found[0]


def test_what_is_allowed_is_not_reported(tmp_path: Path) -> None:
    package = tmp_path / "polycell"
    (package / "languages/python").mkdir(parents=True)
    (package / "lsp").mkdir()
    (package / "compose.py").touch()
    (package / "languages/python/a.py").write_text(
        "from polycell.core.text import Span\nfrom polycell.languages.python import b\nimport sqlglot\n",
        encoding="utf-8",
    )
    (package / "lsp/a.py").write_text(
        "import pygls\nfrom polycell.compose import x\nfrom polycell import __version__\n"
    )
    assert violations(package) == []
