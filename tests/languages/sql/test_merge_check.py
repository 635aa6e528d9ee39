"""Columns of MERGE: the target's and the source's."""

from __future__ import annotations

from tests import dsl


def test_columns_that_the_target_or_the_source_lacks() -> None:
    dsl.check_findings(
        """
        # %%
        %%sql postgresql://host/db
        create table t (id int, total numeric(10, 2));
        create table s (id int, amount numeric(10, 2));
        # %%
        %%sql
        merge into t using s on t.idd = s.id
                                  ^^^ sql-unknown-column: Did you mean `id`?
        when matched and s.amont > 3 then update set totl = s.amount, total = t.id
                           ^^^^^ sql-unknown-column: in `s`
                                                     ^^^^ sql-unknown-column: Did you mean `total`?
        when not matched then insert (id, wrong) values (s.id, s.total)
                                          ^^^^^ sql-unknown-column: in `t`
                                                                 ^^^^^ sql-unknown-column: in `s`
        # %%
        %%sql
        merge into t as a using (select id as key, amount from s) b on a.id = b.key
        when matched then update set total = (select max(x.amount) from s x where x.id = a.id)
        when not matched by source then delete
        # %%
        %%sql
        merge into t using other o on t.idd = o.anything
                                        ^^^ sql-unknown-column: Did you mean `id`?
        when matched then update set total = {{ value }}.idd
        """.replace("{{ value }}.idd", "o.x")
    )


def test_spark_may_add_columns_of_the_source() -> None:
    dsl.check_findings(
        """
        # %%
        %%sparksql
        create table t (id int, v int);
        create table s (id int, w int)
        # %%
        %%sparksql
        merge into t using s on t.id = s.id
        when matched then update set v = s.w, w = s.w, x = s.w
                                                       ^ sql-unknown-column: in `t`
        when not matched then insert *
        """
    )


def test_nothing_is_said_of_templates() -> None:
    dsl.check_findings(
        """
        # %%
        %%sql postgresql://host/db
        create table t (id int)
        # %%
        %%sql
        merge into t using {{ source }} s on t.idd = s.id when matched then delete
        """
    )


def test_columns_offered() -> None:
    above = (
        "# %%\n%%bigquery\ncreate table t (id int64, v int64); create table s (id int64, w int64)\n# %%\n%%bigquery\n"
    )
    text = f"{above}merge into t using s on t.id = s.id when not matched then insert"
    assert dsl.labels(f"{text} (<|>) values (s.id)") == ["id", "v"]
    assert dsl.labels(f"{text} (id) values (s.<|>)") == ["id", "w"]
