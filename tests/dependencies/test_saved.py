"""Saved outputs of `pip freeze` and its kin: evidence for silence and hovers, of text that nobody edited since."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from polycell.cli.loading import open_notebook
from polycell.compose import default_services
from polycell.core import features
from polycell.core.session import Snapshot
from polycell.dependencies.saved import listing_command, read_printed, read_saved
from tests.dependencies.environments import make_environment

FREEZE = "PyYAML==6.0\npandas==2.2.1\nlocal @ file:///src/local\n-e git+https://host/x#egg=x\n"
PIP_LIST = (
    "Package    Version  Editable project location\n---------- -------- ----\nPyYAML     6.0      /src\npandas 2.2.1\n"
)
CONDA = (
    "# packages in environment at /env:\n#\n# Name Version Build Channel\npyyaml  6.0  py_0  forge\npandas 2.2.1 1\n"
)
NOTE = "Note: you may need to restart the kernel to use updated packages.\nWARNING: 3 things\n"


@pytest.mark.parametrize("text", [NOTE + FREEZE, PIP_LIST + NOTE, CONDA, FREEZE.replace("\n", "\r\n")])
def test_every_printed_form(text: str) -> None:
    read = {r.key: r.constraint for r in read_printed(text)}
    assert {"pyyaml": "==6.0", "pandas": "==2.2.1"}.items() <= read.items()
    assert read.keys() <= {"pyyaml", "pandas", "local"}


@pytest.mark.parametrize("text", ["", "a==", "==1", NOTE, "pandas 2.2.1", "ERROR: unknown command", "\x00==1", "a=1"])
def test_other_text_lists_nothing(text: str) -> None:
    assert read_printed(text) == ()


def test_cells_that_do_more_list_nothing() -> None:
    for text in ("%pip freeze", "!pip list\n", "! pip3 freeze", "!{sys.executable} -m pip freeze", "%conda list"):
        assert listing_command(text)
    for text in ("%pip freeze > a.txt", "!pip list\nx = 1", "%pip list --outdated", "pip freeze", "%pip install x", ""):
        assert not listing_command(text)


def opened(path: Path, command: str, outputs: Any) -> Snapshot:
    """A notebook that lists, then imports yaml and a module that nobody has."""
    sources = [(command, outputs), ("import yaml, nothing", [])]
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": 1, "source": s, "outputs": o}
        for i, (s, o) in enumerate(sources)
    ]
    made = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(made), encoding="utf-8")
    return open_notebook(path).snapshots[0]


def missing(snapshot: Snapshot) -> list[str]:
    text = snapshot.notebook.cells[1].text
    return [f.span.of(text) for f in features.findings(snapshot, 1) if f.code == "missing-dependency"]


def stream(text: Any, name: str = "stdout") -> list[Any]:
    return [{"output_type": "stream", "name": name, "text": text}]


def test_what_is_listed_is_not_missing(tmp_path: Path) -> None:
    make_environment(tmp_path / ".venv", "3.12")
    path = tmp_path / "n.ipynb"
    lines = FREEZE.splitlines(keepends=True)
    assert missing(opened(path, "%pip freeze", stream(lines))) == ["nothing"]
    for outputs in ([], stream(FREEZE, "stderr"), None, 3, [None], stream(7)):
        assert missing(opened(path, "%pip freeze", outputs)) == ["yaml", "nothing"]


def test_an_edited_cell_and_a_broken_file_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    opened(path, "%pip freeze", stream(FREEZE))
    assert [r.name for r in read_saved(path, [listing_command("%pip freeze")])] == ["PyYAML", "pandas", "local"]
    assert read_saved(path, [listing_command("!pip freeze")]) == ()
    for text in ("", "{", "[]", '{"cells": 3}'):
        path.write_text(text, encoding="utf-8")
        assert read_saved(path, [listing_command("%pip freeze")]) == ()
    assert read_saved(tmp_path / "gone.ipynb", [listing_command("%pip freeze")]) == ()


def test_without_an_interpreter_the_hover_tells_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polycell.dependencies.sources.find_interpreter", lambda wanted: None)
    snapshot = opened(tmp_path / "n.ipynb", "!pip list", stream(PIP_LIST))
    found = asyncio.run(features.hover(snapshot, default_services(), snapshot.notebook.cells[1].id, 8))
    assert found is not None
    assert "6.0, from the saved output of `pip freeze`" in found.markdown
    assert missing(snapshot) == []
