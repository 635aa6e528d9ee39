"""IPython's own syntax made into Python of the same length: every offset and line end stays where it was.

What is IPython's is decided by logical line, as IPython does (`IPython.core.inputtransformer2`), never by looking for a
character. Three devices keep the length: a line that runs something becomes `pass`, a right-hand side becomes an
expression of its length, and where Python follows a magic (`%time x = f()`) the magic becomes blanks and a form feed,
after which Python's tokenizer counts indentation from zero.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct, field

from polycell.core.facts import Fragment, Magic, Problem
from polycell.core.notebook import Cell, CellMagic
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats import arguments
from polycell.formats.magics import INHERIT, TIMING, gives_texts, read_magic, spec_of
from polycell.languages.python.syntax.magics import (
    AUTOMAGICS,
    NAMED_EXTENSIONS,
    OPENING_EXTENSIONS,
    LineMagic,
    line_magic,
)
from polycell.languages.python.syntax.shared_names import shared_names
from polycell.languages.python.syntax.source import MagicName
from polycell.languages.python.syntax.statements import (
    Logical,
    continued_line_end,
    indent_end,
    line_end,
    logical_line,
    shorter_reach,
)
from polycell.languages.python.syntax.trees import parses, readable_below, readable_start

_ESCAPES = "%!?,;/"
_NAME = pattern(r"[^\W\d]\w*")
_CELL_MAGIC = pattern(r"%%([^\s]+)[ \t]*([^\r\n]*)")
_PROMPT = pattern(r"[ \t]*>>>(?: |(?=[\r\n]|\Z))")
_CONTINUED_PROMPT = pattern(r"[ \t]*(?:>>>|\.\.\.)(?: |(?=[\r\n]|\Z))")
_IN_PROMPT = pattern(r"[ \t]*In ?\[\d+\]: ?")
_DOTS = pattern(r"[ \t]*\.{3,}:")
_CONTINUED_IN_PROMPT = pattern(r"[ \t]*(?:In ?\[\d+\]: ?|\.{3,}: ?)")
_ASSIGNED = pattern(r"[ \t]*([^\W\d]\w*)[ \t]*(?::[^=]*)?\Z")
_DOLLAR = pattern(r"\$\$|\$([^\W\d]\w*)|\$\{([^\W\d]\w*)\}")
_BRACES = pattern(r"\{([^{}]+)\}|\{\{\s*([^\W\d]\w*)[^{}]*\}\}")
_SQL_PARAMETER = pattern(r"(?<![:\w]):([^\W\d]\w*)")
_SHORTCODE = pattern(r"\{\{<[^\r\n]*?>\}\}[ \t]*(?=[\r\n]|\Z)")
_BLANK = pattern(r"[^\r\n]")
_SQL_STARTS = arguments.STATEMENT_WORDS

# Cell magics that run their body inside a function of their own: names bound there do not leave it.
_INNER = frozenset({"timeit", "memit", "ptime"})


class Neutral(Struct):
    """A cell's text as Python, and what was found on the way; the fields are those of `PythonSource`."""

    code: str
    magics: list[Magic] = field(default_factory=list)
    fragments: list[Fragment] = field(default_factory=list)
    names: list[MagicName] = field(default_factory=list)
    uses: list[tuple[str, Span]] = field(default_factory=list)
    opens: list[str] = field(default_factory=list)
    inner: list[Span] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    isolated: bool = False
    reach: int = 1 << 30
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def edit(self, text: str, start: int, end: int, word: str = "") -> None:
        """Blank `text[start:end]`, with `word` at its beginning where that fits before the first line end."""
        blank = _BLANK.sub(" ", text[start:end])
        if word and blank.startswith(" " * len(word)):
            blank = word + blank[len(word) :]
        self.edits.append((start, end, blank))

    def apply(self, text: str) -> str:
        if not self.edits:
            return text
        pieces: list[str] = []
        at = 0
        for start, end, new in sorted(self.edits):
            if start < at:
                continue
            pieces += (text[at:start], new)
            at = end
        pieces.append(text[at:])
        return "".join(pieces)


