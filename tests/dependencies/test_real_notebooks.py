"""Every declaration in the shared notebooks is read: what was found in them by eye, word for word.

Left out on purpose: text for people that mentions an installation (Markdown cells of 01.07 and jupytext_replication,
a comment in Almond's spark.ipynb), and packages that saved outputs name.
"""

from __future__ import annotations

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


@needs_shared
def test_every_declaration_is_read_and_every_finding_is_true() -> None:
    read: dict[str, list[tuple[str, str]]] = {}
    told: set[tuple[str, str]] = set()
    for path in sorted((SHARED / "notebooks").rglob("*")):
        if not path.is_file() or path.suffix == ".csv" or path.name == "SOURCES.md":
            continue
        for snapshot in open_notebook(path).snapshots:
            said = [*declared_by(snapshot.notebook)]
            for index, cell in enumerate(snapshot.notebook.cells):
                said += said_by(cell, snapshot.analysis.facts(index)).declarations
                found = features.findings(snapshot, index)
                told |= {(path.name, f.code) for f in found if f.code in OURS and not f.opt_in}
            assert not any(d.problem for d in said), path
            if said:
                read[path.name] = [(d.requirement.style, d.requirement.text) for d in said]
    assert read == BY_EYE
    assert told == set(TRUE)
