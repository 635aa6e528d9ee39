"""Paths that the code works out, and the files that a pattern fits.

A path is a text (`os.path`, `glob`) or a `pathlib.Path`; relative ones count from the notebook's folder, where Jupyter
and the other hosts run it, unless the notebook moves away.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from polycell.core.types import BOOL, STRING, UNKNOWN, Collection, DataType, Scalar, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.readers import MOVED
from polycell.languages.python.frames.registry import Call, Evaluator, function
from polycell.languages.python.syntax.values import PATH, collection, join_text, of_value, value_of
from polycell.tables.files import FileRequest

MOST = 32  # files of a pattern that are told one by one; a loop over more is not unrolled anyway


def files(run: Evaluator, pattern: object, kind: DataType) -> Collection:
    """The files that a pattern fits, in no known order, as paths of a kind (STRING or PATH)."""
    unknown = Collection("list", Scalar(kind))
    if not isinstance(pattern, str) or not pattern or run.remarked(MOVED):
        return unknown
    found = run.view.read(FileRequest.of(pattern, run.folder, "files.names", {}))
    if not isinstance(found, Table) or found.open or not 0 < len(found.columns) <= MOST:
        return unknown
    made = collection("list", tuple(Scalar(kind, c.name) for c in found.columns))
    return replace(made, unordered=len(found.columns) > 1)


def method(run: Evaluator, path: Scalar, name: str, arguments: list[Type]) -> Type:
    """What a method of a `pathlib.Path` gives."""
    if name == "joinpath":
        return Scalar(PATH, join_text([path, *arguments]))
    if name in ("resolve", "absolute"):
        return Scalar(PATH, _absolute(run, path.value))
    if name == "expanduser":
        return path
    if name in ("with_suffix", "with_name", "with_stem", "relative_to"):
        return Scalar(PATH, _other(path.value, name, [value_of(argument) for argument in arguments]))
    if name in ("exists", "is_file", "is_dir"):
        return Scalar(BOOL)
    if name in ("as_posix", "__str__"):
        return Scalar(STRING, path.value)
    if name == "read_text":
        return Scalar(STRING)
    if name in ("glob", "rglob"):
        wild = value_of(arguments[0]) if len(arguments) == 1 else None
        below = ["**"] if name == "rglob" else []
        parts = [path, *map(of_value, [*below, wild])] if isinstance(wild, str) else []
        return replace(files(run, _joined(parts), PATH), kind="sequence")
    return replace(_listed(run, path.value, PATH), kind="sequence") if name == "iterdir" else UNKNOWN


def _other(path: object, name: str, arguments: list[object]) -> str | None:
    if not isinstance(path, str) or len(arguments) != 1 or not isinstance(arguments[0], str):
        return None
    try:
        return str(getattr(PurePosixPath(path), name)(arguments[0]))
    except ValueError:
        return None


def _listed(run: Evaluator, folder: object, kind: DataType) -> Collection:
    """The files in a folder. Folders in it are left out: who lists them to read data picks files by their names."""
    wild = isinstance(folder, str) and any(letter in folder for letter in "*?[")
    return files(
        run, _joined([of_value(folder), of_value("*")]) if isinstance(folder, str) and not wild else None, kind
    )


DEEPEST = 64  # folders above a path


def attribute(path: Scalar, name: str) -> Type:
    """An attribute of a `pathlib.Path`."""
    text = value_of(path)
    if name == "parent":
        return Scalar(PATH, _above(text) if isinstance(text, str) else None)
    if name == "parents":
        return _folders_above(text) if isinstance(text, str) else Collection("tuple", Scalar(PATH))
    if name in ("name", "stem", "suffix"):
        return of_value(_end(text, name)) if isinstance(text, str) else Scalar(STRING)
    return UNKNOWN


def _folders_above(text: str) -> Collection:
    """`path.parents`: of a relative path those that it names, the last of which is the working folder."""
    folders = [_above(text)]
    while folders[-1] not in ("/", ".") and len(folders) < DEEPEST:
        folders.append(_above(folders[-1]))
    return collection("tuple", tuple(Scalar(PATH, folder) for folder in folders))


@function("glob.glob", "pathname **")
def globbed(call: Call) -> Type:
    return files(call.run, _pattern(call), STRING)


@function("glob.iglob", "pathname **")
def globbed_one_by_one(call: Call) -> Type:
    return replace(files(call.run, _pattern(call), STRING), kind="sequence")


def _pattern(call: Call) -> object:
    """The pattern; None where it does not mean what it means in a path (`**` without `recursive`, `root_dir`)."""
    pattern, options = call.value("pathname"), call.extra or {}
    recursive = "recursive" in options and options["recursive"].value is True
    plain = isinstance(pattern, str) and (recursive or "**" not in pattern)
    return pattern if plain and not options.keys() - {"recursive"} else None


@function("os.listdir", "path")
def listed(call: Call) -> Type:
    found = _listed(call.run, call.value("path", "."), STRING)
    names = tuple(of_value(_end(str(value_of(item)), "name")) for item in found.items or ())
    return replace(found, items=names if found.items is not None else None)


@function("os.getcwd", "")
def working_folder(call: Call) -> Type:
    return Scalar(STRING, _absolute(call.run, ""))


@function("pathlib.Path.cwd", "")
def working_path(call: Call) -> Type:
    return Scalar(PATH, _absolute(call.run, ""))


@function("os.path.abspath os.path.realpath", "path")
def absolute(call: Call) -> Type:
    return Scalar(STRING, _absolute(call.run, call.value("path")))


@function("os.path.expanduser os.path.normpath os.fspath", "path")
def same(call: Call) -> Type:
    text = call.value("path")
    return Scalar(STRING, text if isinstance(text, str) else None)


@function("os.path.dirname os.path.basename", "p")
def part(call: Call) -> Type:
    text = call.value("p")
    if not isinstance(text, str):
        return Scalar(STRING)
    last = getattr(call.node.func, "attr", "") or getattr(call.node.func, "id", "")
    return of_value(text.rpartition("/")[2] if last == "basename" else text.rpartition("/")[0])


@function("os.path.splitext", "p")
def without_suffix(call: Call) -> Type:
    text = call.value("p")
    if not isinstance(text, str):
        return Collection("tuple", Scalar(STRING))
    suffix = str(_end(text, "suffix"))
    return collection("tuple", (of_value(text.removesuffix(suffix)), of_value(suffix)))


@function("os.path.exists os.path.isfile os.path.isdir", "path")
def tested(call: Call) -> Type:
    return Scalar(BOOL)


def _absolute(run: Evaluator, text: object) -> str | None:
    if not isinstance(text, str) or not run.folder or run.remarked(MOVED):
        return None
    return _joined([of_value(run.folder.replace("\\", "/")), of_value(text)]) if text else run.folder.replace("\\", "/")


def _joined(parts: list[Type]) -> str | None:
    made = join_text(parts)
    return made.removeprefix("./") if made else None


def _above(text: str) -> str:
    return text.rpartition("/")[0] or ("/" if text.startswith("/") else ".")


def _end(text: str, name: str) -> str:
    base = text.rpartition("/")[2]
    stem, dot, suffix = base.rpartition(".")
    known = bool(stem)
    return {"name": base, "stem": stem if known else base, "suffix": dot + suffix if known else ""}[name]
