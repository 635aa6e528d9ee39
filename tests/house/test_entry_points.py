"""What installing the package promises to others is there."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points, version

import polycell


def test_the_command_loads() -> None:
    (command,) = entry_points(group="console_scripts", name="polycell")
    assert callable(command.load())


def test_jupyter_finds_the_server() -> None:
    (spec,) = entry_points(group="jupyter_lsp_spec_v1", name="polycell")
    assert callable(spec.load())


def test_the_version_is_one() -> None:
    assert version("polycell") == polycell.__version__
    run = subprocess.run([sys.executable, "-m", "polycell", "--version"], capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip()) == (0, f"polycell {polycell.__version__}")
