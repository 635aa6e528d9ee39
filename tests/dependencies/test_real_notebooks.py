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
from polycell.dependencies.cells import said_by
from polycell.dependencies.metadata import declared_by
from tests.dependencies.cases import OURS
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
