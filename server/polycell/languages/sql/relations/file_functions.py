"""Table functions that read files: `read_csv('a.csv', header = true, columns = {'a': 'INT'})`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polycell.languages.sql.syntax.scan import Statement

DEEPEST = 5  # lists in lists


def arguments_of(statement: Statement, call: int) -> tuple[Sequence[str], Mapping[str, Any]] | None:
    """(paths, options by lower-case name) of the call whose parenthesis is token `call`; None where a path or an option
    is no literal, or the call is not closed."""
    try:
        reading = _Reading(statement, call + 1)
        paths = reading.value()
        options: dict[str, Any] = {}
        while reading.takes(","):
            name = reading.name().lower()
            if not (reading.takes(":=") or (reading.takes(":") and reading.takes("=")) or reading.takes("=")):
                return None
            options[name] = reading.value()
        closed = reading.takes(")")
    except (ValueError, IndexError):
        return None
    paths = [paths] if isinstance(paths, str) else paths
    if not closed or not isinstance(paths, list) or not paths or not all(isinstance(p, str) for p in paths):
        return None
    return paths, options


class _Reading:
    """Literals, from a token on. Raises ValueError at anything else, IndexError at the end."""

    def __init__(self, statement: Statement, at: int) -> None:
        self.statement, self.at = statement, at

    def takes(self, word: str) -> bool:
        token = self.statement.tokens[self.at]
        if token.kind == "op" and token.value == word:
            self.at += 1
            return True
        return False

    def name(self) -> str:
        token = self.statement.tokens[self.at]
        if token.kind not in ("word", "name", "string"):
            raise ValueError(token.value)
        self.at += 1
        return token.value if token.kind == "string" else self.statement.spelling(token)

    def value(self, depth: int = 0) -> Any:
        if depth > DEEPEST:
            raise ValueError("too deep")
        if self.takes("["):
            return self._items("]", lambda: self.value(depth + 1))
        if self.takes("{"):
            return dict(self._items("}", lambda: self._pair(depth + 1)))
        negative = self.takes("-")
        token = self.statement.tokens[self.at]
        self.at += 1
        if token.kind == "number":
            number = float(token.value) if not token.value.isdigit() else int(token.value)
            return -number if negative else number
        if token.kind == "string" and not negative:
            return token.value
        if token.kind == "word" and token.value in ("TRUE", "FALSE") and not negative:
            return token.value == "TRUE"
        raise ValueError(token.value)

    def _pair(self, depth: int) -> tuple[str, Any]:
        name = self.name()
        if not self.takes(":"):
            raise ValueError(name)
        return name, self.value(depth)

    def _items(self, end: str, item: Any) -> list[Any]:
        made: list[Any] = []
        while not self.takes(end):
            if made and not self.takes(","):
                raise ValueError(end)
            made.append(item())
        return made
