"""Notebooks with metadata and an interpreter around them: what the checks, hovers and actions say of them.

The text is the language of `tests.dsl`. `.venv` beside the notebook is the interpreter, where a test makes one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from polycell.compose import default_services, default_sources
from polycell.core import features
from polycell.core.results import Finding
from polycell.core.session import Session
from polycell.core.values import replace
from tests import dsl

# What the room under test reports; other rooms have their own tests.
OURS = frozenset(
    [
        "conflicting-dependencies",
        "dependency-not-installed",
        "dependency-version",
        "malformed-dependency",
        "missing-dependency",
        "nocache-without-effect",
        "scala-version-mismatch",
        "sql-needs-spark",
        "undeclared-dependency",
        "unpinned-dependency",
    ]
)


def case(text: str, metadata: Mapping[str, Any] | None = None, folder: Path | None = None) -> dsl.Case:
    """The notebook, opened with the product's own services and sources; `folder` is the notebook's and the root."""
    notebook, cell, offset, expected = dsl.parse(text, folder)
    notebook = replace(notebook, metadata=metadata or {})
    session = Session(default_services(), default_sources([folder] if folder else []))
    return dsl.Case(notebook, session.update(notebook), session, cell, offset, expected)


def found(made: dsl.Case, *, asked: str = "") -> list[tuple[int, str, str, Finding]]:
    """(cell, code, marked text, finding) of what is reported; `asked` is a code to ask for."""
    rows = []
    for index, cell in enumerate(made.notebook.cells):
        for finding in features.findings(made.snapshot, index):
            if finding.code in OURS and (not finding.opt_in or finding.code == asked):
                rows.append((index, finding.code, finding.span.of(cell.text), finding))
    return rows


def said(
    text: str, metadata: Mapping[str, Any] | None = None, folder: Path | None = None, asked: str = ""
) -> list[str]:
    """`code: marked text` of every finding, in order."""
    return [f"{code}: {marked}" for _, code, marked, _ in found(case(text, metadata, folder), asked=asked)]


def polynote(scala: list[Any] | None = None, python: list[Any] | None = None, **config: Any) -> dict[str, Any]:
    """Metadata as Polynote writes them."""
    dependencies = {key: value for key, value in (("scala", scala), ("python", python)) if value is not None}
    return {"config": {"dependencies": dependencies, **config}, "language_info": {"name": "scala"}}


def ipynb(path: Path, cells: list[tuple[str, str]], metadata: Mapping[str, Any] | None = None) -> Path:
    """A Jupyter notebook on disk, written as Jupyter writes it; cells are (type, source)."""
    made = {
        "cells": [
            {"cell_type": kind, "id": f"c{i}", "metadata": {}, "source": source.splitlines(keepends=True)}
            | ({"execution_count": None, "outputs": []} if kind == "code" else {})
            for i, (kind, source) in enumerate(cells)
        ],
        "metadata": metadata or {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
