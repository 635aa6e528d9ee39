"""The JSON that `show --json` prints: one object a notebook.

{"path": str, "host": str, "language": str, "cells": [CELL…]}
CELL    {"number": int from 1, "kind": "code" | "markup" | "raw", "language": str, "why": str, "name": str,
         "result": str, "uses": [{"name": str, "cell": int | null, "below": bool, "type": TYPE | null}…],
         "exports": [{"name": str, "kind": str, "space": str, "source": str, "maybe": bool, "type": TYPE}…],
         "opens": [str…]}
TYPE    {"kind": str, "text": str} and, by kind: "table" has "flavour", "open", "columns" and "index" (COLUMN…);
        "series" has "column"; "record" has "fields" ({name: TYPE}) and "open"; "collection" has "of", "element"
        and "key"; "function" has "signature" and "returns"; "module" and "class" have "name"
COLUMN  {"name": str, "type": str | null, "nullable": bool | null, "evidence": str, "certainty": str,
         "source": str, "maybe": bool}
"""

from __future__ import annotations

from typing import Any

from polycell.cli.inspection import CellView, NotebookView
from polycell.core.types import Class, Collection, Column, Function, Module, Record, Series, Table, Type, describe


def notebook_json(view: NotebookView, path: str) -> dict[str, Any]:
    notebook = view.notebook
    cells = [_cell(c) for c in view.cells]
    return {"path": path, "host": notebook.host, "language": notebook.language, "cells": cells}


def _cell(view: CellView) -> dict[str, Any]:
    cell = view.cell
    return {
        "number": view.number,
        "kind": cell.kind,
        "language": cell.language,
        "why": cell.why,
        "name": cell.name,
        "result": cell.result,
        "uses": [
            {"name": u.name, "cell": u.cell, "below": u.below, "type": type_json(u.type) if u.type else None}
            for u in view.uses
        ],
        "exports": [
            {
                "name": b.name,
                "kind": b.kind,
                "space": b.space,
                "source": b.source,
                "maybe": b.maybe,
                "type": type_json(b.type),
            }
            for b in view.exports
        ],
        "opens": list(view.opens),
    }


def type_json(type_: Type) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": type(type_).__name__.lower(), "text": describe(type_)}
    if isinstance(type_, Table):
        made["flavour"], made["open"] = type_.flavour, type_.open
        made["columns"] = [_column(c) for c in type_.columns]
        made["index"] = [_column(c) for c in type_.index]
    elif isinstance(type_, Series):
        made["column"] = _column(type_.column)
    elif isinstance(type_, Record):
        made["fields"], made["open"] = {name: type_json(t) for name, t in type_.fields}, type_.open
    elif isinstance(type_, Collection):
        made["of"] = type_.kind
        made["element"] = type_json(type_.element) if type_.element else None
        made["key"] = type_json(type_.key) if type_.key else None
    elif isinstance(type_, Function):
        made["signature"] = type_.signature
        made["returns"] = type_json(type_.returns) if type_.returns else None
    elif isinstance(type_, Module):
        made["name"] = type_.qualified
    elif isinstance(type_, Class):
        made["name"] = type_.name
    return made


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": str(column.type) if column.type else None,
        "nullable": column.nullable,
        "evidence": column.evidence.value,
        "certainty": column.certainty.name.lower(),
        "source": column.source,
        "maybe": column.maybe,
    }
