"""Templates and parameters in SQL, masked so that every offset stays what it is.

`{% … %}` and `{# … #}` become spaces. What stands for a value or a name (`{{ x }}`, `${x}`, `%(x)s`, `{x}`, `:x`,
`$x`) becomes a word of the same length, and is reported as a hole: nobody knows what will stand there, so nothing is
concluded from it. Strings and comments are left alone. Which systems write what: JupySQL, dbt and Snowflake Jinja;
Databricks `${x}` and `:x`; pandas and psycopg `%(x)s`; marimo and BigQuery's `--pyformat` `{x}`.
"""

from __future__ import annotations

import re

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span

_TOKENS = pattern(
    r"(?P<skip>'(?:[^']|'')*'|--[^\r\n]*|/\*[\s\S]*?\*/)"
    r"|(?P<block>\{%[\s\S]*?%\}|\{\#[\s\S]*?\#\})"
    r"|(?P<hole>\{\{[\s\S]*?\}\}"
    r"|\$\{[^{}]*\}"
    r"|%\(\w+\)s"
    r"|(?<=[\s(=,])%s(?!\w)"
    r"|\{\s*[A-Za-z_][\w.]*(?:\[[^\]{}]*\])?(?:![rsa])?(?::[^{}]*)?\s*\}(?<![:\d]\})"
    r"|(?<![pP])(?<![pP]\s)\{\}"  # no `MAP {}`
    r"|(?<![\w:$\]\)\"'`}])[:$][A-Za-z_]\w*(?!\$)"
    r"|(?<![\w$])\$\d+)"
)
_MAY = pattern(r"[{$%:]")


class Masked(Struct, frozen=True):
    """`text` has the length of what was masked; `holes` are sorted; `blocks`: control flow (`{% if %}`) was there."""

    text: str
    holes: tuple[Span, ...] = ()
    blocks: bool = False


def mask(text: str) -> Masked:
    """The text with templates neutralised; the same object when there are none."""
    if not _MAY.search(text):
        return Masked(text)
    parts: list[str] = []
    holes: list[Span] = []
    blocks = False
    at = 0
    for match in _TOKENS.finditer(text):
        if match.lastgroup == "skip":
            continue
        start, end = match.span()
        parts.append(text[at:start])
        at = end
        if match.lastgroup == "block":
            blocks = True
            parts.append(_blank(match[0]))
        else:
            holes.append(Span(start, end))
            parts.append("_" * (end - start))
    if not at:
        return Masked(text)
    parts.append(text[at:])
    return Masked("".join(parts), tuple(holes), blocks)


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)


def hole_name(text: str) -> str:
    """The plain name inside a hole as written (`{{ dataframe_1 }}` → `dataframe_1`), or "" for anything else."""
    match = re.fullmatch(r"(?:\{\{?\s*|\$\{|:|\$|%\()([A-Za-z_]\w*)(?:\s*\}\}?|\)s)?", text)
    return match[1] if match else ""
