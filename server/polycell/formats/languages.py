"""Names of languages: every spelling met in files and clients, and the one that Polycell uses.

Sources of the spellings: LSP and VS Code language ids, Jupyter kernelspecs and `language_info`, Polynote, Databricks,
.NET Interactive kernels, SoS kernels, Synapse and Fabric, knitr engines, jupytext.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

# Canonical name: other spellings, all in lower case.
_SPELLINGS: Mapping[str, str] = {
    "python": "python3 ipython ipython3 py py3 pyspark pyspark3 pysparkkernel pyspark3kernel synapse_pyspark "
    "pythonkernel xpython xeus-python pyodide pyolite reticulate pypy pypy3",
    "python2": "ipython2 py2",
    "sql": "sparksql spark-sql spark.sql sqlite sqlite3 postgres postgresql psql pgsql plpgsql mysql mariadb tsql "
    "t-sql mssql transact-sql plsql pl/sql duckdb snowflake-sql snowflakesql bigquery hiveql hive impala trino presto "
    "clickhouse redshift oracle-sql athena databricks-sql xsql xeus-sql ansi-sql sqlserver sql-server",
    "scala": "scala2 scala3 spark almond ammonite toree apache_toree_scala synapse_spark sparkkernel scala211 scala212 "
    "scala213",
    "r": "ir rscript sparkr synapse_sparkr sparkrkernel rlang xr xeus-r",
    "julia": "ijulia jl julia-1",
    "bash": "sh shell zsh shellscript shell-script console terminal ksh calysto_bash bash_kernel",
    "fish": "",
    "javascript": "js node nodejs ijavascript jslab node.js javascriptreact jsx mjs",
    "typescript": "ts deno typescriptreact tsx itypescript",
    "html": "htm xhtml html5",
    "css": "",
    "scss": "",
    "less": "",
    "svg": "",
    "xml": "",
    "markdown": "md gfm text mdx myst md-sandbox commonmark",
    "latex": "tex mathjax katex",
    "vega-lite": "vegalite vega_lite vl",
    "vega": "",
    "viz": "",
    "csharp": "c# cs .net-csharp dotnet-csharp c_sharp synapse_sparkdotnet sparkdotnet",
    "fsharp": "f# fs .net-fsharp dotnet-fsharp ifsharp",
    "powershell": "pwsh ps1 .net-powershell .net-pwsh dotnet-powershell posh",
    "qsharp": "q# iqsharp",
    "kql": "kusto kustoql",
    "dax": "",
    "perl": "perl5 iperl pl",
    "raku": "perl6",
    "ruby": "rb iruby",
    "cython": "pyx cython3",
    "json": "geojson",
    "jsonc": "json5",
    "yaml": "yml",
    "toml": "",
    "ini": "conf properties",
    "mermaid": "mmd",
    "dot": "graphviz",
    "sparql": "",
    "gremlin": "groovy-gremlin",
    "opencypher": "oc cypher open-cypher",
    "octave": "xeus-octave",
    "matlab": "m imatlab",
    "scilab": "",
    "sas": "",
    "stata": "",
    "java": "ijava jshell rapaio-jupyter-kernel",
    "kotlin": "kt kts",
    "groovy": "",
    "clojure": "clj iclojure",
    "rust": "rs evcxr",
    "go": "golang gophernotes gonb",
    "c": "",
    "cpp": "c++ cxx cling xcpp c++11 c++14 c++17 c++20 c++23 cpp11 cpp14 cpp17 cpp20 xcpp11 xcpp14 xcpp17",
    "cuda": "cuda-cpp cu",
    "fortran": "f90 fortran90 fortranfreeform fortran-modern lfortran",
    "swift": "",
    "haskell": "ihaskell hs",
    "ocaml": "ocaml-jupyter",
    "lua": "",
    "php": "",
    "prolog": "",
    "elixir": "ielixir",
    "maxima": "",
    "sage": "sagemath",
    "coffeescript": "coffee",
    "sos": "",
    "http": "http-request",
    "raw": "",
    "arnoldc": "",
    "makefile": "make",
    "dockerfile": "docker",
    "batch": "bat cmd",
}
ALIASES: Mapping[str, str] = {
    **{spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings.split()},
    **{name: name for name in _SPELLINGS},
}

# What clients write when they do not know: no evidence at all.
# `polyglot-notebook` and `dotnet-interactive` are one language id for every kernel of .NET Interactive.
_NO_WORD = frozenset(
    {"", "plaintext", "plain", "none", "null", "undefined", "unknown", "default", "-"}
    | {"polyglot-notebook", "dotnet-interactive"}
)

MARKUP = frozenset({"markdown"})

# Their comment sign is `%`, so `%%words` may be a heading in a program, not a magic.
PERCENT_COMMENTS = frozenset({"octave", "matlab", "latex", "prolog"})

# Where a file's suffix is not one of the spellings above.
_SUFFIXES: Mapping[str, str] = {
    "ipynb": "json",
    "txt": "",
    "csv": "",
    "jsonl": "json",
    "pyi": "python",
    "pyw": "python",
    "f": "fortran",
    "f95": "fortran",
    "h": "c",
    "hpp": "cpp",
    "cc": "cpp",
    "cfg": "ini",
    "fsx": "fsharp",
    "csx": "csharp",
    "sc": "scala",
    "rmd": "markdown",
    "qmd": "markdown",
    "text": "",
    "cmd": "batch",
    "ddl": "sql",
}


@lru_cache(maxsize=1024)
def canonical(word: str) -> str:
    """Polycell's name for a language. An unknown word comes back in lower case; a word that says nothing as ""."""
    folded = word.strip().lower().removeprefix("dotnet-interactive.")
    if folded in _NO_WORD:
        return ""
    known = ALIASES.get(folded)
    if known is not None:
        return known
    # Versions: "Scala (2.12)", "python 3.11", "Python 3 (ipykernel)", "julia-1.10", "ruby2.7".
    stem = folded.split("(")[0].strip().rstrip("0123456789. -_")
    return ALIASES.get(stem, folded) if stem else folded


def is_known(language: str) -> bool:
    """Whether `language` is one of our canonical names."""
    return language in _SPELLINGS


def language_of_file(name: str) -> str:
    """The language of a file by its name; "" when the name does not tell."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    if base.lower() in ("makefile", "dockerfile"):
        return base.lower()
    stem, dot, suffix = base.rpartition(".")
    if not dot or not stem:
        return ""
    suffix = suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    return ALIASES.get(suffix, "")
