"""Every declaration in the shared notebooks is read: what was found in them by eye, word for word.

Left out on purpose: text for people that mentions an installation (Markdown cells of 01.07 and jupytext_replication,
a comment in Almond's spark.ipynb), and packages that saved outputs name.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from polycell.cli.loading import open_notebook
from polycell.core import features
from polycell.core.service import services
from polycell.core.session import Session
from polycell.dependencies.cells import said_by
from polycell.dependencies.checks import dependency_rules
from polycell.dependencies.gathering import Declared, Imported
from polycell.dependencies.metadata import declared_by
from polycell.dependencies.sources import DependencySources
from polycell.formats import read_file
from polycell.languages.other import OtherService
from polycell.languages.python.service import PythonService
from polycell.languages.scala.service import ScalaService
from tests.dependencies.cases import OURS
from tests.dependencies.environments import install, make_environment
from tests.shared import SHARED, needs_shared

# End of the path → (style, text) in order.
BY_EYE: dict[str, list[tuple[str, str]]] = {
    "torch-gnn.ipynb": [("polynote", "file:///opt/joern_lib?nocache")],
    "Scala Spark to Pandas.ipynb": [("polynote", "pandas")],
    "nb1.py": [("pep723", "notebook>=7.2"), ("pep723", "jupytext>=1.16.0"), ("pep723", "seaborn>=0.13")],
    "11_working_with_apache_arrow.py": [
        ("pep723", "marimo"),
        ("pep723", "altair==6.0.0"),
        ("pep723", "duckdb==1.4.4"),
        ("pep723", "pandas==2.3.2"),
        ("pep723", "polars[pyarrow]==1.24.0"),
        ("pep723", "sqlglot==27.0.0"),
    ],
    "vector-database-eventhouse-notebook.ipynb": [("pip", "wget"), ("pip", "openai")],
    "Semantic Link all-in-one demo.ipynb": [("pip", "semantic-link")],
    "spark.ipynb": [("ivy", "org.apache.spark::spark-sql:2.4.3"), ("ivy", "org.typelevel::cats-core:1.6.0")],
    "COVID-19-fsharp.dib": [("nuget", "Fsharp.Data")],
    "github repo milestone report.ipynb": [("nuget", "Octokit, 13.0.1")],
    "polyglot telemetry.dib": [("nuget", "Microsoft.DotNet.Interactive.Kql, *-*")],
    "json.md": [("pip", name) for name in ("jupysql", "duckdb", "duckdb-engine", "rich")],
    "duckdb.md": [
        ("pip", name)
        for line in ("jupysql duckdb duckdb-engine", *["jupysql duckdb duckdb-engine pyarrow"] * 2)
        for name in line.split()
    ],
}

# (end of the path, code) → why it is true. Without an interpreter that is known to run them there is nothing to say:
# the complete lists among them (nb1.py, 11_working_with_apache_arrow.py) name all that their notebooks import.
TRUE: dict[tuple[str, str], str] = {}

# What declares, or looks like it, in the raw text of a file: one hit for each line, block or list.
_LOOKS_LIKE_IT = re.compile(
    r"pip3?(?:\.\d+)? install|conda install|\$ivy\.`|using +(?:dep|lib)s?\b|nuget *:|%%configure|dbutils\.library"
    r"|%Add(?:Deps|Jar)|/// script|uv\.lock|\"runt\"|spark\.jars|\"dependencies\" *:|\"requirements\" *:"
    r"|\"environmentMetadata\" *:|install\.packages|addPyFile"
)
# (end of the path, what stands around the hit) → how often, and why it declares nothing.
DECLARES_NOTHING: dict[tuple[str, str], tuple[int, str]] = {
    ("Hello World.ipynb", '"dependencies" : {'): (1, "the object is empty"),
    ("Accessing a Scala object in Python.ipynb", '"dependencies" : {'): (1, "the object is empty"),
    ("Case class access in Python.ipynb", '"dependencies" : {'): (1, "the object is empty"),
    ("SelectingData.ipynb", '"dependencies" : {'): (1, "the object is empty"),
    ("05.1-AI-Functions-Creation.ipynb", '"environmentMetadata": {'): (1, "it names a base environment, no packages"),
    ("Semantic Link all-in-one demo.ipynb", '"dependencies":{"lakehouse"'): (1, "Fabric's data, no packages"),
    ("vector-database-eventhouse-notebook.ipynb", '"dependencies":{"lakehouse"'): (1, "Fabric's data, no packages"),
    ("vector-database-eventhouse-notebook.ipynb", "%%configure -f"): (1, "settings of Spark, no jars"),
    ("Semantic Link all-in-one demo.ipynb", "python -m pip install --upgrade pip"): (1, "pip's own word in an output"),
    ("Semantic Link all-in-one demo.ipynb", "Each call to `pip install`"): (1, "Markdown"),
    ("Semantic Link all-in-one demo.ipynb", '```python\\n","%pip install'): (1, "an example in Markdown"),
    ("jupytext_replication.ipynb", "conda install"): (2, "Markdown"),
    ("python_101.ipynb", "pip3 install"): (3, "Markdown"),
    ("01.07-Timing-and-Profiling.ipynb", "$ pip install"): (2, "Markdown"),
    ("spark.ipynb", "// import $ivy.`"): (1, "a comment"),
    ("spark.ipynb", "``import $ivy.`"): (2, "Markdown"),
}


def _hits(path: Path) -> tuple[int, Counter[tuple[str, str]]]:
    """How many places of the raw text declare something, and which of the others were met how often."""
    text = path.read_text(encoding="utf-8")
    excused: Counter[tuple[str, str]] = Counter()
    declaring = 0
    for hit in _LOOKS_LIKE_IT.finditer(text):
        around = text[max(0, hit.start() - 24) : hit.end() + 24]
        key = next((k for k in DECLARES_NOTHING if k[0] == path.name and k[1] in around), None)
        if key is None:
            declaring += 1
        else:
            excused[key] += 1
    return declaring, excused


@needs_shared
def test_every_declaration_is_read_and_every_finding_is_true() -> None:
    read: dict[str, list[tuple[str, str]]] = {}
    told: set[tuple[str, str]] = set()
    excused: Counter[tuple[str, str]] = Counter()
    for path in sorted((SHARED / "notebooks").rglob("*")):
        if not path.is_file() or path.suffix == ".csv" or path.name == "SOURCES.md":
            continue
        places: set[object] = set()
        for snapshot in open_notebook(path).snapshots:
            said = [*declared_by(snapshot.notebook)]
            places |= {d.path[:-2] for d in said}
            for index, cell in enumerate(snapshot.notebook.cells):
                in_cell = said_by(cell, snapshot.analysis.facts(index)).declarations
                said += in_cell
                # A block is one place; of commands and imports each line is one.
                places |= {
                    (cell.id, d.requirement.style == "pep723" or cell.text.count("\n", 0, d.span.start))
                    for d in in_cell
                }
                found = features.findings(snapshot, index)
                told |= {(path.name, f.code) for f in found if f.code in OURS and not f.opt_in}
            assert not any(d.problem for d in said), path
            if said:
                read[path.name] = [(d.requirement.style, d.requirement.text) for d in said]
        declaring, not_declaring = _hits(path)
        assert len(places) == declaring, path
        excused += not_declaring
    assert read == BY_EYE
    assert excused == {key: count for key, (count, _) in DECLARES_NOTHING.items()}
    assert told == set(TRUE)


MISSING = "missing-dependency"
# What the notebooks' authors had, at versions of today, without the rarer ones.
HAS = """
numpy-2.3 pandas-2.3.3 matplotlib-3.10 seaborn-0.13.2 scipy-1.16 scikit-learn-1.7:sklearn polars-1.24.0 pyarrow-21.0
duckdb-1.4.4 altair-6.0.0 sqlglot-27.0.0 requests-2.32 ipywidgets-8.1 beautifulsoup4-4.13:bs4 sqlalchemy-2.0
jupysql-0.11:sql pyspark-3.5 torch-2.8 networkx-3.5 openai-1.99 plotly-6.3 lxml-6.0 xlrd-2.0 openpyxl-3.1 h5py-3.14
tables-3.10 patsy-1.0 marimo-0.15 notebook-7.4 jupytext-1.17 papermill-2.6 nltk-3.9 sympy-1.14 tqdm-4.67 wget-3.2
"""
_EXTENSION = "loaded as an extension, which the environment does not have"
_IMPORTED = "imported, not in the environment, and no cell installs it"
# (end of the path, code, what is marked) → why it is true.
TRUE_THERE: dict[tuple[str, str, str], str] = {
    ("01.07-Timing-and-Profiling.ipynb", MISSING, "line_profiler"): "its installation is a sentence in Markdown",
    ("01.07-Timing-and-Profiling.ipynb", MISSING, "memory_profiler"): "its installation is a sentence in Markdown",
    ("03.12-Performance-Eval-and-Query.ipynb", MISSING, "numexpr"): _IMPORTED,
    ("11_working_with_apache_arrow.py", "dependency-version", "pandas==2.3.2"): "2.3.3 is there",
    ("23-Cross-Language-Integration.ipynb", MISSING, "cffi_magic"): _IMPORTED,
    ("23-Cross-Language-Integration.ipynb", MISSING, "cython"): _IMPORTED,
    ("23-Cross-Language-Integration.ipynb", MISSING, "fortranmagic"): _EXTENSION,
    ("23-Cross-Language-Integration.ipynb", MISSING, "julia.api"): _IMPORTED,
    ("23-Cross-Language-Integration.ipynb", MISSING, "julia.magic"): _EXTENSION,
    ("23-Cross-Language-Integration.ipynb", MISSING, "rpy2.rinterface"): _IMPORTED,
    ("Magics in IPython Kernel.ipynb", MISSING, "autovizwidget.widget.utils"): _IMPORTED,
    ("Magics in IPython Kernel.ipynb", MISSING, "sparkmagic.magics"): _EXTENSION,
    ("Magics_and_rpy2.ipynb", MISSING, "jupyter_helpers.selective_import"): _IMPORTED,
    ("Notebook_with_more_R_magic_111.ipynb", MISSING, "rpy2.ipython"): _EXTENSION,
    ("ch10.ipynb", MISSING, "statsmodels.api"): _IMPORTED,
    ("hydrogen_latex_html_R_magics.py", MISSING, "rpy2.ipython"): _EXTENSION,
    ("top_25_pandas_tricks.ipynb", MISSING, "pandas_profiling"): _IMPORTED,
}


@needs_shared
def test_every_finding_is_true_of_an_interpreter(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "env", "3.12")
    for one in HAS.split():
        distribution, _, module = one.partition(":")
        name, _, version = distribution.rpartition("-")
        install(site, name, version, [module] if module else [])
    checks = services(
        [PythonService(), ScalaService()], dependency_rules(), OtherService(), gatherers=[Declared(), Imported()]
    )
    told: set[tuple[str, str, str]] = set()
    for path in sorted((SHARED / "notebooks").rglob("*")):
        if not path.is_file() or path.suffix == ".csv" or path.name == "SOURCES.md":
            continue
        for notebook in read_file(path).notebooks:
            session = Session(checks, DependencySources([path.parent], chosen=str(tmp_path / "env")))
            snapshot = session.update(notebook)
            snapshot.analysis.settle()
            for index, cell in enumerate(notebook.cells):
                found = [f for f in features.findings(snapshot, index) if f.code in OURS and not f.opt_in]
                told |= {(path.name, f.code, f.span.of(cell.text)) for f in found}
    assert told == set(TRUE_THERE)
