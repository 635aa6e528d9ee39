"""Hosts: who sees whose names, as data. One row a host; `tests/core/test_hosts.py` has a test for each.

Every binding lives in a *space*: usually its language's own ("python", "scala"), or "catalog" for tables that a
database or Spark session holds. A row says, for the language of the reading cell, which spaces it reads and what of
them. Sources: each host's documentation and kernel; for Polynote its interpreters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from msgspec import Struct, field

What = Literal["everything", "values", "tables", "spark tables"]


class Reads(Struct, frozen=True):
    """`values` leaves imports out; `tables` takes tables only; `spark tables` those that Spark can register."""

    space: str
    what: What = "everything"


class Host(Struct, frozen=True, dict=True):
    """`order`: "above" when a cell sees the cells above it, "any" when the host orders cells by data flow.

    `reads` maps the reading language to what it sees; a language without a row sees its own space and the catalogue.
    `result_space` is where a SQL cell's named result lives. `implicit_result` names what an unnamed SQL cell defines.
    `ambient` are names that exist before any cell, by language. `opens`: why cells may see names that no cell shows.
    """

    name: str
    order: Literal["above", "any"] = "above"
    reads: Mapping[str, tuple[Reads, ...]] = field(default_factory=dict)
    result_space: str = "python"
    implicit_result: str = ""
    ambient: Mapping[str, frozenset[str]] = field(default_factory=dict)
    opens: tuple[str, ...] = ()
    last_expression: str = ""  # the name that a cell's last expression gets (Polynote's `Out`)
    single_percent_cells: bool = False  # `%sql` as the first line makes the whole cell SQL

    def visible(self, language: str, own_space: str = "") -> tuple[Reads, ...]:
        """What a cell of `language` reads. A cell in a space of its own (`%%local`) reads that, not its language's."""
        row = self.reads.get(language) or (Reads(language), Reads("catalog"))
        if own_space and own_space != language:
            return (Reads(own_space), *(r for r in row if r.space != language))
        return row

    def visible_spaces(self, language: str, own_space: str = "") -> Mapping[str, Reads]:
        """The same by space; asked for each cell and each fragment."""
        found = self._spaces.get((language, own_space))
        if found is None:
            found = self._spaces[language, own_space] = {r.space: r for r in self.visible(language, own_space)}
        return found

    @cached_property
    def _spaces(self) -> dict[tuple[str, str], Mapping[str, Reads]]:
        return {}


_FRAMES_IN_SQL = {
    "python": (Reads("python"),),
    # DuckDB's replacement scan and JupySQL find frames of the Python name space by name.
    "sql": (Reads("catalog"), Reads("python", "tables")),
    "vega-lite": (Reads("python", "tables"), Reads("catalog")),
    "vega": (Reads("python", "tables"), Reads("catalog")),
}

_JUPYTER_NAMES = frozenset({"get_ipython", "display", "In", "Out", "exit", "quit", "open", "__builtin__"})
_SPARK_NAMES = frozenset({"spark", "sc", "sqlContext"})
# What Spark's shells and hosted platforms put into a session before its first cell. A file often does not say that it
# ran on one (Fabric, EMR and Databricks notebooks saved as plain Jupyter ones, `pyspark` with Jupyter as its driver):
# a name of these that no cell gives is taken for theirs, and offered where the host is known to give it.
PLATFORM_NAMES = _SPARK_NAMES | {"sqlc", "dbutils", "displayHTML", "mssparkutils", "notebookutils", "glueContext"}
_DATABRICKS_NAMES = _SPARK_NAMES | {
    *("dbutils", "display", "displayHTML", "sql", "table", "udf", "getArgument"),
    *("get_ipython", "In", "Out", "_sqldf", "dlt", "sqlContext"),
}

