"""What language a cell speaks, from everything that clients and hosts write.

The evidence, strongest first (why: `Cell.why`):

1. a Markdown or raw cell is that, whatever else is written on it;
2. a magic on its first line, since that is what the kernel obeys (`%%sql`; `%sql` on Databricks; `#!sql` in .NET).
   One that keeps the language (`%%time`) or that nobody knows leaves what the points below say, if they say anything;
3. the client's language, where it is not merely the notebook's default;
4. metadata: `vscode.languageId`, `language`, `polyglot_notebook.kernelName`, `dotnet_interactive.language`, SoS'
   `kernel`, `microsoft.language`, Deepnote's cell type;
5. the notebook's default (`hosts.detect_host`).

A cell that is JSON or YAML by these is a chart where its `$schema` says so.

A body in a language that nobody knows has the language "": it is silent, and never read as Python.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from polycell.core.hosts import host as host_row
from polycell.core.notebook import Cell, CellKind, CellMagic, Notebook
from polycell.core.patterns import pattern
from polycell.formats import magics
from polycell.formats.arguments import pointed_name
from polycell.formats.charts import chart_language
from polycell.formats.hosts import kernel_language, viewer_language
from polycell.formats.languages import MARKUP, PERCENT_COMMENTS, canonical
from polycell.formats.model import CellSource

# Blank lines and comments that may stand above a magic: titles, `# DBTITLE 1,…`.
_LEAD = pattern(r"(?:[ \t]*(?:(?:#(?!!)|--|//)[^\r\n]*)?(?:\r\n|\n|\r))*[ \t]*")
_PERCENT = pattern(r"(%%?)([A-Za-z_][\w.+-]*|!)(?![?\w.+-])([^\r\n]*)(\r\n|\n|\r|\Z)")
_DIRECTIVE = pattern(r"#!([A-Za-z][\w.+#-]*)([^\r\n]*)(\r\n|\n|\r|\Z)")
_DIRECTIVE_BELOW = pattern(r"^#!([A-Za-z][\w.+#-]*)", re.MULTILINE)
_SOS_MAGIC = pattern(r"%([A-Za-z]\w*)([^\r\n]*)(\r\n|\n|\r|\Z)")
# Not Python but SoS: `[step]`, `[a: provides='{x}.txt']`, `input: a, b`, `R: expand=True`.
_SOS_SYNTAX = pattern(
    r"^(?:\[[\w ,:=*()'\"-]+\][ \t]*$"
    r"|\[[\w ,*()-]+:[^\r\n]*\][ \t]*$"
    r"|(?:input|output|depends|parameter|task)[ \t]*:"
    r"|(?!(?:else|try|finally|lambda)\b)[A-Za-z_]\w*:[ \t]*(?:$|\w+[ \t]*=))",
    re.MULTILINE,
)
# Deepnote's exports wrap a SQL block's text into a call of Python.
_DEEPNOTE_CALL = pattern(r"\b_(?:dntk|deepnote)\w*[.(]")

_NAME = pattern(r"[^\W\d]\w*\Z")
_RESULT_KEYS = ("deepnote_variable_name", "resultVariableName", "output_variable", "resultVariable")
# Every unmarked cell runs in the Spark session there, so that is no other name space.
_SPARK_HOSTS = frozenset({"sparkmagic", "synapse", "databricks"})
# Editors know nothing of these hosts' cell languages and give every cell the same one. Where a user changed it there,
# the editor wrote `vscode.languageId`, which is the first of the metadata.
_HOSTS_FIRST = frozenset({"polynote", "sos"})
# Hosts whose cells carry languages of their own, in ways that an editor may not see.
_OWN_LANGUAGES = _HOSTS_FIRST | {"dotnet", "almond"}
# Languages that VS Code knows without an extension, of those in which notebooks are written.
_BUILT_IN = frozenset({"python", "r", "julia", "sql", "javascript", "typescript", "csharp", "fsharp", "cpp", "java"})
_EDITOR = "the editor's language for this cell"
# What an editor calls a language that it cannot tell from another.
_PLAIN = {"python2": "python", "sos": "python"}
_IPYTHON = frozenset({"python", "python2"})
_STACKED = 4  # magics above one another that are looked through: %%time over %%sql
_SHELLS = frozenset({"bash", "sh"})

_NOTHING: Mapping[str, Any] = {}


class _Base(NamedTuple):
    language: str
    why: str
    explicit: bool  # somebody said so about this cell


class _Head(NamedTuple):
    """What a first line decided."""

    language: str
    why: str
    body: int
    magic: CellMagic | None
    place: str = ""
    result: str = ""


def make_cell(source: CellSource, notebook: Notebook) -> Cell:
    """The cell with its language decided; `notebook` gives host and default language (its cells are not looked at)."""
    # Most cells have no metadata: what they would say is not asked of them. A thousand cells are opened in one piece.
    metadata = source.metadata if source.metadata and isinstance(source.metadata, Mapping) else _NOTHING
    outer = source.outer
    if outer and isinstance(outer.get("language"), str):
        metadata = _with_language(metadata, outer["language"], notebook)
    name = source.name or (metadata and (_text(metadata, "name") or _text(metadata, "title"))) or ""
    if source.kind != "code" or source.declared == "raw":
        kind: CellKind = "raw" if source.declared == "raw" else source.kind
        language = "markdown" if kind == "markup" else ""
        return _made(source, metadata, language, kind, name, _Head(language, f"a {kind} cell", 0, None))
    base = _unmarked(source.declared, metadata, source.text, notebook)
    if base.language in MARKUP:
        return _made(source, metadata, base.language, "markup", name, _Head(base.language, base.why, 0, None))
    head = _head(source.text, base, notebook, metadata)
    chart = chart_language(head.language, source.text) if head.place != "file" else head.language
    if chart != head.language:
        head = head._replace(language=chart, why=f"{head.why}, with a $schema of {chart}")
    kind = "markup" if head.language in MARKUP and head.place != "file" else "code"
    return _made(source, metadata, head.language, kind, name, head, notebook.host)


def retext(cell: Cell, text: str, notebook: Notebook) -> Cell:
    """The cell with another text; its language is decided anew, since its first line may have changed."""
    return make_cell(_source(cell, text, cell.declared, notebook), notebook)


def _source(cell: Cell, text: str, declared: str, notebook: Notebook) -> CellSource:
    """What `cell` was made of, as far as it matters: a result that the text or the metadata gave is left out."""
    given = cell.result
    if given and given in (
        _metadata_result(cell.metadata, cell.language, cell.name, notebook.host),
        _magic_result(cell, notebook),
    ):
        given = ""
    kind: CellKind = "code" if cell.kind == "markup" and cell.magic is not None else cell.kind
    return CellSource(
        cell.id, text, kind, declared, cell.metadata, name=cell.name, result=given, execution_count=cell.execution_count
    )


def _made(
    source: CellSource,
    metadata: Mapping[str, Any],
    language: str,
    kind: CellKind,
    name: str,
    head: _Head,
    host: str = "",
) -> Cell:
    result = source.result
    if kind == "code" and not result:
        result = head.result or _metadata_result(metadata, language, name, host)
    space = head.place
    if space == "isolated":
        space = f"isolated:{source.id}"
    elif space == "file":
        space = (
            f"isolated:file:{head.magic.arguments.split()[-1]}" if head.magic and head.magic.arguments else "isolated:"
        )
    return Cell(
        source.id,
        language,
        source.text,
        kind,
        head.body,
        head.magic,
        result,
        space,
        source.declared,
        name,
        metadata,
        source.execution_count,
        head.why,
    )


# -- what is written about the cell


def _unmarked(declared: str, metadata: Mapping[str, Any], text: str, notebook: Notebook) -> _Base:
    """The language without the first line. A client without metadata cannot have guessed: it was told."""
    client = canonical(declared) if declared else ""
    if _is_plain(declared, metadata, notebook):
        return _Base("", "plain text, as the user chose", True)
    if metadata and notebook.host in _HOSTS_FIRST:
        found = _from_metadata(metadata, text, notebook)
        if found is not None:
            return found
    defaults = (notebook.language, _PLAIN.get(notebook.language))
    if client and client not in defaults and client != viewer_language(notebook.metadata):
        return _Base(client, _EDITOR, True)
    if metadata:
        found = _from_metadata(metadata, text, notebook)
        if found is not None:
            return found
    return _Base(notebook.language, "the notebook's language", False)


def _is_plain(declared: str, metadata: Mapping[str, Any], notebook: Notebook) -> bool:
    """Whether somebody chose plain text for the cell.

    VS Code also says `plaintext` where it does not know the language that the notebook or the cell names. Then it is no
    choice, so it counts only where VS Code brings the notebook's language along and nothing else is said of the cell.
    """
    if not declared or (not metadata and declared != "plaintext"):
        return False
    vscode = metadata.get("vscode")
    said = vscode.get("languageId") if isinstance(vscode, Mapping) else None
    if said == "plaintext":
        return True
    if declared != "plaintext" or said or notebook.host in _OWN_LANGUAGES or _from_metadata(metadata, "", notebook):
        return False
    for key, inner in (("language_info", "name"), ("kernelspec", "language")):
        word = _text(notebook.metadata.get(key), inner)
        if word:
            return word.lower() in _BUILT_IN
    return bool(notebook.metadata)  # then VS Code takes it for Python


def _from_metadata(metadata: Mapping[str, Any], text: str, notebook: Notebook) -> _Base | None:
    word = canonical(_text(metadata, "language")) if notebook.host == "snowflake" else ""
    if word:  # Snowflake itself reads nothing else; what an editor noted beside it may be old
        return _Base(word, "metadata.language", True)
    word = _nested(metadata, "vscode", "languageId")
    if word:
        return _Base(word, "metadata.vscode.languageId", True)
    word = canonical(_text(metadata, "language"))
    if word:
        return _Base(word, "metadata.language", True)
    kernel = _text(metadata.get("polyglot_notebook"), "kernelName")
    key = "metadata.polyglot_notebook.kernelName"
    if not kernel:
        kernel = _text(metadata.get("dotnet_interactive"), "language")
        key = "metadata.dotnet_interactive.language"
    if kernel:
        return _Base(kernel_language(kernel, notebook.metadata), key, True)
    if notebook.host == "sos":
        kernel = _text(metadata, "kernel")
        if kernel:
            return _Base(kernel_language(kernel, notebook.metadata), "metadata.kernel (SoS)", True)
    word = _nested(metadata, "microsoft", "language")
    if word:
        return _Base(word, "metadata.microsoft.language", True)
    deepnote = metadata.get("deepnote_cell_type")
    if deepnote == "sql" and not _DEEPNOTE_CALL.search(text):
        return _Base("sql", "metadata.deepnote_cell_type", True)
    return None


def _with_language(metadata: Mapping[str, Any], outer: str, notebook: Notebook) -> Mapping[str, Any]:
    """Metadata with the cell's top-level `language`: Polynote's own reader prefers it, others never write it."""
    said = metadata.get("language")
    if said == outer or (said and notebook.host != "polynote"):
        return metadata
    return {**metadata, "language": outer}


def _metadata_result(metadata: Mapping[str, Any], language: str, name: str, host: str) -> str:
    for key in _RESULT_KEYS if metadata else ():
        value = metadata.get(key)
        if isinstance(value, str) and _NAME.match(value):
            return value
    # A Snowflake cell's name is a variable: the result of a SQL cell, the last expression of a Python cell.
    if host == "snowflake" and language in ("sql", "python") and _NAME.match(name):
        return name
    return ""


def _magic_result(cell: Cell, notebook: Notebook) -> str:
    if cell.magic is None:
        return ""
    if cell.magic.prefix == "#!":
        return _dotnet_result(cell.magic.arguments)
    found = magics.outputs(cell.magic, notebook.host)
    return found[0] if found else pointed_name(cell.text, cell.body) if cell.language == "sql" else ""


def _text(metadata: object, key: str) -> str:
    value = metadata.get(key) if isinstance(metadata, Mapping) else None
    return value if isinstance(value, str) else ""


def _nested(metadata: Mapping[str, Any], key: str, inner: str) -> str:
    return canonical(_text(metadata.get(key), inner)) if key in metadata else ""


# -- what the first line says


def _head(text: str, base: _Base, notebook: Notebook, metadata: Mapping[str, Any]) -> _Head:
    if notebook.host == "dotnet":
        return _dotnet(text, base, notebook)
    if notebook.host == "sos":
        return _sos(text, base, notebook)
    if "%" not in text:
        return _Head(base.language, base.why, 0, None)
    single = notebook.host == "databricks" or host_row(notebook.host).single_percent_cells
    return _percent(text, base, notebook, single)


def _percent(text: str, base: _Base, notebook: Notebook, single: bool) -> _Head:
    """`%%name`, also one over another (`%%time` over `%%sql`), and a single `%name` where the host takes it."""
    at, language, why, magic, place, result = 0, base.language, base.why, None, "", ""
    body = 0
    for _ in range(_STACKED):
        lead = _LEAD.match(text, at)
        found = _PERCENT.match(text, lead.end() if lead else at)
        if found is None:
            break
        prefix, name, line = found.group(1, 2, 3)
        if prefix == "%" and name in _SHELLS and not line.strip() and not single:
            prefix = "%%"  # Datalab's, which Jupyter lacks as a line magic: the lines below are no Python
        if prefix == "%":
            if not single:
                break
            if name in magics.SINGLE_PERCENT_LINES:
                return _Head("python", f"%{name}", body, magic, place, result)
            if name not in magics.SINGLE_PERCENT:
                break
        start = found.start(3) + len(line) - len(line.lstrip())
        arguments = line.strip()
        reading = magics.read_magic(name, arguments, text[found.end() :], notebook.host, prefix)
        if not reading.known and base.language in PERCENT_COMMENTS:
            break
        magic = CellMagic(name, arguments, start, prefix)
        on_line = reading.arguments.body if prefix == "%%" else 0 if arguments else None
        body = found.end() if on_line is None else start + on_line
        place = reading.place or place
        if reading.arguments.outputs:
            result = result or reading.arguments.outputs[0].text
        elif reading.language == "sql" and prefix == "%%":
            result = result or pointed_name(text, body)
        if reading.language == magics.INHERIT:
            at = body
            why = f"{why}, under {prefix}{name}"
            continue
        if not reading.known and base.explicit and base.language != notebook.language:
            why = f"{why}, under {prefix}{name}"
        else:
            old = reading.place == "file" and reading.language == "python" and notebook.language == "python2"
            language = notebook.language if old else reading.language
            why = f"{prefix}{name} on the first line" if reading.known else f"{prefix}{name}, a magic nobody knows"
        break
    if notebook.host in _SPARK_HOSTS and place in ("remote", "isolated"):
        place = ""
    elif place == "isolated" and notebook.language not in _IPYTHON:
        place = ""  # `%%python` is an interpreter of the session in kernels of other languages (Toree, BeakerX)
    return _Head(language, why, body, magic, place, result)


def _dotnet(text: str, base: _Base, notebook: Notebook) -> _Head:
    """`#!name` on the first lines chooses the kernel; a later one switches, and such a body is nobody's."""
    language, why, body, magic = base.language, base.why, 0, None
    if "#!" not in text:
        return _Head(language, why, 0, None)
    at = 0
    while True:
        lead = _LEAD.match(text, at)
        found = _DIRECTIVE.match(text, lead.end() if lead else at)
        if found is None:
            break
        name, line = found.group(1, 2)
        at = body = found.end()
        if name in magics.DIRECTIVES:
            continue
        if magic is not None:
            break
        start = found.start(2) + len(line) - len(line.lstrip())
        magic = CellMagic(name, line.strip(), start, "#!")
        language, why = kernel_language(name, notebook.metadata), f"#!{name} on the first line"
    for later in _DIRECTIVE_BELOW.finditer(text, body):
        if later[1] not in magics.DIRECTIVES:
            return _Head("", f"several languages in one cell (#!{later[1]})", body, magic)
    return _Head(language, why, body, magic, "", _dotnet_result(magic.arguments) if magic else "")


