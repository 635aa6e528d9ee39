"""YAML inside notebooks (front matter, chunk options), read into plain JSON-like values. Never raises.

PyYAML is imported at the first use. Aliases are expanded within a budget, so a hostile header cannot grow.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MOST_NODES = 20_000
DEEPEST = 64


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

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return plain(yaml.load(text, Loader=loader))
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError, AttributeError, LookupError):
        return None


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