HOSTS: Mapping[str, Host] = {
    host.name: host
    for host in (
        Host("jupyter", reads=_FRAMES_IN_SQL, ambient={"python": _JUPYTER_NAMES}),
        Host("percent", reads=_FRAMES_IN_SQL, ambient={"python": _JUPYTER_NAMES}),
        Host("colab", reads=_FRAMES_IN_SQL, ambient={"python": _JUPYTER_NAMES}),
        # sparkmagic's wrapper kernels run unmarked cells remotely; `%%local` cells live in the space "local".
        Host(
            "sparkmagic",
            reads={
                "python": (Reads("python"), Reads("catalog")),
                "sql": (Reads("catalog"),),
                "scala": (Reads("scala"), Reads("catalog")),
            },
            result_space="local",
            ambient={"python": _JUPYTER_NAMES | _SPARK_NAMES, "scala": _SPARK_NAMES},
        ),
        Host(
            "polynote",
            reads={
                "python": (Reads("python"), Reads("scala", "values"), Reads("sql", "values")),
                "scala": (Reads("scala"), Reads("python", "values"), Reads("sql", "values")),
                "sql": (
                    Reads("catalog"),
                    Reads("sql", "spark tables"),
                    Reads("scala", "spark tables"),
                    Reads("python", "spark tables"),
                ),
                "vega": (Reads("scala", "values"), Reads("python", "values"), Reads("sql", "values")),
                "vega-lite": (Reads("scala", "values"), Reads("python", "values"), Reads("sql", "values")),
                "viz": (Reads("scala", "values"), Reads("python", "values"), Reads("sql", "values")),
            },
            result_space="sql",
            implicit_result="Out",
            last_expression="Out",
            ambient={
                "python": frozenset({"kernel", "PolynoteBackend", "DataFrame", "display"}) | _SPARK_NAMES,
                "scala": frozenset({"kernel", "spark"}),
            },
        ),
        Host(
            "databricks",
            reads={
                "python": (Reads("python"), Reads("catalog")),
                "sql": (Reads("catalog"),),
                "scala": (Reads("scala"), Reads("catalog")),
                "r": (Reads("r"), Reads("catalog")),
            },
            implicit_result="_sqldf",
            ambient={"python": _DATABRICKS_NAMES, "scala": _DATABRICKS_NAMES, "r": frozenset({"spark", "sc"})},
            single_percent_cells=True,
        ),
        # Fabric and Synapse: Spark pools with `%%sql`, `%%spark`, `%%sparkr`; languages share the catalogue only.
        Host(
            "synapse",
            reads={
                "python": (Reads("python"), Reads("catalog")),
                "sql": (Reads("catalog"),),
                "scala": (Reads("scala"), Reads("catalog")),
            },
            implicit_result="_sqldf",
            ambient={
                "python": _JUPYTER_NAMES
                | _SPARK_NAMES
                | {"mssparkutils", "notebookutils", "displayHTML", "fabric", "sempy"},
                "scala": _SPARK_NAMES | {"mssparkutils", "display"},
            },
        ),
        Host(
            "snowflake",
            # A cell's name is a variable; SQL reads other cells and Python only through {{ }}.
            reads={"python": (Reads("python"),), "sql": (Reads("catalog"), Reads("python", "tables"))},
            # `pd`, `get_active_session`: the vendor's own demos use them without an import.
            ambient={"python": _JUPYTER_NAMES | {"session", "st", "streamlit", "pd", "get_active_session"}},
        ),
        Host("deepnote", reads=_FRAMES_IN_SQL, ambient={"python": _JUPYTER_NAMES | {"_dntk"}}),
        # SoS: nothing crosses until %get, %put, %capture or %with says so, in cells of any kernel. Cells of SoS
        # itself are Python with a workflow system's functions, actions, targets and step variables around it.
        Host(
            "sos",
            reads={"sql": (Reads("sql"),)},
            result_space="sql",
            ambient={"python": _JUPYTER_NAMES},
            opens=("what SoS and its kernels hand over",),
        ),
        # .NET Interactive: nothing crosses until #!share or #!set says so, and then from any kernel ("shared").
        Host(
            "dotnet",
            reads={"sql": (Reads("catalog"),), "shared": (Reads("sql"), Reads("kql"), Reads("csharp"))},
            result_space="sql",
        ),
        Host("marimo", order="any", reads=_FRAMES_IN_SQL, ambient={"python": frozenset({"display"})}),
        # knitr: chunks of one language share; reticulate's `r.x` and `py$x` are attributes, not bare names.
        # A SQL chunk's `output.var` is a variable of R.
        Host("knitr", reads={"sql": (Reads("catalog"),)}, result_space="r", ambient={"python": frozenset({"r"})}),
        Host("almond", reads={"sql": (Reads("catalog"),)}, ambient={"scala": frozenset({"kernel", "interp", "repl"})}),
    )
}


def host(name: str) -> Host:
    """The row of a host; an unknown one behaves as Jupyter."""
    return HOSTS.get(name, HOSTS["jupyter"])
