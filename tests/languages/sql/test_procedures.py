"""T-SQL's `EXEC`: procedures of the system that change no table hide nothing below."""

from __future__ import annotations

import pytest

from polycell.languages.sql.procedures import renamed
from polycell.languages.sql.syntax.dialects import DIALECTS
from polycell.languages.sql.syntax.scan import scan
from tests.languages.sql.test_conditional import found


@pytest.mark.parametrize(
    "call",
    [
        "exec sp_help 'dbo.t'",
        "EXECUTE sys.sp_columns @table_name = N't'",
        "declare @code int\nexec @code = master.dbo.xp_msver",
        "exec sp_spaceused",
        "exec sp_rename 't.a', 'b', 'INDEX'",
    ],
)
def test_harmless_procedures(call: str) -> None:
    assert found("tsql", f"create table t (a int)\n{call}\nselect c from t") == ["c"]


@pytest.mark.parametrize("call", ["exec load_all", "exec ('drop table t')", "exec sp_executesql @q", "exec @name 1"])
def test_others_may_do_anything(call: str) -> None:
    assert found("tsql", f"create table t (a int)\n{call}\nselect c from t") == []


def test_renaming() -> None:
    def of(text: str) -> object:
        return renamed(scan(text, DIALECTS["tsql"]).statements[0])

    assert of("exec sp_rename 'dbo.t.a', 'b', 'COLUMN'") == (("dbo", "t", "a"), "b", True)
    assert of("exec sp_rename N'[t]', 's'") == (("t",), "s", False)
    assert of("exec sp_rename @old, 's'") is None
    made = "create table t (a int)\nexec sp_rename 't.a', 'b', 'COLUMN'\n"
    assert found("tsql", f"{made}select a from t") == ["a"]
    assert found("tsql", f"{made}select b from t") == []
    assert found("tsql", f"{made}exec sp_rename 't', 's'\nselect b, a from s") == ["a"]
