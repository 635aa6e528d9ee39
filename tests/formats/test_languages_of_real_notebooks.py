"""The language of every cell of every shared notebook.

The tables were checked by reading the notebooks: each cell against what the file's markers, metadata and lines say.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from polycell.core.notebook import Cell
from polycell.formats import read_file
from polycell.formats.model import Document
from tests.shared import SHARED, needs_shared

# File, host, and how many cells speak what; "silent" are code cells that nobody reads.
NOTEBOOKS = [
    (
        "polynote__polynote/docs-site/docs/docs/examples/Accessing a Scala object in Python.ipynb",
        "polynote",
        "markdown:1 python:4 scala:1",
    ),
    (
        "polynote__polynote/docs-site/docs/docs/examples/Case class access in Python.ipynb",
        "polynote",
        "markdown:3 python:1 scala:1",
    ),
    ("polynote__polynote/docs-site/docs/docs/examples/Hello World.ipynb", "polynote", "markdown:1 python:2 scala:1"),
    (
        "polynote__polynote/docs-site/docs/docs/examples/Scala Spark to Pandas.ipynb",
        "polynote",
        "markdown:2 python:1 scala:1",
    ),
    ("smart-data-lake__polynote-lab/polynote/notebooks/SelectingData.ipynb", "polynote", "markdown:7 scala:27"),
    ("AppThreat__joern-lib/contrib/polynote/notebooks/joern-notes/torch-gnn.ipynb", "polynote", "markdown:4 python:4"),
    (
        "binder-examples__multi-language-demo/23-Cross-Language-Integration.ipynb",
        "jupyter",
        "c:2 cython:1 fortran:1 julia:1 markdown:64 python:40 r:3 rust:1",
    ),
    ("GoogleCloudPlatform__data-science-on-gcp/11_realtime/evaluation.ipynb", "jupyter", "markdown:7 python:15 sql:10"),
    (
        "tabular-io__docker-spark-iceberg/spark/notebooks/Iceberg - Integrated Audits Demo.ipynb",
        "jupyter",
        "markdown:29 python:17 sql:9",
    ),
    ("ipython__ipython-in-depth/examples/Builtin Extensions/R Magics.ipynb", "jupyter", "markdown:32 python:27 r:4"),
    (
        "ipython__ipython-in-depth/examples/Builtin Extensions/Octave Magic.ipynb",
        "jupyter",
        "markdown:11 octave:4 python:4",
    ),
    (
        "ipython__ipython-in-depth/examples/IPython Kernel/Script Magics.ipynb",
        "jupyter",
        "bash:4 markdown:16 python:6 python2:2 ruby:2",
    ),
    (
        "ipython__ipython-in-depth/examples/IPython Kernel/Beyond Plain Python.ipynb",
        "jupyter",
        "bash:1 markdown:36 perl:1 python:41 ruby:1 silent:1",
    ),
    ("jupyter-lsp__jupyterlab-lsp/examples/Magics_and_rpy2.ipynb", "jupyter", "markdown:23 python:12 r:2"),
    (
        "jupyter-lsp__jupyterlab-lsp/atest/_examples/Foreign extractors.ipynb",
        "jupyter",
        "bash:1 latex:1 markdown:7 python:2 r:1",
    ),
    (
        "mwouts__jupytext/tests/data/notebooks/inputs/ipynb_py/Notebook_with_more_R_magic_111.ipynb",
        "jupyter",
        "python:1 r:1",
    ),
    (
        "jupyter-incubator__sparkmagic/examples/Magics in IPython Kernel.ipynb",
        "jupyter",
        "markdown:31 python:13 scala:1 sql:3",
    ),
    ("Azure-Samples__Synapse/Notebooks/PySpark/exampleForParameter.ipynb", "synapse", "python:2"),
    (
        "microsoft__fabric-samples/features-samples/semantic-link/Semantic Link all-in-one demo.ipynb",
        "synapse",
        "dax:2 markdown:43 python:25 sql:2",
    ),
    (
        "microsoft__fabric-samples/docs-samples/real-time-intelligence/vector-database-eventhouse-notebook.ipynb",
        "synapse",
        "json:1 markdown:17 python:13",
    ),
    (
        "Snowflake-Labs__snowflake-demo-notebooks/Bioinformatics_Solubility_Dashboard/Bioinformatics_Solubility_Dashboard.ipynb",
        "snowflake",
        "markdown:7 python:3 sql:1",
    ),
    (
        "Snowflake-Labs__snowflake-demo-notebooks/Working with Git/Working with Git.ipynb",
        "snowflake",
        "markdown:7 python:3 sql:6",
    ),
    ("deepnote__deepnote/examples/2_blocks.deepnote", "deepnote", "markdown:1 python:8 silent:7"),
    (
        "databricks-demos__dbdemos-notebooks/product_demos/Delta-Lake/01-Getting-Started-With-Delta-Lake.sql",
        "databricks",
        "markdown:16 python:6 sql:16",
    ),
    (
        "databricks-demos__dbdemos-notebooks/demo-FSI/lakehouse-fsi-credit-decisioning/05-Generative-AI/05.1-AI-Functions-Creation.ipynb",
        "databricks",
        "markdown:7 python:3 sql:4",
    ),
    (
        "dotnet__interactive/samples/notebooks/polyglot/COVID-19-fsharp.dib",
        "dotnet",
        "fsharp:4 html:1 javascript:2 markdown:5",
    ),
    (
        "dotnet__interactive/samples/notebooks/polyglot/github repo milestone report.ipynb",
        "dotnet",
        "csharp:10 html:1 javascript:3 markdown:4 mermaid:1",
    ),
    (
        "dotnet__interactive/samples/notebooks/polyglot/polyglot telemetry.dib",
        "dotnet",
        "csharp:9 html:1 javascript:3 kql:2",
    ),
    ("vatlab__sos-docs/src/user_guide/sos_scilab.ipynb", "sos", "markdown:17 python:9 scilab:8"),
    ("mwouts__jupytext/tests/data/notebooks/inputs/ipynb_sos/jupytext_replication.ipynb", "sos", "markdown:5 python:1"),
    ("almond-sh__examples/notebooks/spark.ipynb", "almond", "markdown:15 scala:14"),
    ("almond-sh__examples/notebooks/scala-tour/basics.ipynb", "almond", "markdown:28 scala:27"),
    ("tmasjc__reproducible/report.qmd", "knitr", "markdown:4 python:1 r:4"),
    ("ploomber__jupysql/doc/integrations/duckdb.md", "jupyter", "markdown:26 python:19 sql:12"),
    ("ploomber__jupysql/doc/integrations/pandas.md", "jupyter", "markdown:12 python:14 sql:3"),
    ("ploomber__jupysql/doc/howto/json.md", "jupyter", "markdown:15 python:8 sql:12"),
    ("marimo-team__learn/duckdb/11_working_with_apache_arrow.py", "marimo", "markdown:21 python:18 raw:1"),
    ("bluss__uv-run-jupyter-notebooks/nb1.py", "percent", "markdown:1 python:7"),
    (
        "mwouts__jupytext/tests/data/notebooks/inputs/hydrogen/hydrogen_latex_html_R_magics.py",
        "percent",
        "html:1 latex:1 python:4 r:1",
    ),
    ("nteract__papermill/papermill/tests/notebooks/complex_parameters.ipynb", "jupyter", "python:1"),
    ("justmarkham__pandas-videos/top_25_pandas_tricks.ipynb", "jupyter", "markdown:156 python:112"),
    (
        "stefmolin__Hands-On-Data-Analysis-with-Pandas-2nd-edition/ch_01/python_101.ipynb",
        "jupyter",
        "markdown:70 python:76",
    ),
    (
        "jakevdp__PythonDataScienceHandbook/notebooks/03.05-Hierarchical-Indexing.ipynb",
        "jupyter",
        "markdown:54 python:42",
    ),
    (
        "jakevdp__PythonDataScienceHandbook/notebooks/03.12-Performance-Eval-and-Query.ipynb",
        "jupyter",
        "markdown:35 python:28",
    ),
    (
        "jakevdp__PythonDataScienceHandbook/notebooks/01.07-Timing-and-Profiling.ipynb",
        "jupyter",
        "markdown:20 python:14",
    ),
    ("wesm__pydata-book/ch10.ipynb", "jupyter", "python:89"),
    ("jupyter__nbformat/tests/test3.ipynb", "jupyter", "javascript:1 markdown:5 python:3"),
    ("jupyter__nbformat/tests/test2.ipynb", "jupyter", "markdown:14 python2:7"),
    ("jupyter__nbformat/tests/test4plus.ipynb", "jupyter", "javascript:1 markdown:5 python:4 raw:1"),
]

# The tricky cells: part of the file's name, the cell's index over all cells, its language, where its text begins.
CELLS = [
    ("Foreign extractors", 3, "python", "valid", "isolated:#3"),
    ("Foreign extractors", 11, "markdown", "", ""),
    ("Script Magics", 5, "python2", "import sys", "isolated:#5"),
    ("Script Magics", 6, "python", "import sys", "isolated:#6"),
    ("Script Magics", 13, "bash", 'echo "hi, stdout"', ""),
    ("Script Magics", 25, "bash", "line 1", "isolated:#25"),
    ("Beyond Plain Python", 41, "python", "list(range(10))", ""),
    ("Beyond Plain Python", 47, "", "This is a test file!", "isolated:file:test.txt"),
    ("Beyond Plain Python", 56, "python", "", "isolated:file:mod.py"),
    ("01.07-Timing", 30, "python", "def sum_of_lists(N):", "isolated:file:mprun_demo.py"),
    ("23-Cross-Language", 37, "python", "", ""),
    ("23-Cross-Language", 40, "c", "", ""),
    ("23-Cross-Language", 60, "rust", "#[no_mangle]", ""),
    ("23-Cross-Language", 75, "cython", "def cyfib(int n):", ""),
    ("23-Cross-Language", 102, "python", "%julia", ""),
    ("23-Cross-Language", 104, "julia", "", ""),
    ("Magics in IPython Kernel", 11, "python", "%spark?", ""),
    ("Magics in IPython Kernel", 14, "python", "numbers = sc.parallelize", "remote"),
    ("Magics in IPython Kernel", 23, "sql", "SELECT * FROM people", "remote"),
    ("Magics in IPython Kernel", 26, "python", "df_people", ""),
    ("Magics in IPython Kernel", 40, "scala", "val hvacText", "remote"),
    ("evaluation", 7, "sql", "", ""),
    ("Iceberg", 37, "python", "publish_query = ", ""),
    ("Iceberg", 52, "python", "import time", ""),
    ("05.1-AI-Functions", 2, "python", "%run ../_resources/00-setup", ""),
    ("05.1-AI-Functions", 4, "sql", "", ""),
    ("05.1-AI-Functions", 8, "python", "spark.sql(", ""),
    ("Delta-Lake", 1, "python", "%run ./_resources", ""),
    ("Delta-Lake", 6, "python", "data_parquet = spark", ""),
    ("Delta-Lake", 10, "python", "df = spark.sql(", ""),
    ("github repo milestone", 4, "csharp", "", ""),
    ("github repo milestone", 14, "javascript", "", ""),
    ("polyglot telemetry", 3, "kql", "let languageMapping", ""),
    ("vector-database", 6, "json", '{"conf":', ""),
    ("Semantic Link", 25, "sql", "SELECT * FROM pbi.", ""),
    ("Semantic Link", 39, "dax", "EVALUATE", ""),
    ("sos_scilab", 8, "scilab", "", ""),
    ("sos_scilab", 9, "python", "%get null_var", ""),
    ("sos_scilab", 15, "scilab", "123456789123456789", ""),
    ("jupytext_replication", 2, "python", "import pandas", ""),
    ("SelectingData", 0, "scala", 'println("Hello,")', ""),
    ("Accessing a Scala object", 1, "scala", "class MySimpleClass", ""),
    ("Accessing a Scala object", 2, "python", "scInst.f()", ""),
    ("Scala Spark to Pandas", 2, "markdown", "", ""),
    ("torch-gnn", 3, "python", "async def generate_cpg", ""),
    ("Bioinformatics", 3, "sql", "SELECT * FROM CHANINN", ""),
    ("test2.ipynb", 5, "python2", "def f(x):", ""),
    ("test3.ipynb", 6, "javascript", "console.log", ""),
    ("test4plus", 9, "", "", ""),
    ("integrations/pandas.md", 3, "sql", "CREATE TABLE writer", ""),
    ("integrations/pandas.md", 6, "python", "result = %sql", ""),
    ("integrations/duckdb.md", 51, "python", "%sql engine", ""),
    ("report.qmd", 6, "python", "import pandas", ""),
    ("hydrogen_latex", 5, "r", "library(ggplot2)", ""),
    ("2_blocks", 1, "python", 'print("Hello World!")', ""),
]

# What the cell's marker, metadata or magic line calls its result.
RESULTS = [
    ("evaluation", {7: "df", 11: "df", 13: "df2", 18: "df", 20: "df", 23: "df2", 25: "df2"}),
    ("Script Magics", {13: "output", 17: "ruby_lines", 25: "bashout"}),
    ("Octave Magic", {9: "y"}),
    ("R Magics", {38: "XYcoef", 42: "seq2", 55: "datar"}),
    ("Magics in IPython Kernel", {23: "df_people", 42: "my_df_from_scala"}),
    ("Bioinformatics", {3: "sql_data", 5: "df", 7: "py_class", 9: "py_app"}),
    ("polyglot telemetry", {3: "langauges"}),
    ("integrations/duckdb.md", {16: "species_count", 33: "avg_trip_distance"}),
    ("integrations/pandas.md", {10: "result"}),
    ("howto/json.md", {23: "schema"}),
]


@lru_cache(maxsize=64)
def read(name: str) -> Document:
    return read_file(SHARED / "notebooks" / name)


def cells(part: str) -> list[Cell]:
    (name,) = [name for name, _, _ in NOTEBOOKS if part in name]
    return [cell for notebook in read(name).notebooks for cell in notebook.cells]


@needs_shared
@pytest.mark.parametrize(
    ("name", "host", "languages"), NOTEBOOKS, ids=[name.rsplit("/", 1)[-1] for name, _, _ in NOTEBOOKS]
)
def test_languages(name: str, host: str, languages: str) -> None:
    document = read(name)
    assert not document.problems
    found = Counter(
        cell.language or ("raw" if cell.kind == "raw" else "silent")
        for notebook in document.notebooks
        for cell in notebook.cells
    )
    assert " ".join(f"{language}:{count}" for language, count in sorted(found.items())) == languages
    assert {notebook.host for notebook in document.notebooks} == {host}


@needs_shared
@pytest.mark.parametrize(("part", "index", "language", "body", "space"), CELLS)
def test_tricky_cells(part: str, index: int, language: str, body: str, space: str) -> None:
    cell = cells(part)[index]
    assert (cell.language, cell.space) == (language, space)
    assert body in cell.code.lstrip()[:300]
    assert not cell.code.startswith(("%%", "#!"))


@needs_shared
@pytest.mark.parametrize(("part", "results"), RESULTS)
def test_results(part: str, results: dict[int, str]) -> None:
    assert {index: cell.result for index, cell in enumerate(cells(part)) if cell.result} == results


@needs_shared
def test_no_cell_of_another_language_is_taken_for_python() -> None:
    # The oracle is the file: a cell that begins with a magic of another language.
    foreign = ("%%bash", "%%R", "%%sql", "%%html", "%%javascript", "%%perl", "%%ruby", "%%latex", "%%octave", "%%julia")
    for name, _, _ in NOTEBOOKS:
        for notebook in read(name).notebooks:
            for cell in notebook.cells:
                if cell.kind == "code" and cell.text.startswith(foreign):
                    assert cell.language != "python"
