"""JSON as Python code has it."""

from __future__ import annotations

import json
import keyword
from collections.abc import Mapping
from typing import Any

from polycell.tables.charts.transforms import OPAQUE

_DEEPEST = 40


class NoFormError(Exception):
    """Some of a specification has no form in Altair that is known here."""


def literal(value: Any) -> str:
    """JSON as Python writes it, strings in the double quotes of the code around."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(key)}: {literal(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


def is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def named(content: Mapping[str, str]) -> str:
    """Arguments of a call by keyword, from code."""
    if not all(map(is_name, content)):
        raise NoFormError
    return ", ".join(f"{key}={text}" for key, text in content.items())


def arguments(content: Mapping[str, Any]) -> str:
    """Arguments of a call by keyword, from JSON."""
    return named({key: literal(value) for key, value in content.items()})


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether a value is JSON through and through: nothing in it that only a run can tell."""
    if depth > _DEEPEST or value is OPAQUE:
        return False
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(inner, depth + 1) for key, inner in value.items())
    if isinstance(value, list):
        return all(is_plain(inner, depth + 1) for inner in value)
    if isinstance(value, float):
        return abs(value) < float("inf")
    return value is None or isinstance(value, str | int)
