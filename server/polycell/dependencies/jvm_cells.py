"""Declarations in cells of Scala, C# and F#: `import $ivy`, `import $plugin.$ivy`, `//> using dep`, `%AddDeps`,
`#r "nuget: …"`, sbt's `%%`.

Sources: Ammonite's and Almond's documentation, scala-cli's directives reference, Toree's magics, .NET Interactive's
`#r nuget`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.dependencies.maven import read_coordinate, requirement_of
from polycell.dependencies.model import Declaration, Requirement

_IVY_ITEM = r"\$(?:plugin\.\$)?(?:ivy|dep)\.(?:`[^`\r\n]*`?|\{[^}]*\}?)"
# Several imports may stand in a line.
_IVY = pattern(rf"(?:^|;)[ \t]*import[ \t]+(?P<what>{_IVY_ITEM}(?:[ \t]*,[ \t]*{_IVY_ITEM})*)", re.MULTILINE)
_ITEM = pattern(_IVY_ITEM)
_COMPAT = pattern(r"\s+compat$")  # Ammonite: the library of Scala 2.13 in Scala 3
_QUOTED = pattern(r"`([^`\r\n]*)`?")
_USING = pattern(
    r"^[ \t]*//>[ \t]*using[ \t]+(?:(?:test|compileOnly)\.)?"
    r"(?:deps?|libs?|dependency|dependencies|(?P<plugin>plugins?|compilerPlugins?))\b"
    r"[ \t]*(?P<rest>.*)$",
    re.MULTILINE,
)
_USING_WORD = pattern(r'"([^"\r\n]*)"?|([^\s",]+)')
_LOAD = pattern(r"^[ \t]*interp\.load\.ivy\((?P<what>[^)]*)", re.MULTILINE)
_SBT = pattern(r'"(?P<g>[^"]*)"[ \t]*(?P<x>%{1,3})[ \t]*"(?P<a>[^"]*)"[ \t]*%[ \t]*"(?P<v>[^"]*)"')
_SCALA_DIRECTIVE = pattern(r'^[ \t]*//>[ \t]*using[ \t]+scala[ \t]+"?([\d.]+)"?', re.MULTILINE)
_TEXT = r"\"[^\"\r\n]*\"|'[^'\r\n]*'"
_LITERAL = pattern(r"(?P<quote>[\"'])(?P<inner>[^\"'\r\n]*)(?P=quote)")
# Key and value, as arguments, in a dictionary, or as a pair of Scala; what else is computed is not read.
_PACKAGES = pattern(
    rf"[\"']spark\.jars\.packages[\"']\s*(?:,|:|->)\s*(?=(?P<all>(?:{_TEXT})(?:\s*\+?\s*(?:{_TEXT}))*)\s*[,)}}\]\n])"
)
_TOREE = pattern(r"^[ \t]*(?P<magic>%AddDeps|%AddJar)\b(?P<rest>[^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_TOREE_VALUES = frozenset({"--repository", "--exclude", "--credential"})  # options with a word behind them
_NUGET = pattern(r'^[ \t]*#r[ \t]+(?P<quote>@?")(?P<text>[^"\r\n]*)(?P<end>"?)', re.MULTILINE)
_NUGET_PART = pattern(r"(?:[^,\[(]|[\[(][^\])]*[\])]?)+")
_NUGET_OPTION = pattern(r"\s*(?P<key>\w+)\s*=\s*")
_NUGET_NAME = pattern(r"[A-Za-z_0-9][\w.\-]*")
_NUGET_VERSION = pattern(r"\d+(?:\.[\d*]+)*(?:-[\w.*\-]+)?(?:\+[\w.]+)?|\*(?:-\*)?|[\[(][^\[\]()]*[\])]", re.IGNORECASE)


def scala_declarations(text: str) -> Iterator[Declaration]:
    for found in _IVY.finditer(text):
        if found[0][0] == ";" and "//" in text[text.rfind("\n", 0, found.start()) + 1 : found.start()]:
            continue
        for item in _ITEM.finditer(text, found.start("what"), found.end("what")):
            for quoted in _QUOTED.finditer(text, *item.span()):
                written = _COMPAT.sub("", quoted[1])
                made = maven_declaration(written, Span(quoted.start(1), quoted.start(1) + len(written)), "ivy")
                yield _plugin(made) if item[0].startswith("$plugin") else made
    for found in _USING.finditer(text):
        for word in _USING_WORD.finditer(text, found.start("rest"), found.end("rest")):
            group = 1 if word[1] is not None else 2
            # scala-cli's `,url=…` parameters stand behind a comma.
            if re.match(r"\w+=", word[group]):
                continue
            written = word[group].partition(",")[0]
            made = maven_declaration(written, Span(word.start(group), word.start(group) + len(written)), "using")
            yield _plugin(made) if found["plugin"] else made
    loads = [load.span("what") for load in _LOAD.finditer(text)]
    for found in (one for start, end in loads for one in _SBT.finditer(text, start, end)):
        joint = {"%": ":", "%%": "::", "%%%": "::"}[found["x"]]
        whole = f"{found['g']}{joint}{found['a']}:{found['v']}"
        coordinate = read_coordinate(whole)
        span = Span(found.start("g") - 1, found.end("v") + 1)
        yield Declaration(requirement_of(coordinate, "ivy", span.of(text)), span, problem=coordinate.problem)


def _plugin(declaration: Declaration) -> Declaration:
    """Of a plugin of the compiler, which the code itself does not see."""
    flags = (*declaration.requirement.flags, "plugin")
    return replace(declaration, requirement=replace(declaration.requirement, flags=flags))


def scala_version(text: str) -> str:
    """What a `//> using scala` directive says, or ""."""
    found = _SCALA_DIRECTIVE.search(text)
    return found[1] if found else ""


def maven_declaration(text: str, span: Span, style: str, *, crosses: bool = True) -> Declaration:
    """One coordinate that stands at `span`; a mistake in it is placed inside."""
    coordinate = read_coordinate(text, crosses=crosses)
    at = coordinate.span.shift(span.start) if coordinate.problem else span
    return Declaration(requirement_of(coordinate, style, text), at, problem=coordinate.problem)


def session_declarations(text: str) -> Iterator[Declaration]:
    """`spark.jars.packages` where code sets it, in a session's builder or configuration: `.config("…", "g:a:v,g:a:v")`.
    Texts that stand side by side are read each by itself where they part between coordinates."""
    for found in _PACKAGES.finditer(text) if "spark.jars.packages" in text else ():
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        literals = list(_LITERAL.finditer(text, found.end(), found.end("all") if found["all"] else found.end()))
        if "#" in line or "//" in line or any(sign in found["all"] for sign in "{$%\\"):
            continue
        whole = [one["inner"].strip() for one in literals]
        parted = all(a.endswith(",") or b.startswith(",") for a, b in itertools.pairwise(whole))
        if parted:
            for one in literals:
                yield from coordinates(one["inner"], one.start("inner"), "session")


def coordinates(listed: str, start: int, style: str) -> Iterator[Declaration]:
    """Coordinates of a list with commas that begins at an offset."""
    at = start
    for part in listed.split(","):
        if part.strip():
            yield maven_declaration(part, Span(at, at + len(part)), style, crosses=False)
        at += len(part) + 1


def toree_declarations(text: str) -> Iterator[Declaration]:
    """`%AddDeps group artifact version`, and `%AddJar` where what it names is no address."""
    for found in _TOREE.finditer(text):
        words, skip = [], False
        for word in re.finditer(r"\S+", found["rest"]):
            if not skip and not word[0].startswith("-"):
                words.append((word[0], Span(*word.span()).shift(found.start("rest"))))
            skip = word[0] in _TOREE_VALUES
        whole = Span(words[0][1].start, words[-1][1].end) if words else Span(*found.span("magic"))
        if found["magic"].lower() == "%addjar":
            if not words or not re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", words[0][0]):
                said = "`%AddJar` takes the address of a jar: `https://…` or `file:/…`."
                yield Declaration(Requirement("maven", "", style="toree", text=whole.of(text)), whole, problem=said)
        elif len(words) != 3:
            said = "`%AddDeps` takes three words: group, artifact and version."
            yield Declaration(Requirement("maven", "", style="toree", text=whole.of(text)), whole, problem=said)
        else:
            made = maven_declaration(":".join(word for word, _ in words), whole, "toree")
            yield Declaration(made.requirement, whole, problem=made.problem)


def nuget_declarations(text: str) -> Iterator[Declaration]:
    for found in _NUGET.finditer(text):
        written = found["text"]
        scheme = re.match(r"\s*nuget\s*:\s*", written, re.IGNORECASE)
        if scheme is None:
            continue  # the path of an assembly
        start = found.start("text") + scheme.end()
        inner = written[scheme.end() :]
        if not found["end"]:
            yield _nuget(inner, "", "", Span(found.start("quote"), found.end()), "The quote is not closed.")
        else:
            yield from _package(inner, start, Span(*found.span("text")))


def _package(inner: str, start: int, whole: Span) -> Iterator[Declaration]:
    """One reference behind `nuget:`: a name, perhaps a version, and options that F# and the kernel know."""
    said: dict[str, Span] = {}
    options = 0
    for part in _NUGET_PART.finditer(inner):
        option = _NUGET_OPTION.match(part[0])
        key = option["key"].casefold() if option else ""
        options += bool(option)
        begin = part.start() + (option.end() if option else len(part[0]) - len(part[0].lstrip()))
        at = Span(begin, max(begin, part.start() + len(part[0].rstrip())))
        if key in ("include", "version"):
            said[key] = at
        elif not option:
            said.setdefault("include" if not said and part.start() == 0 else "version", at)
    span = Span(start, start + len(inner.rstrip()))
    name = said["include"].of(inner) if "include" in said else ""
    version = said["version"].of(inner) if "version" in said else ""
    if not name and options and "version" not in said:
        return  # where packages come from
    if not _NUGET_NAME.fullmatch(name):
        yield _nuget(inner, "", "", span if len(span) else whole, "A NuGet reference is `nuget: Name, version`.")
        return
    wrong = bool(version) and version != "prerelease" and not _NUGET_VERSION.fullmatch(version)
    at = said["version"].shift(start) if wrong else span
    yield _nuget(inner, name, version, at, f"`{version}` is no version of a NuGet package." if wrong else "")


def _nuget(text: str, name: str, version: str, span: Span, problem: str) -> Declaration:
    return Declaration(Requirement("nuget", name, version, "nuget", text.strip()), span, problem=problem)
