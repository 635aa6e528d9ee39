"""The names that databases give to columns nobody named, where they are certain; and to columns named twice.

DuckDB prints an expression as its name. How it prints depends on keywords, quoting and version, so only the forms that
have been the same in every version are given here (tested against DuckDB); of all others the name is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from polycell.core.patterns import pattern
from polycell.core.types import Column, Table
from polycell.core.values import replace
from polycell.languages.sql.syntax.words import words_of

_PLAIN = pattern(r"[a-z_][a-z0-9_]*\Z")
_AGGREGATES = frozenset(
    {"sum", "avg", "min", "max", "count", "median", "stddev", "variance", "any_value", "approx_count_distinct"}
)
# Names that DuckDB quotes when it prints them although they can be used bare: its unreserved keywords. A name with an
# underscore is none of them, so only one-word names can meet this list.
_KEYWORD = words_of(
    """name first last year month day hour minute second date time timestamp interval value values type key row
    rows range data text int integer bigint double float decimal numeric real boolean char varchar string
    struct map list enum set show index view table schema database column columns level location location
    match member method mode move new no none object of off old only operator option options order other out
    over owner partition password plans policy position precision prepare preserve prior procedure program
    publication quote read ref references refresh release rename replace replica reset restart return role
    rollback rule sample save scroll search secret security sequence server session share simple skip snapshot
    source sql stable standalone start state statement statistics stdin stdout storage strict strip summarize
    sysid system tables temp template ties trim trailing transaction transform trigger truncate trusted types
    uncommitted unknown unlisten unlogged until update user using vacuum valid version views virtual volatile
    wrapper xml work write weeks years months days hours zone action add admin after aggregate also alter
    always assertion assignment attach attribute backward before begin bit by cache call cascade catalog
    century centuries chain characteristics check checkpoint class close cluster collation comment comments
    commit committed compression concurrently configuration conflict connection constraints content continue
    conversion copy cost csv cube current cursor cycle decade decades declare default defaults deferred
    definer delete delimiter depends detach dictionary disable discard do document domain drop each enable
    encoding encrypted error escape event exclude excluding exclusive execute explain export expression
    extension external family filter following force forward function functions generated glob global grant
    granted groups handler header hold identity if ignore immediate immutable implicit import include
    including increment indexes inherit inherits inline input insert instead invoker isolation json label
    language large leakproof least listen load local lock locked logged macro mapping matched materialized
    message microsecond milliseconds millennium minvalue maxvalue names national natural next nothing notify
    notnull nowait null nulls quarter quarters recursive relative repeatable respect restrict returning revoke
    temporary unencrypted validate validator vary varying week"""
)


def duckdb_name(words: Sequence[str]) -> str | None:
    """DuckDB's name for an expression, given its tokens as written; None where it is not certain.

    `count(*)` is `count_star()`, `sum(price)` is itself. Everything else is unknown.
    """
    lowered = [w.lower() for w in words]
    if lowered in (["count", "(", "*", ")"], ["count", "(", ")"]):
        return "count_star()"
    if len(words) == 4 and words[1] == "(" and words[3] == ")" and lowered[0] in _AGGREGATES:
        argument = words[2]
        if _PLAIN.match(argument) and argument not in _KEYWORD and ("_" in argument or len(argument) < 4):
            return f"{lowered[0]}({argument})"
    return None


def suffixed(names: Sequence[str]) -> list[str] | None:
    """Names as DuckDB hands them to Python: the second `id` becomes `id_1`, compared without case.

    None where a made name meets another, since then the outcome depends on the version.
    """
    seen: dict[str, int] = {}
    made: list[str] = []
    for name in names:
        key = name.casefold()
        if key in seen:
            seen[key] += 1
            made.append(f"{name}_{seen[key]}")
        else:
            seen[key] = 0
            made.append(name)
    return made if len({m.casefold() for m in made}) == len(made) else None


def named_once(made: Sequence[Column], opened: bool, *, suffixes: bool) -> Table:
    """The table of these columns. Of two that have one name the second gets a suffix where the database gives one and
    both are there for certain; else one stands for both, and the table is open."""
    names = [c.name for c in made]
    times = Counter(n.casefold() for n in names)
    if len(times) == len(names):
        return Table(tuple(made), opened, case_sensitive=False)
    unsure = any(c.maybe and times[c.name.casefold()] > 1 for c in made)
    fresh = suffixed(names) if suffixes and not opened and not unsure else None
    if fresh is not None:
        columns = tuple(replace(c, name=n) for c, n in zip(made, fresh, strict=True))
        return Table(columns, case_sensitive=False)
    unique = {c.name.casefold(): c for c in reversed(made)}
    unique |= {n: replace(c, type=None) for n, c in unique.items() if unsure and times[n] > 1}
    return Table(tuple(unique[n] for n in times), True, case_sensitive=False)
