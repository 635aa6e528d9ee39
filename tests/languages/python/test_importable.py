"""Names that could be imported: which are found, and the edit that each brings."""

from __future__ import annotations

import ast
import asyncio
import importlib
from pathlib import Path

import pytest

from polycell.compose import default_services
from polycell.core import features
from polycell.core.results import Completion
from polycell.core.session import Session
from polycell.languages.python.engine.engine import Engine, Environment
from polycell.languages.python.engine.importable import Importable, read_apart, read_importable
from polycell.languages.python.engine.items import Entry, importing
from polycell.languages.python.engine.specs import TY
from tests import dsl


def file(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    file(
        folder / "pandas" / "__init__.py",
        "from pandas.core.api import (\n    DataFrame,  # a\n    Series as Series,\n)\n",
    )
    file(folder / "sklearn" / "__init__.py", "")
    file(folder / "sklearn" / "model_selection" / "__init__.py", "__all__ = ['train_test_split', '_hidden']\n")
    file(folder / "sklearn" / "tests" / "__init__.py", "def train_tests(): ...\n")
    file(folder / "single.py", "import os\ndef train_single(): ...\nclass Train: ...\ndef _private(): ...\n")
    file(folder / "odd.py", "\0 ' (\n__all__ = [name\n")
    file(folder / "pandas-3.0.dist-info" / "METADATA", "Name: pandas\n")
    return folder


def items(known: Importable, text: str) -> tuple[list[Completion], str, str]:
    """The items that bring an import, the cell, and its id; best first."""

    async def ask() -> list[Completion]:
        async def read(environment: Environment) -> Importable:
            return known

        engine = Engine((), importable=read)
        services = default_services(engine)
        notebook, cell, offset, _ = dsl.parse(text)
        await engine.importable(notebook)
        await asyncio.gather(*engine._reading.values())
        snapshot = Session(services).update(notebook)
        found = await features.complete(snapshot, services, cell, offset)
        await engine.close()
        return sorted((i for i in found.items if i.edits), key=lambda i: (i.rank, i.label))

    notebook, cell, _, _ = dsl.parse(text)
    return asyncio.run(ask()), next(c.text for c in notebook.cells if c.id == cell), cell


def test_reading_in_a_process_of_its_own_finds_the_same(site: Path) -> None:
    apart, here = asyncio.run(read_apart([site, site / "not there"])), read_importable([site])
    # Who imports IPython gives this process more names (`builtins.display`, `sys.ps1`) than a new one has.
    assert {pair for pair in {*apart.names} ^ {*here.names} if pair[1] not in ("builtins", "sys")} == set()
    assert apart.names == tuple(sorted(apart.names))
    assert apart.aliases == here.aliases


def test_an_engine_that_is_closed_reads_no_more_and_starts_nothing() -> None:
    cancelled: list[str] = []

    async def read(environment: Environment) -> Importable:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(environment.prefix)
        raise AssertionError("nobody ends the waiting")

    async def test() -> None:
        engine = Engine((TY,), importable=read)
        notebook = dsl.parse("# %%\n1<|>")[0]
        await engine.importable(notebook)
        await asyncio.sleep(0)
        await engine.close()
        assert cancelled == [""]
        assert await engine.ask(notebook, "text", "1", "textDocument/hover", 0) is None
        await engine.start(notebook)
        assert cancelled == [""]

    asyncio.run(test())


def test_what_a_folder_offers(site: Path) -> None:
    known = read_importable([site, site / "not there"])
    assert dict(known.statements("train_")) == {
        "train_single": "from single import train_single",
        "train_test_split": "from sklearn.model_selection import train_test_split",
    }
    assert ("DataFrame", "from pandas import DataFrame") in known.statements("DataF")
    assert ("Series", "from pandas import Series") in known.statements("Seri")
    assert ("single", "import single") in known.statements("sing")
    assert ("pd", "import pandas as pd") in known.statements("pd")
    assert ("np", "import numpy as np") not in known.statements("np")  # it is not installed there
    assert ("defaultdict", "from collections import defaultdict") in known.statements("defaultd")


def test_packages_are_read_down_to_the_third_level(tmp_path: Path) -> None:
    for name, text in {
        "torch/__init__.py": "",
        "torch/utils/__init__.py": "",
        "torch/utils/data/__init__.py": "from .loader import *\n",
        "torch/utils/data/loader.py": "__all__ = ['DataLoader']\nclass Inner: ...\n",
        "torch/utils/data/deep/__init__.py": "class TooDeep: ...\n",
        "scipy/__init__.py": "",
        "scipy/spatial/__init__.py": "",
        "scipy/spatial/distance.py": "__all__ = ['cdist']\n",
        "scipy/spatial/more.py": "def unlisted(): ...\n",
        "numpy/__init__.py": "try:\n    pass\nelse:\n    from ._core import (\n        mean,\n    )\n",
        "numpy/ma/__init__.py": "__all__ = ['mean', 'masked']\n",
        "lazy/__init__.py": "def load():\n    from .inner import hidden\n",
        "other/__init__.py": "",
        "other/module.py": "__all__ = ['of_a_module']\n",
    }.items():
        file(tmp_path / name, text)
    found = {name: statement for name, statement in read_importable([tmp_path]).statements("") if "import" in statement}
    assert found["DataLoader"] == "from torch.utils.data import DataLoader"
    assert found["cdist"] == "from scipy.spatial.distance import cdist"
    assert found["masked"] == "from numpy.ma import masked"
    assert "from numpy import mean" in [s for n, s in read_importable([tmp_path]).statements("mean")]
    assert "from numpy.ma import mean" not in [s for n, s in read_importable([tmp_path]).statements("mean")]
    assert not {"TooDeep", "Inner", "unlisted", "hidden", "of_a_module"} & found.keys()


def test_of_names_that_many_modules_have_the_usual_one_comes_first() -> None:
    known = read_importable([])
    for typed, module in (("sqrt", "math"), ("sleep", "time"), ("Thread", "threading")):
        found = [Entry(name, "function", statement=statement) for name, statement in known.statements(typed)]
        first = [entry.statement for entry in importing(found, typed, 12) if entry.label == typed]
        assert first[0] == f"from {module} import {typed}"
    both = [Entry("array", "function", statement=f"from {m} import array") for m in ("polars", "zzz", "numpy", "scipy")]
    assert [e.statement.split()[1] for e in importing(both, "arr", 12)] == ["numpy", "scipy", "polars"]


def test_inner_modules_of_the_standard_library_are_there() -> None:
    known = read_importable([])
    for name, module in (
        ("ThreadPoolExecutor", "concurrent.futures"),
        ("urlopen", "urllib.request"),
        ("Mock", "unittest.mock"),
        ("sqrt", "math"),
        ("perf_counter", "time"),
    ):
        assert (name, f"from {module} import {name}") in known.statements(name)


def test_names_of_the_standard_library_are_there() -> None:
    """Python itself is the oracle."""
    known = read_importable([])
    for module in ("collections", "pathlib", "dataclasses", "json", "itertools", "typing", "datetime"):
        public = set(getattr(importlib.import_module(module), "__all__", ()))
        offered = {name for name, where in known.names if where == module}
        for name in offered:
            assert hasattr(importlib.import_module(module), name), (module, name)
        if module != "itertools":  # written in C: there is no file
            assert public <= offered, module


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("# %%\ntrain_te<|>", "from sklearn.model_selection import train_test_split\ntrain_te"),
        (
            "# %%\n%%time\n# note\ntrain_te<|>",
            "%%time\n# note\nfrom sklearn.model_selection import train_test_split\ntrain_te",
        ),
        (
            "# %%\nfrom __future__ import annotations\nx = 1\nf(train_te<|>)",
            "from __future__ import annotations\nfrom sklearn.model_selection import train_test_split\n"
            "x = 1\nf(train_te)",
        ),
        (
            "# %%\n%matplotlib inline\nif x:\n    train_te<|>",
            "%matplotlib inline\nfrom sklearn.model_selection import train_test_split\nif x:\n    train_te",
        ),
        ("# %%\nx = 1\n!ls\npd<|>", "import pandas as pd\nx = 1\n!ls\npd"),
    ],
)
def test_the_import_goes_where_it_may_stand(site: Path, text: str, after: str) -> None:
    found, cell, id_ = items(read_importable([site]), text)
    (edit,) = found[0].edits
    assert edit.cell == id_
    made = cell[: edit.span.start] + edit.text + cell[edit.span.end :]
    assert made == after
    if "%" not in made and "!" not in made:
        ast.parse(made)


@pytest.mark.parametrize(
    "text",
    [
        "# %%\nimport pandas as pd\n# %%\npd<|>",
        "# %%\nfrom pandas import DataF<|>",
        "# %%\nx.DataF<|>",
        "# %%\nx = 'DataF<|>'",
        "# %%\n# DataF<|>",
        "# %%\ndef DataF<|>",
        "# %%\nDa<|>",
        "# %%\ndef train_single(): ...\n# %%\ntrain_si<|>",
    ],
)
def test_nothing_is_imported_that_is_there_or_no_name(site: Path, text: str) -> None:
    assert [
        i.label for i in items(read_importable([site]), text)[0] if i.label in ("pd", "DataFrame", "train_single")
    ] == []


def test_what_people_mean_comes_first() -> None:
    known = Importable(sorted([("Path", "zzz"), ("Path", "pathlib"), ("Path", "duckdb"), ("Pathology", "aaa")]))
    found, _, _ = items(known, "# %%\nPath<|>")
    assert sorted(i.detail for i in found if i.label == "Path") == ["duckdb", "pathlib", "zzz"]
    assert all("Adds `from" in i.documentation for i in found)
