"""Names that are there before the first cell: the user's word, and IPython's start-up files."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell import compose
from polycell.core import features
from polycell.core.session import Session
from polycell.included.startup import Given, given_by, startup_folder
from polycell.languages.python.service import PythonService
from tests import dsl

BOOK = """
    # %%
    print(px, np, total)
    """


def undefined(services: object, text: str = BOOK) -> list[str]:
    notebook = dsl.parse(text)[0]
    snapshot = Session(services, None).update(notebook)  # type: ignore[arg-type]
    found = [f for index in range(len(notebook.cells)) for f in features.findings(snapshot, index)]
    return [f.span.of(notebook.cells[0].text) for f in found if f.code == "undefined-name"]


def test_known_names() -> None:
    assert undefined(compose.default_services()) == ["px", "np", "total"]
    assert undefined(compose.default_services(known=["px", "total"])) == ["np"]
    assert undefined(compose.default_services(known=["px"]), f"host: databricks\n{BOOK}") == ["np", "total"]


def test_startup_files_are_read_where_that_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "profile_default" / "startup"
    folder.mkdir(parents=True)
    (folder / "00-first.py").write_text("import numpy as np\n\ndef px(): ...\n")
    (folder / "README").write_text("total = 1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    assert undefined(compose.default_services()) == ["px", "np", "total"]
    assert undefined(compose.default_services(anywhere=True)) == ["total"]
    # The kernel of a cloud has no files of this machine.
    assert undefined(compose.default_services(anywhere=True), f"host: databricks\n{BOOK}") == ["px", "np", "total"]
    (folder / "10-second.ipy").write_text("%matplotlib inline\nfrom math import *\n")
    assert undefined(compose.default_services(anywhere=True)) == []


def test_what_cannot_be_read_gives_nothing(tmp_path: Path) -> None:
    assert given_by(tmp_path / "nowhere", PythonService()) == Given()
    (tmp_path / "a.py").mkdir()
    (tmp_path / "b.py").write_text("x = (")
    (tmp_path / "c.py").write_text("y = 1")
    assert "y" in given_by(tmp_path, PythonService()).names
    assert startup_folder({"IPYTHONDIR": "/x"}) == Path("/x/profile_default/startup")
    assert startup_folder({}).parts[-3:] == (".ipython", "profile_default", "startup")
