"""The formatter, the linter and the type checker, run as anybody would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", [["check", "--no-fix", "."], ["format", "--check", "."]], ids=["check", "format"])
def test_ruff(command: list[str]) -> None:
    code, said = run("ruff", *command)
    if code:
        pytest.fail(f"ruff {' '.join(command)} says:\n{said}", pytrace=False)


def test_mypy_strict() -> None:
    code, said = run("mypy", "--strict")
    if code:  # mypy's cache does not notice every file that has come or gone: what counts is a fresh run
        code, said = run("mypy", "--strict", "--cache-dir", os.devnull)
    if code:
        pytest.fail(f"mypy --strict says:\n{said}", pytrace=False)