def neutralise(cell: Cell, host: str = "") -> Neutral:
    """The cell's text as Python of the same length. Total."""
    text = cell.text
    made = Neutral("", reach=len(text))
    body, magic = cell.body, cell.magic
    if magic is None and body == 0:
        body, magic = _own_cell_magic(text)
    start = _line_start(text, body)
    if magic is not None and magic.prefix == "%%":
        if not _cell_magic(made, text, start, magic, host):
            made.edit(text, 0, len(text))
            made.code = made.apply(text)
            return made
    elif start > 0 and text[start - 1] in "\r\n":
        made.edit(text, 0, start)
        if host == "dotnet":
            made.names += shared_names(text, start)
    elif start > 0:
        # `%python x = 1`: what follows the magic on its line is not indented.
        made.edits.append((0, start, _keep_lines(text[:start], "\f")))
    prepared = _without_prompts(text, start)
    dedent = _leading_indent(prepared, start)
    lines = sum(1 for _ in islice(_content_lines(prepared, start), 2))  # one, or more
    plain = magic is None and body == 0 and prepared is text
    at = readable_start(text) if plain else start
    below = readable_below(text) if plain and not dedent else None
    while at < len(prepared) and not (below is not None and below.begins_at(at, made.reach)):
        at = _line(made, prepared, at, dedent, lines)
    made.code = made.apply(prepared)
    return made


def _line_start(text: str, offset: int) -> int:
    """`offset` if a line starts there, else the start of the line below (a body begins on a line of its own)."""
    if offset <= 0:
        return 0
    if text[offset - 1 : offset] in ("\n", "\r"):
        return min(offset, len(text))
    return offset if not text[:offset].strip() else min(offset, len(text))


def _content_lines(text: str, at: int) -> Iterator[int]:
    while at < len(text):
        end, after = line_end(text, at, len(text))
        if text[at:end].strip():
            yield at
        at = after


def _own_cell_magic(text: str) -> tuple[int, CellMagic | None]:
    """A `%%magic` on the first line that nobody has read yet, and where its body starts."""
    first = next(_content_lines(text, 0), None)
    if first is None:
        return 0, None
    found = _CELL_MAGIC.match(text, first)
    if found is None or found[1].endswith("?") or found[2].endswith("?"):
        return 0, None
    return line_end(text, first, len(text))[1], CellMagic(found[1], found[2].rstrip(), found.start(2))


# -- cell magics


def _cell_magic(made: Neutral, text: str, body: int, magic: CellMagic, host: str) -> bool:
    """Read the magic's line and blank it. False when the body is not Python."""
    reading = read_magic(magic.name, magic.arguments, text[body:], host)
    start = magic.arguments_start
    stop = start + len(magic.arguments)
    made.magics.append(
        Magic(magic.name, magic.arguments, Span(max(0, text.rfind("%%", 0, start or body)), stop), start, True)
    )
    value = "captured" if magic.name == "capture" else "text" if gives_texts(magic, host) else ""
    extent = Span(0, len(text))
    for word in reading.arguments.outputs:
        made.names.append(MagicName(word.text, word.span.shift(start), extent, value))
    made.uses += [(word.text, word.span.shift(start)) for word in reading.arguments.inputs]
    if reading.language not in (INHERIT, "python"):
        return False
    made.isolated = reading.place == "isolated"
    spec = spec_of(magic.name, host)
    if magic.name in _INNER:
        made.inner.append(Span(0, len(text)))
    if spec is not None and spec.grammar is TIMING and magic.arguments.strip():
        at = _rest(magic.arguments, LineMagic("python", TIMING))
        code = magic.arguments[at:]
        if code.strip() and parses(code):
            if start + at > 0:
                made.edits.append((0, start + at, _keep_lines(text[: start + at], "\f")))
            made.edit(text, stop, body)
            return True
    made.edit(text, 0, body)
    return True


def _keep_lines(text: str, tail: str) -> str:
    """Blanks in place of `text`, ending in `tail`."""
    blank = _BLANK.sub(" ", text)
    return blank[: len(blank) - len(tail)] + tail if len(blank) >= len(tail) else blank


# -- prompts and indentation of the whole cell


def _without_prompts(text: str, start: int) -> str:
    """Prompts that were pasted along become blanks. They must stand on the first line to be believed, or IPython's dots
    on the second: whoever marks code with the mouse often begins behind the first prompt."""
    first = next(_content_lines(text, start), None)
    if first is None:
        return text
    if _PROMPT.match(text, first):
        pattern = _CONTINUED_PROMPT
    elif _IN_PROMPT.match(text, first) or _DOTS.match(text, line_end(text, first, len(text))[1]):
        pattern = _CONTINUED_IN_PROMPT
    else:
        return text
    pieces = [text[:start]]
    at = start
    while at < len(text):
        end, after = line_end(text, at, len(text))
        found = pattern.match(text, at, end)
        prompt = found.end() if found else at
        if prompt > at:
            pieces.append(" " * (prompt - at - 1) + "\f")
        pieces.append(text[prompt:after])
        at = after
    return "".join(pieces)


