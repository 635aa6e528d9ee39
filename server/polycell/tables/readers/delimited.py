"""Delimited text, whoever reads it: rows, the places of names, and the readers that take a header line as it stands."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from polycell.core.patterns import pattern
from polycell.core.types import STRING, Anchor, Certainty, Column, DataType, Evidence, Table
from polycell.tables.data_files import UnreadableError
from polycell.tables.infer import MISSING, type_of_texts
from polycell.tables.readers.text import Head

MAX_ROWS = 2000  # rows looked at for types
SEARCHED = 32 * 1024  # characters in which names are looked for
WHITE_SPACE = r"\s+"

_LONE_RETURN = pattern(r"\r(?!\n)")
_FIELD = pattern(r"[^,;|\t\"'\r\n]+")
_TIME = pattern(r"\d\d:\d\d")
_WORD = pattern(r"[^\s,;|\"']+")
_BOUNDS = frozenset(",;|\t\"'\r\n")


def rows_of(
    head: Head, separator: str, *, quote: str = '"', skip_space: bool = False, strict: bool = True
) -> list[list[str]]:
    """All records, blank ones as []. Raises UnreadableError where libraries differ about where records end; `strict`:
    also where they differ about quotes that stand in fields or are not closed."""
    text = head.text
    # A lone carriage return ends lines for some readers, in some places.
    if _LONE_RETURN.search(text) or "\0" in text or "\ufffd" in text:
        raise UnreadableError("its line ends or characters are unusual")
    if separator == WHITE_SPACE:
        if quote in text:
            raise UnreadableError("quotes between blanks")
        lines = text.splitlines()
        return [line.split() for line in (lines if head.whole else lines[:-1])]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(
            io.StringIO(text, newline=""),
            delimiter=separator,
            quotechar=quote,
            skipinitialspace=skip_space,
            strict=strict,
        ):
            rows.append(row)
            if len(rows) > MAX_ROWS + 100:
                return rows
    except (csv.Error, TypeError) as problem:
        if head.whole or "unexpected end" not in str(problem):
            raise UnreadableError(f"no table of separator {separator!r}: {problem}") from None
        return rows  # the record that is cut off
    return rows if head.whole else rows[:-1]


def places_of(head: Head, names: Collection[str]) -> Callable[[str], Anchor | None]:
    """Where the file gives each of the names: its first field that is the name; failing that, the first word. Each is
    one pass for all names, of which there may be thousands."""
    text = head.text[:SEARCHED]
    places = _first(_FIELD, text, set(names))
    places |= _first(_WORD, text, set(names) - places.keys())
    for name in set(names) - places.keys():
        if _BOUNDS.intersection(name):  # in quotes
            places[name] = text.find(name)

    def place(name: str) -> Anchor | None:
        at = places.get(name, -1)
        return Anchor.at(text, at, name, uri=head.uri) if name and head.uri and at >= 0 else None

    return place


def _first(pattern: re.Pattern[str], text: str, wanted: set[str]) -> dict[str, int]:
    """Where each of the wanted matches is for the first time."""
    found: dict[str, int] = {}
    for match in pattern.finditer(text) if wanted else ():
        if match[0] in wanted:
            found[match[0]] = match.start()
            wanted.remove(match[0])
            if not wanted:
                break
    return found


def columns_of(head: Head, names: Sequence[str], types: Sequence[DataType | None]) -> list[Column]:
    """Columns that the file names, in their places. A type found in a head is only likely, unless it is text."""
    place = places_of(head, names)

    def column(name: str, type_: DataType | None) -> Column:
        sure = Certainty.CERTAIN if head.whole or type_ is STRING else Certainty.LIKELY
        return Column(name, type_, None, Evidence.FILE, Certainty.CERTAIN, place(name), head.label, type_certainty=sure)

    return [column(name, type_) for name, type_ in zip(names, types, strict=True)]


def plain_table(head: Head, separator: str) -> Table:
    """A header line as it stands, ISO dates recognised. Raises UnreadableError for repeated or blank names."""
    rows = [row for row in rows_of(head, separator) if row]
    if not rows:
        raise UnreadableError("it has no rows")
    names, data = rows[0], rows[1:]
    if len(set(names)) != len(names) or not all(names):
        raise UnreadableError("columns without a name of their own")
    cells = [[r[i] for r in data[:MAX_ROWS] if i < len(r)] for i in range(len(names))]
    types = [None if _odd(texts) else type_of_texts(texts, missing=frozenset({""}), dates=True) for texts in cells]
    return Table(tuple(columns_of(head, names, types)))


def _odd(texts: Sequence[str]) -> bool:
    """Whether texts are among these that some libraries take for missing values, or for times."""
    return any(text in MISSING or _TIME.match(text) for text in texts if text)


def header_is_evident(head: Head, separator: str) -> bool:
    """Whether a sniffer must take the first line as header: some column's data are no text while its head is."""
    rows = [row for row in rows_of(head, separator) if row]
    if len(rows) < 2 or len(rows[0]) != len(rows[1]):
        return False
    for i, name in enumerate(rows[0]):
        texts = [r[i] for r in rows[1:MAX_ROWS] if i < len(r)]
        type_ = type_of_texts(texts, missing=frozenset({""}), dates=True)
        if type_ not in (None, STRING) and type_of_texts([name], dates=True) == STRING:
            return True
    return False


def sniff_separator(head: Head) -> str:
    """The separator that cuts the first lines into equally many fields, more than one; "" when none does."""
    lines = [line for line in head.text.splitlines()[:20] if line.strip()]
    if not head.whole:
        lines = lines[:-1]
    best, most = "", 1
    for separator in (",", "\t", ";", "|"):
        widths = {len(row) for row in csv.reader(lines, delimiter=separator)} if lines else {0}
        if len(widths) == 1 and next(iter(widths)) > most:
            best, most = separator, next(iter(widths))
    return best


def separator_of(options: Mapping[str, object], *names: str) -> str:
    """The one character that an option gives; a comma when none of them is given. Raises UnreadableError."""
    given = next((options[name] for name in names if options.get(name) is not None), ",")
    if not isinstance(given, str) or len(given) != 1:
        raise UnreadableError(f"separator {given!r}")
    return given
