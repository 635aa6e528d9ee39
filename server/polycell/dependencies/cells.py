"""What one cell declares, brings and hides: a pure function of the cell and its facts, kept by digest."""

from __future__ import annotations

import posixpath
import re
from collections import OrderedDict
from collections.abc import Iterator

from msgspec import Struct

from polycell.core.facts import Facts
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.text import Span, has_any
from polycell.dependencies.install_commands import NOTHING, Asked, read_command
from polycell.dependencies.jvm_cells import (
    coordinates,
    nuget_declarations,
    scala_declarations,
    scala_version,
    session_declarations,
    toree_declarations,
)
from polycell.dependencies.model import Declaration, Requirement
from polycell.dependencies.pep723 import read_block
from polycell.dependencies.requirement import read_requirement
from polycell.dependencies.saved import listing_command

_SHELLS = frozenset({"bash", "sh", "shellscript", "shell", "zsh"})
_INSTALLERS = {"pip": "pip", "conda": "conda", "mamba": "conda", "micromamba": "conda"}
_FILE_MAGICS = frozenset({"file", "writefile"})
# Commands that neither install anything nor make a file that could be imported.
_HARMLESS = pattern(
    r"(?:sudo\s+)?(?:ls|ll|dir|cat|head|tail|echo|printf|pwd|date|which|whereis|type|wc|du|df|free|nproc|lscpu|uname|"
    r"hostname|whoami|env|printenv|nvidia-smi|nvcc|grep|egrep|rg|find|sort|uniq|less|more|file|stat|ps|top|kill|sleep|"
    r"tree|clear|mkdir|rmdir|rm|true|export|set|"
    r"(?:python[\d.]*|\{sys\.executable\})\s+(?:--version|-V|-m\s+pip)|pip[\d.]*|conda|mamba|micromamba|uv)(?:\s|$|;)"
)
_CODE_THAT_HIDES = pattern(
    r"\b(?:sys\.path|sys\.modules|PYTHONPATH|addsitedir|os\.chdir|addPyFile|micropip|piplite|pip\.main|import_hook"
    r"|meta_path|path_hooks|from_file_location|condacolab|extractall|urlretrieve|os\.system|subprocess)\b"
    r"|[\"']pip[\"']\s*,\s*[\"']install[\"']"
)
_HIDING = (
    *("sys.path", "sys.modules", "PYTHONPATH", "addsitedir", "os.chdir", "addPyFile", "micropip", "piplite"),
    *("import_hook", "meta_path", "path_hooks", "from_file_location", "condacolab", "extractall", "urlretrieve"),
    *("pip.main", "os.system", "subprocess", "install"),
)
_DBUTILS = pattern(
    r"\bdbutils\.library\.(?P<how>installPyPI|install)\(\s*(?:(?:pypiPackage|path)\s*=\s*)?(?P<q>[\"'])(?P<name>[^\"'\r\n]*)(?P=q)"
    r"(?:\s*,\s*(?:version\s*=\s*)?[\"'](?P<version>[^\"'\r\n]*)[\"'])?"
)
# With the lines that continue it.
_SHELL_LINE = pattern(r"(?:[^\r\n\\]|\\\r?\n|\\.|\\$)+", re.MULTILINE)
# What nbconvert makes of a notebook's `!` and `%pip`; a script says it in the same words.
_SPELT_OUT = pattern(
    r"\bget_ipython\(\)\s*\.\s*(?:(?:system|getoutput)\("
    rf"|run_line_magic\(\s*[\"'](?P<magic>{'|'.join(_INSTALLERS)})[\"']\s*,)\s*"
)
_LITERAL = pattern(r"(?P<q>[\"'])(?P<command>[^\"'\\\r\n]*)(?P=q)\s*\)")
_JARS = pattern(r'"spark\.jars\.packages"\s*:\s*"(?P<list>[^"\r\n]*)"?')
_PY_FILES = pattern(r'"(?:pyFiles|archives|spark\.submit\.pyFiles|environment)"\s*:')
KEPT = 4096
LARGEST = 200_000  # characters of a cell that is read


class Provides(Struct, frozen=True):
    """A module of this top-level name is made by the notebook (`%%writefile name.py`)."""

    module: str


class Hides(Struct, frozen=True):
    """Modules may come from where nobody sees them; `reason` says why. `installs`: distributions may, too."""

    reason: str
    installs: bool = False


class Includes(Struct, frozen=True):
    """A file of requirements that the notebook installs (`-r requirements.txt`)."""

    file: str


class Speaks(Struct, frozen=True):
    """The Scala version that the notebook asks for."""

    scala: str


class Lists(Struct, frozen=True):
    """The cell lists what is installed; `digest` finds its saved output."""

    digest: str


Remark = Provides | Hides | Includes | Speaks | Lists


class Said(Struct, frozen=True):
    """`files` are the names behind `-r`, with their places."""

    declarations: tuple[Declaration, ...] = ()
    remarks: tuple[Remark, ...] = ()
    files: tuple[tuple[str, Span], ...] = ()


_kept: OrderedDict[bytes, Said] = OrderedDict()