def _leading_indent(text: str, start: int) -> str:
    first = next(_content_lines(text, start), None)
    if first is None:
        return ""
    return text[first : indent_end(text, first, len(text))].rpartition("\f")[2]


def _indent(text: str, line: int, first: int, dedent: str) -> str:
    """The indentation of a line as Python will see it."""
    indent = text[line:first].rpartition("\f")[2]
    return indent[len(dedent) :] if dedent and indent.startswith(dedent) else indent


# -- lines


def _line(made: Neutral, text: str, at: int, dedent: str, lines: int) -> int:
    """Neutralise one logical line; returns where the next one starts."""
    limit = len(text)
    first = indent_end(text, at, limit)
    if dedent and text.startswith(dedent, at):
        made.edits.append((at, at + len(dedent), " " * (len(dedent) - 1) + "\f"))
    if first >= limit:
        return limit
    indent = _indent(text, at, first, dedent)
    if text[first] in _ESCAPES:
        return _escaped(made, text, at, first, indent)
    shortcode = _SHORTCODE.match(text, first) if text.startswith("{{<", first) else None
    if shortcode is not None:  # Quarto puts something in its place before Python sees it
        made.opens.append(shortcode.group().rstrip())
        made.edit(text, first, shortcode.end(), _statement(shortcode.end() - first))
        return max(line_end(text, first, limit)[1], at + 1)
    line = logical_line(text, at, limit, made.reach)
    made.reach = shorter_reach(line, made.reach)
    if line.escape >= 0:
        _assigned(made, text, line)
    elif line.code_end > first and text[line.code_end - 1] == "?":
        _help(made, text, first, line.code_end)
        made.edit(text, first, line.code_end, _statement(line.code_end - first))
    elif not line.empty:
        word = _NAME.match(text, first)
        if word and word.group() in AUTOMAGICS and _is_automagic(text, word.end(), first, line):
            return _automagic(made, text, first, word.end(), indent, lines)
    return max(line.next, at + 1)


def _is_automagic(text: str, after: int, first: int, line: Logical) -> bool:
    """Whether a line that begins with a magic's name can only be that magic: it is no Python."""
    end = line_end(text, first, len(text))[0]
    rest = text[after:end]
    if rest[:1] not in ("", " ", "\t") or rest.lstrip().startswith("="):
        return False
    return bool(line.fault) or not parses(text[first : line.code_end])


def _automagic(made: Neutral, text: str, first: int, name_end: int, indent: str, lines: int) -> int:
    end, after = continued_line_end(text, first, len(text))
    name = text[first:name_end]
    if lines > 1:
        made.problems.append(
            Problem(
                Span(first, name_end),
                f"`{name}` without `%` works only as the one line of a cell: write `%{name}`.",
            )
        )
    return _run_line_magic(made, text, first, name_end, end, after, indent, name)


def _escaped(made: Neutral, text: str, start: int, first: int, indent: str) -> int:
    limit = len(text)
    escape = text[first]
    end, after = continued_line_end(text, first, limit)
    content_end = first + len(text[first:end].rstrip())
    if escape == "?" or (text[content_end - 1] == "?" and escape == "%"):
        _help(made, text, first, content_end)
    elif escape == "%":
        name_start = first + 1
        while name_start < end and text[name_start] in "% \t":
            name_start += 1
        name_end = name_start
        while name_end < end and not text[name_end].isspace():
            name_end += 1
        return _run_line_magic(made, text, first, name_end, end, after, indent, text[name_start:name_end])
    elif escape == "!":
        made.magics.append(_shell(text, first, end))
        _interpolated(made, text, first, end)
    else:
        _words_used(made, text, first + 1, end)
    made.edit(text, first, end, _statement(_first_line_length(text, first, end)))
    return after


def _shell(text: str, escape: int, end: int) -> Magic:
    """The command behind `!` or `!!`."""
    start = escape
    while start < end and text[start] in "! \t":
        start += 1
    written = text[start:end].rstrip()
    return Magic("!", written, Span(escape, start + len(written)), start)


def _first_line_length(text: str, start: int, end: int) -> int:
    return line_end(text, start, end)[0] - start


def _statement(length: int) -> str:
    return "pass" if length >= 4 else "0"


def _help(made: Neutral, text: str, start: int, end: int) -> None:
    """`obj?`, `?obj`: the object is looked at, and may be missing."""
    found = _NAME.search(text, start, end)
    if found and "*" not in text[start:end] and "%" not in text[start:end]:
        made.uses.append((found.group(), Span(found.start(), found.end())))


def _words_used(made: Neutral, text: str, start: int, end: int) -> None:
    for found in _NAME.finditer(text, start, end):
        made.uses.append((found.group(), Span(found.start(), found.end())))
        break


