"""Languages of script files and how they write line comments."""

from __future__ import annotations

from msgspec import Struct


class Script(Struct, frozen=True):
    """`suffix` without its dot, `comment` what starts a line comment."""

    language: str
    comment: str
    suffix: str


_BY_COMMENT = {
    "#": "py:python r:r jl:julia sh:bash bash:bash rb:ruby pl:perl ps1:powershell ex:elixir exs:elixir nim:nim",
    "--": "sql:sql ddl:sql hs:haskell lua:lua",
    "//": "scala:scala sc:scala js:javascript mjs:javascript ts:typescript java:java kt:kotlin kts:kotlin cs:csharp "
    "csx:csharp fsx:fsharp fs:fsharp cpp:cpp cc:cpp rs:rust go:go groovy:groovy swift:swift do:stata",
    ";;": "clj:clojure scm:scheme ss:scheme",
}
_SCRIPTS = {
    suffix: Script(language, comment, suffix)
    for comment, words in _BY_COMMENT.items()
    for suffix, language in (word.split(":") for word in words.split())
}
PYTHON = _SCRIPTS["py"]
SUFFIXES = tuple(f".{suffix}" for suffix in _SCRIPTS)


def script_of(path: str) -> Script:
    """By the path's (or URI's) suffix; Python where it tells nothing, as editors do with an unnamed script."""
    _, dot, suffix = path.replace("\\", "/").rsplit("/", 1)[-1].rpartition(".")
    return _SCRIPTS.get(suffix.lower(), PYTHON) if dot else PYTHON
