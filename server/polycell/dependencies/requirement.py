"""One Python requirement, as pip and PEP 508 take it: `packaging` reads it; what is around it is read here.

Around it: Polynote's `?nocache`, addresses and paths without a name, local version folders, line comments.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.dependencies.model import NOWHERE, Requirement

_ADDRESS = pattern(r"(?:(?:git|hg|svn|bzr)\+)?[a-zA-Z][a-zA-Z0-9+.-]*://|git\+[\w.-]+@|s3:")
_PATH = pattern(r"[^@;\[<>=!~ ]*[/\\]|\.{1,2}$|[^@]*\.(?:whl|zip|tar\.gz|tar\.bz2)(?:\[|$)")
_EGG = pattern(r"#(?:.*&)?egg=([A-Za-z0-9][\w.-]*)")
_WHEEL = pattern(r"(?:^|[/\\])([A-Za-z0-9][\w.]*)-([\w.!+]+)-(?:[^/\\-]+-)?[^/\\-]+-[^/\\-]+-[^/\\-]+\.whl")
_NAME = pattern(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)")
_SPECIFIER = pattern(r"(===|==|~=|!=|<=|>=|<|>)\s*([^\s,;)]*)")


class Read(Struct, frozen=True):
    """A requirement, or with `problem` why the text is none; `span` is where, in the text."""

    requirement: Requirement
    problem: str = ""
    span: Span = NOWHERE


@lru_cache(maxsize=8192)
def read_requirement(text: str, style: str, file: str = "") -> Read:
    """Total. `text` is one requirement without a comment behind it."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    plain = text.strip()
    flags: tuple[str, ...] = ()
    if plain.endswith("?nocache") and style == "polynote":
        plain, flags = plain[: -len("?nocache")], ("nocache",)
    made = Requirement("python", "", style=style, text=text.strip(), flags=flags, file=file)
    if _ADDRESS.match(plain) or _PATH.match(plain):
        return Read(_of_address(made, plain))
    try:
        parsed = Parsed(plain)
    except InvalidRequirement:
        return _malformed(text, made)
    return Read(
        Requirement(
            "python",
            parsed.name,
            f"@ {parsed.url}" if parsed.url else str(parsed.specifier),
            style,
            text.strip(),
            tuple(sorted(parsed.extras)),
            str(parsed.marker) if parsed.marker else "",
            flags=flags,
            file=file,
        )
    )


def _of_address(made: Requirement, plain: str) -> Requirement:
    """What an address or a path says about itself: an egg's name, a wheel's name and version; else nothing."""
    egg, wheel = _EGG.search(plain), _WHEEL.search(plain)
    name = egg[1] if egg else wheel[1] if wheel else ""
    return Requirement("python", name, f"@ {plain}", made.style, made.text, flags=made.flags, file=made.file)


def _malformed(text: str, made: Requirement) -> Read:
    """What is wrong, in words for people, and where."""
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    whole = Span(start, max(start, end))
    name = _NAME.match(text)
    if not text.strip():
        return Read(made, "The requirement is empty.", whole)
    if name is None:
        return Read(made, "A requirement begins with the name of a distribution.", whole)
    named = Requirement(made.ecosystem, name[1], "", made.style, made.text, flags=made.flags, file=made.file)
    rest = Span(name.end(), whole.end)
    at = text[rest.start : rest.end].lstrip()
    begin = rest.end - len(at)
    single = re.match(r"=(?!=)\s*", at)
    if single:
        return Read(named, "One `=` is no comparison: write `==`.", Span(begin, begin + 1))
    if at.startswith("["):
        close = at.find("]")
        if close < 0:
            return Read(named, "The extras are not closed: `]` is missing.", Span(begin, rest.end))
        begin, at = begin + close + 1, at[close + 1 :]
    semicolon = text.find(";", begin, rest.end)
    for found in _SPECIFIER.finditer(text, begin, semicolon if semicolon >= 0 else rest.end):
        if not found[2]:
            return Read(named, f"A version should follow `{found[1]}`.", Span(*found.span()))
        wrong = _wrong_version(found[1], found[2])
        if wrong:
            return Read(named, wrong, Span(*found.span(2)))
    comma = re.search(r"(?<=[\w\])]),\s*$", text[: rest.end])
    if comma:
        return Read(named, "Requirements stand side by side, without commas.", Span(comma.start(), comma.start() + 1))
    if ";" in at:
        semi = begin + at.index(";")
        return Read(named, "What follows `;` is no environment marker.", Span(semi, rest.end))
    if re.match(r"\d", at):
        return Read(named, "A version needs a comparison before it, such as `==`.", Span(begin, rest.end))
    return Read(named, "This is no requirement: a name, then perhaps extras, versions and a marker.", whole)


def _wrong_version(operator: str, version: str) -> str:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        SpecifierSet(operator + version)
    except InvalidSpecifier:
        return f"`{version}` is no version that can stand behind `{operator}` (PEP 440)."
    return ""


def allows(requirement: Requirement, version: str) -> bool | None:
    """Whether an installed version satisfies the requirement; None where that cannot be told."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    if requirement.constraint.startswith("@"):
        return None
    try:
        return SpecifierSet(requirement.constraint).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return None


def applies(requirement: Requirement, version: tuple[int, int] | None) -> bool:
    """Whether the marker can hold: certainly false markers of the Python version only; all else may hold."""
    if not requirement.marker:
        return True
    if version is None:
        return False  # nothing certain can be said of a conditional requirement
    from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName

    number = f"{version[0]}.{version[1]}"
    try:
        return Marker(requirement.marker).evaluate({"python_version": number, "python_full_version": f"{number}.0"})
    except (InvalidMarker, UndefinedEnvironmentName):
        return False


def contradict(left: Requirement, right: Requirement) -> bool:
    """Whether certainly no version satisfies both: one of them pins, and the other excludes that version; or bounds
    leave nothing between them."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    if left.marker or right.marker or left.constraint.startswith("@") or right.constraint.startswith("@"):
        return False
    try:
        both = SpecifierSet(left.constraint) & SpecifierSet(right.constraint)
        lower: tuple[Version, bool] | None = None
        upper: tuple[Version, bool] | None = None
        for one in both:
            if one.operator == "==" and not one.version.endswith(".*"):
                return not both.contains(Version(one.version), prereleases=True)
            if one.operator in (">=", ">", "~="):
                bound = (Version(one.version), one.operator != ">")
                lower = bound if lower is None else max(lower, bound, key=lambda b: (b[0], not b[1]))
            elif one.operator in ("<=", "<"):
                bound = (Version(one.version), one.operator == "<=")
                upper = bound if upper is None else min(upper, bound, key=lambda b: (b[0], b[1]))
    except (InvalidSpecifier, InvalidVersion):
        return False
    if lower is None or upper is None:
        return False
    return lower[0] > upper[0] or (lower[0] == upper[0] and not (lower[1] and upper[1]))