def _interpolated(made: Neutral, text: str, start: int, end: int) -> None:
    """Names that IPython puts into a shell command or a magic's line: `{expression}`, `$name`."""
    for found in _DOLLAR.finditer(text, start, end):
        for group in (1, 2):
            if found[group]:
                made.uses.append((found[group], Span(*found.span(group))))
    for found in _BRACES.finditer(text, start, end):
        group = 1 if found[1] else 2
        source = found[group]
        if found.start() > start and text[found.start() - 1] == "$":
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(
                    source.partition("!")[0].strip() if "!=" not in source else source.strip(), mode="eval"
                )
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for word in _NAME.finditer(text, found.start(group), found.end(group)):
            if word.group() in names and text[word.start() - 1] not in ".\"'":
                made.uses.append((word.group(), Span(word.start(), word.end())))


def _rest(line: str, row: LineMagic) -> int:
    """Where the text behind a magic's options begins, as an offset into its argument line."""
    waiting = False
    for word in arguments.words(line):
        at = word.span.start - (1 if line[word.span.start - 1 : word.span.start] in ("'", '"') else 0)
        if waiting:
            waiting = False
            continue
        if word.text.startswith("-") and len(word.text) > 1 and (word.text[1].isalpha() or word.text[1] == "-"):
            waiting = word.text in row.grammar.values
            continue
        return at
    return len(line)


def _run_line_magic(
    made: Neutral, text: str, first: int, name_end: int, end: int, after: int, indent: str, name: str
) -> int:
    """`%name arguments` as a statement of its own."""
    row = line_magic(name)
    start = name_end
    while start < end and text[start] in " \t":
        start += 1
    if row is not None and row.rest in ("python", "inner python"):
        # A bracket that is still open takes the next lines along: older IPython ran such lines.
        line = logical_line(text, start, len(text), made.reach)
        made.reach = shorter_reach(line, made.reach)
        if line.end > end and not line.fault:
            end, after = line.end, line.next
    written = text[start:end].rstrip()
    made.magics.append(Magic(name, written, Span(first, start + len(written) if written else name_end), start))
    at = _effects(made, text, name, row, start, start + len(written), Span(first, end), "")
    if at is not None:
        code = text[at:end]
        blank = _keep_lines(text[first:at], "\f" + indent)
        if code.strip() and parses(code.strip()):
            # Blanks, a form feed and the line's own indentation stand in for the magic.
            made.edits.append((first, at, blank))
            if row is not None and row.rest == "inner python":
                made.inner.append(Span(at, end))
            return after
        if code.strip():
            made.problems.extend(_argument_problem(code, at))
    made.edit(text, first, end, _statement(_first_line_length(text, first, end)))
    return after


def _argument_problem(code: str, at: int) -> list[Problem]:
    """What is wrong with the Python behind a magic; nothing when it may be read otherwise ({…}, $x)."""
    if _DOLLAR.search(code) or "{" in code or "!" in code or "%" in code:
        return []
    stripped = code.strip()
    start = at + len(code) - len(code.lstrip())
    return [Problem(Span(start, start + len(stripped)), "This is not valid Python, and the magic runs it as Python.")]


def _assigned(made: Neutral, text: str, line: Logical) -> None:
    """`x = !command` and `x = %magic arguments`."""
    escape, end = line.escape, line.end
    target = _ASSIGNED.match(text[line.first : line.equals])
    name = target[1] if target else ""
    name_span = (
        Span(line.first + target.start(1), line.first + target.end(1)) if target else Span(line.first, line.first)
    )
    extent = Span(line.first, end)
    if text[escape] == "!":
        made.magics.append(_shell(text, escape, end))
        _interpolated(made, text, escape, end)
        if name:
            made.names.append(MagicName(name, name_span, extent, "lines"))
        made.edit(text, escape, end, _expression(_first_line_length(text, escape, end), "lines"))
        return
    name_end = escape + 1
    while name_end < end and not text[name_end].isspace():
        name_end += 1
    start = name_end
    while start < end and text[start] in " \t":
        start += 1
    magic = text[escape + 1 : name_end]
    row = line_magic(magic)
    written = text[start:end].rstrip()
    made.magics.append(Magic(magic, written, Span(escape, start + len(written) if written else name_end), start))
    before = len(made.fragments)
    at = _effects(made, text, magic, row, start, start + len(written), extent, name)
    value = row.result if row else ""
    fragment = made.fragments[-1] if len(made.fragments) > before else None
    if value == "table" and fragment is None:
        value = ""
    code = text[at:end] if at is not None else ""
    readable = (
        at is not None and bool(code.strip()) and parses(code.strip(), "eval") and "\n" not in code and "\r" not in code
    )
    if name and (value or not readable):
        made.names.append(MagicName(name, name_span, extent, value, fragment))
    if readable and at is not None:
        made.edit(text, escape, at)
        if row is not None and row.rest == "inner python":
            made.inner.append(Span(at, end))
        return
    made.edit(text, escape, end, _expression(_first_line_length(text, escape, end), value))


