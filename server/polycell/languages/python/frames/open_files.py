"""Files that the code has opened, and texts that it reads as files: `open(path)`, `gzip.open(path)`, `StringIO(text)`.

An open file is a record of where it begins. Whoever is handed it reads on in it, so that afterwards nothing is known of
it (`flow.calls`). Readers take it for the path that it was opened with.
"""

from __future__ import annotations

import ast

from polycell.core.types import STRING, UNKNOWN, Certainty, Collection, Record, Scalar, Schema, Type
from polycell.core.values import replace
from polycell.languages.python.frames.readers import OPEN_FILE, opened_path, read_file
from polycell.languages.python.frames.registry import Argument, Call, function
from polycell.languages.python.syntax.values import known_text, of_json, value_of

_UTF = frozenset({"utf-8", "utf8", "utf-8-sig", "utf_8", "ascii"})
_PACKED = (".gz", ".bz2", ".xz", ".zip", ".zst", ".tar", ".tgz")
_UNPACKED = {"gzip": ".gz", "bz2": ".bz2", "lzma": ".xz"}


def opened(path: Type | None, mode: Type | None, encoding: Type | None, packed: str = "") -> Type:
    """The file that is opened at a path, packed in a format by its suffix; with unknown beginnings where it is read in
    another encoding, written, or packed otherwise."""
    text = value_of(path)
    said = "r" if mode is None else known_text(mode)
    plain = encoding is None or known_text(encoding) is None or str(known_text(encoding)).lower() in _UTF
    fits = isinstance(text, str) and (text.lower().endswith(packed) if packed else not text.lower().endswith(_PACKED))
    if said is None or set(said) - set("rbt") or not plain or not fits:
        return Record((), OPEN_FILE, open=True)
    return Record((("path", Scalar(STRING, str(text))),), OPEN_FILE)


@function("gzip.open bz2.open lzma.open", "filename mode compresslevel encoding **")
def unpacked(call: Call) -> Type:
    filename, mode, encoding = (call[name] for name in ("filename", "mode", "encoding"))
    module = call.run.evaluate(call.node.func.value) if isinstance(call.node.func, ast.Attribute) else UNKNOWN
    packed = _UNPACKED.get(getattr(module, "qualified", ""), "\0")
    types = [argument.type if argument is not None else None for argument in (filename, mode, encoding)]
    return opened(types[0], types[1], types[2], packed)


@function("io.StringIO io.BytesIO", "initial_value newline")
def text_as_file(call: Call) -> Type:
    text = call.text("initial_value")
    return Record((("text", Scalar(STRING, text)),) if text is not None else (), OPEN_FILE)


@function("json.load", "fp **")
def json_document(call: Call) -> Type:
    """What a document holds, where the file can be read whole."""
    file = call["fp"]
    path = opened_path(file.type) if file is not None else None
    if file is None or path is None or call.extra:
        return UNKNOWN
    found = read_file(call, Argument(file.node, path), "json.text", "table", {})
    written = any(column.certainty < Certainty.CERTAIN for column in found.columns)
    return of_json(found.columns[0].name) if len(found.columns) == 1 and not (found.open or written) else UNKNOWN


@function("csv.DictReader", "f fieldnames restkey restval dialect **")
def dictionaries(call: Call) -> Type:
    """Rows of texts, under the names of the first line."""
    options = {name: argument.value for name, argument in (call.extra or {}).items()}
    if set(call.given) != {"f"} or options.keys() - {"delimiter"}:
        return Collection("sequence")
    table = read_file(call, call["f"], "arrow.csv", "table", options)
    names = [column.name for column in table.columns]
    if table.open or len(set(names)) < len(names) or "" in names:
        return Collection("sequence")
    texts = replace(table, columns=tuple(replace(column, type=STRING) for column in table.columns))
    fields = tuple((name, Scalar(STRING)) for name in names)
    return Collection("sequence", Record(fields, "dict", schema=Schema(texts, "dict")))
