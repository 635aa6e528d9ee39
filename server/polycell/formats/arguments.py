"""The argument line of a magic: options, names given and taken, and where SQL begins on the line.

IPython's magics parse their lines with `argparse`, so an option is data: its spellings and whether a value follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span

_WORD = pattern(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"']+(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^\s\"']+)*|[\"']\S*")
_NAME = pattern(r"[^\W\d]\w*\Z")
_NUMBER = pattern(r"[-+]?\d+(?:\.\d+)?%?\Z")
# JupySQL: `name <<` and `name= <<` (binds and returns); Kqlmagic uses the same sign.
_POINTER = pattern(r"([^\W\d]\w*)\s*=?\s*<<\s*")
_POINTED = pattern(r"\s*([^\W\d]\w*)\s*=?\s*<<")


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that begin a statement in some dialect. What follows `%%sql` and is none of these may be a connection.
STATEMENT_WORDS = _words_of(
    "select with insert update delete merge create drop alter truncate replace upsert from values table show "
    "describe desc explain use set reset unset pragma attach detach copy load unload call exec execute begin "
    "commit rollback start savepoint grant revoke analyze optimize vacuum refresh cache uncache msck comment "
    "export import install pivot unpivot summarize declare if while print go put get list ls remove rm undrop "
    "clone restore convert deallocate prepare checkpoint lock unlock rename kill help clear add apply sync "
    "generate analyse reindex cluster fetch"
)


class Word(Struct, frozen=True):
    """A word of an argument line; `span` are offsets into the line, `text` is without quotes."""

    text: str
    span: Span


class Grammar(Struct, frozen=True):
    """What one magic takes. Spellings include their dashes.

    `values` take a value; every other word that begins with a dash is a flag. `results` (a part of `values`) name
    what the magic binds in Python, `inputs` what it reads there; a value may list several names with commas.
    `first_result`: the first bare word names the result. `sql`: the language may begin on the line itself, after a
    connection and a `name <<`. `rest`: what follows the options is a command and no argument.
    """

    values: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()
    first_result: bool = False
    sql: bool = False
    rest: bool = False
    tables: frozenset[str] = frozenset()  # options of SQL that name a table or view which the result becomes
    numbers: frozenset[str] = frozenset()  # flags in one product, options with a number in another


class Arguments(Struct, frozen=True):
    """`outputs` and `inputs` are Python names with their spans in the line; `words` the bare words.

    `options` are (spelling, value). `body` is the offset in the line where the language's own text begins, or None
    when it begins on the next line. `connection` is the word that names one.
    """

    outputs: tuple[Word, ...] = ()
    inputs: tuple[Word, ...] = ()
    words: tuple[Word, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    body: int | None = None
    connection: str = ""
    pointer: bool = False

    def option(self, *spellings: str) -> str | None:
        """The value of the first option that has one of these spellings; "" for a flag, None when it is absent."""
        for spelling, value in self.options:
            if spelling in spellings:
                return value
        return None


def pointed_name(text: str, start: int) -> str:
    """The name in `name <<` at `start`, blanks before it; "" where there is none."""
    found = _POINTED.match(text, start)
    return found[1] if found else ""


def words(line: str, start: int = 0) -> Iterator[Word]:
    """Words as a shell would split them, quotes off; an open quote ends its word at white space."""
    for match in _WORD.finditer(line, start):
        raw = match.group()
        if len(raw) > 1 and raw[0] in "\"'" and raw[-1] == raw[0]:
            yield Word(raw[1:-1], Span(match.start() + 1, match.end() - 1))
        else:
            yield Word(raw, Span(match.start(), match.end()))


def _names(value: Word) -> Iterator[Word]:
    at = value.span.start
    for part in value.text.split(","):
        name = part.strip()
        # rpy2 accepts `-i r_name=python.name`; only plain names are names of the notebook.
        name = name.rpartition("=")[2]
        if _NAME.match(name):
            start = at + part.rfind(name)
            yield Word(name, Span(start, start + len(name)))
        at += len(part) + 1


def parse(line: str, grammar: Grammar, has_more: bool = True, *, connected: bool = False) -> Arguments:
    """Read an argument line; total. `has_more`: text follows below it; `connected`: no connection can come."""
    outputs: list[Word] = []
    inputs: list[Word] = []
    bare: list[Word] = []
    options: list[tuple[str, str]] = []
    waiting = ""
    maybe_number = ""
    stop: int | None = None
    for word in words(line):
        text = word.text
        if waiting:
            options.append((waiting, text))
            if waiting in grammar.results:
                outputs.extend(_names(word))
            if waiting in grammar.inputs:
                inputs.extend(_names(word))
            waiting = ""
            continue
        if maybe_number and _NUMBER.match(text):
            options[-1] = (maybe_number, text)
            maybe_number = ""
            continue
        maybe_number = ""
        if len(text) > 1 and text[0] == "-" and not (grammar.sql and bare) and not _NUMBER.match(text):
            if grammar.sql and text.startswith("--") and len(text) == 2:
                stop = word.span.start
                break
            spelling, equals, value = text.partition("=")
            if equals:
                options.append((spelling, value))
                at = word.span.start + len(spelling) + 1
                inner = Word(value, Span(at, word.span.end))
                if spelling in grammar.results:
                    outputs.extend(_names(inner))
                if spelling in grammar.inputs:
                    inputs.extend(_names(inner))
            elif spelling in grammar.values:
                waiting = spelling
            else:
                options.append((spelling, ""))
                if spelling in grammar.numbers:
                    maybe_number = spelling
            continue
        bare.append(word)
        if grammar.rest and stop is None:
            stop = word.span.start  # IPython takes its own options out of the command, wherever they stand
        if grammar.sql:
            stop = word.span.start
            break
    if waiting:
        options.append((waiting, ""))
    if grammar.sql:
        return _sql(line, stop, grammar, outputs, inputs, options, has_more, connected)
    if grammar.first_result and bare and _NAME.match(bare[0].text):
        outputs.insert(0, bare[0])
    if grammar.rest and stop is not None:
        bare = list(words(line, stop))
    return Arguments(tuple(outputs), tuple(inputs), tuple(bare), tuple(options))


def _sql(
    line: str,
    at: int | None,
    grammar: Grammar,
    outputs: list[Word],
    inputs: list[Word],
    options: list[tuple[str, str]],
    has_more: bool,
    connected: bool,
) -> Arguments:
    """What follows the options of a SQL magic: `[connection] [name <<] [text]` (JupySQL's parser, `sql/parse.py`)."""
    connection = ""
    pointer = False
    if at is not None:
        found = _POINTER.match(line, at)
        if not found and not connected:
            first, _, rest = _split(line, at)
            following, _, _ = _split(line, rest)
            if _is_connection(first, following, has_more) or _POINTER.match(line, rest):
                connection = first
                at = rest
                if line.startswith("-", at) and not line.startswith(("-- ", "--\t"), at):
                    return _behind_connection(line, at, grammar, first, outputs, inputs, options)
                found = _POINTER.match(line, at)
        if found:
            outputs.insert(0, Word(found[1], Span(found.start(1), found.end(1))))
            pointer = True
            at = found.end()
    body = at if at is not None and line[at:].strip() else None
    return Arguments(tuple(outputs), tuple(inputs), (), tuple(options), body, connection, pointer)


def _behind_connection(
    line: str,
    at: int,
    grammar: Grammar,
    connection: str,
    outputs: list[Word],
    inputs: list[Word],
    options: list[tuple[str, str]],
) -> Arguments:
    """`%%sql connection --save x SELECT …`: the options stand behind; blanks in front keep the offsets."""
    found = parse(" " * at + line[at:], grammar, connected=True)
    return Arguments(
        (*outputs, *found.outputs),
        (*inputs, *found.inputs),
        (),
        (*options, *found.options),
        found.body,
        connection,
        found.pointer,
    )


def _split(line: str, at: int) -> tuple[str, int, int]:
    """The word at or after `at`: (word, its start, where the next one starts)."""
    start = at
    while start < len(line) and line[start].isspace():
        start += 1
    end = start
    while end < len(line) and not line[end].isspace():
        end += 1
    after = end
    while after < len(line) and line[after].isspace():
        after += 1
    return line[start:end], start, after


def _is_connection(word: str, following: str, has_more: bool) -> bool:
    """A URL, a `[section]`, a `$variable`, or a name before a statement or before text on the next line."""
    if (
        "://" in word
        or (word.startswith("[") and word.endswith("]"))
        or (word.startswith("$") and word[1:].isidentifier())
    ):
        return True
    if "@" in word and not word.startswith("@") and "(" not in word:
        return True
    if word.lower().rstrip(";(*") in STATEMENT_WORDS or not re.match(r"[\w.-]+\Z", word):
        return False
    if following:
        return following.lower().rstrip(";(*") in STATEMENT_WORDS or following.startswith("--")
    return has_more
