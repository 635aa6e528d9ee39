"""Which host a notebook belongs to, and what its unmarked cells speak."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.hosts import HOSTS
from polycell.formats.hosts import (
    detect_host,
    kernel_language,
    unwrap_cell_metadata,
    unwrap_notebook_metadata,
    viewer_language,
)
from polycell.formats.model import CellSource


def spec(name: str, language: str = "", display: str = "") -> dict[str, Any]:
    return {"kernelspec": {"name": name, "language": language, "display_name": display}}


@pytest.mark.parametrize(
    ("metadata", "host", "language"),
    [
        ({}, "jupyter", "python"),
        (spec("python3", "python", "Python 3"), "jupyter", "python"),
        (spec("ir", "R"), "jupyter", "r"),
        (spec("julia-1.10", "julia"), "jupyter", "julia"),
        (spec("bash"), "jupyter", "bash"),
        (spec("mykernel"), "jupyter", "python"),
        ({"config": {}}, "polynote", "scala"),
        ({"config": {"dependencies": {}}, "language_info": {"name": "python"}}, "polynote", "python"),
        ({"config": {"theme": 1}}, "jupyter", "python"),
        ({"application/vnd.databricks.v1+notebook": {"language": "sql"}}, "databricks", "sql"),
        ({"application/vnd.databricks.v1+notebook": {}, "language_info": {"name": "python"}}, "databricks", "python"),
        ({"name": "Sales", "notebookId": 4711}, "databricks", "python"),
        (spec("synapse_pyspark", "Python", "Synapse PySpark"), "synapse", "python"),
        ({"microsoft": {"language": "scala"}}, "synapse", "scala"),
        ({"saveOutput": True, "language_info": {"name": "python"}}, "synapse", "python"),
        ({"jupytext": {"main_language": "R"}}, "jupyter", "r"),
        ({"kernel_info": {"name": "synapse_pyspark"}}, "synapse", "python"),
        (spec("streamlit", "", "Streamlit Notebook"), "snowflake", "python"),
        ({"deepnote_notebook_id": "1"}, "deepnote", "python"),
        (spec("sos", "sos"), "sos", "sos"),
        (spec(".net-csharp", "C#", ".NET (C#)"), "dotnet", "csharp"),
        (spec(".net-fsharp", "F#"), "dotnet", "fsharp"),
        ({"polyglot_notebook": {"kernelInfo": {"defaultKernelName": "fsharp", "items": []}}}, "dotnet", "fsharp"),
        (spec("pysparkkernel", "python", "PySpark"), "sparkmagic", "python"),
        (spec("sparkkernel", "scala", "Spark"), "sparkmagic", "scala"),
        (spec("scala213", "scala", "Scala (2.13)"), "almond", "scala"),
        ({"colab": {"name": "x"}, **spec("python3", "python")}, "colab", "python"),
        ({"marimo": {}}, "marimo", "python"),
        ({"kernelspec": None, "language_info": [], "config": 3}, "jupyter", "python"),
    ],
)
def test_hosts(metadata: dict[str, Any], host: str, language: str) -> None:
    assert detect_host(metadata) == (host, language)
    assert host in HOSTS


@pytest.mark.parametrize(
    ("kind", "host"),
    [
        *[("jupyter-notebook", "jupyter"), ("polyglot-notebook", "dotnet"), ("deepnote", "deepnote")],
        *[("marimo-notebook", "marimo"), ("quarto", "knitr"), ("", "jupyter")],
    ],
)
def test_client_notebook_types(kind: str, host: str) -> None:
    assert detect_host({}, (), "ipynb", kind).host == host


def test_trap_19_kernelspec_lies() -> None:
    lies = spec("synapse_pyspark", "Python", "Synapse PySpark")
    for told in ("r", "scala"):
        assert detect_host({**lies, "language_info": {"name": told}}) == ("synapse", told)


def test_snowflake_without_a_kernelspec() -> None:
    cells = [CellSource("a", "# Title", "markup", metadata={"name": "md_intro", "resultHeight": 547})]
    assert detect_host({"language_info": {"name": "python"}}, cells) == ("snowflake", "python")


def test_a_spark_kernel_that_says_python_2_is_believed_when_the_code_agrees() -> None:
    metadata = {**spec("pysparkkernel"), "language_info": {"name": "pyspark", "pygments_lexer": "python2"}}
    assert detect_host(metadata, [CellSource("a", "print custom_name")]).language == "python2"
    assert detect_host(metadata, [CellSource("a", "print(custom_name)")]).language == "python"


def test_trap_19_no_kernelspec_at_all() -> None:
    assert detect_host({"language_info": {"name": "python"}}) == ("jupyter", "python")


def test_evidence_in_cells() -> None:
    one = CellSource("a", "x", metadata={"application/vnd.databricks.v1+cell": {}})
    assert detect_host({}, [one]).host == "databricks"
    ran = CellSource("a", "x", metadata={"cell.metadata.exec_info": {"startTs": 1}})
    assert detect_host({}, [ran]).host == "polynote"
    outer = CellSource("a", "x", outer={"language": "scala"})
    assert detect_host({}, [outer]) == ("polynote", "scala")
    assert detect_host(spec("python3", "python"), [outer]).host == "jupyter"
    assert detect_host({}, [CellSource("a", "x", metadata={"microsoft": {"language": "python"}})]).host == "synapse"


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"language_info": {"name": "python", "version": "2.7.12"}}, "python2"),
        (spec("python2", "python"), "python2"),
        ({**spec("python2", "python"), "language_info": {"name": "python", "version": "3.9"}}, "python"),
    ],
)
def test_python_2(metadata: dict[str, Any], language: str) -> None:
    assert detect_host(metadata).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("import pandas as pd\nprint(df.shape)\nprint (a), b\nprint\nx = 0 < y > 10", "python"),
        *(
            (text, "python2")
            for text in (
                "print x",
                "for i in xrange(3): pass",
                "raise ValueError, 'no'",
                "try:\n    f()\nexcept (A, B), e:\n    pass",
                "d.iteritems()",
                "import urllib2",
                "from StringIO import StringIO",
                "n = 10L",
                "os.chmod(p, 0755)",
            )
        ),
    ],
)
def test_what_says_that_it_is_python_2_and_runs_in_3_is_python(text: str, language: str) -> None:
    for metadata in ({"language_info": {"name": "python", "version": "2.7.12"}}, spec("python2", "python")):
        assert detect_host(metadata, [CellSource("a", text)]).language == language


def test_python_2_by_its_print_where_nothing_else_tells() -> None:
    old = CellSource("a", 'x = 1\nprint "f(3) = ", f(3)')
    assert detect_host({}, [old]).language == "python2"
    assert detect_host(spec("python3", "python"), [old]).language == "python"
    assert detect_host({}, [CellSource("a", 'print "x"', "markup")]).language == "python"


@pytest.mark.parametrize(
    ("kernel", "language"),
    [
        *[("csharp", "csharp"), ("C#", "csharp"), ("pwsh", "powershell"), ("sql-shop", "sql"), ("kql-logs", "kql")],
        *[
            ("value", ""),
            (".NET", ""),
            ("R", "r"),
            ("Scilab", "scilab"),
            ("anaconda3", "python"),
            ("mermaid", "mermaid"),
        ],
    ],
)
def test_kernels(kernel: str, language: str) -> None:
    metadata = {"sos": {"kernels": [["anaconda3", "anaconda3", "python3", "", ""], [], "x", ["R", "ir", "R", "#fff"]]}}
    assert kernel_language(kernel, metadata) == language


def test_what_vs_code_sends() -> None:
    own = {"kernelspec": {"name": "x"}}
    assert unwrap_notebook_metadata({"metadata": own, "nbformat": 4, "cells": []}) == own
    assert unwrap_notebook_metadata({"custom": {"metadata": own}}) == own
    assert unwrap_notebook_metadata(own) == own
    assert unwrap_cell_metadata({"metadata": {"tags": []}, "id": "a", "execution_count": 3}) == {"tags": []}
    assert unwrap_cell_metadata({"custom": {"metadata": {"tags": []}}}) == {"tags": []}
    assert unwrap_cell_metadata({"tags": [], "metadata": {}}) == {"tags": [], "metadata": {}}
    assert unwrap_cell_metadata(None) == {}


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        *[({}, ""), ({"config": {}}, "python"), ({"language_info": {"name": "C#"}}, "csharp")],
        ({"kernelspec": {"language": "scala"}}, "scala"),
    ],
)
def test_what_an_editor_takes_a_cell_for(metadata: dict[str, Any], language: str) -> None:
    assert viewer_language(metadata) == language


_json = st.recursive(
    st.none() | st.booleans() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_keys = st.sampled_from(
    ["kernelspec", "language_info", "config", "microsoft", "sos", "polyglot_notebook", "kernel_info", "language", "x"]
)


@settings(deadline=None)
@given(st.dictionaries(_keys, _json, max_size=5))
def test_any_metadata_has_a_host(metadata: dict[str, Any]) -> None:
    host, language = detect_host(metadata, [CellSource("a", "x", metadata=metadata, outer=metadata)])
    assert host in HOSTS
    assert isinstance(language, str)
    unwrap_notebook_metadata(metadata)
