"""Columns that saved outputs show: what a notebook's last run wrote beside its code.

A cell's output is found by the cell's text, so that an edited cell has none. What it says is likely, never certain, and
always open: it completes, and no diagnostic rests on it. What the same last line showed before an edit is weak.
Formats: HTML tables of pandas and polars, Data Wrangler, Colab, Deepnote, `dataresource` bundles, and printed texts
(`tables.printed`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from polycell.core.types import Certainty, Column, DataType, Evidence, Flavour, Table
from polycell.core.values import replace
from polycell.tables.printed import listed_names, printed_columns
from polycell.tables.type_names import parse_type

LARGEST = 100 * 1024 * 1024  # bytes of a notebook that is looked into
MOST = 1000  # columns of one output
NOTHING = Table(open=True)
NAMES = "names "  # before the key of what a list of names tells


def digest(text: str) -> str:
    """How a cell's text is recognised in the saved file; line ends do not matter, nor blank ends."""
    plain = text.replace("\r\n", "\n").rstrip()
    return hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def read_output(path: Path, text: str, options: Mapping[str, Any]) -> Table:
    """The reader "notebook.output": the table that the cell of the digest `options["cell"]` showed; weakly,
    the one cell whose last line is `options["last"]`. Open and empty when there is none, or two that differ. Raises
    OSError and ValueError."""
    stat = path.stat()
    if stat.st_size > LARGEST:
        return NOTHING
    found = _outputs(str(path), stat.st_mtime_ns, stat.st_size)
    fresh = found.get(str(options.get("cell", "")))
    if fresh is not None:
        return fresh
    stale = found.get(str(options.get("last", "")), NOTHING)
    return replace(stale, columns=tuple(_weak(c) for c in stale.columns))


def _weak(column: Column) -> Column:
    return replace(column, certainty=Certainty.WEAK, type_certainty=Certainty.WEAK, source="saved output, out of date")


@lru_cache(maxsize=4)
def _outputs(path: str, changed: int, size: int) -> Mapping[str, Table]:
    """By the digest of their cells' texts, the tables of a notebook. The last arguments are part of the key."""
    notebook = json.loads(Path(path).read_text(encoding="utf-8", errors="replace"))
    found: dict[str, Table] = {}
    for cell in _cells(notebook):
        source = cell.get("source", cell.get("input", ""))
        text = "".join(s for s in source if isinstance(s, str)) if isinstance(source, list) else source
        if not isinstance(text, str):
            continue
        for prefix, table in (("", table_of(cell.get("outputs"))), (NAMES, names_of(cell.get("outputs")))):
            if table is None:
                continue
            for key in (prefix + digest(text), prefix + last_line(text)):
                found[key] = table if found.get(key, table) == table else NOTHING
    return found


def printed_by(path: Path, digests: frozenset[str]) -> tuple[str, ...]:
    """What the cells of these digests wrote to their standard output, a text a cell. Raises OSError and ValueError."""
    if path.stat().st_size > LARGEST:
        return ()
    found: list[str] = []
    for cell in _cells(json.loads(path.read_text(encoding="utf-8", errors="replace"))):
        outputs = cell.get("outputs")
        if digest(_text(cell.get("source", cell.get("input", "")))) in digests and isinstance(outputs, list):
            streams = (o for o in outputs if isinstance(o, dict) and o.get("output_type") == "stream")
            found.append("".join(_text(o.get("text")) for o in streams if o.get("name", "stdout") == "stdout"))
    return tuple(found)


def last_line(text: str) -> str:
    """How the cell of an output is recognised when the rest of it was edited since: by what it shows."""
    return "last " + text.rstrip().rpartition("\n")[2].strip()


