"""Each row of the host table: who sees whose names."""

from __future__ import annotations

import pytest

from polycell.core.environment import Binding, Exports, NoSources, Owners, View
from polycell.core.hosts import HOSTS, host
from polycell.core.types import INT64, Column, Module, Scalar, Table

FRAME = Table((Column("id", INT64),), flavour="pandas")
SPARK_FRAME = Table((Column("id", INT64),), flavour="spark")

ABOVE = (
    Binding("number", Scalar(INT64), space="python"),
    Binding("frame", FRAME, space="python"),
    Binding("np", Module("numpy"), kind="import", space="python"),
    Binding("sparky", SPARK_FRAME, space="python"),
    Binding("scala_value", Scalar(INT64), space="scala"),
    Binding("scala_frame", SPARK_FRAME, space="scala"),
    Binding("result", SPARK_FRAME, space="sql"),
    Binding("stored", SPARK_FRAME, kind="table", space="catalog"),
    Binding("hidden", Scalar(INT64), space="local"),
    Binding("r_value", Scalar(INT64), space="r"),
)

PYTHON = {"number", "frame", "np", "sparky"}
VALUES = PYTHON - {"np"}

SEES = {
    ("jupyter", "python"): PYTHON,
    ("jupyter", "sql"): {"stored", "frame", "sparky"},
    ("jupyter", "vega-lite"): {"stored", "frame", "sparky"},
    ("jupyter", "scala"): {"scala_value", "scala_frame", "stored"},
    ("jupyter", "r"): {"r_value", "stored"},
    ("percent", "python"): PYTHON,
    ("percent", "sql"): {"stored", "frame", "sparky"},
    ("colab", "python"): PYTHON,
    ("colab", "sql"): {"stored", "frame", "sparky"},
    ("sparkmagic", "python"): PYTHON | {"stored"},
    ("sparkmagic", "sql"): {"stored"},
    ("sparkmagic", "scala"): {"scala_value", "scala_frame", "stored"},
    ("polynote", "python"): PYTHON | {"scala_value", "scala_frame", "result"},
    ("polynote", "scala"): VALUES | {"scala_value", "scala_frame", "result"},
    ("polynote", "sql"): {"stored", "result", "scala_frame", "sparky"},
    ("polynote", "vega"): VALUES | {"scala_value", "scala_frame", "result"},
    ("databricks", "python"): PYTHON | {"stored"},
    ("databricks", "sql"): {"stored"},
    ("databricks", "scala"): {"scala_value", "scala_frame", "stored"},
    ("databricks", "r"): {"r_value", "stored"},
    ("synapse", "python"): PYTHON | {"stored"},
    ("synapse", "sql"): {"stored"},
    ("synapse", "scala"): {"scala_value", "scala_frame", "stored"},
    ("snowflake", "python"): PYTHON,
    ("snowflake", "sql"): {"stored", "frame", "sparky"},
    ("deepnote", "python"): PYTHON,
    ("deepnote", "sql"): {"stored", "frame", "sparky"},
    ("sos", "python"): PYTHON | {"stored"},
    ("sos", "sql"): {"result"},
    ("sos", "r"): {"r_value", "stored"},
    ("dotnet", "sql"): {"stored"},
    ("dotnet", "shared"): {"result"},
    ("marimo", "python"): PYTHON,
    ("marimo", "sql"): {"stored", "frame", "sparky"},
    ("knitr", "python"): PYTHON | {"stored"},
    ("knitr", "r"): {"r_value", "stored"},
    ("knitr", "sql"): {"stored"},
    ("almond", "scala"): {"scala_value", "scala_frame", "stored"},
    ("almond", "sql"): {"stored"},
}


def view(name: str, language: str, index: int = 1, space: str = "") -> View:
    owners = Owners()
    owners.add(0, Exports(ABOVE))
    return View(owners, index, language, host(name), NoSources(), space=space)


def test_every_row_is_tested() -> None:
    assert {name for name, _ in SEES} == set(HOSTS)


@pytest.mark.parametrize(("row", "language"), list(SEES))
def test_visibility(row: str, language: str) -> None:
    assert {b.name for b in view(row, language).bindings()} == SEES[row, language]
    assert {b.name for _, b in view(row, language).nearest()} == SEES[row, language]


@pytest.mark.parametrize("row", list(HOSTS))
def test_only_hosts_that_order_by_data_flow_see_below(row: str) -> None:
    owners = Owners()
    owners.add(5, Exports((Binding("below", Scalar(INT64), space="toy"),)))
    seen = View(owners, 1, "toy", host(row), NoSources()).lookup("below")
    assert (seen is not None) == (row == "marimo")


def test_a_cell_in_a_space_of_its_own_reads_that_space() -> None:
    assert {b.name for b in view("sparkmagic", "python", space="local").bindings()} == {"hidden", "stored"}


def test_an_unknown_host_behaves_as_jupyter() -> None:
    assert host("never heard of") is HOSTS["jupyter"]


def test_polynote_names_results_out() -> None:
    assert host("polynote").implicit_result == "Out"
    assert host("polynote").last_expression == "Out"
    assert host("databricks").implicit_result == "_sqldf"
