"""What jupyterlab-lsp makes of a notebook, undone: one text for all cells, magics written as calls. Pure functions.

The client joins the code cells by two blank lines (Markdown and raw cells leave an empty block) and rewrites magics so
that a Python server can read them:

    %%sql result <<            get_ipython().run_cell_magic("sql", " result <<", \"\"\"SELECT 1\"\"\")
    SELECT 1
    x = %sql SELECT 1          x = get_ipython().run_line_magic("sql", " SELECT 1")
    !ls                        get_ipython().getoutput("ls")
    %%time                     # START_CELL_MAGIC("time", "") … # END_CELL_MAGIC

Here the cells are found again and get their own text back, with a map. A cell may hold two blank lines itself, so the
text is aligned with the cells as they were known before: in the file, or in the last reading.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.values import replace
from polycell.core.virtual import Segment

BETWEEN = "\n\n\n"
FOLDER = ".virtual_documents/"
_JSON = frozenset({"json", "jsonc", "ipynb", "text", "plaintext"})
_LOOK_AHEAD = 12  # pieces, and cells, that are skipped to find the next one that is as before
_MAGIC = pattern(r'get_ipython\(\)\.run_cell_magic\("(\S+?)", "((?:\\.|[^"\\])*)", """(.*)"""\)\s*\Z', re.DOTALL)
_MAGIC_START = pattern(r'get_ipython\(\)\.run_cell_magic\("\S+?", "(?:\\.|[^"\\])*", """')
_KEPT = pattern(r'# START_CELL_MAGIC\("(\S+?)", "((?:\\.|[^"\\])*)"\)\n(.*?)\n?# END_CELL_MAGIC\s*\Z', re.DOTALL)
_KEPT_START = pattern(r'# START_CELL_MAGIC\("')
_R_CELL = pattern(
    r'(?:(\w+(?:, ?\w+)*) = )?rpy2\.ipython\.rmagic\.RMagics\.R\("""(.*)""", "([^"]*)"([^\n]*)\)\s*\Z', re.DOTALL
)
_R_START = pattern(r'(?:\w+(?:, ?\w+)* = )?rpy2\.ipython\.rmagic\.RMagics\.R\("""')
_LINE = pattern(
    r"^(?P<before>[ \t]*|[ \t]*\S+[ \t]*=[ \t]*)"
    r'(?:get_ipython\(\)\.run_line_magic\("(?P<name>\S+?)", "(?P<args>(?:\\.|[^"\\\n])*)"\)'
    r'|get_ipython\(\)\.getoutput\("(?P<shell>[^\n]*)"\)'
    r"|get_ipython\(\)\.run_line_magic\('(?P<info>pinfo2?)', (?P<suffix> ?)'(?P<about>[^'\n]*)'\)"
    r'|rpy2\.ipython\.rmagic\.RMagics\.R\("(?P<r>[^"\n]*)", "[^"\n]*"[^\n]*\))'
    r"(?=\r?$)",
    re.MULTILINE,
)
_ESCAPED = pattern(r'\\([\\"])')
_QUOTES = pattern(r'\\"\\"\\"')


def is_joined(document: Mapping[str, Any]) -> bool:
    """Whether a text document that is opened is a notebook's joined text. Opened in a text editor, an .ipynb is JSON;
    here it is code."""
    uri, text = document.get("uri"), document.get("text")
    if not isinstance(uri, str) or not uri.endswith(".ipynb") or not isinstance(text, str):
        return False
    return not text.lstrip("\ufeff \t\r\n").startswith("{") and document.get("languageId") not in _JSON


def file_of(path: str) -> str:
    """The notebook's file, by the path of the document that the client made of it."""
    return path.replace(FOLDER, "").replace(FOLDER.replace("/", "\\"), "")


class Block(Struct, frozen=True):
    """A cell found in the joined text. `known` is the index of the cell it continues; `segments` name no cell yet and
    count from the beginning of the document."""

    text: str
    segments: tuple[Segment, ...]
    known: int | None = None

    def segments_of(self, cell: str) -> Iterator[Segment]:
        return (replace(segment, cell=cell) for segment in self.segments)


