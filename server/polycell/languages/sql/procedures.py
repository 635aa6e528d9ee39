"""T-SQL's system procedures: what is known of `EXEC name …`.

Source: Transact-SQL's manual, the pages "System stored procedures". Any other procedure may make and change tables.
"""

from __future__ import annotations

from polycell.languages.sql.syntax.lexer import Token
from polycell.languages.sql.syntax.scan import Statement
from polycell.languages.sql.syntax.words import words_of

# They tell something, or change what is no table: settings, locks, statistics, comments, messages.
_HARMLESS = words_of(
    """SP_HELP SP_HELPTEXT SP_HELPINDEX SP_HELPCONSTRAINT SP_HELPDB SP_HELPFILE SP_HELPFILEGROUP SP_HELPUSER SP_HELPROLE
    SP_HELPROLEMEMBER SP_HELPLOGINS SP_HELPSERVER SP_HELPSTATS SP_HELPTRIGGER SP_HELPSORT SP_HELPLANGUAGE SP_HELPROTECT
    SP_COLUMNS SP_COLUMNS_EX SP_TABLES SP_TABLES_EX SP_PKEYS SP_FKEYS SP_STATISTICS SP_SPECIAL_COLUMNS SP_DATABASES
    SP_STORED_PROCEDURES SP_SPROC_COLUMNS SP_COLUMN_PRIVILEGES SP_TABLE_PRIVILEGES SP_SERVER_INFO SP_DATATYPE_INFO
    SP_CATALOGS SP_LINKEDSERVERS SP_DEPENDS SP_SPACEUSED SP_WHO SP_WHO2 SP_LOCK SP_MONITOR SP_READERRORLOG
    SP_DESCRIBE_FIRST_RESULT_SET SP_DESCRIBE_UNDECLARED_PARAMETERS SP_CONFIGURE SP_DBOPTION SP_UPDATESTATS
    SP_CREATESTATS SP_AUTOSTATS SP_RECOMPILE SP_REFRESHVIEW SP_REFRESHSQLMODULE SP_GETAPPLOCK SP_RELEASEAPPLOCK
    SP_SET_SESSION_CONTEXT SP_ADDEXTENDEDPROPERTY SP_UPDATEEXTENDEDPROPERTY SP_DROPEXTENDEDPROPERTY
    SP_ADDMESSAGE SP_DROPMESSAGE SP_ESTIMATE_DATA_COMPRESSION_SAVINGS SP_TABLEOPTION SP_INDEXOPTION
    SP_ADDROLE SP_DROPROLE SP_ADDROLEMEMBER SP_DROPROLEMEMBER SP_ADDUSER SP_GRANTDBACCESS SP_ADDLOGIN
    XP_MSVER XP_READERRORLOG XP_FIXEDDRIVES XP_LOGININFO XP_LOGINCONFIG XP_ENUMGROUPS XP_DIRTREE XP_SUBDIRS
    XP_FILEEXIST XP_REGREAD XP_SPRINTF XP_SSCANF XP_SERVICECONTROL XP_CREATE_SUBDIR"""
)
_RENAMES = "SP_RENAME"
# What `sp_rename` renames beside tables and columns.
_OTHER_NAMES = frozenset({"INDEX", "STATISTICS", "USERDATATYPE", "DATABASE"})


def _called(tokens: list[Token], at: int) -> tuple[str, int]:
    """(name of the procedure, the index behind it) of the EXEC at a token: `EXEC @code = sys.sp_help`; "" for none."""
    at += 1
    if at + 1 < len(tokens) and tokens[at].value.startswith("@") and tokens[at + 1].value == "=":
        at += 2
    while at + 2 < len(tokens) and tokens[at + 1].value == "." and tokens[at].kind in ("word", "name"):
        at += 2
    if at >= len(tokens) or tokens[at].kind not in ("word", "name"):
        return "", at
    return tokens[at].value.upper(), at + 1


def is_harmless(tokens: list[Token], at: int = 0) -> bool:
    """Whether the EXEC at a token leaves all tables as they are."""
    name, _ = _called(tokens, at)
    return name in _HARMLESS


def renamed(statement: Statement) -> tuple[tuple[str, ...], str, bool] | None:
    """What `EXEC sp_rename 'dbo.t.a', 'b', 'COLUMN'` says: the parts of the old name, the new name, and whether that is
    a column's. None for any other statement; () as the old name where it is about neither tables nor columns."""
    tokens = statement.tokens
    if statement.root.statement not in ("EXEC", "EXECUTE") or statement.holes:
        return None
    name, at = _called(tokens, 0)
    said = tokens[at:]
    if name != _RENAMES or [t.value for t in said[1::2]] != [","] * (len(said) // 2) or len(said) not in (3, 5):
        return None
    words = [t.value for t in said[::2] if t.kind == "string"]
    if len(words) != len(said[::2]):
        return None
    kind = words[2].upper() if len(words) == 3 else "OBJECT"
    if kind in _OTHER_NAMES:
        return (), "", False
    parts = tuple(part.strip('[]"') for part in words[0].split("."))
    plain = all(part and not set(part) & set('[]"') for part in parts)
    return (parts, words[1], kind == "COLUMN") if plain and kind in ("OBJECT", "COLUMN") else None
