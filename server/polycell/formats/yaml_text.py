"""YAML inside notebooks (front matter, chunk options), read into plain JSON-like values. Never raises.

PyYAML is imported at the first use. Aliases are expanded within a budget, so a hostile header cannot grow.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from polycell.core.patterns import pattern

MOST_NODES = 20_000
DEEPEST = 64
DEEP_BRACKETS = 500
_BRACKETS = pattern(r"[\[\]{}]")
_DEEP_LINE = pattern(r"(?:[-?:][ \t]+){500}|^[ \t]{1000}", re.MULTILINE)


def load(text: str) -> Any:
    """The value of a YAML text: dict with string keys, list, str, int, float, bool or None. None when it is broken."""
    return _load(text)


def load_mapping(text: str) -> dict[str, Any]:
    """The YAML text's mapping; {} when it is anything else. Do not change what comes back: it is shared."""
    value = _load(text)
    return value if isinstance(value, dict) else {}


@lru_cache(maxsize=256)
def _load(text: str) -> Any:
    import yaml

    try:
        return plain(yaml.load(text, Loader=safe_loader(text)))
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError, AttributeError, LookupError):
        return None


def safe_loader(text: str) -> Any:
    """PyYAML's loader for a text: the fast one of libyaml where there is one and the text is not nested deeply.

    libyaml's composer recurses in C without a limit and would take the process along; the other one raises.
    """
    import yaml

    fast = getattr(yaml, "CSafeLoader", None)
    return yaml.SafeLoader if fast is None or _may_be_deep(text) else fast


def _may_be_deep(text: str) -> bool:
    """Whether collections may be nested deeply: by indentation, by `- - -` on one line, or by open brackets."""
    if _DEEP_LINE.search(text):
        return True
    depth = 0
    for match in _BRACKETS.finditer(text):
        depth = depth + 1 if match[0] in "[{" else max(depth - 1, 0)
        if depth > DEEP_BRACKETS:
            return True
    return False


def plain(value: Any) -> Any:
    """A copy made of JSON's types only, at most `MOST_NODES` values and `DEEPEST` levels; what is beyond is None."""
    left = [MOST_NODES]
    return _plain(value, DEEPEST, left)


def _plain(value: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if depth <= 0 or left[0] <= 0:
        return None
    if isinstance(value, dict):
        return {str(k): _plain(v, depth - 1, left) for k, v in value.items() if left[0] > 0}
    if isinstance(value, (list, tuple, set)):
        return [_plain(v, depth - 1, left) for v in value if left[0] > 0]
    return str(value)


def scalar(text: str, tag: str) -> Any:
    """A scalar's value by its resolved tag; the text itself where it is no number, bool or null."""
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind in ("int", "float"):
        try:
            return int(text) if kind == "int" else float(text)
        except ValueError:
            return text
    return text
