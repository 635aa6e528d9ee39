"""A specification as the text of a cell."""

from __future__ import annotations

import json
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


class Unquoted(str):
    """A value of a cell above, written without quotes."""


def written(content: Any, indent: str = "") -> str:
    """A specification as people write it: outer objects over several lines, inner ones on one."""
    if isinstance(content, Unquoted):
        return str(content)
    if not isinstance(content, dict) or not content:
        return json.dumps(content, ensure_ascii=False)
    flat = _flat(content)
    if indent and len(flat) + len(indent) <= 90:
        return flat
    inner = f"{indent}  "
    lines = [f"{inner}{json.dumps(key)}: {written(value, inner)}" for key, value in content.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _flat(content: Any) -> str:
    if isinstance(content, Unquoted):
        return str(content)
    if isinstance(content, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_flat(v)}" for k, v in content.items()) + "}"
    return json.dumps(content, ensure_ascii=False)
