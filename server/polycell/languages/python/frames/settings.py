"""Settings of a notebook as objects with fields: `SimpleNamespace`, and what `argparse` makes of an empty command line,
which is the only one that a notebook can give."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from polycell.core.types import BOOL, STRING, UNKNOWN, Collection, Record, Scalar, Type
from polycell.core.values import replace
from polycell.languages.python.frames.registry import Argument, Call, function, method
from polycell.languages.python.syntax.values import collection, known_text, of_constant

PARSER = "argparse.ArgumentParser"
NAMESPACE = "argparse.Namespace"


@function("types.SimpleNamespace argparse.Namespace", "**")
def namespace(call: Call) -> Type:
    return Record(tuple((name, a.type) for name, a in (call.extra or {}).items()), "types.SimpleNamespace")


@function("dataclasses.asdict", "obj")
def as_dict(call: Call) -> Type:
    given = call["obj"].type if call["obj"] is not None else UNKNOWN
    if not isinstance(given, Record) or given.schema is None or given.schema.row != "dataclass":
        return UNKNOWN
    held = dict(given.fields)
    names = [column.name for column in given.schema.table.columns]
    return Record(tuple((name, held.get(name, UNKNOWN)) for name in names), "dict", open=given.schema.table.open)


@function(PARSER, "*args **")
def parser(call: Call) -> Type:
    strange = (call.extra or {}).keys() - {"description", "prog", "epilog", "usage", "add_help", "formatter_class"}
    return Record((), PARSER, open=bool(strange))


@method(PARSER, "add_argument", "*flags **")
def add_argument(call: Call) -> Type:
    made, options = call.receiver, call.extra or {}
    assert isinstance(made, Record)
    flags = [known_text(flag.type) for flag in call.rest]
    name = _destination([flag for flag in flags if flag], options.get("dest"))
    if None in flags or not name:
        return replace(made, open=True)
    fields = {**dict(made.fields), name: _default(options, positional=not str(flags[0]).startswith("-"))}
    return replace(
        made, fields=tuple(fields.items()), open=made.open or any(str(f)[:3] in ("-f", "--f") for f in flags)
    )


def _destination(flags: list[str], given: Argument | None) -> str:
    """The field that an argument fills: of the first long flag, if there is one."""
    if given is not None:
        return known_text(given.type) or ""
    long = [flag for flag in flags if flag.startswith("--")] or flags
    return long[0].lstrip("-").replace("-", "_") if long else ""


def _default(options: Mapping[str, Argument], *, positional: bool) -> Type:
    """What a field holds where the command line says nothing of it."""
    action = options["action"].value if "action" in options else "store"
    if action in ("store_true", "store_false"):
        return Scalar(BOOL, action == "store_false") if "default" not in options else UNKNOWN
    if action != "store" or positional:
        return UNKNOWN
    if "default" not in options:
        return of_constant(None)
    default, convert = options["default"], options.get("type")
    text = isinstance(default.type, Scalar) and default.type.type == STRING
    converted = convert is not None and not (isinstance(convert.node, ast.Name) and convert.node.id == "str")
    return UNKNOWN if text and converted else default.type  # only texts are converted


@method(PARSER, "parse_args", "args namespace")
def parse_args(call: Call) -> Type:
    empty = call.value("args") in ([], "") if call["args"] is not None else False
    return _parsed(call, known=empty and call["namespace"] is None)


@method(PARSER, "parse_known_args", "args namespace")
def parse_known_args(call: Call) -> Type:
    """A kernel's own command line is `-f` with a file: of other arguments nothing is said."""
    empty = call["args"] is None or call.value("args") in ([], "")
    rest = Collection("list", Scalar(STRING))
    return collection("tuple", (_parsed(call, known=empty and call["namespace"] is None), rest))


def _parsed(call: Call, *, known: bool) -> Type:
    made = call.receiver
    assert isinstance(made, Record)
    return Record(made.fields if known and not made.open else (), NAMESPACE)
