"""A server that has just started has not paid for what it does not need yet."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("pyarrow", "sqlglot", "rich", "typer", "jedi", "yaml", "pandas", "polars", "duckdb")


def loaded(statement: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint('loaded:', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize(
    "statement",
    [
        "import polycell.lsp.server",
        "import polycell.compose; polycell.compose.default_services()",
        "import polycell.formats",
        "from polycell.cli import main\ntry:\n    main(['serve', '--help'])\nexcept SystemExit:\n    pass",
    ],
    ids=["server", "compose", "formats", "serve --help"],
)
def test_nothing_heavy_is_imported(statement: str) -> None:
    assert loaded(statement) == set()


def test_the_check_would_notice() -> None:
    assert loaded("import yaml") == {"yaml"}