class _Copy:
    """Builds a text out of pieces of another, and the map."""

    def __init__(self, base: int) -> None:
        self._base = base
        self._texts: list[str] = []
        self._length = 0
        self.segments: list[Segment] = []

    def add(self, text: str, at: int, length: int | None = None) -> None:
        """`text` stands for `length` characters at `at` of the source; equally many when it is a copy."""
        length = len(text) if length is None else length
        if text or length:
            self.segments.append(Segment("", self._length, len(text), self._base + at, length))
        self._texts.append(text)
        self._length += len(text)

    def unescape(self, source: str, at: int, pattern: re.Pattern[str], to: str | None = None) -> None:
        """Copy `source`, which begins at `at`, with what `pattern` finds put back."""
        done = 0
        for found in pattern.finditer(source):
            self.add(source[done : found.start()], at + done)
            self.add(found[1] if to is None else to, at + found.start(), len(found[0]))
            done = found.end()
        self.add(source[done:], at + done)

    @property
    def text(self) -> str:
        return "".join(self._texts)


def restore(raw: str, base: int = 0) -> Block:
    """One block with its magics written as the user did; `base` is where it begins in the document."""
    made = _Copy(base)
    if found := _MAGIC.match(raw):
        made.add("%%", 0, found.start(1))
        made.add(found[1], found.start(1))
        made.unescape(found[2], found.start(2), _ESCAPED)
        made.add("\n", found.end(2), found.start(3) - found.end(2))
        made.unescape(found[3], found.start(3), _QUOTES, '"""')
    elif found := _KEPT.match(raw):
        made.add("%%", 0, found.start(1))
        made.add(found[1], found.start(1))
        made.unescape(found[2], found.start(2), _ESCAPED)
        made.add("\n", found.end(2), found.start(3) - found.end(2))
        made.add(found[3], found.start(3))
    elif found := _R_CELL.match(raw):
        outputs = "".join(f" -o {name.strip()}" for name in (found[1] or "").split(",") if name.strip())
        inputs = "".join(f" -i {name}" for name in re.findall(r"input\d*=(\w+)", found[4]))
        line = f"%%R{outputs}{inputs}{found[3].rstrip() and ' ' + found[3].strip()}\n"
        made.add(line, 0, found.start(2))
        made.add(found[2], found.start(2))
    else:
        _restore_lines(raw, made)
    return Block(made.text, tuple(made.segments))


def _restore_lines(raw: str, made: _Copy) -> None:
    done = 0
    for found in _LINE.finditer(raw) if "get_ipython()" in raw or "rpy2." in raw else ():
        made.add(raw[done : found.end("before")], done)
        at = found.end("before")
        for name, sign in (("name", "%"), ("shell", "!"), ("r", "%R ")):
            if found[name] is not None:
                made.add(sign, at, found.start(name) - at)
                made.add(found[name], found.start(name))
                at = found.end(name)
        if found["args"] is not None:
            made.unescape(found["args"], found.start("args"), _ESCAPED)
            at = found.end("args")
        if found["info"] is not None:
            marks = "?" if found["info"] == "pinfo" else "??"
            if not found["suffix"]:
                made.add(marks, at, found.start("about") - at)
            made.add(found["about"], found.start("about"))
            if found["suffix"]:
                made.add(marks, found.end("about"), 2)
        done = found.end()
    made.add(raw[done:], done)


def split(text: str, known: Sequence[str], python: bool = True) -> list[Block]:
    """The cells of a joined text. `known` are the cells' texts as they were, Markdown and raw cells as empty ones."""
    body = text[:-1] if text.endswith("\n") else text
    pieces = _pieces(body)
    made: list[Block] = []
    here = there = 0
    while here < len(pieces):
        found = _match(pieces, here, known, there)
        if found is not None:
            made.append(replace(found[1], known=there))
            here, there = here + found[0], there + 1
            continue
        ahead, skipped = _resync(pieces, here, known, there)
        made += _changed(pieces[here : here + ahead], known[there : there + skipped], there, python)
        here, there = here + ahead, there + skipped
    return made


class _Piece(Struct, frozen=True):
    text: str
    start: int


def _pieces(body: str) -> list[_Piece]:
    """The text between blank lines; what a rewritten magic quotes is not cut."""
    pieces: list[_Piece] = []
    at = 0
    raw = body.split(BETWEEN)
    index = 0
    while index < len(raw):
        text = raw[index]
        last = index
        while not _is_whole(text) and last + 1 < len(raw):
            last += 1
            text += BETWEEN + raw[last]
        if not _is_whole(text):  # never closed: then it was none
            text, last = raw[index], index
        pieces.append(_Piece(text, at))
        at += len(text) + len(BETWEEN)
        index = last + 1
    return pieces


def _is_whole(text: str) -> bool:
    if text.startswith("get_ipython") and _MAGIC_START.match(text):
        return _MAGIC.match(text) is not None
    if _KEPT_START.match(text):
        return _KEPT.match(text) is not None
    return not _R_START.match(text) or _R_CELL.match(text) is not None