def said_by(cell: Cell, facts: Facts) -> Said:
    """Total. Spans are offsets into the cell's text."""
    if cell.kind == "markup":
        return Said()
    found = _kept.get(cell.digest)
    if found is None:
        found = _kept[cell.digest] = _read(cell, facts)
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _read(cell: Cell, facts: Facts) -> Said:
    if len(cell.text) > LARGEST:
        may_install = cell.language in ("python", "scala", *_SHELLS)
        return Said(remarks=(Hides("a cell too large to read", installs=True),) if may_install else ())
    declarations: list[Declaration] = list(read_block(cell.text))
    remarks: list[Remark] = []
    files: list[tuple[str, Span]] = []
    text = cell.text
    asked: list[Asked] = []
    magic = cell.magic.name if cell.magic is not None else ""
    if magic in _FILE_MAGICS:
        return Said(tuple(declarations), tuple(_written(cell)))
    if magic == "configure" or (magic == "" and text.lstrip().startswith("%%configure")):
        declarations += _configured(text)
        if _PY_FILES.search(text):
            remarks.append(Hides("%%configure"))
    elif cell.language == "python" and cell.kind == "code":
        for found in facts.magics:
            end = found.arguments_start + len(found.arguments)
            if found.name in _INSTALLERS or found.name == "uv":
                tool = _INSTALLERS.get(found.name, "")
                start = found.arguments_start if tool else found.span.start + (text[found.span.start] == "%")
                asked.append(read_command(text, start, end, tool=tool, style=tool or "pip"))
            elif found.name in ("!", "sx", "system", "sc"):
                asked.append(_shell(text, found.arguments_start, end, remarks))
            elif found.name in ("run", "cd", "pushd"):
                remarks.append(Hides(f"%{found.name}", installs=found.name == "run"))
        asked += _spelt_out(text, remarks)
        if has_any(text, _HIDING) and _CODE_THAT_HIDES.search(text):
            remarks.append(Hides("code that changes where modules come from"))
        remarks += [Hides(reason) for reason in facts.opens if reason.startswith(("exec", "eval", "get_ipython"))]
        declarations += _dbutils(text)
        declarations += session_declarations(text)
        listing = listing_command(text)
        remarks += [Lists(listing)] if listing else []
    elif cell.language in _SHELLS:
        for line in _SHELL_LINE.finditer(text, cell.body):
            asked.append(_shell(text, line.start(), line.end(), remarks))
    elif cell.language == "scala":
        declarations += scala_declarations(text)
        version = scala_version(text)
        remarks += [Speaks(version)] if version else []
        declarations += toree_declarations(text)
        declarations += session_declarations(text)
    elif cell.language in ("csharp", "fsharp", "powershell"):
        declarations += nuget_declarations(text)
    for one in asked:
        declarations += one.declarations
        files += one.files
        if one.opaque:
            remarks.append(Hides("an installation that does not say what it brings", installs=True))
    remarks += [Includes(name) for name, _ in files]
    return Said(tuple(declarations), tuple(dict.fromkeys(remarks)), tuple(files))


def _spelt_out(text: str, remarks: list[Remark]) -> Iterator[Asked]:
    for found in _SPELT_OUT.finditer(text) if "get_ipython" in text else ():
        if "#" in text[text.rfind("\n", 0, found.start()) + 1 : found.start()]:
            continue
        literal = _LITERAL.match(text, found.end())
        if literal is None:
            remarks.append(Hides("a command that is put together", installs=True))
        elif found["magic"] is not None:
            tool = _INSTALLERS[found["magic"]]
            yield read_command(text, *literal.span("command"), tool=tool, style=tool)
        else:
            yield _shell(text, *literal.span("command"), remarks)


def _shell(text: str, start: int, end: int, remarks: list[Remark]) -> Asked:
    """A shell command: what it installs; anything that might make a file or install unseen is remarked."""
    command = text[start:end].strip()
    if not command or command.startswith("#"):
        return NOTHING
    asked = read_command(text, start, end, style="")
    parts = [part.strip() for part in re.split(r"&&|\|\||;|\|", command)]
    if not asked.tool and not all(not part or _HARMLESS.match(part) for part in parts):
        remarks.append(Hides("a shell command"))
    elif not asked.tool and ">" in command:
        remarks.append(Hides("a shell command that writes a file"))
    return asked


def _written(cell: Cell) -> Iterator[Remark]:
    """The module that a `%%writefile` cell makes: every folder of its path may be a package."""
    words = (cell.magic.arguments if cell.magic is not None else "").split()
    path = next((word.strip("\"'") for word in words if not word.startswith("-")), "")
    if any(sign in path for sign in "{$") or posixpath.isabs(path) or path.startswith("~"):
        yield Hides("a file written somewhere")
        return
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts:
        yield Hides("a file written somewhere")
        return
    yield from (Provides(part.partition(".")[0]) for part in parts if part.partition(".")[0].isidentifier())


def _configured(text: str) -> Iterator[Declaration]:
    """`spark.jars.packages` of a `%%configure` cell, whatever else its JSON holds."""
    for found in _JARS.finditer(text):
        yield from coordinates(found["list"], found.start("list"), "configure")


def _dbutils(text: str) -> Iterator[Declaration]:
    for found in _DBUTILS.finditer(text) if "dbutils" in text else ():
        span = Span(*found.span("name"))
        if found["how"] == "install":
            made = Requirement("python", "", f"@ {found['name']}", "dbutils", found["name"])
            yield Declaration(made, span)
            continue
        version = found["version"]
        read = read_requirement(found["name"] + (f"=={version}" if version else ""), "dbutils")
        yield Declaration(read.requirement, span, problem=read.problem)
