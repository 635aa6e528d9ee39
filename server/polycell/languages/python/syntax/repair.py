"""Broken Python → a tree of what is not broken, and one problem a mistake.

Brackets and quotes are judged first, by logical line, because a parser reports them at the end of the file. Then the
statement at which the parser stops is blanked, its header kept where it has a body, and the rest is parsed again. All
offsets stay where they were.
"""

from __future__ import annotations

import ast
from bisect import bisect_right

from msgspec import Struct, field

from polycell.core.facts import Problem
from polycell.core.patterns import pattern
from polycell.core.text import LineIndex, Span
from polycell.languages.python.syntax.explain import explain, explain_fault, needs_newer_python
from polycell.languages.python.syntax.guesses import names_at_margin, names_of_statement
from polycell.languages.python.syntax.source import MagicName
from polycell.languages.python.syntax.statements import Logical, logical_line, logical_lines, shorter_reach
from polycell.languages.python.syntax.trees import Below, compile_tree, readable_below, readable_start

_ATTEMPTS = 40  # statements blanked in one cell, at most
_WORK = 100_000  # characters that the parser gets to see for one broken cell, about
_MANY = 3  # broken statements that make a cell prose, when they are most of it

_TOO_BROKEN = "code too broken to read"

_EXCEPT_STAR = pattern(r"except\s*\*")
_BLANK = pattern(r"[^\r\n]")
_KEYWORD = pattern(r"(?:async\s+)?(\w+)")
_NAMED_HEADER = pattern(r"(?:async\s+)?(def|class)\s+([^\W\d]\w*)")
_CLAUSES = frozenset({"elif", "else", "except", "finally"})
_ON_LINE = pattern(r"on line (\d+)")


class Repaired(Struct, frozen=True):
    """`code` has the length of the code given; `names` are those that broken statements would have bound.

    `opens` says why further names may be bound, where a part of the code was given up.
    """

    code: str
    tree: ast.Module | None
    problems: tuple[Problem, ...] = ()
    names: tuple[MagicName, ...] = ()
    broken: tuple[Span, ...] = ()
    opens: tuple[str, ...] = ()


class _Patient(Struct):
    """Code under repair. Logical lines keep their places: what is blanked is still a line. There are none of what
    stands above `begin`, which is known to be Python by itself, and of what stands behind `end`, which is known to be
    so too, there is the first one until `whole` is asked for."""

    original: str
    code: str
    lines: list[Logical]
    index: LineIndex
    begin: int
    end: int
    problems: dict[int, Problem] = field(default_factory=dict)  # by number of the logical line
    broken: set[int] = field(default_factory=set)
    tries: dict[int, int] = field(default_factory=dict)
    given_up: bool = False  # a part was cut away that nobody looked at

    def indent(self, number: int) -> str:
        line = self.lines[number]
        return self.code[line.start : line.first_now(self.code)].rpartition("\f")[2]

    def replace(self, start: int, end: int, new: str) -> None:
        self.code = self.code[:start] + new + self.code[end:]

    def whole(self) -> list[Logical]:
        """All lines."""
        if self.end < len(self.original):
            self.lines += _lines(self.original, self.end)
            self.end = len(self.original)
        return self.lines


