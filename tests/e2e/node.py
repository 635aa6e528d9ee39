"""Runs the editor drivers, which are programs for Node.

What they need (workbench, browser driver, JupyterLab) they fetch once into `$POLYCELL_E2E_CACHE`, by default
`~/.cache/polycell-e2e`. What cannot be had is a skip that says so; `POLYCELL_E2E_REQUIRED=1` makes it a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
EXTENSION = HERE.parents[1] / "vscode-extension"
SKIPPED = 77
PATIENCE = 1200  # seconds; the first run downloads nearly a gigabyte


def run(command: Sequence[str], cwd: Path) -> str:
    """The output of a driver that went well; a failure shows all of it."""
    program = shutil.which(command[0])
    if program is None:
        skip(f"there is no {command[0]} on PATH: install Node 20 or newer")
    done = subprocess.run(
        [program, *command[1:]],
        cwd=cwd,
        env={**os.environ, "POLYCELL_PYTHON": os.environ.get("POLYCELL_PYTHON") or sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE,
        check=False,
    )
    print(done.stdout)
    reason = re.search(r"^SKIPPED: (.*)$", done.stdout, re.MULTILINE)
    if reason and done.returncode in (0, SKIPPED):
        skip(reason[1])
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def extension_packages() -> None:
    """The packages that the extension is built with."""
    if (EXTENSION / "node_modules" / "esbuild").is_dir():
        return
    npm = shutil.which("npm")
    if npm is None:
        skip("there is no npm on PATH: install Node 20 or newer")
    done = subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=EXTENSION, capture_output=True, text=True)
    if done.returncode != 0:
        skip(f"`npm ci` in vscode-extension failed, which needs a network: {done.stderr.strip()[-300:]}")


def skip(reason: str) -> NoReturn:
    if os.environ.get("POLYCELL_E2E_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(f"SKIPPED LOUDLY: {reason}")
