"""What `pip install`, `conda install` and their kin on one line of a notebook ask for, each word with its place.

The same for `%pip install …`, `!pip install …`, `!{sys.executable} -m pip install …`, `!uv pip install …`, lines of a
bash cell. Options are known by name, so that what stands behind one is not taken for a requirement. Sources: pip's,
conda's, mamba's and uv's command line references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.dependencies.model import Declaration, Ecosystem, Requirement
from polycell.dependencies.requirement import read_requirement

_WORD = pattern(r"""(?:[^\s"'\\;|&]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+|[;|&]+|\\\r?\n""", re.DOTALL)
_EXECUTABLE = pattern(
    r"(?:.*/)?(?:python[\d.]*|py)(?:\.exe)?|\{sys\.executable\}|\$\{?PYTHON\}?|\$?\{?sys\.executable\}?"
)
_PIP = pattern(r"(?:.*/)?(?:pip[\d.]*|uv|uvx)(?:\.exe)?")
_CONDA = pattern(r"(?:.*/)?(?:conda|mamba|micromamba)(?:\.exe)?")
# Verbs that install what a file says that is not named.
_INSTALLS_UNSEEN = {"pip": ("sync",), "conda": ("env", "update")}
_TEMPLATE = pattern(r"[{}$`]")

# Options whose value is the next word.
_PIP_OPTIONS = """
-r --requirement -c --constraint -e --editable -i --index-url --index --default-index --extra-index-url -f --find-links
-t --target --platform --python-version --implementation --abi --root --prefix --src --cache-dir --log --proxy --retries
--timeout --exists-action --trusted-host --cert --client-cert --progress-bar --upgrade-strategy --no-binary
--only-binary --python -p --report --config-settings -C --global-option --install-option --use-feature --group
--optional --extra --marker --branch --tag --rev --package --directory --project --color --resolution --prerelease
--index-strategy --keyring-provider --link-mode --exclude-newer --bounds
"""
_CONDA_OPTIONS = """
-c --channel -n --name -p --prefix --file --solver --revision --repodata-fn --subdir --platform --download-only-dir
--experimental
"""
_PIP_VALUES, _CONDA_VALUES = frozenset(_PIP_OPTIONS.split()), frozenset(_CONDA_OPTIONS.split())


def takes_value(word: str, ecosystem: Ecosystem) -> bool:
    """Whether it is an option of the ecosystem's installer that has the next word for its value."""
    return word in (_CONDA_VALUES if ecosystem == "conda" else _PIP_VALUES)


class Asked(Struct, frozen=True):
    """`files` are those of `-r` and `--file`, with their places. `opaque`: something is installed of which the line
    does not say what it brings (a path, an address without a name, a `{variable}`)."""

    declarations: tuple[Declaration, ...] = ()
    files: tuple[tuple[str, Span], ...] = ()
    opaque: bool = False
    tool: str = ""  # "pip" or "conda"


NOTHING = Asked()


def read_command(text: str, start: int, end: int, *, tool: str = "", style: str = "") -> Asked:
    """What the command between two offsets of a text installs; `tool` is the program where the text does not begin with
    it (`%pip`). Several commands may stand in a row (`a && b`). Total."""
    found: list[Declaration] = []
    files: list[tuple[str, Span]] = []
    opaque, used = False, ""
    for words in _commands(text, start, end):
        program, rest = (tool, words) if tool else _program(words)
        rest = _behind_options(rest, program)
        verb = rest[0][0] if rest else ""
        if verb in _INSTALLS_UNSEEN.get(program, ()):
            opaque, used = True, program
        if not program or verb not in ("install", "add"):
            continue
        made = _arguments(text, rest[1:], program, style or program)
        found += made.declarations
        files += made.files
        opaque, used = opaque or made.opaque, program
    return Asked(tuple(found), tuple(files), opaque, used)


def _behind_options(words: list[tuple[str, Span]], program: str) -> list[tuple[str, Span]]:
    """From the command's verb on: options of the program itself may stand before it."""
    at = 0
    while at < len(words) and words[at][0].startswith("-"):
        at += 2 if takes_value(words[at][0], "conda" if program == "conda" else "python") else 1
    return words[at:]


def _commands(text: str, start: int, end: int) -> Iterator[list[tuple[str, Span]]]:
    """The words of each command, unquoted, with their places; a comment ends the line."""
    words: list[tuple[str, Span]] = []
    for token in _WORD.finditer(text, start, end):
        written = token[0]
        if written[0] in ";|&":
            if words:
                yield words
            words = []
        elif written[0] == "#":
            break
        elif not re.fullmatch(r"\\\r?\n", written):
            words.append(_unquoted(written, token.start()))
    if words:
        yield words


def _unquoted(written: str, start: int) -> tuple[str, Span]:
    if len(written) > 1 and written[0] in "\"'" and written[-1] == written[0] and written[0] not in written[1:-1]:
        return written[1:-1], Span(start + 1, start + len(written) - 1)
    return re.sub(r"[\"']", "", written), Span(start, start + len(written))


def _program(words: list[tuple[str, Span]]) -> tuple[str, list[tuple[str, Span]]]:
    """Which installer a command runs, and the words behind its name."""
    at = 0
    while at < len(words) and (words[at][0] in ("sudo", "env", "exec", "time") or re.match(r"\w+=", words[at][0])):
        at += 1
    if at < len(words) and _EXECUTABLE.fullmatch(words[at][0]) and [w for w, _ in words[at + 1 : at + 2]] == ["-m"]:
        at += 2
    if at >= len(words):
        return "", []
    first = words[at][0]
    if _CONDA.fullmatch(first):
        return "conda", words[at + 1 :]
    if _PIP.fullmatch(first):
        rest = words[at + 1 :]
        if first.rpartition("/")[2].startswith("uv"):
            rest = _behind_options(rest, "pip")
            verb = rest[0][0] if rest else ""
            return ("pip", rest[1:]) if verb == "pip" else ("pip", rest) if verb in ("add", "sync") else ("", [])
        return "pip", rest
    return "", []


def _arguments(text: str, words: list[tuple[str, Span]], tool: str, style: str) -> Asked:
    values = _CONDA_VALUES if tool == "conda" else _PIP_VALUES
    found: list[Declaration] = []
    files: list[tuple[str, Span]] = []
    opaque, waiting = False, ""
    for word, span in words:
        redirected = re.fullmatch(r"\d*[<>]{1,2}(&?\w.*|\S*)", word)
        if redirected and text[span.start] not in "\"'":
            waiting = "" if redirected[1] else ">"  # the shell's: the command does not see it
            continue
        if waiting:
            option, waiting = waiting, ""
        elif word.startswith("-") and len(word) > 1:
            name, equals, value = word.partition("=")
            if re.match(r"-[rec][^-]", word) and tool == "pip":
                name, equals, value = word[:2], "=", word[2:]
            if not equals:
                waiting = name if name in values else ""
                continue
            option, word, span = name, value, Span(span.end - len(value), span.end)
        else:
            option = ""
        if option in ("-r", "--requirement", "--file"):
            files.append((word, span))
            opaque = opaque or bool(_TEMPLATE.search(word))
        elif option in ("-e", "--editable", "--group"):
            opaque = True
        elif option:
            continue
        elif _TEMPLATE.search(word):
            opaque = True
        elif tool == "conda":
            found.append(conda_declaration(word, span, style))
        else:
            read = read_requirement(word, style)
            opaque = opaque or (not read.requirement.name and not read.problem)
            where = Span(span.start + read.span.start, span.start + read.span.end) if read.problem else span
            found.append(Declaration(read.requirement, where, problem=read.problem))
    return Asked(tuple(found), tuple(files), opaque, tool)


_CONDA_SPEC = pattern(r"(?:(?P<channel>[\w./-]+)::)?(?P<name>[A-Za-z0-9_][\w.-]*)\s*(?P<rest>[=<>!~ ].*|\[.*)?")


def conda_declaration(word: str, span: Span, style: str, file: str = "") -> Declaration:
    """One package as conda takes it: `numpy`, `numpy=1.2`, `numpy>=1`, `conda-forge::numpy=1.2=build`."""
    found = _CONDA_SPEC.fullmatch(word.strip())
    ecosystem: Ecosystem = "conda"
    if found is None:
        return Declaration(
            Requirement(ecosystem, "", style=style, text=word, file=file),
            span,
            problem="A conda package is a name, then perhaps a version, as in `numpy=1.26`.",
        )
    rest = (found["rest"] or "").strip()
    return Declaration(Requirement(ecosystem, found["name"], rest, style, word.strip(), file=file), span)