def repair(code: str) -> Repaired:
    """Total."""
    begin = readable_start(code)
    lines, end = _lines_between(code, begin, readable_below(code))
    patient = _Patient(code, code, lines, LineIndex(code), begin, end)
    for number, line in enumerate(patient.lines):
        if line.fault and not _parses_alone(code, line):
            _report(patient, number, explain_fault(code, line))
            _blank(patient, number)
            if len(patient.broken) > _ATTEMPTS:
                _cut(patient, number)
                break
    attempts = min(_ATTEMPTS, max(2, _WORK // (len(code) + 1)))
    tree: ast.Module | None = None
    for attempt in range(attempts + 4):  # a few more for what a cut leaves behind
        try:
            tree = compile_tree(patient.code)
            break
        except SyntaxError as error:
            mended = _mend(patient, error)
            if mended is None:
                break
            if attempt == attempts:
                _cut(patient, mended)
        except (ValueError, OverflowError):
            break
        except (MemoryError, RecursionError):
            where = patient.lines[0] if patient.lines else None
            span = Span(where.first, where.code_end) if where else Span(0, len(code))
            problem = Problem(span, "This cell is nested too deep to be read.", severity="information")
            return Repaired(patient.code, None, (problem,), tuple(names_at_margin(code)), (), ("code nested too deep",))
    return Repaired(
        patient.code,
        tree,
        _problems(patient),
        tuple(_names(patient)),
        tuple(_span(patient.lines[number]) for number in sorted(patient.broken)),
        (_TOO_BROKEN,) if patient.given_up or tree is None else (),
    )


def _lines(code: str, start: int, limit: int | None = None) -> list[Logical]:
    return [line for line in logical_lines(code, start, limit) if not line.empty]


def _lines_between(code: str, start: int, below: Below | None) -> tuple[list[Logical], int]:
    """The logical lines up to the first one of what is known to be Python by itself, and where that ends."""
    made: list[Logical] = []
    at, reach = start, len(code)
    while at < len(code):
        known = below is not None and below.begins_at(at, reach)
        line = logical_line(code, at, len(code), reach)
        reach = shorter_reach(line, reach)
        if not line.empty:
            made.append(line)
        if known or line.next <= at:
            return made, line.next if known else len(code)
        at = line.next
    return made, len(code)


def _span(line: Logical) -> Span:
    return Span(line.first, line.code_end)


def _parses_alone(code: str, line: Logical) -> bool:
    """Whether one logical line is fine by itself, so that the fault seen in it is none."""
    text = code[line.first : line.code_end]
    for candidate in (text, text + " pass"):
        try:
            compile_tree(candidate)
        except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
            continue
        return True
    return False


# -- where the mistake is


def _mend(patient: _Patient, error: SyntaxError) -> int | None:
    """Report one error and take its statement out. The number of the logical line, or None when there is none."""
    message = error.msg or "invalid syntax"
    number = _line_of(patient, error)
    if number is None:
        return None
    if _read_as_older(patient, number):
        return number
    if message.startswith("expected an indented block"):
        on = _ON_LINE.search(message)
        header = _number_at(patient, patient.index.line_span(int(on[1]) - 1).start) if on else max(number - 1, 0)
        if header is not None:
            _report(patient, header, explain(patient.original, patient.lines[header], message, None))
            _blank(patient, header, alone=True)
            return header
    if message.startswith("expected 'except' or 'finally'"):
        header = _try_before(patient, number)
        if header is not None:
            _report(patient, header, explain(patient.original, patient.lines[header], message, None))
            _open_block(patient, header)
            return header
    indentation = isinstance(error, IndentationError) and not isinstance(error, TabError)
    if indentation and number not in patient.tries and _reindent(patient, number):
        patient.tries[number] = 1
        if number - 1 not in patient.broken:
            _report(patient, number, explain(patient.original, patient.lines[number], message, None), False)
        return number
    if not _is_orphan(patient, number):
        _report(patient, number, explain(patient.original, patient.lines[number], message, _place(patient, error)))
    _blank(patient, number)
    return number


def _read_as_older(patient: _Patient, number: int) -> bool:
    """`except*` where our own Python is older than that: names live in it as they do in `except`."""
    line = patient.lines[number]
    first = line.first_now(patient.code)
    star = _EXCEPT_STAR.match(patient.code, first, line.code_end)
    if star is None or not needs_newer_python(patient.code[first : line.code_end]):
        return False
    patient.replace(star.end() - 1, star.end(), " ")
    return True


def _place(patient: _Patient, error: SyntaxError) -> Span:
    line = patient.index.line_span((error.lineno or 1) - 1)
    start = min(line.start + max((error.offset or 1) - 1, 0), line.end)
    end = start
    if error.end_lineno is not None and error.end_offset is not None and error.end_lineno >= (error.lineno or 1):
        last = patient.index.line_span(error.end_lineno - 1)
        end = min(last.start + max(error.end_offset - 1, 0), last.end)
    return Span(start, max(start, end))


def _line_of(patient: _Patient, error: SyntaxError) -> int | None:
    return _number_at(patient, patient.index.line_span((error.lineno or 1) - 1).start)


def _number_at(patient: _Patient, offset: int) -> int | None:
    """The logical line that a physical line's start lies in, or the one before it."""
    if not patient.lines:
        return None
    lines = patient.lines if offset < patient.end else patient.whole()
    return max(bisect_right(lines, offset, key=lambda line: line.start) - 1, 0)


def _try_before(patient: _Patient, number: int) -> int | None:
    for at in range(number, -1, -1):
        line = patient.lines[at]
        if _keyword(patient.code, line) == "try" and at not in patient.tries:
            return at
    return None


def _is_orphan(patient: _Patient, number: int) -> bool:
    """Whether a clause (`else:`) is broken only because the statement it belongs to was taken out."""
    if _keyword(patient.original, patient.lines[number]) not in _CLAUSES:
        return False
    width = len(patient.indent(number))
    for at in range(number - 1, -1, -1):
        here = len(patient.indent(at))
        if here <= width:
            return at in patient.broken
    return False


# -- taking it out


def _report(patient: _Patient, number: int, problem: Problem, broken: bool = True) -> None:
    line = patient.lines[number]
    if broken:
        patient.broken.add(number)
    if number in patient.problems or needs_newer_python(patient.original[line.first : line.code_end]):
        return
    patient.problems[number] = problem


def _keyword(code: str, line: Logical) -> str:
    found = _KEYWORD.match(code, line.first_now(code), line.code_end)
    return found[1] if found else ""


def _has_body(patient: _Patient, number: int) -> bool:
    lines = patient.lines if number + 1 < len(patient.lines) else patient.whole()
    return number + 1 < len(lines) and len(patient.indent(number + 1)) > len(patient.indent(number))


def _fill(patient: _Patient, number: int, words: str) -> bool:
    """Blank a logical line but for `words` at its beginning; False where they do not fit."""
    line = patient.lines[number]
    first = line.first_now(patient.code)
    text = _BLANK.sub(" ", patient.code[first : line.code_end])
    if not text.startswith(" " * len(words)):
        return False
    patient.replace(first, line.code_end, words + text[len(words) :])
    return True


def _blank(patient: _Patient, number: int, alone: bool = False) -> None:
    """Take a statement out; where lines below belong to it, a header that opens a block stays in its place."""
    patient.broken.add(number)
    tries = patient.tries.get(number, 0)
    patient.tries[number] = tries + 1
    line = patient.lines[number]
    if tries and not _has_body(patient, number):
        # Blank, and still in the way: what it hangs on goes too (`@decorator` before it, the `match` around it).
        width = len(patient.indent(number))
        for at in range(number - 1, -1, -1):
            if patient.code.startswith("@", patient.lines[at].first_now(patient.code)):
                _blank(patient, at, alone=True)
                return
            if len(patient.indent(at)) < width:
                patient.broken.add(at)
                _open_block(patient, at)
                return
    if not alone and _has_body(patient, number):
        if tries == 0 and _fill(patient, number, _header(patient.original, line)):
            return
        if tries == 0 and _fill(patient, number, _header(patient.original, line).replace("*_, **__", "")):
            return
        if tries <= 1 and _fill(patient, number, "if 1:"):
            return
        _open_block(patient, number)
        return
    if patient.code[line.first_now(patient.code)] == "@" and tries == 0 and _fill(patient, number, ""):
        return
    if not _fill(patient, number, "pass"):
        _fill(patient, number, "0")


def _header(code: str, line: Logical) -> str:
    named = _NAMED_HEADER.match(code, line.first, line.code_end)
    if named:
        return named.group() + ("(*_, **__):" if named[1] == "def" else ":")
    keyword = _keyword(code, line)
    return {"else": "else:", "finally": "finally:", "except": "except:", "elif": "elif 1:"}.get(keyword, "if 1:")


def _open_block(patient: _Patient, number: int) -> None:
    """Blank a header and let its body take its place."""
    patient.tries[number] = patient.tries.get(number, 0) + 1
    outer = patient.indent(number)
    if not _fill(patient, number, "pass"):
        _fill(patient, number, "0")
    if _has_body(patient, number):
        _shift(patient, number + 1, patient.indent(number + 1), outer)


def _shift(patient: _Patient, number: int, old: str, new: str) -> None:
    """Lines from `number` on that are indented by `old` are indented by `new`, which is shorter."""
    code = patient.code
    pieces: list[str] = []
    at = 0
    for line in patient.lines[number:]:
        first = line.first_now(code)
        here = code[line.start : first].rpartition("\f")[2]
        indent = new + here[len(old) :]
        if not here.startswith(old) or first - line.start < len(indent) + 1:
            break
        pieces += (code[at : line.start], " " * (first - line.start - len(indent) - 1), "\f", indent)
        at = first
    patient.code = "".join((*pieces, code[at:]))


def _reindent(patient: _Patient, number: int) -> bool:
    """Give a line that is indented wrongly the indentation of the block that it can only belong to."""
    here = patient.indent(number)
    outer = ""
    for at in range(number - 1, -1, -1):
        indent = patient.indent(at)
        if len(indent) < len(here):
            outer = indent
            break
    if len(outer) >= len(here):
        return False
    _shift(patient, number, here, outer)
    return True


def _cut(patient: _Patient, number: int) -> None:
    """Give up from a line on: what stands above it stays."""
    line = patient.lines[number]
    patient.replace(line.start, len(patient.code), _BLANK.sub(" ", patient.code[line.start :]))
    patient.given_up = True
    patient.broken.update(range(number, len(patient.whole())))


# -- what is said about it


def _problems(patient: _Patient) -> tuple[Problem, ...]:
    """One problem a mistake: a run of broken lines is one, and so is prose, and so is Python 2."""
    kept: list[Problem] = []
    said: set[str] = set()
    for number in sorted(patient.problems):
        problem = patient.problems[number]
        again = problem.message.startswith("`print`") and problem.message in said
        if not again and not (kept and number - 1 in patient.broken):
            kept.append(problem)
        said.add(problem.message)
    if len(patient.broken) >= _MANY and 2 * len(patient.broken) > len(patient.whole()) + len(
        _lines(patient.original, 0, patient.begin)
    ):
        return tuple(kept[:1])
    return tuple(kept)


def _names(patient: _Patient) -> list[MagicName]:
    """Names that broken statements at the cell's top level would have bound, as far as their words tell."""
    found: list[MagicName] = []
    around: list[tuple[int, Logical]] = []  # lines whose blocks the line is in, with their indentation
    for number, line in enumerate(patient.lines):
        # Indentation as it was written: what was taken out is blank now.
        width = line.first - line.start
        while around and around[-1][0] >= width:
            around.pop()
        if number in patient.broken and not any(
            _keyword(patient.original, outer) in ("def", "class") for _, outer in around
        ):
            found += names_of_statement(patient.original, _span(line))
        around.append((width, line))
    return found
