"""Names that the notebook's own SQL uses of tables that nobody knows: the last resort of completion, never proof.

A column counts for the table whose alias stands before it, or for the only table of its query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from polycell.languages.sql.checks.names import written_words
from polycell.languages.sql.checks.no_columns import is_exempt
from polycell.languages.sql.relations.sources import Source, sources
from polycell.languages.sql.syntax.blocks import blocks
from polycell.languages.sql.syntax.scan import Script, Statement
from polycell.languages.sql.syntax.words import RESERVED, words_of

STATEMENTS = 300  # that are looked at
_Used = Mapping[str, tuple[str, Mapping[str, str]]]


class Usage(Struct, frozen=True):
    """What the scripts of a notebook use, looked up when it is asked for: `scripts` gives those with a word in them,
    the nearest first."""

    scripts: Callable[[str], Iterable[Script]]

    def tables(self) -> Iterator[str]:
        """Each table that some query reads, as it is written first."""
        seen: set[str] = set()
        for statement in self._statements(""):
            for folded, (name, _) in _used(statement).items():
                if folded not in seen:
                    seen.add(folded)
                    yield name

    def columns(self, source: Source, statement: Statement) -> Iterator[str]:
        """The columns that are used of the table of a source."""
        name = _name(statement, source)
        seen: set[str] = set()
        for other in self._statements(name) if name else ():
            for folded, column in _used(other).get(name.casefold(), ("", {}))[1].items():
                if folded not in seen:
                    seen.add(folded)
                    yield column

    def parts(self, before: Sequence[str], *, calls: bool) -> Iterator[tuple[str, bool]]:
        """(part, whether it is the last) of each dotted name that the notebook writes behind these parts; `calls`: of
        functions alone."""
        folded = [part.casefold() for part in before]
        seen: set[str] = set()
        for statement in self._statements(before[-1]):
            for name, called in _dotted(statement):
                begins = len(name) > len(folded) and [p.casefold() for p in name[: len(folded)]] == folded
                part = name[len(folded)] if begins and (called or not calls) else ""
                if part.strip("_") and part.casefold() not in seen:
                    seen.add(part.casefold())
                    yield part, len(name) == len(folded) + 1

    def paths(self) -> Iterator[str]:
        """The functions that the notebook calls by a dotted name."""
        found = (".".join(name) for statement in self._statements("") for name, called in _dotted(statement) if called)
        yield from dict.fromkeys(found)

    def _statements(self, word: str) -> Iterator[Statement]:
        count = 0
        for script in self.scripts(word):
            for statement in script.statements:
                count += 1
                if count > STATEMENTS:
                    return
                yield statement


# Words behind which a name of the catalogue stands.
_NAMING = words_of(
    """FROM JOIN INTO TABLE UPDATE USE SCHEMA DATABASE VIEW EXISTS CALL PROCEDURE FUNCTION STAGE STREAM TASK VOLUME
    MODEL DESCRIBE DESC CLONE FORMAT USING TABLES"""
)


def _dotted(statement: Statement) -> list[tuple[tuple[str, ...], bool]]:
    """(parts, whether it is called) of each dotted name of tables, functions and what else a catalogue holds; kept with
    the statement's tree."""
    kept = statement.root.memo.get("dotted names")
    if kept is None:
        kept = statement.root.memo["dotted names"] = list(_dotted_names(statement))
    return kept  # type: ignore[return-value]


def _dotted_names(statement: Statement) -> Iterator[tuple[tuple[str, ...], bool]]:
    tokens, at = statement.tokens, 0
    while at < len(tokens):
        begin = at
        parts: list[str] = []
        while at < len(tokens) and tokens[at].kind in ("word", "name"):
            spelled = statement.spelling(tokens[at])
            parts += spelled.split(".") if tokens[at].kind == "name" else [spelled]
            if at + 1 >= len(tokens) or tokens[at + 1].value != "." or tokens[at + 1].kind != "op":
                break
            at += 2
        at += 1
        called = at < len(tokens) and tokens[at].value == "(" and tokens[at].kind == "op"
        named = bool(begin) and tokens[begin - 1].kind == "word" and tokens[begin - 1].value in _NAMING
        if len(parts) > 1 and all(parts) and (named or called):
            yield tuple(parts), called and not named


def _name(statement: Statement, source: Source) -> str:
    return ".".join(statement.spelling(t) for t in source.parts) if source.hole is None else ""


def _used(statement: Statement) -> _Used:
    """Folded table → (its name, folded column → column); kept with the statement's tree."""
    kept = statement.root.memo.get("usage")
    if kept is None:
        made: dict[str, tuple[str, dict[str, str]]] = {}
        for name, column in _pairs(statement):
            columns = made.setdefault(name.casefold(), (name, {}))[1]
            if column.strip("_"):
                columns.setdefault(column.casefold(), column)
        kept = statement.root.memo["usage"] = made
    return kept  # type: ignore[return-value]


def _pairs(statement: Statement) -> Iterator[tuple[str, str]]:
    """(table, column), and (table, "") for each table."""
    tokens, spelling = statement.tokens, statement.spelling
    whole = list(blocks(statement.root))
    made = {spelling(cte.name).casefold() for block in whole for cte in block.ctes}
    for block in whole:
        if block.kind != "query":
            continue
        found = sources(statement, block)
        owners: dict[str, str] = {}
        for source in found:
            name = _name(statement, source)
            if name and name.strip("_") and name.casefold() not in made and source.named is not None:
                owners[spelling(source.named).casefold()] = name
                yield name, ""
        alone = next(iter(owners.values())) if len(found) == 1 and owners and block.parent is None else ""
        for token, at, _ in written_words(statement, block):
            dotted = at >= 2 and tokens[at - 1].value == "." and tokens[at - 1].kind == "op"
            if dotted and (at < 3 or tokens[at - 3].value != "."):
                owner = owners.get(spelling(tokens[at - 2]).casefold(), "")
                if owner:
                    yield owner, spelling(token)
            elif alone and not dotted and not _is_new(statement, at) and not is_exempt(statement, at):
                yield alone, spelling(token)


def _is_new(statement: Statement, at: int) -> bool:
    """Whether the word gives a name: behind AS, or right behind an operand."""
    before = statement.tokens[at - 1] if at else None
    if before is None:
        return False
    if before.kind == "word":
        return before.value == "AS" or before.value not in RESERVED or before.value in ("END", "NULL")
    return before.kind in ("name", "string", "number", "hole") or before.value in (")", "]", "::")
