"""Completion items of compilers that hand out symbols and leave it to us what an item is and which come first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

FUNCTION, CLASS, MODULE, VALUE = 3, 7, 9, 12  # of the protocol
MOST = 500

# What every value has; nobody looks for them first.
_COMMON = frozenset(
    {
        *("asInstanceOf", "canEqual", "clone", "copy", "ensuring", "eq", "equals", "finalize", "formatted", "getClass"),
        *("hashCode", "isInstanceOf", "ne", "nn", "notify", "notifyAll", "productArity", "productElement"),
        *("productElementName", "productElementNames", "productIterator", "productPrefix", "synchronized", "toString"),
        *("wait", "_1", "_2", "_3", "_4", "_5"),
    }
)


def item(label: str, kind: int, detail: str, replaced: dict[str, Any]) -> dict[str, Any]:
    return {"label": label, "kind": kind, "detail": detail, "textEdit": {"range": replaced, "newText": label}}


def answer(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Own members first, then what every value has, operators last; otherwise in the compiler's order."""
    made = sorted(items, key=lambda one: (not one["label"][0].isalpha(), one["label"] in _COMMON))
    return {"isIncomplete": len(made) > MOST, "items": made[:MOST]}
