"""The extension in a real VS Code workbench without a window. Run with `pytest -m editor tests/e2e/test_vscode.py`."""

from __future__ import annotations

import pytest

from tests.e2e.node import EXTENSION, HERE, extension_packages, run

pytestmark = pytest.mark.editor


def test_the_extensions_own_tests_pass() -> None:
    """Types, style, unit tests, and the tests inside the extension host: what `npm test` runs."""
    extension_packages()
    said = run(["npm", "test"], EXTENSION)
    assert "ok      the columns of a Python frame are completed in a %%sql cell" in said
    assert "ok      a use before definition is underlined, and nothing else" in said


def test_as_a_user_with_mouse_and_keyboard() -> None:
    """The packaged extension, installed; a picture of each step is kept in the cache."""
    extension_packages()
    assert "FAILED" not in run(["node", str(HERE / "vscode" / "user.mjs")], HERE)


def test_charts_as_a_user_makes_them() -> None:
    """Vega-Lite under a Python frame and a SQL cell: fields, a fix, keys, and the preview."""
    extension_packages()
    assert "FAILED" not in run(["node", str(HERE / "vscode" / "charts.mjs")], HERE)


def test_a_table_as_a_user_works_with_it() -> None:
    """Its hover, columns behind quotes and without, a fix, renames over Python, SQL and a chart, and a refused one."""
    extension_packages()
    assert "FAILED" not in run(["node", str(HERE / "vscode" / "tables.mjs")], HERE)


def test_python_cells_as_a_user_has_them() -> None:
    """Hints, renames over cells and inside of functions, layout, order of imports, calls, a library's definition."""
    extension_packages()
    assert "FAILED" not in run(["node", str(HERE / "vscode" / "python.mjs")], HERE)


def test_cells_come_go_move_and_change() -> None:
    """Languages, deleting, splitting, joining, dragging, two editors, another name: findings and hints stay right."""
    extension_packages()
    assert "FAILED" not in run(["node", str(HERE / "vscode" / "structure.mjs")], HERE)
