"""Magics that govern a cell, as data: which language the body is in, where its names live, what the line takes.

`%%name` in IPython and the kernels that follow it, a single `%name` where the host says so (Databricks), `#!name` in
.NET Interactive. Sources: IPython's own magics, the documentation of each extension, and real notebooks. A magic that
nobody knows has a body that nobody reads: it is never taken for Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from polycell.core.notebook import CellMagic
from polycell.core.patterns import pattern
from polycell.formats.arguments import Arguments, Grammar, parse
from polycell.formats.languages import ALIASES, canonical, language_of_file

# The body is in the language that the cell has without the magic.
INHERIT = "*"

Place = Literal["", "isolated", "local", "remote", "file"]

PLAIN = Grammar()


class MagicSpec(Struct, frozen=True):
    """`language` of the body ("" nobody reads it, `INHERIT`, or "@" where the arguments tell, see `body_language`).

    `place`: "isolated" runs in a process of its own, "file" is written to a file, "local" and "remote" are sparkmagic's
    two name spaces. `binds`: the body defines names in the notebook's Python that only a run can tell (`%%cython`).
    Of SQL: `dialect` is the one that the magic always speaks, `kind` the kind of table in which it hands out a result
    ("pandas", "spark"; "" where the host or a setting decides).
    """

    language: str = ""
    grammar: Grammar = PLAIN
    place: Place = ""
    binds: bool = False
    dialect: str = ""
    kind: str = ""


def _options(*spellings: str) -> frozenset[str]:
    return frozenset(" ".join(spellings).split())


# `line` is a statement or expression of the same language (setup of %%timeit): left to the language.
TIMING = Grammar(values=_options("-n -r -u -c -t -p -l -s -D -T -b -e -m -x"), numbers=_options("-n -r"))
CAPTURE = Grammar(first_result=True)
SCRIPT = Grammar(values=_options("--out --err --proc"), results=_options("--out --err --proc"), rest=True)

JUPYSQL = Grammar(
    values=_options(
        "-x --close -c --creator -s --section -A --alias -a --connection_arguments -f --file -S --save -w --with",
        "-i --interact -o --output -m --samplemethod --maxrows -r --samplefraction --coerce -e -d --dataframe",
        "-v --view -l --limit",
    )
    - _options("-l"),
    results=_options("-o --output -d --dataframe"),
    sql=True,
    numbers=_options("-n -l"),
    tables=_options("-S --save"),
)
SPARK = Grammar(
    values=_options("-o --output -m --samplemethod -n --maxrows -r --samplefraction -e --coerce -c --context -s"),
    results=_options("-o --output"),
)
SPARK_SQL = Grammar(
    values=SPARK.values | _options("--session -w"),
    results=SPARK.results,
    sql=True,
)
SNOWFLAKE_SQL = Grammar(
    values=_options("-r --result -o --output -c --connection"), results=_options("-r --result -o --output"), sql=True
)
SPARKSQL = Grammar(
    values=_options("-d --dataframe -v --view -l --limit -r --rows -i --catalog --database -t --truncate -o --output"),
    results=_options("-d --dataframe -o --output"),
    first_result=True,
    tables=_options("-v --view"),
)
BIGQUERY = Grammar(
    values=_options(
        "--destination_table --project --max_results --maximum_bytes_billed --bigquery_api_endpoint --location",
        "--params --progress_bar_type --engine --job_id --bq_stats",
    ),
    first_result=True,
    tables=_options("--destination_table"),
)
DUCKDB = Grammar(
    values=_options("-o --output -t --type -cn --connection_string -co --connection_object -p --param --tables -a -sl"),
    results=_options("-o --output"),
    sql=True,
)
QUERY = Grammar(
    values=_options(
        "-df --dataframe -o --output --out --store-to -d --connection-name --metastore-id --metastore-type"
    ),
    results=_options("-df --dataframe -o --output --out --store-to"),
)
SAGEMAKER_SQL = Grammar(
    values=QUERY.values | _options("--connection-properties --query-parameters -q"), results=QUERY.results
)
# pandas' magic: `%%read_sql frame -c connection`.
READ_SQL = Grammar(values=_options("-c --connection"), first_result=True)
# Fabric: `%%tsql -artifact name -type Warehouse -bind frame`.
TSQL = Grammar(
    values=_options("-artifact -type -bind -workspace -session --artifact --type --bind --workspace --session"),
    results=_options("-bind --bind"),
)
# sparkmagic: a value of the local session goes to Spark, under its own name where `-n` gives no other.
SEND_TO_SPARK = Grammar(
    values=_options("-i --input -t --vartype -n --varname -m --maxrows -s --session"),
    results=_options("-i --input -n --varname"),
    inputs=_options("-i --input"),
)
KQL = Grammar(values=_options("-o --output"), results=_options("-o --output"), sql=True)
GRAPH = Grammar(
    values=_options(
        "--store-to -sp --store-path -p --path-pattern -g --group-by -d --display-property -de -t -l -rel -i -mtr",
        "--label-max-length --media-type -qp --query-parameters --explain-type --profile-indexOps -sd",
        "--simulation-duration",
    ),
    results=_options("--store-to"),
)
R = Grammar(
    values=_options("-i --input -o --output -d --dataframe -w --width -h --height -p --pointsize -b --bg -u --units")
    | _options("-r --res --type -c --converter"),
    results=_options("-o --output -d --dataframe"),
    inputs=_options("-i --input"),
)
OCTAVE = Grammar(
    values=_options(
        "-i --input -o --output -f --format -s --size -t --temp_dir -r --resolution -w --width -h --height"
    ),
    results=_options("-o --output"),
    inputs=_options("-i --input"),
)
EXCHANGE = Grammar(
    values=_options("-i --input --in -o --output --out"),
    results=_options("-o --output --out"),
    inputs=_options("-i --input --in"),
)


def _same(
    names: str,
    language: str,
    grammar: Grammar = PLAIN,
    place: Place = "",
    *,
    binds: bool = False,
    dialect: str = "",
    kind: str = "",
) -> dict[str, MagicSpec]:
    spec = MagicSpec(language, grammar, place, binds, dialect, kind)
    return dict.fromkeys(names.split(), spec)


# `%%name`, spelled as written; a name that is not here is tried in lower case.
CELL_MAGICS: Mapping[str, MagicSpec] = {
    # The body stays what it was; IPython's own and the usual extensions'.
    **_same("time timeit prun mprun lprun memit scalene pyinstrument heat mypy snakeviz viztracer", INHERIT, TIMING),
    **_same("capture", INHERIT, CAPTURE),
    **_same("debug pdb notify skip skip_if run_if ai_fix memory_usage ptime timeit_with px parallel cache", INHERIT),
    **_same(
        "tb pycodestyle flake8 pycodestyle_on black blackify nbdev_export wandb track with_time wurlitzer", INHERIT
    ),
    # Tests, scenes and methods: Python that runs in the notebook's own name space.
    **_same("ipytest run_pytest pytest manim add_to", INHERIT),
    **_same("pyspark pyspark3", "python"),
    # Python somewhere else.
    **_same("python python3 pypy pypy3", "python", SCRIPT, "isolated"),
    **_same("python2", "python2", SCRIPT, "isolated"),
    **_same("local", "python", PLAIN, "local"),
    **_same("file writefile save_as overwrite", "@", PLAIN, "file"),
    # Shells and scripts.
    **_same("bash sh shell zsh ! sx system", "bash", SCRIPT),
    **_same("cmd batch", "batch", SCRIPT),
    **_same("powershell pwsh", "powershell", SCRIPT),
    **_same("script", "@", SCRIPT, "isolated"),
    **_same("perl", "perl", SCRIPT),
    **_same("ruby", "ruby", SCRIPT),
    **_same("node", "javascript", SCRIPT),
    **_same("deno", "typescript", SCRIPT),
    # SQL.
    **_same("sql jupysql", "sql", JUPYSQL),
    **_same("sparksql", "sql", SPARKSQL, dialect="spark", kind="spark"),
    **_same("bigquery bqsql bq", "sql", BIGQUERY, dialect="bigquery", kind="pandas"),
    **_same("dql duckdb", "sql", DUCKDB, dialect="duckdb", kind="pandas"),
    **_same("sm_sql", "sql", SAGEMAKER_SQL, kind="pandas"),
    **_same("tsql", "sql", TSQL, dialect="tsql", kind="pandas"),
    **_same("read_sql", "sql", READ_SQL, kind="pandas"),
    **_same("athena", "sql", QUERY, dialect="trino", kind="pandas"),
    **_same("redshift", "sql", QUERY, dialect="redshift", kind="pandas"),
    **_same("impala hive", "sql", QUERY, dialect="hive"),
    **_same("trino", "sql", QUERY, dialect="trino"),
    **_same("presto", "sql", QUERY, dialect="presto"),
    **_same("clickhouse", "sql", QUERY, dialect="clickhouse"),
    **_same("postgres", "sql", QUERY, dialect="postgres"),
    **_same("mysql", "sql", QUERY, dialect="mysql"),
    **_same("sqlite", "sql", QUERY, dialect="sqlite"),
    **_same("snowflake", "sql", QUERY, dialect="snowflake"),
    # Spark sessions elsewhere.
    **_same("spark", "@", SPARK, "remote", dialect="spark", kind="pandas"),
    **_same("scala", "scala"),
    **_same("sparkr", "r", SPARK),
    # Other languages in the same notebook.
    **_same("R", "r", R),
    **_same("octave", "octave", OCTAVE),
    **_same("matlab", "matlab", OCTAVE),
    **_same("julia", "julia", EXCHANGE, binds=True),
    **_same("cython cython_inline cython_pyximport", "cython", binds=True),
    **_same("cffi", "c", binds=True),
    **_same("rust", "rust", binds=True),
    **_same("fortran", "fortran", binds=True),
    **_same("pybind11 cpp", "cpp", binds=True),
    **_same("pyximport inline", "c", binds=True),
    **_same("cu cuda nvcc", "cuda"),
    **_same("stata", "stata"),
    **_same("SAS", "sas"),
    **_same("csharp", "csharp"),
    **_same("fsharp", "fsharp"),
    **_same("java", "java"),
    **_same("kotlin", "kotlin"),
    **_same("groovy", "groovy"),
    **_same("clojure", "clojure"),
    **_same("coffeescript", "coffeescript"),
    **_same("kql kusto", "kql", KQL),
    **_same("dax", "dax"),
    **_same("javascript js", "javascript"),
    **_same("typescript", "typescript"),
    **_same("html HTML", "html"),
    **_same("svg SVG", "svg"),
    **_same("css", "css"),
    **_same("latex tikz", "latex"),
    **_same("markdown md", "markdown"),
    **_same("mermaid", "mermaid"),
    **_same("dot graphviz", "dot"),
    **_same("vegalite vega-lite", "vega-lite"),
    **_same("vega", "vega"),
    **_same("yaml", "yaml"),
    **_same("json", "json"),
    **_same("gremlin", "gremlin", GRAPH),
    **_same("oc opencypher oc_magic cypher", "opencypher", GRAPH),
    **_same("sparql", "sparql", GRAPH),
    # Settings, mostly JSON, and products' own forms.
    **_same("configure", "json"),
    **_same("graph_notebook_config graph_notebook_vis_options", "json"),
    **_same("info help logs cleanup delete matplot sagemaker_studio configure_logging", ""),
    **_same("send_to_spark", "", SEND_TO_SPARK),
    **_same("ai chat stan R_off ml automl dataframe chart airflow", ""),
}

# Where a product's magic of a known name means something else.
HOST_MAGICS: Mapping[str, Mapping[str, MagicSpec]] = {
    # Fabric and Synapse: every cell runs in the Spark pool; `%%spark` is Scala.
    "synapse": {
        **_same("spark", "scala"),
        **_same("sql", "sql", SPARK_SQL),
        **_same("pyspark pyspark3", "python"),
        **_same("csharp", "csharp"),
    },
    # sparkmagic's wrapper kernels: an unmarked cell is remote already.
    "sparkmagic": {
        **_same("spark", INHERIT, SPARK),
        **_same("sql", "sql", SPARK_SQL),
        **_same("pyspark pyspark3", "python"),
    },
    "snowflake": _same("sql", "sql", SNOWFLAKE_SQL),
    "databricks": _same("scala", "scala"),
}

# `%name` that makes a whole cell, on hosts whose row says `single_percent_cells`. The text may begin on the line.
SINGLE_PERCENT: Mapping[str, MagicSpec] = {
    **_same("sql", "sql"),
    **_same("python", "python"),
    **_same("scala", "scala"),
    **_same("r R", "r"),
    **_same("md md-sandbox", "markdown"),
    **_same("sh", "bash"),
    **_same("fs", ""),
    **_same("skip", ""),
}
# `%name` lines of a Databricks cell of any language that Python's reading of a cell understands.
SINGLE_PERCENT_LINES = frozenset({"run", "pip", "conda"})

# .NET Interactive: `#!name` lines that do something and leave the kernel as it is.
DIRECTIVES = _options("about connect import lsmagic log set set-kernel share time who whos i load help quit reset")


class Reading(Struct, frozen=True):
    """A cell magic understood: the body's language and the argument line."""

    language: str
    arguments: Arguments
    place: Place
    binds: bool
    known: bool


