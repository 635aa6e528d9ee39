"""Arguments that take one of a few words which no type tells: tables of data, (callee, argument) → words.

Those of functions are in `known.words`; here are those of methods of frames, and those with words in lists and
dictionaries. Written as in `column_arguments`, with the name of the words before the role, which is `word` for the text
or each text of a list, `values` for the values of a dictionary, `pairs` for the second of a tuple
(`agg(n=("a", "sum"))`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, cast

from polycell.core.types import UNKNOWN, Module
from polycell.languages.python.columns.places import owners
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.frames import rules
from polycell.languages.python.keyword_words import draws
from polycell.languages.python.known.column_arguments import lines
from polycell.languages.python.known.words import AXES, KEY, accepted
from polycell.languages.python.syntax.cursor import Bracket

Role: TypeAlias = Literal["word", "values", "pairs"]

WORDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(words.split())
    for name, words in {
        "aggregation": "sum mean count size min max median std var first last nunique prod sem any all",
        "transformation": "sum mean count size min max median std var first last nunique rank cumsum cumcount cummax "
        "cummin cumprod diff shift pct_change ffill bfill",
        "plot": "line bar barh hist box kde area pie scatter hexbin",
        "type": "int64 Int64 int32 float64 Float64 float32 bool boolean string str object category datetime64[ns] "
        "timedelta64[ns]",
        "frequency": "D B W ME MS QE QS YE YS h min s ms",
        "join": "inner left right outer full cross left_semi left_anti",
        "save": "append overwrite ignore errorifexists",
        "format": "parquet csv json orc text delta jdbc avro",
        "unit": "year quarter month week day hour minute second",
    }.items()
}

_PANDAS = """
    agg                 aggregation     word    func 0
    agg                 aggregation     values  func 0
    agg                 aggregation     pairs   **
    aggregate           aggregation     word    func 0
    aggregate           aggregation     values  func 0
    aggregate           aggregation     pairs   **
    transform           transformation  word    func 0
    transform           transformation  values  func 0
    pivot_table         aggregation     word    aggfunc 3
    pivot_table         aggregation     values  aggfunc 3
    plot                plot            word    kind
    astype              type            word    dtype 0
    astype              type            values  dtype 0
    resample            frequency       word    rule 0
    asfreq              frequency       word    freq 0
    to_period           frequency       word    freq 0
"""
_SPARK = """
    join                join            word    how 2
    agg                 aggregation     values  exprs 0
    write.mode          save            word    saveMode 0
    write.format        format          word    source 0
"""
_FUNCTIONS = """
    pandas.date_range       frequency   word    freq
    pandas.period_range     frequency   word    freq
    pandas.Grouper          frequency   word    freq
    pandas.Series           type        word    dtype
    pandas.DataFrame        type        word    dtype
    pandas.array            type        word    dtype
    pandas.read_csv         type        word    dtype
    pandas.read_csv         type        values  dtype
    pandas.read_excel       type        values  dtype
    pandas.pivot_table      aggregation word    aggfunc
    pandas.pivot_table      aggregation values  aggfunc
    pandas.crosstab         aggregation word    aggfunc
    pandas.NamedAgg         aggregation word    aggfunc 1
    pyspark.sql.functions.date_trunc    unit    word    format 0
    pyspark.sql.functions.trunc         unit    word    format 1
"""

Arguments: TypeAlias = Mapping[tuple[str | int, Role], Sequence[str]]


def _table(text: str) -> Mapping[str, Arguments]:
    """Callee → (argument, role) → its words."""
    made: dict[str, dict[tuple[str | int, Role], Sequence[str]]] = {}
    for callee, words, (role, *arguments) in lines(text):
        for argument in arguments:
            key = int(argument) if argument.isdigit() else argument
            made.setdefault(callee, {})[key, cast(Role, role)] = WORDS[words]
    return made


_FRAMES = _table(_PANDAS)
METHODS: Mapping[str, Mapping[str, Arguments]] = {
    **dict.fromkeys(("pandas", "pandas groups", "pandas series", "pandas windows"), _FRAMES),
    **dict.fromkeys(("spark", "spark groups"), _table(_SPARK)),
}
FUNCTIONS = _table(_FUNCTIONS)


def words(place: Place) -> Sequence[str]:
    """The words that the string at a place may be; none where nobody knows."""
    inside: list[Bracket] = []
    for bracket in reversed(place.site.brackets):
        if bracket.receiver:
            if bracket.kind == "[" and not inside:
                return _keys(place, bracket.receiver)
            taken = _taken(place, bracket.receiver) if bracket.kind == "(" else None
            return _fitting(taken, bracket, inside) if taken is not None else ()
        inside.append(bracket)
        if len(inside) > 2:
            break
    return ()


def _keys(place: Place, receiver: str) -> Sequence[str]:
    type_ = place.type_of(receiver)
    return accepted(type_.qualified).get(KEY, ()) if isinstance(type_, Module) else ()


def _taken(place: Place, receiver: str) -> Arguments | None:
    owner, _, method = receiver.rpartition(".")
    type_ = place.type_of(owner or receiver)
    if isinstance(type_, Module):
        callee = rules.canonical(type_.qualified if not owner else f"{type_.qualified}.{method}")
        return {**_as_words(callee), **FUNCTIONS.get(callee, {})}
    if not owner:
        builtin = type_ == UNKNOWN and place.run.overlay().get(method) is place.context.view.lookup(method) is None
        return _as_words(method) if builtin else None
    for of, name in owners(receiver):
        known = METHODS.get(rules.flavour_of(place.type_of(of)), {})
        if known is _FRAMES and name.partition(".")[0] == "plot":
            return {**_as_words(f"{AXES}.plot"), **known.get(name, {})}
        if name in known:
            return known[name]
    return _as_words(f"{AXES}.{method}") if draws(place, type_) else None


def _as_words(callee: str) -> Arguments:
    return {(argument, "word"): words for argument, words in accepted(callee).items()}


def _fitting(taken: Arguments, bracket: Bracket, inside: Sequence[Bracket]) -> Sequence[str]:
    kinds = "".join(b.kind for b in inside)
    value = bool(inside) and inside[-1].kind == "{" and not inside[-1].key
    role: Role
    if value and kinds in ("{", "[{"):
        role = "values"
    elif kinds == "(" and bracket.keyword and inside[0].argument == 1:
        role = "pairs"
    elif kinds in ("", "["):
        role = "word"
    else:
        return ()
    found = (taken.get((argument, role)) for argument in (bracket.keyword or bracket.argument, "**"))
    return next((words for words in found if words is not None), ())
