"""What kinds of completion items servers name by number (LSP 3.17, `CompletionItemKind`), in our words."""

from __future__ import annotations

from collections.abc import Mapping

from polycell.core.results import CompletionKind

COMPLETION_KINDS: Mapping[int, CompletionKind] = {
    2: "method",
    3: "function",
    4: "class",
    5: "property",
    6: "variable",
    7: "class",
    8: "class",
    9: "module",
    10: "property",
    12: "value",
    13: "class",
    14: "keyword",
    17: "file",
    19: "file",
    20: "value",
    21: "variable",
    22: "property",
    25: "class",
}