def spec_of(name: str, host: str = "") -> MagicSpec | None:
    """The row of `%%name`; None when nobody knows it."""
    special = HOST_MAGICS.get(host)
    if special is not None and name in special:
        return special[name]
    return CELL_MAGICS.get(name) or CELL_MAGICS.get(name.lower())


def read_magic(name: str, line: str, text: str, host: str = "", prefix: str = "%%") -> Reading:
    """Understand `%%name line` over the body `text`; total."""
    spec = SINGLE_PERCENT.get(name) if prefix == "%" else spec_of(name, host)
    if spec is None:
        return Reading("", Arguments(), "", False, False)
    arguments = parse(line, spec.grammar, bool(text.strip())) if line or spec.grammar.sql else Arguments()
    language = spec.language
    if language == "@":
        language = _body_language(name, arguments, text)
    return Reading(language, arguments, spec.place, spec.binds, True)


def outputs(magic: CellMagic, host: str = "") -> tuple[str, ...]:
    """Every Python name that the magic's line says it binds (`-o x`, `--out x`, `x <<`, `%%bigquery x`)."""
    if magic.prefix != "%%":
        return ()
    return tuple(word.text for word in read_magic(magic.name, magic.arguments, " ", host).arguments.outputs)


def gives_texts(magic: CellMagic, host: str = "") -> bool:
    """Whether the names that it binds are texts: what a script printed, where that is waited for."""
    spec = spec_of(magic.name, host)
    waited = read_magic(magic.name, magic.arguments, " ", host).arguments.option("--bg", "--proc") is None
    return spec is not None and spec.grammar is SCRIPT and waited


