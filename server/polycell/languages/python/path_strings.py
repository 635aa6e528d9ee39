"""Paths of files that are being written: in strings that are given to what takes a path, and on lines of magics."""

from __future__ import annotations

from polycell.core.patterns import pattern
from polycell.core.results import WrittenPath
from polycell.languages.python.charts.strings import chart_string
from polycell.languages.python.columns.places import offer
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.frames.readers import MOVED
from polycell.languages.python.syntax.call_text import argument, arguments
from polycell.languages.python.syntax.cursor import Bracket, site
from polycell.languages.python.syntax.values import value_of

# Who takes a path first, by the end of its name, and by which keywords others do.
_TAKERS = pattern(
    r"(?:.*\.)?(?:open|Path|PurePath|i?glob|imread|load|load_(?!dataset\b)\w+|loadtxt|genfromtxt|savefig|run_path|(?:Parquet|Excel)File|"
    r"(?:read|scan)_(?!sql|clipboard|gbq|html|database)\w+|\w+_(?:csv|parquet|json|excel|feather|pickle|stata|hdf|orc|ipc))"
    r"|(?:os|shutil)\.(?:listdir|scandir|walk|chdir|stat|mkdir|makedirs|remove|unlink|rename|copy\w*|move|rmtree)"
    r"|(?:os\.)?path\.(?:exists|isfile|isdir|getsize|join|abspath)|join|.+\.joinpath|sqlite3\.connect|duckdb\.connect"
    r"|.*\.read\.(?:load|csv|json|parquet|orc|text|table)|np\.(?:load|save)\w*|.*\.write\.(?:csv|json|parquet|orc|text|save)"
)
_KEYWORDS = frozenset({
    "path", "io", "filename", "file", "fname", "filepath", "file_path", "filepath_or_buffer", "path_or_buf", "source",
    "path_or_paths", "path_or_buffer", "data_dir", "folder", "directory", "root_dir", "pathname",
})  # fmt: skip
_MAGIC = pattern(r"[ \t]*(?:%(?:run|load|cd|pycat|pfile|edit|save|%writefile|%file)|!\s*\w+)[ \t]+(?:.*[ \t])?")
_LITERAL = pattern(r"""[fFrR]?(?:"[^"\n]*"|'[^'\n]*')\Z""")
_WORD = pattern(r"[^\s\"'|<>;&=]*\Z")
_HOLE = pattern(r"\{([^{}!:]+)\}")


def written_path(place: Place) -> WrittenPath | None:
    """The path that is written at a place; None where none is, or where the text before it is not known."""
    text, offset, at = place.context.cell.text, place.offset, place.site
    if not at.quote:
        return _on_magic(text, offset) if not at.comment else None
    written = text[at.span.start : offset]
    if len(at.quote) > 1 or "\\" in written or "://" in written:
        return None
    divided = _divided(place)
    if not divided and not _is_path(place, written):
        return None
    stop = text.find("/", offset, at.span.end)
    said = WrittenPath.of(written, offset, stop if stop >= 0 else at.span.end)
    if at.formatted and "{" in text[said.name.start : offset]:
        return None
    folder = _folder(place, said.folder, divided)
    if folder is None or (not folder.startswith(("/", "~")) and place.run.remarked(MOVED)):
        return None
    return said._replace(folder=folder)


def _on_magic(text: str, offset: int) -> WrittenPath | None:
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    found = _MAGIC.match(line)
    word = _WORD.search(line, found.end()) if found is not None else None
    if word is None or any(sign in word[0] for sign in "$*?{") or word[0].startswith("-"):
        return None
    stop = offset
    while stop < len(text) and (text[stop].isalnum() or text[stop] in "._-"):
        stop += 1
    return WrittenPath.of(word[0], offset, stop)


def _is_path(place: Place, written: str) -> bool:
    """Whether the string is one that somebody reads as a path. With a slash in it, it may be any that names nothing
    else."""
    brackets = place.site.brackets
    if chart_string(place) is not None:  # `px.sunburst(df, path=["…"])`
        return False
    if not brackets or brackets[-1].receiver == "":
        listed = len(brackets) > 1 and brackets[-1].kind == "[" and _takes(brackets[-2])
        return listed or ("/" in written and offer(place) is None)
    if brackets[-1].kind != "(":
        return False
    return _takes(brackets[-1]) or ("/" in written and offer(place) is None)


def _takes(call: Bracket) -> bool:
    if call.kind != "(":
        return False
    if call.keyword:
        return call.keyword in _KEYWORDS
    joined = call.receiver.endswith(("join", "joinpath"))
    return (call.argument == 0 or joined) and _TAKERS.fullmatch(call.receiver) is not None


def _divided(place: Place) -> str:
    """`base / "data"` in front of `base / "data" / "…"`; empty where nothing is divided."""
    text, at = place.context.cell.text, place.site.span.start - len(place.site.quote) - place.site.formatted
    end = start = None
    while (before := text[:at].rstrip()).endswith("/") and not before.endswith("//"):
        above = before[:-1].rstrip()
        end = end or len(above)
        literal = _LITERAL.search(above)
        if literal is None:
            line = above.rfind("\n") + 1
            receiver = site(f"{above[line:]}.", len(above) - line + 1).receiver
            start = len(above) - len(receiver) if receiver else None
            break
        at = start = literal.start()
    return text[start:end] if start is not None else ""


def _folder(place: Place, written: str, divided: str) -> str | None:
    """The folder that the text stands behind, with what the code around puts before it."""
    own = _filled(place, written)
    base = divided or _joined(place)
    if not base or own is None:
        return own
    known = value_of(place.type_of(base))
    if not isinstance(known, str):
        return None
    return f"{known.rstrip('/')}/{own}" if known else own


def _joined(place: Place) -> str:
    """What `os.path.join` or `joinpath` puts before the string; empty where neither does."""
    call = place.site.brackets[-1] if place.site.brackets else None
    if call is None or not call.receiver.endswith(("path.join", ".joinpath")):
        return ""
    parts = arguments(place.context.cell.text, call, place.site)
    before = ", ".join(argument(parts, at) for at in range(call.argument))
    if before:
        return f"{call.receiver}({before})"
    return call.receiver.removesuffix(".joinpath") if call.receiver.endswith(".joinpath") else ""


def _filled(place: Place, written: str) -> str | None:
    """A formatted string's text with the values of what stands in its fields; None where one is not known."""
    if not place.site.formatted:
        return written
    made, at = [], 0
    for hole in _HOLE.finditer(written):
        value = value_of(place.type_of(hole[1]))
        if not isinstance(value, (str, int)):
            return None
        made += [written[at : hole.start()], str(value)]
        at = hole.end()
    rest = written[at:]
    return None if "{" in rest else "".join([*made, rest])