def _cells(notebook: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(notebook, dict):
        return
    sheets = notebook.get("worksheets")
    for part in [notebook, *(sheets if isinstance(sheets, list) else ())]:
        cells = part.get("cells") if isinstance(part, dict) else None
        yield from (c for c in cells if isinstance(c, dict)) if isinstance(cells, list) else ()


def table_of(outputs: Any) -> Table | None:
    """The table that a cell's outputs show last; None when they show none."""
    found: Table | None = None
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        kind = output.get("output_type")
        if kind in ("execute_result", "display_data", "pyout"):
            data = output.get("data", output)
            if isinstance(data, dict):
                found = _bundle(data) or found
        elif kind == "stream":
            found = _printed(output.get("text")) or found
    return found


def names_of(outputs: Any) -> Table | None:
    """The columns whose names a cell's last output lists: who asks for them knows that they are columns'."""
    last = outputs[-1] if isinstance(outputs, list) and outputs else None
    data = _get(last, "data")
    plain = _text(_get(data, "text/plain") if isinstance(data, dict) else _get(last, "text"))
    names = listed_names(plain)
    return _made([(name, None) for name in names]) if names else None


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(v for v in value if isinstance(v, str))
    return value if isinstance(value, str) else ""


def _bundle(data: Mapping[str, Any]) -> Table | None:
    """One output in several forms: the one that says most."""
    for form, reader in _FORMS.items():
        if form in data:
            value = data[form]
            if isinstance(value, str) and "json" in form:
                try:
                    value = json.loads(value)
                except ValueError:
                    continue
            table = reader(value)
            if table is not None:
                return table
    return None


def _made(names: list[tuple[str, DataType | None]], flavour: Flavour = "pandas") -> Table | None:
    """Names and types as a table of likely columns; None for names that cannot be columns' names."""
    if not names or len(names) > MOST or len({n for n, _ in names}) < len(names):
        return None
    columns = tuple(
        Column(
            name, type_, None, Evidence.SAVED_OUTPUT, Certainty.LIKELY, None, "saved output",
            type_certainty=Certainty.LIKELY,
        )
        for name, type_ in names
        if name and name not in ("...", "…")
    )  # fmt: skip
    return Table(columns, open=True, flavour=flavour) if columns else None


def _wrangler(value: Any) -> Table | None:
    """Data Wrangler: the first column is the index."""
    columns = value.get("columns") if isinstance(value, dict) else None
    return _fields(columns[1:], "name", "rawType") if isinstance(columns, list) else None


def _colab(value: Any) -> Table | None:
    summary = value.get("summary") if isinstance(value, dict) else None
    if isinstance(summary, str):
        try:
            summary = json.loads(summary)
        except ValueError:
            return None
    fields = summary.get("fields") if isinstance(summary, dict) else None
    if not isinstance(fields, list):
        return None
    types = (f.get("properties") for f in fields if isinstance(f, dict))
    named = [
        {"name": f.get("column"), "type": p.get("dtype") if isinstance(p, dict) else None}
        for f, p in zip((f for f in fields if isinstance(f, dict)), types, strict=True)
    ]
    return _fields(named, "name", "")  # its types are coarse: "number" may be whole


def _deepnote(value: Any) -> Table | None:
    columns = value.get("columns") if isinstance(value, dict) else None
    if not isinstance(columns, list):
        return None
    return _fields([c for c in columns if not str(_get(c, "name")).startswith("_deepnote")], "name", "dtype")


def _resource(value: Any) -> Table | None:
    """`application/vnd.dataresource+json`: the primary key is the index."""
    schema = value.get("schema") if isinstance(value, dict) else None
    fields = schema.get("fields") if isinstance(schema, dict) else None
    if not isinstance(fields, list) or not isinstance(schema, dict):
        return None
    key = schema.get("primaryKey")
    keys = key if isinstance(key, list) else [key]
    return _fields([f for f in fields if _get(f, "name") not in (*keys, "index")], "name", "")


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _fields(fields: list[Any], name: str, type_: str) -> Table | None:
    names = [_get(f, name) for f in fields]
    if not all(isinstance(n, str) for n in names):
        return None
    return _made([(n, parse_type(_get(f, type_)) if type_ else None) for n, f in zip(names, fields, strict=True)])


def _printed(value: Any) -> Table | None:
    found = printed_columns(_text(value))
    return _made(*found) if found is not None else None


class _Reader(HTMLParser):
    """The header rows of the first table of class `dataframe`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shape = ""
        self.rows: list[list[str]] = []
        self.spanned = False  # a header cell over several columns: a MultiIndex
        self.indexed = False  # rows begin with a header cell
        self._table = self._head = self._body = self._done = False
        self._cell: list[str] | None = None
        self._small = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._done:
            return
        given = dict(attrs)
        if tag == "table" and "dataframe" in (given.get("class") or ""):
            self._table = True
        elif tag == "small":
            self._small = True
        elif not self._table:
            return
        elif tag == "thead":
            self._head = True
        elif tag == "tbody":
            self._head, self._body = False, True
        elif tag == "tr":
            if self._head:
                self.rows.append([])
        elif tag in ("th", "td"):
            if self._head and self.rows:
                self._cell = []
                self.spanned |= (given.get("colspan") or "1") != "1"
            elif self._body:
                self.indexed = tag == "th"
                self._done = True

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
        elif self._small and not self._table:
            self.shape += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "small":
            self._small = False
        elif tag in ("th", "td") and self._cell is not None:
            self.rows[-1].append("".join(self._cell).strip())
            self._cell = None
        elif tag == "table" and self._table:
            self._done = True


def _html(value: Any) -> Table | None:
    """A pandas or polars frame; both write class `dataframe`, polars alone its shape and a row of types."""
    text = _text(value)
    if 'class="dataframe' not in text or len(text) > 2_000_000:
        return None
    reader = _Reader()
    with suppress(Exception):  # markup of any kind: what was read so far decides
        reader.feed(text)
    if not reader.rows or reader.spanned:
        return None
    first, second = reader.rows[0], reader.rows[1] if len(reader.rows) > 1 else []
    if reader.shape.startswith("shape:"):
        types = second if len(second) == len(first) else [""] * len(first)
        return _made([(n, parse_type(t)) for n, t in zip(first, types, strict=True)], "polars")
    if len(reader.rows) > 2 or not reader.indexed:
        return None
    levels = next((i for i, name in enumerate(first) if name), len(first))
    if second:
        # The second row names the levels of the index; a name left of the columns in the first row is theirs.
        levels = sum(1 for name in second if name) or levels
        if any(second[levels:]):
            return None
    # The page does not tell the number 1 from the text "1".
    return _made([(name, None) for name in first[max(levels, 1) :] if not name.isdigit()])


_FORMS = {
    "application/vnd.microsoft.datawrangler.viewer.v0+json": _wrangler,
    "application/vnd.deepnote.dataframe.v3+json": _deepnote,
    "application/vnd.deepnote.dataframe.v2+json": _deepnote,
    "application/vnd.google.colaboratory.intrinsic+json": _colab,
    "application/vnd.dataresource+json": _resource,
    "text/html": _html,
    "html": _html,
    "text/plain": _printed,
    "text": _printed,
}
