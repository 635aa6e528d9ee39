"""Markdown notebooks: R Markdown and Quarto, MyST-NB, jupytext's Markdown.

Chunks are fenced blocks (`formats.fences`); everything between them is markup. Which fences are code depends on the
flavour: `{r}`, `{python}`, `{sql connection=con}` in R Markdown and Quarto, `{code-cell}` in MyST, plain fences with a
language in jupytext's Markdown. A plain `.md` is a notebook only when its front matter or its fences say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct, field

from polycell.core.notebook import Notebook
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats import yaml_text
from polycell.formats.chunks import ChunkHead, colon_options, parse_head, pipe_options
from polycell.formats.commented import hiding_comments, without
from polycell.formats.fences import Fence, content, fences
from polycell.formats.jupytext import at, language_of, magic_result, parse_options
from polycell.formats.languages import canonical, is_known
from polycell.formats.lines import Sheet, line_at, lines_in, trim_blank_lines
from polycell.formats.model import Document, Format

Flavour = Literal["knitr", "quarto", "myst", "markdown", "none"]

_CELL_DIRECTIVES = frozenset({"code-cell", "raw-cell", "code-cell-ipython"})
_DIRECTIVE = pattern(r"\{(code-cell|raw-cell)\}[ \t]*([^\s]*)")
# Languages of fences that a document shows and no kernel runs.
_SHOWN = frozenset(
    {"markdown", "json", "yaml", "toml", "xml", "ini", "dockerfile", "makefile", "raw", "mermaid", "dot"}
)
# What jupytext keeps together as one cell of text, fences included.
_REGION = pattern(
    r"^<!--[ \t]*#(region|raw|md|markdown)\b.*?-->[ \t]*$.*?^<!--[ \t]*#end\1\b[^\r\n]*?-->", re.MULTILINE | re.DOTALL
)
_BREAK = pattern(r"\+\+\+[ \t]*(\{.*)?[ \t]*\Z", re.DOTALL)


class Front(Struct, frozen=True):
    """The YAML front matter; `end` is where the text below it begins."""

    end: int = 0
    metadata: Mapping[str, Any] = field(default_factory=dict)


def read_front(text: str) -> Front:
    """Front matter between `---` and `---` (or `...`) at the top; blank lines may come first."""
    start = 1 if text.startswith("\ufeff") else 0
    line = line_at(text, start, len(text))
    while line.next < len(text) and not text[line.start : line.end].strip():
        line = line_at(text, line.next, len(text))
    if text[line.start : line.end].rstrip() != "---":
        return Front(start)
    for closing in lines_in(text, line.next, len(text)):
        if text[closing.start : closing.end].rstrip() in ("---", "..."):
            loaded = yaml_text.load_mapping(text[line.next : closing.start])
            nested = loaded.get("jupyter")
            return Front(closing.next, {**loaded, **nested} if isinstance(nested, dict) else loaded)
    return Front(start)


def flavour_of(text: str, path: str, front: Front) -> Flavour:
    """Which fences are cells. Looks at the suffix, the front matter and, for `.md`, the fences themselves."""
    suffix = path.lower().rpartition(".")[2]
    if suffix in ("rmd", "rmarkdown", "rnw"):
        return "knitr"
    if suffix == "qmd":
        return "quarto"
    if suffix in ("myst", "mystnb", "mnb"):
        return "myst"
    named = at(front.metadata, "jupytext", "text_representation", "format_name")
    if (
        front.metadata.get("file_format") == "mystnb"
        or named == "myst"
        or "{code-cell}" in text
        or "{raw-cell}" in text
    ):
        return "myst"
    if named == "rmarkdown":
        return "knitr"
    if named == "markdown":
        return "markdown"
    if "engine" in front.metadata or _has_chunks(text):
        return "quarto"
    return "markdown" if isinstance(front.metadata.get("kernelspec"), Mapping) else "none"


_CHUNK_LINE = pattern(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*\{([A-Za-z]\w*)[ \t,}]", re.MULTILINE)


def _has_chunks(text: str) -> bool:
    """Whether a fence names a language in braces; directives of MyST (`{note}`, `{code}`) are no languages."""
    return any(_is_engine(match[1]) for match in _CHUNK_LINE.finditer(text))


def _is_engine(word: str) -> bool:
    language = canonical(word)
    return is_known(language) and language not in _SHOWN and word.lower() not in ("math", "code", "text", "raw")


def read(text: str, uri: str = "", path: str = "") -> Document:
    front = read_front(text)
    flavour = flavour_of(text, path or uri, front)
    own = language_of(front.metadata)
    blocks = list(fences(text, front.end, lambda info: _is_cell(info, flavour, own)))
    host, language = _host(flavour, front, blocks)
    sheet = Sheet(text, Notebook(uri, host=host, language=language, metadata=front.metadata, path=path))
    start = front.end
    kept = _regions(text, front, blocks) if flavour in ("markdown", "knitr") else ()
    for fence in blocks:
        if not _is_cell(fence.info, flavour, own) or any(fence.start in region for region in kept):
            continue
        _add_prose(sheet, start, fence.start, flavour)
        if flavour == "myst":
            _add_myst(sheet, fence)
        elif flavour == "markdown":
            _add_plain(sheet, fence)
        else:
            _add_chunk(sheet, fence, flavour)
        start = fence.end
    _add_prose(sheet, start, len(text), flavour)
    return sheet.document()


def _regions(text: str, front: Front, blocks: Sequence[Fence]) -> list[Span]:
    """Where jupytext's `<!-- #region -->` holds fences that are no cells; nothing begins inside a fence."""
    found = [Span(*match.span()) for match in _REGION.finditer(text, front.end)] if "<!--" in text else []
    return [span for span in found if not any(b.start <= span.start < b.end for b in blocks)]