def inputs(magic: CellMagic, host: str = "") -> tuple[tuple[str, int], ...]:
    """Every Python name that the magic's line says it reads (`-i x`), with its offset in the cell's text."""
    if magic.prefix != "%%":
        return ()
    found = read_magic(magic.name, magic.arguments, " ", host).arguments.inputs
    return tuple((word.text, magic.arguments_start + word.span.start) for word in found)


def binds_python_names(magic: CellMagic | None, host: str = "") -> bool:
    """Whether the body may define names in the notebook's Python that its text does not tell us (`%%cython`).

    True for a magic that nobody knows: nobody can say that it defines none. A startup file of IPython defines names as
    soon as the kernel is started again.
    """
    if magic is None or magic.prefix != "%%":
        return False
    if magic.name in _FILE_MAGICS and _STARTUP.search(magic.arguments):
        return True
    spec = spec_of(magic.name, host)
    return spec is None or spec.binds


def _body_language(name: str, arguments: Arguments, text: str) -> str:
    if name == "script":
        return _program(arguments.words[0].text if arguments.words else "")
    if name in _FILE_MAGICS:
        target = arguments.words[-1].text if arguments.words else ""
        if arguments.option("-a", "--append") is not None or any(sign in target for sign in "{}$"):
            return ""  # the rest of the file, or its name, is known to the run alone
        return language_of_file(target)
    if name == "spark":
        context = arguments.option("-c", "--context") or ""
        if context == "sql":
            return "sql"
        return "scala" if _looks_like_scala(text) else "python"
    return ""


def _program(command: str) -> str:
    """The language that a program reads: `/usr/bin/env`-free first words as `%%script` has them."""
    base = command.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if base.startswith("python2"):
        return "python2"
    known = ALIASES.get(base)
    if known is not None:
        return known
    return canonical(base.rstrip("0123456789.-")) if base.startswith(_PROGRAMS) else ""


_FILE_MAGICS = frozenset({"file", "writefile", "save_as", "overwrite"})
_STARTUP = pattern(r"\bstartup[/\\][^/\\\s]+\.i?py\s*\Z")
_PROGRAMS = ("python", "node", "perl", "ruby", "php", "lua", "bash", "julia", "R")
_SCALA_STARTS = ("val ", "var ", "object ", "case class ", "trait ", "lazy val ", "implicit ", "package ", "sealed ")


def _looks_like_scala(text: str) -> bool:
    """A remote Spark session is Python or Scala, and only the session's maker knows; the text gives it away."""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith(_SCALA_STARTS) or stripped.startswith("//"):
            return True
        if stripped.startswith("import ") and (stripped.endswith("._") or "{" in stripped):
            return True
        if stripped.startswith("def ") and not stripped.rstrip().endswith(":") and "=" in stripped.rpartition(")")[2]:
            return True
    return False
