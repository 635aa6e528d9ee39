"""How Spark calls what nobody named, by 3.5 and 4.3: `(a + 1)`, `upper(b)`, `count(DISTINCT a)`."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import words_of

# Functions that Spark calls as they are written here, whatever they are given.
_PLAIN = words_of(
    """
    SUM AVG MIN MAX COUNT FIRST LAST COLLECT_LIST COLLECT_SET APPROX_COUNT_DISTINCT UPPER LOWER LENGTH CONCAT COALESCE
    CONCAT_WS ABS ROUND YEAR MONTH HOUR MINUTE SECOND QUARTER GREATEST LEAST SIZE TO_DATE DATE_ADD DATEDIFF SUBSTRING
    INITCAP DATE_FORMAT ARRAY_CONTAINS SORT_ARRAY MAP_KEYS MAP_VALUES ELEMENT_AT MAX_BY MIN_BY STDDEV REGEXP_EXTRACT
    GET_JSON_OBJECT LAST_DAY ADD_MONTHS MONTHS_BETWEEN WEEKOFYEAR DAYOFWEEK LPAD RPAD INSTR REVERSE REPEAT MD5 SHA2 HASH
    ARRAY_DISTINCT ARRAY_MAX ARRAY_MIN CURRENT_DATE CURRENT_TIMESTAMP MONOTONICALLY_INCREASING_ID
    """
)
# Those that Spark writes more behind than was given, unless there are as many.
_WHOLE_WITH = {
    "round": 2, "sort_array": 2, "months_between": 3, "substring": 3, "regexp_extract": 3, "lpad": 3, "rpad": 3,
    "first": 1, "last": 1,
}  # fmt: skip
_WORDS = {"NULL": "NULL", "TRUE": "true", "FALSE": "false"}
_BARE = {"CURRENT_DATE": "current_date()", "CURRENT_TIMESTAMP": "current_timestamp()"}
_SIGNS = frozenset({"+", "-", "*", "/", "%", ">", "<", ">=", "<=", "="})
_OTHERS = frozenset({
    "CASE", "NOT", "EXISTS", "CAST", "INTERVAL", "DATE", "TIMESTAMP", "DISTINCT", "ALL", "SELECT", "OVER", "FILTER",
})  # fmt: skip


def spark_name(statement: Statement, tokens: Sequence[Token]) -> str | None:
    """The name of the item that the tokens are; None where that was not seen."""
    reader = _Reader(statement, tokens)
    name = reader.whole()
    return name if name is not None and reader.at == len(tokens) else None


class _Reader:
    """Reads one expression and says how it is called."""

    def __init__(self, statement: Statement, tokens: Sequence[Token]) -> None:
        self.statement, self.tokens, self.at = statement, tokens, 0

    def _next(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _takes(self, sign: str) -> bool:
        token = self._next()
        taken = token is not None and token.kind == "op" and token.value == sign
        self.at += taken
        return taken

    def whole(self) -> str | None:
        """One operand, or two with a sign between them: of more, the order would have to be known."""
        left = self._operand()
        sign = self._next()
        if left is None or sign is None or sign.kind != "op" or sign.value not in _SIGNS:
            return left
        self.at += 1
        right = self._operand()
        return f"({left} {sign.value} {right})" if right is not None else None

    def _operand(self) -> str | None:
        token = self._next()
        if token is None:
            return None
        self.at += 1
        if token.kind == "op" and token.value == "(":
            inner = self.whole()
            return inner if inner is not None and self._takes(")") else None
        if token.kind == "number":
            text = self.statement.text[token.start : token.end]
            digits = text.replace(".", "", 1).isdigit() and "." not in (text[0], text[-1])
            return text if digits and (text[0] != "0" or text[:2] in ("0", "0.")) else None
        if token.kind == "string":
            text = self.statement.text[token.start : token.end]
            plain = text[1:-1] if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"" else ""
            return plain if plain.replace(" ", "").replace("_", "").isalnum() else None
        if token.kind not in ("word", "name") or token.value in _OTHERS:
            return None
        if token.kind == "word" and token.value in _WORDS:
            return _WORDS[token.value]
        if self._takes("("):
            return self._call(token)
        if token.kind == "word" and token.value in _BARE:
            return _BARE[token.value]
        return self._column(token)

    def _column(self, token: Token) -> str | None:
        """A column; of a dotted one the table is left out and a field's column is not."""
        return self.statement.name(token) if not self._takes(".") else None

    def _call(self, token: Token) -> str | None:
        name = self.statement.name(token).lower()
        if token.kind != "word" or name.upper() not in _PLAIN:
            return None
        distinct = self._next()
        word = "DISTINCT " if distinct is not None and distinct.value == "DISTINCT" and distinct.kind == "word" else ""
        self.at += bool(word)
        if self._takes(")"):
            return f"{name}()" if not word else None
        if name == "count" and not word and self._takes("*"):
            return "count(1)" if self._takes(")") else None
        parts: list[str] = []
        while True:
            part = self.whole()
            if part is None:
                return None
            parts.append(part)
            if self._takes(")"):
                if len(parts) != _WHOLE_WITH.get(name, len(parts)):
                    return None
                return f"{name}({word}{', '.join(parts)})"
            if not self._takes(","):
                return None
