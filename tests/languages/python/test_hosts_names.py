"""Values that a host gives to a notebook: Databricks' utilities, papermill's parameters, what scripts print."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from polycell.cli.loading import open_notebook
from polycell.core import features
from polycell.core.types import Scalar, describe
from tests import dsl

WIDGETS = """
host: databricks
# %%
dbutils.widgets.text('env', 'dev')
dbutils.widgets.dropdown(name="size", defaultValue='1', choices=['1', '2'])
# %% [sql]
CREATE WIDGET COMBOBOX state DEFAULT 'CA' CHOICES SELECT 1
# %% [scala]
dbutils.widgets.text("month", "1")
# %%
"""


def test_widgets_are_completed_by_their_names() -> None:
    names = {"env", "size", "state", "month"}
    for call in ("get('<|>')", 'get("<|>', "getArgument('<|>', 'x')", "remove('<|>')"):
        assert set(dsl.labels(f"{WIDGETS}%time 1\ndbutils.widgets.{call}")) == names
    assert dsl.labels(f"{WIDGETS}dbutils.widgets.get('<|>')")[0] == "month"  # the nearest first
    assert dsl.labels(f"{WIDGETS}dbutils.widgets.text('<|>')") == []
    assert dsl.labels(WIDGETS.replace("databricks", "jupyter") + "print('<|>')") == []


def test_widgets_give_texts() -> None:
    assert "upper" in dsl.labels(f"{WIDGETS}env = dbutils.widgets.get('env')\nenv.<|>")
    assert "keys" in dsl.labels(f"{WIDGETS}dbutils.widgets.getAll().<|>")
    case = dsl.load(f"{WIDGETS}n = int(dbutils.widgets.get('<|>size'))\ndbutils.fs.ls('/')\ndbutils.notebook.exit('')")
    assert dsl.findings(case) == []


def test_the_utilities_are_known_without_their_package() -> None:
    assert dsl.labels(f"{WIDGETS}dbutils.<|>") == ["fs", "jobs", "library", "notebook", "secrets", "widgets"]
    case = dsl.load(f"{WIDGETS}dbutils.widgets.get(<|>")
    found = asyncio.run(features.signature(case.snapshot, case.session.services, case.cell, case.offset))
    assert found is not None
    assert found.signatures[0].label == "get(name: str) -> str"
    assert "widgets" in dsl.labels("# %%\ndbutils.<|>")  # saved as a plain Jupyter notebook
    assert dsl.labels("# %%\ndbutils = f()\ndbutils.<|>") == []


@pytest.mark.parametrize("host", ["jupyter", "databricks", "colab"])
def test_what_scripts_print_is_text(host: str) -> None:
    above = f"host: {host}\n# %%\n%%bash --out printed --err wrong\nls\n# %%\n%%capture caught\nprint(1)\n# %%\n"
    assert "upper" in dsl.labels(f"{above}printed.<|>")
    assert "upper" in dsl.labels(f"{above}wrong.<|>")
    assert "upper" not in dsl.labels(f"{above.replace('--out', '--bg --out')}printed.<|>")
    written = "# %%\n%%writefile notes.txt\nthis is no Python(\n# %%\nprint(printed, wrong, caught)\n"
    assert dsl.findings(dsl.load(above + written)) == []


def test_parameters_have_the_type_that_they_declare(tmp_path: Path) -> None:
    def cell(source: str, *tags: str) -> dict[str, object]:
        return {"cell_type": "code", "metadata": {"tags": tags}, "source": source, "outputs": []}

    cells = [
        cell("n: int = None\nname = None\nrate = 0.5", "parameters"),
        cell("rate = 2", "injected-parameters"),
        cell("n, name, rate"),
    ]
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    snapshot = open_notebook(path).snapshots[0]
    snapshot.analysis.settle()
    view = snapshot.analysis.context(2).view
    found = {name: view.lookup(name) for name in ("n", "name", "rate")}
    assert {name: describe(b.type) for name, b in found.items() if b} == {"n": "int", "name": "", "rate": "int"}
    assert all(b is not None and b.kind == "parameter" for b in found.values())
    assert isinstance(found["rate"] and found["rate"].type, Scalar)


def test_spark_is_known_where_the_file_does_not_say_that_it_ran_there() -> None:
    above = "# %%\ndf = spark.createDataFrame([(1, 'a')], ['id', 'name'])\n# %%\n"
    assert dsl.labels(f"{above}df.select('<|>')") == ["id", "name"]
    case = dsl.load(f"{above}df.createOrReplaceTempView('people')\nspark.sql('select id, nam from people')")
    assert [finding.code for _, finding in dsl.findings(case)] == ["sql-unknown-column"]
    assert dsl.labels(f"# %%\nspark = start()\n{above}df.select('<|>')") == []
    assert "spark" not in dsl.labels("# %%\nspa<|>")