def _is_cell(info: str, flavour: Flavour, own: str) -> bool:
    """Whether a fence with this info string is a cell; `own` is the language that the front matter names."""
    if flavour == "myst":
        return _DIRECTIVE.match(info) is not None
    if flavour == "markdown":
        words = info.split()
        return bool(words) and ".noeval" not in words and (canonical(words[0]) == own or _is_engine(words[0]))
    if flavour == "none" or not info.startswith("{"):
        return False
    head = parse_head(info)
    return head is not None and not info.rstrip().startswith("{{") and head.engine not in _CELL_DIRECTIVES


def _host(flavour: Flavour, front: Front, blocks: list[Fence]) -> tuple[str, str]:
    """Host and default language."""
    said = language_of(front.metadata)
    if flavour in ("myst", "markdown", "none"):
        if not said and flavour == "myst":
            lexers = (match[2] for b in blocks if (match := _DIRECTIVE.match(b.info)) and match[2])
            said = canonical(next(lexers, ""))
        return "jupyter", said or "python"
    engines = {canonical(head.engine) for b in blocks if (head := parse_head(b.info))}
    engine = front.metadata.get("engine")
    kernel = front.metadata.get("jupyter")
    if flavour == "quarto" and not (engine == "knitr" or "knitr" in front.metadata):
        if isinstance(kernel, str):
            return "jupyter", canonical(kernel) or "python"
        if isinstance(kernel, Mapping) or engine == "jupyter" or "r" not in engines:
            return "jupyter", said or ("python" if "python" in engines or len(engines) != 1 else engines.pop())
    if said and said != "r":
        return "jupyter", said  # R Markdown written by jupytext for another kernel
    return "knitr", "r"