def _joined(pieces: Sequence[_Piece], start: int, count: int, known: str | None = None) -> Block:
    """Pieces as one cell. More line ends in front than the `known` text has are the end of the cell above."""
    raw = BETWEEN.join(p.text for p in pieces[start : start + count])
    skip = 0 if known is None else max(_leading(raw) - _leading(known), 0)
    return restore(raw[skip:], pieces[start].start + skip)


def _leading(text: str) -> int:
    return len(text) - len(text.lstrip("\n"))


def _match(pieces: Sequence[_Piece], here: int, known: Sequence[str], there: int) -> tuple[int, Block] | None:
    """How many pieces from `here` are the known cell `there`, and that cell; None when they are not."""
    if there >= len(known):
        return None
    wanted = known[there]
    # A magic's blank lines are inside of its quotes: one piece.
    for tried in dict.fromkeys((1, wanted.count(BETWEEN) + 1)):
        if here + tried <= len(pieces):
            block = _joined(pieces, here, tried, wanted)
            if _same(block.text, wanted):
                return tried, block
    return None


def _same(a: str, b: str) -> bool:
    return a == b or a.rstrip("\n") == b.rstrip("\n")


def _resync(pieces: Sequence[_Piece], here: int, known: Sequence[str], there: int) -> tuple[int, int]:
    """How many pieces and how many known cells to leave behind until both agree again."""
    left, right = len(pieces) - here, len(known) - there
    for distance in range(1, 2 * _LOOK_AHEAD):
        for ahead in range(max(0, distance - _LOOK_AHEAD), min(distance, _LOOK_AHEAD) + 1):
            skipped = distance - ahead
            if ahead > left or skipped > right or here + ahead >= len(pieces) or there + skipped >= len(known):
                continue
            if known[there + skipped].strip() and _match(pieces, here + ahead, known, there + skipped):
                return (ahead, skipped) if ahead else (0, skipped)
    return left, right


def _changed(pieces: Sequence[_Piece], known: Sequence[str], there: int, python: bool) -> list[Block]:
    """Cells that are not as before: one a known cell where the numbers agree, else as the text itself suggests.

    `known` are those that stood here, of which the first is number `there`.
    """
    ends = 0  # empty cells at the end (Markdown) stay what they are, whatever was typed before them
    while ends < min(len(pieces), len(known)) and not pieces[-1 - ends].text and not known[-1 - ends]:
        ends += 1
    inner, cells = len(pieces) - ends, len(known) - ends
    if cells == 1 and inner:
        groups = [list(pieces[:inner])]
    elif inner == cells:
        groups = [[piece] for piece in pieces[:inner]]
    else:
        groups = _guessed(pieces[:inner], python)
    agree = len(groups) == cells
    numbers: list[int | None] = [there + index if agree else None for index in range(len(groups))]
    groups += [[piece] for piece in pieces[inner:]]
    numbers += [there + cells + index for index in range(ends)]
    made = []
    for group, number in zip(groups, numbers, strict=True):
        before = known[number - there] if number is not None else None
        made.append(replace(_joined(group, 0, len(group), before), known=number))
    return made


def _guessed(pieces: Sequence[_Piece], python: bool) -> list[list[_Piece]]:
    """A piece that goes on indented, or that completes what was open before it, belongs to the same cell."""
    groups: list[list[_Piece]] = []
    for piece in pieces:
        if groups and (piece.text[:1] in (" ", "\t") or (python and _completes(groups[-1], piece))):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _completes(group: Sequence[_Piece], piece: _Piece) -> bool:
    before = BETWEEN.join(p.text for p in group)
    if "get_ipython()" in before or "%" in before or "!" in before or len(before) > 20_000:
        return False
    return not _parses(before) and _parses(before + BETWEEN + piece.text)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def begun_string(text: str, offset: int, start: int) -> str:
    """jupyterlab-lsp knows no ranges: an item takes the place of the editor's token where it begins as that does, and
    else comes behind the cursor. A text is one token from its quote on; what stands in it before `start` is told, ""
    outside of texts and in those of several lines."""
    from polycell.languages.python.syntax.cursor import site

    quote = site(text, offset).quote
    opened = text.rfind(quote, 0, start) if quote else -1
    while opened > 0 and text[opened - 1] in "rRbBuUfF":
        opened -= 1
    lead = text[opened:start] if opened >= 0 else ""
    return "" if "\n" in lead else lead
