"""Notebook files for the tests of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polycell.cli import main


def write(path: Path, *cells: str, language: str = "python") -> Path:
    """An .ipynb with one cell a text; texts that start with `#md` are markdown."""
    made = []
    for number, text in enumerate(cells):
        kind = "markdown" if text.startswith("#md") else "code"
        cell = {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": text.removeprefix("#md ")}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        made.append(cell)
    metadata = {"language_info": {"name": language}}
    content = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def polycell(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """(exit code, standard output, standard error) of one command, run in this process."""
    capsys.readouterr()
    code = main([str(a) for a in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err