def _dotnet_result(line: str) -> str:
    found = re.search(r"(?:^|\s)--name[ =]+\"?([^\W\d]\w*)", line)
    return found[1] if found else ""


def _sos(text: str, base: _Base, notebook: Notebook) -> _Head:
    """SoS' own `%` lines come first and may choose the kernel (`%use R`, `%with R`).

    Python keeps them in its body: it reads them as line magics, and `%get x` gives it a name.
    """
    language, why, at = base.language, base.why, 0
    magic: CellMagic | None = None
    template = False
    while True:
        lead = _LEAD.match(text, at)
        found = _SOS_MAGIC.match(text, lead.end() if lead else at)
        if found is None:
            break
        name, line = found.group(1, 2)
        at = found.end()
        if magic is None:
            start = found.start(2) + len(line) - len(line.lstrip())
            magic = CellMagic(name, line.strip(), start, "%")
        template = template or name == "expand"
        if name in ("use", "with") and line.split():
            language, why = kernel_language(line.split()[0], notebook.metadata), f"%{name} on the first line"
    if language == "sos" and not template and not _SOS_SYNTAX.search(text, at):
        language = "python"  # a SoS cell is Python 3 unless it uses the workflow language
    if language == "python":
        if template:
            return _Head("sos", "%expand: a template, not yet a program", at, magic)
        if at == 0 and text.startswith("%%"):
            return _percent(text, _Base(language, why, base.explicit), notebook, False)
        return _Head(language, why, 0, None)
    return _Head(language, why, at, magic)
