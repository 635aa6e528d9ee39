"""Columns in printed texts: `df.info()`, `df.dtypes`, `df.schema`, `glimpse()`, `printSchema()`, `show()`, and Spark's
`DataFrame[a: bigint]`. Each reader gives (name, type) pairs, or None for a text of another form."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from polycell.core.patterns import pattern
from polycell.core.types import DataType, Flavour
from polycell.tables.type_names import parse_type, split

Pairs = list[tuple[str, DataType | None]]
LONGEST = 400_000  # characters of a text that is read

_INFO_ROW = pattern(r"^ *\d+ {2,}(?P<name>.*?) {2,}(?:\d+ non-null +)?(?P<type>\S+) *$")
_DTYPE_ROW = pattern(r"^(?P<name>\S.*?)? {2,}(?P<type>[\w\[\], /:]+?) *$")
_GLIMPSE_ROW = pattern(r"^\$ (?P<name>.*?) +<(?P<type>[^>]*)>")
_TREE_ROW = pattern(r"^ \|-- (?P<name>.*?): (?P<type>[\w(), ]+?) \(nullable = \w+\)")
_PAIR = pattern(r"""\s*\(?\s*(?P<quote>['"])(?P<name>.*?)(?P=quote)\s*[:,]\s*(?P<type>.*?)\)?\s*\Z""", re.DOTALL)


def printed_columns(text: str) -> tuple[Pairs, Flavour] | None:
    """What a printed text says of a frame's columns, and whose text it is."""
    if len(text) > LONGEST:
        return None
    for reader, flavour in _READERS:
        found = reader(text)
        if found:
            return found, flavour
    return None


def _info(text: str) -> Pairs | None:
    if "<class 'pandas." not in text or "Data columns (total" not in text:
        return None
    rows = (_INFO_ROW.match(line) for line in text.split("\n"))
    pairs = [(row["name"].strip(), parse_type(row["type"])) for row in rows if row is not None]
    said = re.search(r"Data columns \(total (\d+) columns?\)", text)
    return pairs if said is not None and int(said[1]) == len(pairs) else None


def _dtypes(text: str) -> Pairs | None:
    lines = text.rstrip().split("\n")
    if lines[-1] != "dtype: object" or len(lines) < 2:
        return None
    rows = [_DTYPE_ROW.match(line) for line in lines[:-1]]
    names = [row["name"] if row is not None else None for row in rows]
    if not all(names):
        return None
    pairs = [(row["name"], parse_type(row["type"])) for row in rows if row is not None]
    # Any series of objects ends so; types of columns are words for types.
    known = ("object", "str", "string")
    typed = all(t is not None or (r is not None and r["type"] in known) for (_, t), r in zip(pairs, rows, strict=True))
    return [p for p in pairs if p[0] != "..."] if typed else None


def _schema(text: str) -> Pairs | None:
    """`Schema({'a': Int64})`, `Schema([('a', Int64)])`, `OrderedDict(…)`."""
    found = re.match(r"\s*(?:Schema|OrderedDict)\(([\[{])(.*)[\]}]\)\s*\Z", text, re.DOTALL)
    if found is None:
        return None
    pairs = []
    for part in split(found[2]):
        if part.strip():
            pair = _PAIR.match(part)
            if pair is None:
                return None
            pairs.append((pair["name"], parse_type(_plain(pair["type"]))))
    return pairs


def _plain(text: str) -> str:
    """polars' `Datetime(time_unit='us', time_zone=None)` as other libraries write it."""
    text = re.sub(r"time_unit=|'", "", text.strip())
    text = re.sub(r",\s*time_zone=None", "", text).replace("time_zone=", "")
    return re.sub(r"^(Datetime|Duration)\((.*)\)$", lambda m: f"{m[1].lower()}[{m[2]}]", text)


def _glimpse(text: str) -> Pairs | None:
    if not re.search(r"^Columns: \d+", text, re.MULTILINE):
        return None
    rows = (_GLIMPSE_ROW.match(line) for line in text.split("\n"))
    return [(row["name"], parse_type(row["type"])) for row in rows if row is not None]


def _tree(text: str) -> Pairs | None:
    """Spark's `printSchema()`: the outermost level."""
    if not text.lstrip().startswith("root\n"):
        return None
    rows = (_TREE_ROW.match(line) for line in text.split("\n"))
    return [(row["name"], parse_type(row["type"], sql=True)) for row in rows if row is not None]


def _spark(text: str) -> Pairs | None:
    found = re.match(r"\s*DataFrame\[(.*)\]\s*\Z", text, re.DOTALL)
    if found is None:
        return None
    whole = re.sub(r"\s*\.\.\. \d+ more fields?$", "", found[1])  # the frame is open anyway
    pairs = [part.strip().partition(": ") for part in split(whole)]
    if not all(colon for _, colon, _ in pairs):
        return None
    return [(name, parse_type(type_, sql=True)) for name, _, type_ in pairs]


def _shown(text: str) -> Pairs | None:
    """Spark's `show()`: names between bars, never cut."""
    lines = text.lstrip("\n").split("\n", 3)
    rule = re.compile(r"\+(?:-+\+)+\Z")
    if len(lines) < 3 or not rule.match(lines[0].strip()) or lines[0].strip() != lines[2].strip():
        return None
    names = [name.strip() for name in lines[1].strip().strip("|").split("|")]
    widths = len(lines[0].strip().strip("+").split("+"))
    return [(name, None) for name in names] if len(names) == widths else None


_ARRAY = pattern(r"\s*<\w+Array>\n(?P<list>\[.*\])\nLength: ", re.DOTALL)


def listed_names(text: str) -> list[str] | None:
    """The names in `Index(['a', 'b'], dtype='object')`, `['a', 'b']`, or an array of them, without those that were left
    out of a long list."""
    if len(text) > LONGEST:
        return None
    array = _ARRAY.match(text)
    try:
        node = ast.parse((array["list"] if array is not None else text).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Index", "array")
        and node.args
    ):
        node = node.args[0]
    if not isinstance(node, ast.List):
        return None
    values = [e.value if isinstance(e, ast.Constant) else None for e in node.elts]
    kept = [v for v in values if v is not ...]
    return [v for v in kept if isinstance(v, str)] if all(isinstance(v, str) for v in kept) else None


_READERS: tuple[tuple[Callable[[str], Pairs | None], Flavour], ...] = (
    (_info, "pandas"), (_dtypes, "pandas"), (_schema, "polars"), (_glimpse, "polars"), (_tree, "spark"),
    (_spark, "spark"), (_shown, "spark"),
)  # fmt: skip
