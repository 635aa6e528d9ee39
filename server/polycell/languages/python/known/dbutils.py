"""Databricks' `dbutils`, which a notebook has without an import: what is in it, and the names of widgets.

Source: the reference of the Databricks Utilities. With `databricks-sdk` installed the engine knows more of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.types import BOOL, NULL, STRING, Collection, Function, Record, Scalar, Type, describe

NAME = "dbutils"
_ASKS = pattern(r"dbutils\s*\.\s*widgets\s*\.\s*(?:get|getArgument|remove)\Z")
_MAKES = pattern(
    r"""\bwidgets\s*\.\s*(?:text|dropdown|combobox|multiselect)\s*\(\s*(?:name\s*=\s*)?(?P<quote>["'])(?P<name>.+?)(?P=quote)"""
)
_MAKES_IN_SQL = pattern(
    r"\bcreate\s+widget\s+(?:text|dropdown|combobox|multiselect)\s+(?P<quote>[`\"]?)(?P<name>[\w.-]+)(?P=quote)",
    re.IGNORECASE,
)

_TEXT, _NOTHING, _FLAG = Scalar(STRING), Scalar(NULL), Scalar(BOOL)
_CHOICE = "(name: str, defaultValue: str, choices: list, label: str = None)"
_MOUNT = "(source: str, mountPoint: str, encryptionType: str = None, extraConfigs: dict = None)"
_MODULES: dict[str, dict[str, tuple[str, Type]]] = {
    "fs": {
        "cp": ("(source: str, dest: str, recurse: bool = False)", _FLAG),
        "head": ("(file: str, maxBytes: int = 65536)", _TEXT),
        "ls": ("(dir: str)", Collection("list")),
        "mkdirs": ("(dir: str)", _FLAG),
        "mount": (_MOUNT, _FLAG),
        "mounts": ("()", Collection("list")),
        "mv": ("(source: str, dest: str, recurse: bool = False)", _FLAG),
        "put": ("(file: str, contents: str, overwrite: bool = False)", _FLAG),
        "refreshMounts": ("()", _FLAG),
        "rm": ("(dir: str, recurse: bool = False)", _FLAG),
        "unmount": ("(mountPoint: str)", _FLAG),
        "updateMount": (_MOUNT, _FLAG),
    },
    "library": {"restartPython": ("()", _NOTHING)},
    "notebook": {
        "exit": ("(value: str)", _NOTHING),
        "run": ("(path: str, timeoutSeconds: int, arguments: dict = None)", _TEXT),
    },
    "secrets": {
        "get": ("(scope: str, key: str)", _TEXT),
        "getBytes": ("(scope: str, key: str)", Collection("bytes")),
        "list": ("(scope: str)", Collection("list")),
        "listScopes": ("()", Collection("list")),
    },
    "widgets": {
        "combobox": (_CHOICE, _NOTHING),
        "dropdown": (_CHOICE, _NOTHING),
        "get": ("(name: str)", _TEXT),
        "getAll": ("()", Collection("dict", _TEXT, _TEXT)),
        "getArgument": ("(name: str, optional: str = None)", _TEXT),
        "multiselect": (_CHOICE, _NOTHING),
        "remove": ("(name: str)", _NOTHING),
        "removeAll": ("()", _NOTHING),
        "text": ("(name: str, defaultValue: str, label: str = None)", _NOTHING),
    },
}
_TASK_VALUES = {
    "get": ("(taskKey: str, key: str, default=None, debugValue=None)", None),
    "set": ("(key: str, value)", _NOTHING),
}


@lru_cache(maxsize=1)
def value() -> Record:
    """What `dbutils` is; open, for there is more in it than people use."""
    made = {name: _module(f"{NAME}.{name}", functions.items()) for name, functions in _MODULES.items()}
    tasks = _module(f"{NAME}.jobs.taskValues", _TASK_VALUES.items())
    made["jobs"] = Record((("taskValues", tasks),), f"{NAME}.jobs", open=True)
    return Record(tuple(sorted(made.items())), NAME, open=True)


def _module(name: str, functions: Iterable[tuple[str, tuple[str, Type | None]]]) -> Record:
    fields = ((function, _function(signature, returns)) for function, (signature, returns) in functions)
    return Record(tuple(fields), name, open=True)


def _function(signature: str, returns: Type | None) -> Function:
    told = f" -> {describe(returns)}" if returns not in (None, _NOTHING) else ""
    return Function(
        f"{signature}{told}", returns, parameters=tuple(re.findall(r"(\w+)(?=[:=,)])", signature)), changes=()
    )


def asks_for_widget(receiver: str) -> bool:
    """Whether a call of `receiver` takes a widget's name first."""
    return bool(_ASKS.search(receiver))


def widgets(context: Context) -> tuple[str, ...]:
    """Names of the widgets that cells make, in any language, the nearest first: above, then in the cell, then below."""
    order = sorted(range(len(context.notebook.cells)), key=lambda index: (index > context.index, -index))
    return tuple(dict.fromkeys(name for index in order for name in _made(context.notebook.cells[index].text)))


def _made(text: str) -> Iterator[str]:
    if "widget" in text.lower():
        for pattern in (_MAKES, _MAKES_IN_SQL):
            yield from (found["name"] for found in pattern.finditer(text))