def _expression(length: int, value: str) -> str:
    """An expression of no more than `length` characters whose type says no more than is known."""
    if value == "lines" and length >= 4:
        return '[""]'
    return 'eval("")' if length >= 8 else "[][0]" if length >= 5 else "..." if length >= 3 else "0"


# -- what a line magic does to the names


def _effects(
    made: Neutral, text: str, name: str, row: LineMagic | None, start: int, end: int, extent: Span, target: str
) -> int | None:
    """Record what `%name` with the arguments `text[start:end]` binds, reads and opens.

    Returns where Python begins on the line, for the magics that run it.
    """
    line = text[start:end]
    if row is None:
        _interpolated(made, text, start, end)
        if not target:
            made.opens.append(f"%{name}")
        return None
    if row.opens or (name == "store" and _flag(line, "-r") and not line.replace("-r", "").strip()):
        made.opens.append(f"%{name} {line}".strip())
    if name == "config" and _COLUMNS_AS_NAMES.search(line):
        made.opens.append(f"%{name} {line}".strip())
    if name in ("load_ext", "reload_ext"):
        _extension(made, line, start, extent)
    if row.rest in ("python", "inner python"):
        if row.grammar is not TIMING:
            _interpolated_values(made, line, row, start)
        return start + _rest(line, row)
    found = arguments.parse(line, row.grammar)
    for word in found.outputs:
        made.names.append(MagicName(word.text, word.span.shift(start), extent))
    made.uses += [(word.text, word.span.shift(start)) for word in found.inputs]
    reads = row.rest == "reads" or (name == "store" and not _flag(line, "-r"))
    if reads or row.rest == "gives":
        for word in found.words:
            if not _NAME.fullmatch(word.text):
                continue
            if reads:
                made.uses.append((word.text, word.span.shift(start)))
            else:
                made.names.append(MagicName(word.text, word.span.shift(start), extent))
    _interpolated(made, text, start, end)
    if row.rest == "sql":
        _sql(made, text, name, found, start, end, target)
    return None


# JupySQL: from here on each column of a result becomes a name.
_COLUMNS_AS_NAMES = pattern(r"\bcolumn_local_vars\s*=\s*(?:True|1)")


def _flag(line: str, flag: str) -> bool:
    return flag in line.split()


def _interpolated_values(made: Neutral, line: str, row: LineMagic, start: int) -> None:
    """`%lprun -f function statement`: values of options that are names are read."""
    waiting = False
    for word in arguments.words(line):
        if waiting and _NAME.fullmatch(word.text):
            made.uses.append((word.text, word.span.shift(start)))
        waiting = word.text == "-f"
        if not word.text.startswith("-") and not waiting:
            continue


def _extension(made: Neutral, line: str, start: int, extent: Span) -> None:
    name = line.strip()
    if name in OPENING_EXTENSIONS:
        made.opens.append(f"%load_ext {name}")
    for given in NAMED_EXTENSIONS.get(name, ()):
        made.names.append(MagicName(given, Span(start, start + len(name)), extent))


def _sql(made: Neutral, text: str, name: str, found: arguments.Arguments, start: int, end: int, target: str) -> None:
    """The SQL on a magic's line as a fragment, when it is there in full."""
    if found.body is None:
        return
    at = start + found.body
    while at < end and text[at] in " \t\\\r\n":
        at += 1
    for parameter in _SQL_PARAMETER.finditer(text, at, end):
        made.uses.append((parameter[1], Span(*parameter.span(1))))
    first = re.match(r"[(\s]*(\w+)", text[at:end])
    if first is None or first[1].lower() not in _SQL_STARTS:
        return
    result = target or (found.outputs[0].text if found.outputs else "")
    while end < len(text) and text[end] in " \t":  # where the next word is written
        end += 1
    fragment = Fragment("sql", Span(at, end), result, name, text[start:at])
    made.fragments.append(fragment)
    if found.outputs:
        given = found.outputs[0].text
        for index in range(len(made.names) - 1, -1, -1):
            known = made.names[index]
            if known.name == given and known.fragment is None:
                made.names[index] = MagicName(given, known.span, known.extent, "table", fragment)
                break
