"""What can be folded in a Python cell beside its definitions: blocks, brackets and strings over several lines, runs of
comments, and regions between `# region` and `# endregion`."""

from __future__ import annotations

import contextlib
import io
import tokenize
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.results import Fold
from polycell.core.text import Span
from polycell.languages.python.facts import too_large
from polycell.languages.python.syntax.source import PythonSource

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_REGION = pattern(r"#\s*(end)?region\b")
_BLANK = frozenset({tokenize.NL, tokenize.ENDMARKER})


def folds(source: PythonSource) -> Iterator[Fold]:
    """As far as the text can be read. A bracket that closes at the beginning of a line stays in sight."""
    starts, code = source.lines.starts, source.code
    if len(starts) != code.count("\n") + 1 or too_large(code):
        return  # line ends that the tokenizer does not know, or more than can be told in time
    ends = [*(start - 1 for start in starts[1:]), len(code)]

    def lines(first: int, last: int) -> Span:
        """From one line to another, both counted from 1 as the tokenizer does."""
        return Span(starts[first - 1], ends[last - 1])

    header = last = 0  # where the logical line began, and where what is not blank ended
    new_line = True
    blocks: list[int] = []
    brackets: list[int] = []
    comments: list[int] = []  # rows that hold nothing else
    regions: list[int] = []
    imports: list[list[int]] = [[]]  # rows of those with no other statement between
    for token in _tokens(code):
        row, column = token.start
        if token.type == tokenize.INDENT:
            blocks.append(header)
        elif token.type == tokenize.DEDENT and blocks:
            yield Fold(lines(blocks.pop(), last))
        elif token.type == tokenize.NEWLINE:
            new_line = True
            if imports[-1]:
                imports[-1].append(row)
        elif token.type == tokenize.COMMENT:
            if token.line[:column].strip():
                continue
            region = _REGION.match(token.string)
            if region is None:
                comments.append(row)
            elif region[1] is None:
                regions.append(row)
            elif regions:
                yield Fold(lines(regions.pop(), row), "region")
        elif token.type not in _BLANK:
            if new_line:
                header, new_line = row, False
                if token.string not in ("import", "from"):
                    imports.append([])
                else:
                    imports[-1].append(row)
            last = token.end[0]
        if token.string in _OPENING and token.type == tokenize.OP:
            brackets.append(row)
        elif token.string in _CLOSING and token.type == tokenize.OP and brackets:
            alone = not code[starts[row - 1] : starts[row - 1] + column].strip()
            yield Fold(lines(brackets.pop(), row - alone))
        elif token.end[0] > row and token.type == tokenize.STRING:
            yield Fold(lines(row, token.end[0]))
    while blocks:  # what was not read to its end
        yield Fold(lines(blocks.pop(), max(last, 1)))
    for group in filter(None, imports):
        yield Fold(lines(group[0], group[-1]), "imports")
    first = 0
    for at, row in enumerate(comments):
        if at + 1 == len(comments) or comments[at + 1] != row + 1:
            yield Fold(lines(comments[first], row), "comment")
            first = at + 1


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        yield from tokenize.generate_tokens(io.StringIO(code).readline)
