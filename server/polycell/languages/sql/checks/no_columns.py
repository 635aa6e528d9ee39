"""Words that stand where a column may and are none: pseudo columns, functions without parentheses, parts of dates,
keywords of one database, lists behind a star."""

from __future__ import annotations

from collections.abc import Collection

from polycell.languages.sql.relations.items import items
from polycell.languages.sql.syntax.blocks import Block
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import words_of

_PSEUDO = frozenset(
    {"rowid", "filename", "file_row_number", "rownum", "current_date", "current_timestamp", "current_time", "default"}
)
# The same in other databases, and words that stand where a column may (`DATEADD(day, 1, d)`, `SYSDATE`).
_ELSEWHERE = words_of(
    """ctid oid tableoid xmin xmax cmin cmax excluded level user sysdate systimestamp current_user session_user uid
    current_role current_schema current_database current_catalog localtime localtimestamp getdate year quarter
    month week day hour minute second millisecond microsecond nanosecond weekday dayofweek dayofyear isodow
    isoyear dow doy epoch century decade nextval currval connect_by_root connect_by_isleaf ora_rowscn
    grouping__id value key nocase rtrim binary default dual inserted deleted current_timezone utc_date
    utc_timestamp utc_time dbtimezone sessiontimezone sessiontimestamp"""
)
_LISTING = frozenset({"EXCEPT", "EXCLUDE"})
OF_SEQUENCES = frozenset({"nextval", "currval"})  # `orders_seq.NEXTVAL`


def is_exempt(statement: Statement, index: int) -> bool:
    """Whether the word at a token's index may be something that no table lists."""
    token = statement.tokens[index]
    name = statement.spelling(token)
    if name.casefold() in _PSEUDO or (statement.dialect.name != "duckdb" and name.casefold() in _ELSEWHERE):
        return True
    if statement.dialect.name == "duckdb":
        return False
    quoted = statement.text[token.start : token.start + 1] == '"'
    if "$" in name or name.startswith(("_", "@", "#")) or (quoted and statement.dialect.name in ("sqlite", "mysql")):
        return True
    return token.kind == "word" and _is_keyword(statement, index)


def _is_returned(statement: Statement, index: int) -> bool:
    """Whether the word is the first behind the RETURNING of an INSERT, UPDATE or DELETE."""
    returned = statement.root.segment("returning")
    return returned is not None and returned.start == index


def _is_keyword(statement: Statement, index: int) -> bool:
    """`x IS NFC NORMALIZED`, `NEXT VALUE FOR ids`, `JSON_ARRAYAGG(x RETURNING json)`."""
    before = ["", "", *(t.value if t.kind == "word" else "" for t in statement.tokens[max(index - 2, 0) : index])][-2:]
    if (
        before[1] == "IS"
        or before == ["IS", "NOT"]
        or (before[1] == "RETURNING" and not _is_returned(statement, index))
    ):
        return True
    if before[0] == "IDENTITY" and statement.tokens[index - 1].value == "(":
        return True  # T-SQL: `SELECT identity(int) AS id INTO …`
    return statement.tokens[index].value == "NORMALIZED" or _is_sequence(statement, index)


def _is_sequence(statement: Statement, index: int) -> bool:
    """`ids` of `NEXT VALUE FOR dbo.ids`."""
    tokens = statement.tokens
    while index > 1 and tokens[index - 1].value == ".":
        index -= 2
    return [t.value for t in tokens[max(index - 2, 0) : index]] == ["VALUE", "FOR"]


def of_sequence(statement: Statement, index: int) -> bool:
    """Whether the dotted word at `index` belongs to a sequence: `ids.NEXTVAL`, `NEXT VALUE FOR dbo.ids`."""
    return statement.spelling(statement.tokens[index]).casefold() in OF_SEQUENCES or _is_sequence(statement, index)


def left_out(statement: Statement, block: Block, sources: Collection[str]) -> frozenset[int]:
    """Indexes of the words behind EXCEPT and EXCLUDE, but for those behind `*` and `source.*` of one of `sources`: what
    `x.* EXCEPT (a)` leaves out may be a field of a struct, Redshift's list behind all items is one of the result."""
    tokens = statement.tokens
    segment = block.segment("select")
    if segment is None:
        return frozenset()
    judged: set[int] = set()
    for item in items(statement, block):
        owner = [statement.spelling(t).casefold() for t in item.qualifier]
        if sources and (not owner or (len(owner) == 1 and owner[0] in sources)):
            judged |= {token.start for token in item.without}
    made: set[int] = set()
    for at in range(segment.start, segment.end):
        if tokens[at].kind != "word" or tokens[at].value not in _LISTING:
            continue
        child = block.children.get(at + 1)
        end = child.end if child is not None else at + 2
        made |= {i for i in range(at + 1, min(end, segment.end)) if tokens[i].start not in judged}
    return frozenset(made)
