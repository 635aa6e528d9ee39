"""Writing to terminals, pipes and files: encodings that cannot say everything, and control characters in notebooks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# What is said with a plain ASCII terminal instead; an old Windows code page has none of these.
_PLAIN = {"→": "->", "│": "|", "…": "...", "·": "-", "–": "-", "’": "'", "“": '"', "”": '"'}


def console(*, error: bool = False) -> Console:
    """A console on standard output (or error) that never fails on a character and is colourless unless on a terminal.

    A pipe has no width: its lines are as wide as `COLUMNS` says, else 120.
    """
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    tolerate(stream)
    width = None
    if not stream.isatty() and not os.environ.get("COLUMNS", "").isdecimal():
        width = 120
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def tolerate(stream: TextIO) -> None:
    """Let the stream write what it cannot encode as an escape, rather than fail."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def words(text: str, encoding: str | None = None) -> str:
    """Our own typography, as far as the stream can write it."""
    encoding = encoding or getattr(sys.stdout, "encoding", None) or "utf-8"
    for sign, plain in _PLAIN.items():
        if sign in text:
            try:
                sign.encode(encoding)
            except (UnicodeEncodeError, LookupError):
                text = text.replace(sign, plain)
    return text


def safe(text: str) -> str:
    """Text out of a notebook with its control characters made visible, so that it cannot steer the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _visible(c) for c in text)


def _visible(character: str) -> str:
    if character == "\t":
        return "    "
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or _steers(code):
        return "\N{REPLACEMENT CHARACTER}"
    return character


def _steers(code: int) -> bool:
    """Line separators and the marks that turn the direction of writing around."""
    return code in (0x2028, 0x2029) or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069


def hush_broken_pipe() -> None:
    """The reader of our output went away (`| head`): nothing more is written, nothing is said about it."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # a stream without a file below it, as in tests
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def shown(path: Path) -> str:
    """A path as people like to read it: relative to where they are, if it is below."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (OSError, ValueError, RuntimeError):
        return str(path)
