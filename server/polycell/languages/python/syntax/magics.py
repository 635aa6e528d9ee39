"""Line magics of Python cells as data: what follows the name, which names are bound, what else they do to the names.

Cell magics are in `polycell.formats.magics`. Sources: IPython's `core/magics`, the documentation of each extension,
and real notebooks. A line magic that is not here may do anything, so it opens its cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from polycell.formats.arguments import Grammar
from polycell.formats.magics import (
    BIGQUERY,
    CELL_MAGICS,
    DUCKDB,
    JUPYSQL,
    KQL,
    OCTAVE,
    PLAIN,
    SCRIPT,
    SPARKSQL,
    TIMING,
    R,
)

# What stands behind the options: text that nobody reads, Python, Python whose names stay inside, names read,
# names given, or SQL.
Rest = Literal["text", "python", "inner python", "reads", "gives", "sql"]


class LineMagic(Struct, frozen=True):
    """`result` is what `x = %name` yields (`MagicName.value`); `opens`: names appear that the text does not show."""

    rest: Rest = "text"
    grammar: Grammar = PLAIN
    result: str = ""
    opens: bool = False


def _rows(names: str, row: LineMagic) -> dict[str, LineMagic]:
    return dict.fromkeys(names.split(), row)


def _options(spellings: str) -> frozenset[str]:
    return frozenset(spellings.split())


_LPRUN = Grammar(values=_options("-f -m -D -T -s -z -u"))

LINE_MAGICS: Mapping[str, LineMagic] = {
    # IPython
    **_rows("time", LineMagic("python")),
    **_rows("timeit", LineMagic("inner python", TIMING, "timing")),
    **_rows("prun", LineMagic("python", Grammar(values=_options("-l -s -T -D")))),
    **_rows("debug", LineMagic("python", Grammar(values=_options("--breakpoint -b")))),
    **_rows("code_wrap", LineMagic()),
    **_rows(
        "alias alias_magic autoawait autocall automagic bookmark clear colors conda config "
        "dhist dirs doctest_mode ed edit env gui hist history killbgscripts load_ext reload_ext unload_ext "
        "logoff logon logstart logstate logstop lsmagic macro magic mamba matplotlib micromamba notebook page paste "
        "pdb pdef pdoc pfile pinfo pinfo2 pip popd pprint precision profile psearch psource pushd pycat "
        "quickref rehashx rerun reset reset_selective save set_env subshell tb unalias uv who who_ls whos xdel xmode "
        "cd man more less connect_info qtconsole autosave pastebin recall rep colors cls "
        "code_wrap gui history_n jupyter_version restart_python",
        LineMagic(),
    ),
    **_rows("cat cp ldir lf lk ll ls lx mkdir mv rm rmdir", LineMagic()),  # aliases: they print, and yield None
    **_rows("sx system", LineMagic("text", SCRIPT, "lines")),
    **_rows("sc", LineMagic(opens=True)),  # `%sc -l name=command`
    **_rows("pwd", LineMagic(result="text")),
    **_rows("run load loadpy pylab autopx macro cpaste paste recall rerun loadraw", LineMagic(opens=True)),
    **_rows("store", LineMagic("gives")),
    # Extensions
    **_rows("autoreload aimport dotenv watermark version_information nb_black black lab_black", LineMagic()),
    **_rows("tensorboard reload_kernel load_style nbdev_default_export", LineMagic()),
    **_rows("memit", LineMagic("python", Grammar(values=_options("-r -t -i -c")))),
    **_rows("mprun lprun", LineMagic("python", _LPRUN)),
    **_rows("snakeviz heat scalene pyinstrument ptime viztracer memory_profiler", LineMagic("python", _LPRUN)),
    **_rows("sql jupysql", LineMagic("sql", JUPYSQL, "table")),
    **_rows("sqlplot sqlcmd sqlrender sqlsnippets bigquery_stats", LineMagic()),
    **_rows("dql duckdb", LineMagic("sql", DUCKDB, "table")),
    **_rows("sparksql", LineMagic("sql", SPARKSQL, "table")),
    **_rows("bigquery bqsql", LineMagic("sql", BIGQUERY, "table")),
    **_rows("kql kusto", LineMagic("text", KQL)),
    **_rows("R", LineMagic("text", R)),
    **_rows("Rpush octave_push", LineMagic("reads")),
    **_rows("Rpull octave_pull", LineMagic("gives")),
    **_rows("Rget Rdevice Rdata", LineMagic()),
    **_rows("octave", LineMagic("text", OCTAVE)),
    **_rows("julia", LineMagic("text", CELL_MAGICS["julia"].grammar, opens=True)),
    **_rows("fortran_config", LineMagic()),
    **_rows("spark matplot manage_spark configure_notebook_spark", LineMagic()),
    # SoS: `%get x --from R` takes a copy, `%put x --to R` gives one.
    **_rows("get", LineMagic("gives", Grammar(values=_options("--from -f --as")))),
    **_rows("put", LineMagic("reads", Grammar(values=_options("--to -t --as")))),
    **_rows("with use expand preview sandbox toc sessioninfo set revisions sosrun", LineMagic()),
    **_rows(
        "graph_notebook_config graph_notebook_host graph_notebook_version graph_reset graph_notebook_vis_options "
        "status statistics summary load_status cancel_load seed gremlin_status opencypher_status sparql_status "
        "db_reset neptune_ml enable_debug stream_viewer reset_graph get_graph create_graph_snapshot",
        LineMagic("text", Grammar(values=_options("--store-to"), results=_options("--store-to"))),
    ),
    **_rows(
        "idle_timeout session_id_prefix connections additional_python_modules extra_py_files extra_jars glue_version "
        "number_of_workers worker_type iam_role region delete_session list_sessions stop_session streaming etl ray "
        "tags security_config min_workers object_memory_head object_memory_worker extra_spark_conf",
        LineMagic(),
    ),
    **_rows("skip fs sh md python scala r reload_sql", LineMagic()),
    **_rows("mlflow wandb bokeh vega altair plotly mpld3 tikz latex html js javascript svg", LineMagic()),
    **_rows("matlab stata sas", LineMagic()),
    **_rows("script sh bash perl ruby python3 pypy", LineMagic()),
    **_rows("ai chat", LineMagic()),
}

# Extensions that put names into the name space when they are loaded; others only bring magics.
NAMED_EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "kedro.ipython": ("catalog", "context", "pipelines", "session"),
    "kedro.extras.extensions.ipython": ("catalog", "context", "pipelines", "session"),
}
OPENING_EXTENSIONS = frozenset({"storemagic", "sage", "sympy.interactive.ipythonprinting", "pymatbridge", "startup"})

# What IPython runs without `%`, as the first word of a cell of one line.
AUTOMAGICS = _options(
    "alias autoreload bookmark cat cd clear colors conda config cp dhist dirs doctest_mode ed edit env gui hist "
    "history ldir less lf lk ll load load_ext logstart logstop ls lsmagic lx macro magic mamba man matplotlib "
    "micromamba mkdir more mv notebook paste pdb pdef pdoc pfile pinfo pinfo2 pip popd prun psearch psource pushd pwd "
    "pycat pylab quickref rehashx reload_ext rerun reset reset_selective rm rmdir run save sql store sx system tb time "
    "timeit unalias unload_ext uv who who_ls whos xdel xmode"
)


def line_magic(name: str) -> LineMagic | None:
    """The row of `%name`; None when nobody knows it."""
    return LINE_MAGICS.get(name)
