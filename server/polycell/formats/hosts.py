"""Which host a notebook belongs to, and what its unmarked cells speak.

Nothing in a file names its host; each leaves traces. `kernelspec` is the weakest of them: many Synapse notebooks say
"Synapse PySpark" and are Scala or R, which `language_info` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from polycell.core.patterns import pattern
from polycell.formats.languages import canonical, is_known
from polycell.formats.model import CellSource


class Detected(NamedTuple):
    """`host` is a row of `core.hosts`; `language` what a cell speaks that says nothing."""

    host: str
    language: str


_NOTHING: Mapping[str, Any] = {}
DATABRICKS_KEY = "application/vnd.databricks.v1+notebook"
_DATABRICKS_CELL = "application/vnd.databricks.v1+cell"
_POLYNOTE_CONFIG = frozenset(
    ["dependencies", "exclusions", "repositories", "sparkConfig", "sparkTemplate", "env", "scalaVersion", "jvmArgs"]
)
_POLYNOTE_LANGUAGES = frozenset({"scala", "python", "sql", "vega", "viz", "text", "markdown"})
_PYTHON_2 = pattern(r"^[ \t]*print[ \t]+[\"'\w%]", re.MULTILINE)
# What Python 3 does not read, or has no name for.
_ONLY_PYTHON_2 = pattern(
    r"""^[ \t]*(?:print[ \t]+[^\s(=.,\[]|print[ \t]*>>|exec[ \t]+["'\w]|raise[ \t]+[\w.]+[ \t]*,
           |except[ \t]+[\w. (),]+,[ \t]*\w+[ \t]*:)
      |(?<![\w.])(?:xrange|raw_input|unicode|basestring|unichr|execfile|reload|cmp|long|file|reduce|buffer|apply|intern)
       [ \t]*\(
      |\.(?:iteritems|itervalues|iterkeys|has_key)[ \t]*\(
      |(?:import|from)[ \t]+(?:urllib2|cPickle|StringIO|ConfigParser|Queue|urlparse|Tkinter|httplib)\b
      |<>|(?<![\w.])(?:0[0-7]+|\d+L)\b|(?<!\w)ur["']|`""",
    re.MULTILINE | re.VERBOSE,
)

# Client notebook types and format names that settle the host.
_BY_TYPE = {
    "polyglot-notebook": "dotnet",
    "dotnet-interactive": "dotnet",
    "dib": "dotnet",
    "deepnote": "deepnote",
    "deepnote-notebook": "deepnote",
    "marimo": "marimo",
    "marimo-notebook": "marimo",
    "databricks": "databricks",
    "percent": "percent",
    "markdown": "knitr",
    "quarto": "knitr",
    "rmarkdown": "knitr",
    "myst": "jupyter",
}
# Kernels of .NET Interactive that hold text or pass things on.
_NO_LANGUAGE = frozenset({"value", "vscode", ".net", "webview"})
_DEFAULTS = {"polynote": "scala", "dotnet": "csharp", "almond": "scala", "knitr": "", "sos": "sos"}


def unwrap_notebook_metadata(metadata: object) -> Mapping[str, Any]:
    """The notebook's own metadata out of what a client sends.

    VS Code nests them as `metadata.metadata`, older ones as `metadata.custom.metadata`; files have them plain.
    """
    return _unwrap(metadata, ("kernelspec", "language_info", "config"))


def unwrap_cell_metadata(metadata: object) -> Mapping[str, Any]:
    """The cell's own metadata out of what a client sends; `id` and `execution_count` stand beside them there."""
    return _unwrap(metadata, ("tags", "language", "vscode"))


def _unwrap(metadata: object, own: Iterable[str]) -> Mapping[str, Any]:
    if not metadata or not isinstance(metadata, Mapping):
        return _NOTHING
    custom = metadata.get("custom")
    if isinstance(custom, Mapping) and isinstance(custom.get("metadata"), Mapping):
        return _text_keys(custom["metadata"])
    inner = metadata.get("metadata")
    if isinstance(inner, Mapping) and not any(key in metadata for key in own):
        return _text_keys(inner)
    return _text_keys(metadata)


def _text_keys(metadata: Mapping[Any, Any]) -> Mapping[str, Any]:
    return metadata if all(isinstance(key, str) for key in metadata) else {str(k): v for k, v in metadata.items()}


def detect_host(
    metadata: Mapping[str, Any],
    cells: Sequence[CellSource] = (),
    format: str = "ipynb",
    notebook_type: str = "",
) -> Detected:
    """The host and default language. `metadata` unwrapped; `notebook_type` as an LSP client names it. Total."""
    host = _BY_TYPE.get(notebook_type) or _BY_TYPE.get(format) or _host(metadata, cells)
    return Detected(host, _language(host, metadata, cells))


def viewer_language(metadata: Mapping[str, Any]) -> str:
    """The language that an editor gives to cells of which it knows nothing: VS Code's own rule.

    A client's word for a cell that is no more than this is no evidence about the cell.
    """
    if not metadata:
        return ""
    word = _inner(metadata, "language_info", "name") or _inner(metadata, "kernelspec", "language")
    return canonical(word) or "python"


def kernel_language(kernel: str, metadata: Mapping[str, Any]) -> str:
    """The language of a kernel of .NET Interactive or SoS, by the notebook's own list of kernels, else by its name."""
    folded = kernel.lower()
    for name, aliases, language in _kernels(metadata):
        if folded == name.lower() or folded in aliases:
            return canonical(language or ("" if folded in _NO_LANGUAGE else name))
    word = canonical(kernel)
    # `sql-adventureworks`, `kql-logs`: named connections.
    stem = folded.partition("-")[0]
    if stem in ("sql", "kql", "mssql", "postgres", "sqlite", "duckdb", "mysql") and stem != folded:
        return canonical(stem)
    return "" if word in _NO_LANGUAGE else word


def _kernels(metadata: Mapping[str, Any]) -> Iterable[tuple[str, frozenset[str], str]]:
    """(name, aliases in lower case, language) of the kernels that the notebook lists."""
    for key in ("polyglot_notebook", "dotnet_interactive"):
        info = _mapping(_mapping(metadata.get(key)).get("kernelInfo"))
        items = info.get("items")
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Mapping) and isinstance(item.get("name"), str):
                aliases = item.get("aliases")
                words = aliases if isinstance(aliases, list) else ()
                language = item.get("languageName")
                yield (
                    item["name"],
                    frozenset(a.lower() for a in words if isinstance(a, str)),
                    language if isinstance(language, str) else "",
                )
    listed = _mapping(metadata.get("sos")).get("kernels")
    for row in listed if isinstance(listed, list) else ():
        # [display name, kernel name, language, colour, …]
        if isinstance(row, list) and len(row) >= 3 and all(isinstance(word, str) for word in row[:3]):
            yield row[0], frozenset({row[1].lower()}), row[2] or row[1]


def _host(metadata: Mapping[str, Any], cells: Sequence[CellSource]) -> str:
    if DATABRICKS_KEY in metadata or any(_DATABRICKS_CELL in _of(cell) for cell in cells[:3]):
        return "databricks"
    if isinstance(metadata.get("notebookId"), int) and "name" in metadata:  # its exports until 2021
        return "databricks"
    if _is_polynote(metadata, cells):
        return "polynote"
    kernel = _inner(metadata, "kernelspec", "name").lower()
    display = _inner(metadata, "kernelspec", "display_name").lower()
    if kernel == "sos" or "sos" in metadata:
        return "sos"
    if kernel.startswith((".net", "dotnet")) or "polyglot_notebook" in metadata or "dotnet_interactive" in metadata:
        return "dotnet"
    if (
        kernel == "streamlit"
        or "snowflake" in metadata
        or "snowflake" in display
        or "lastEditStatus" in metadata
        or any("resultHeight" in _of(cell) for cell in cells[:8])
    ):
        return "snowflake"
    if any("deepnote" in key for key in metadata) or any("deepnote_cell_type" in _of(cell) for cell in cells[:3]):
        return "deepnote"
    if kernel in ("pysparkkernel", "pyspark3kernel", "sparkkernel", "sparkrkernel"):
        return "sparkmagic"
    group = _inner(metadata, "kernel_info", "name").lower()
    if (
        kernel.startswith(("synapse", "fabric"))
        or group.startswith(("synapse", "fabric"))
        or "synapse" in display
        or "microsoft" in metadata
        or "trident" in metadata
        or "synapse_widget" in metadata
        or "saveOutput" in metadata
        or any("microsoft" in _of(cell) for cell in cells[:8])
    ):
        return "synapse"
    if "colab" in metadata:
        return "colab"
    if "marimo" in metadata or "marimo_version" in metadata:
        return "marimo"
    if kernel.startswith(("scala", "almond")) or (canonical(_inner(metadata, "kernelspec", "language")) == "scala"):
        return "almond"
    return "jupyter"


def _is_polynote(metadata: Mapping[str, Any], cells: Sequence[CellSource]) -> bool:
    """Polynote writes `config` and `language_info` alone, and puts `language` on the cell itself."""
    if "kernelspec" in metadata:
        return False
    config = metadata.get("config")
    if isinstance(config, Mapping) and (not config or not _POLYNOTE_CONFIG.isdisjoint(config)):
        return True
    if any("cell.metadata.exec_info" in _of(cell) for cell in cells):
        return True
    return bool(cells) and all(_text(cell.outer, "language") in _POLYNOTE_LANGUAGES for cell in cells)


def _language(host: str, metadata: Mapping[str, Any], cells: Sequence[CellSource]) -> str:
    if host == "databricks":
        word = canonical(_inner(metadata, DATABRICKS_KEY, "language"))
        if word:
            return word
    if host == "sos":
        return "sos"
    if host == "dotnet":
        for key in ("polyglot_notebook", "dotnet_interactive"):
            kernel = _inner(metadata, key, "defaultKernelName") or _text(
                _mapping(_mapping(metadata.get(key)).get("kernelInfo")), "defaultKernelName"
            )
            if kernel:
                return kernel_language(kernel, metadata)
    info = _mapping(metadata.get("language_info"))
    word = canonical(_text(info, "name"))
    if word == "python":
        # Older sparkmagic says "python2" of any Python that runs in Spark, so there the code must agree.
        maybe = _text(info, "pygments_lexer") == "python2"
        old = _text(info, "version").startswith("2.") and _is_python_2(cells)
        if old or (maybe and _has_python_2(cells)):
            return "python2"
    if not word and host == "polynote":
        return "scala"
    if not word:
        word = _inner_language(metadata)
        if word == "python2" and not _is_python_2(cells):
            word = "python"
    if not word:
        word = _DEFAULTS.get(host, "python")
        if word == "python" and host == "jupyter" and _has_python_2(cells):
            return "python2"
    return word


def _has_python_2(cells: Sequence[CellSource]) -> bool:
    return any(cell.kind == "code" and _PYTHON_2.search(cell.text) for cell in cells)


def _is_python_2(cells: Sequence[CellSource]) -> bool:
    """Of a notebook that says so: many old ones run as they are in Python 3, which is what their readers have."""
    texts = [cell.text for cell in cells if cell.kind == "code" and not cell.text.isspace()]
    return not any(texts) or any(map(_ONLY_PYTHON_2.search, texts))


def _inner_language(metadata: Mapping[str, Any]) -> str:
    """The default language by what is weaker than `language_info`."""
    word = canonical(_inner(metadata, "microsoft", "language"))
    if word:
        return word
    spec = _mapping(metadata.get("kernelspec"))
    name = canonical(_text(spec, "name"))
    word = canonical(_text(spec, "language"))
    if name == "python2" and word in ("", "python"):
        return "python2"
    if word:
        return word
    if is_known(name):
        return name
    # What jupytext writes when it makes a notebook of a script that names no kernel.
    word = canonical(_inner(metadata, "jupytext", "main_language"))
    if word:
        return word
    # nbformat 3 kept the language at the top.
    return canonical(_text(metadata, "language"))


def _of(cell: CellSource) -> Mapping[str, Any]:
    return _mapping(cell.metadata)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _NOTHING


def _text(metadata: Mapping[str, Any], key: str) -> str:
    value = metadata.get(key)
    return value if isinstance(value, str) else ""


def _inner(metadata: Mapping[str, Any], key: str, inner: str) -> str:
    return _text(_mapping(metadata.get(key)), inner)