def _add_prose(sheet: Sheet, start: int, end: int, flavour: Flavour) -> None:
    """The markup between two cells; MyST's `+++` lines divide it."""
    if flavour == "myst" and "+++" in sheet.text[start:end]:
        metadata: dict[str, Any] = {}
        at_ = start
        for line in lines_in(sheet.text, start, end):
            match = _BREAK.match(sheet.text[line.start : line.end])
            if match:
                _add_markup(sheet, at_, line.start, metadata)
                loaded = yaml_text.load(match[1]) if match[1] else None
                metadata = dict(loaded) if isinstance(loaded, dict) else {}
                at_ = line.next
        _add_markup(sheet, at_, end, metadata)
        return
    _add_markup(sheet, start, end, {})


def _add_markup(sheet: Sheet, start: int, end: int, metadata: dict[str, Any]) -> None:
    span = trim_blank_lines(sheet.text, start, end)
    if span.start < span.end:
        sheet.add([span], "markup", declared="markdown", metadata=metadata)


def _spans(sheet: Sheet, fence: Fence, start: int) -> list[Span]:
    """The cell's text; an empty one stands where its closing fence begins."""
    found = content(sheet.text, fence, start)
    return found or ([Span(start, start)] if fence.closed or start < len(sheet.text) else [])


def _add_myst(sheet: Sheet, fence: Fence) -> None:
    match = _DIRECTIVE.match(fence.info)
    options, start = colon_options(sheet.text, fence.inner, fence.inner_end)
    raw = match is not None and match[1] == "raw-cell"
    # The word behind the directive is a lexer for display (`ipython3`, `none`); the kernel decides the language.
    sheet.add(_spans(sheet, fence, start), "raw" if raw else "code", metadata=options, name=_text(options.get("name")))


def _add_plain(sheet: Sheet, fence: Fence) -> None:
    word, _, rest = fence.info.partition(" ")
    options, _ = parse_options(rest)
    language = canonical(word)
    declared = "" if language == sheet.notebook.language else language
    active = options.get("active")
    inactive = isinstance(active, str) and "md" not in active and "ipynb" not in active
    sheet.add(
        _spans(sheet, fence, fence.inner),
        "raw" if inactive else "code",
        declared=declared,
        metadata=options,
        name=_text(options.get("name")),
        result=magic_result(word, options),
    )


def _add_chunk(sheet: Sheet, fence: Fence, flavour: Flavour) -> None:
    head = parse_head(fence.info) or ChunkHead("")
    written, start = pipe_options(sheet.text, fence.inner, fence.inner_end)
    options = {**head.options, **written}
    engine = _text(options.get("engine")) or head.engine
    options.setdefault("engine", engine)
    name = _text(options.get("label")) or head.label
    if name:
        options.setdefault("label", name)
    evaluated = options.get("eval") is not False
    spans = _spans(sheet, fence, start)
    if flavour == "knitr" and sheet.notebook.host == "jupyter" and not fence.indent and fence.inner_end > start:
        # jupytext's R Markdown hides the magics of a Jupyter notebook in comments.
        hidden = hiding_comments(sheet.text, start, fence.inner_end, "#", canonical(engine), True)
        spans = without(start, fence.inner_end, hidden) if hidden else spans
    sheet.add(
        spans,
        # A chunk that is never run defines nothing and may hold anything.
        "code" if evaluated else "raw",
        declared=canonical(engine),
        metadata=options,
        name=name,
        result=_result(options),
    )


def _result(options: Mapping[str, Any]) -> str:
    """The name that a SQL chunk's `output.var` gives its result (R names may hold dots)."""
    found = options.get("output.var") or options.get("output-var")
    return found if isinstance(found, str) and re.fullmatch(r"[^\W\d][\w.]*", found) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def detect(text: str, path: str) -> bool:
    suffix = path.lower().rpartition(".")[2]
    if suffix in ("rmd", "rmarkdown", "qmd", "myst", "mystnb", "mnb"):
        return True
    return suffix in ("md", "markdown") and flavour_of(text, path, read_front(text)) != "none"


FORMAT = Format(
    "markdown", (".rmd", ".rmarkdown", ".qmd", ".md", ".markdown", ".myst", ".mystnb", ".mnb"), detect, read
)
