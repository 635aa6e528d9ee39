"""What the comprehension around a place goes over, read from the text alone: it need not be finished, nor parse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.patterns import pattern

LONGEST = 2000  # characters of a bracket that is looked through

_TOKENS = pattern(
    r"""(?P<text>'''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?P<open>[(\[{])|(?P<close>[)\]}])"""
    r"""|(?<![\w.])(?P<word>for|in|if|async)(?!\w)|#[^\n]*""",
    re.DOTALL,
)


def clauses(text: str, bracket: int, offset: int) -> Iterator[tuple[str, str]]:
    """(target, what it goes over), both as written, of each `for` of the comprehension in the bracket that opens at an
    index; those that the offset lies in are left out."""
    if text.find("for", bracket + 1, bracket + 1 + LONGEST) < 0:  # as nearly always; nobody closes what is being typed
        return
    end, words = _words(text, bracket + 1)
    for at, (start, word) in enumerate(words):
        if word != "for" or at + 1 >= len(words) or words[at + 1][1] != "in":
            continue
        middle, stop = words[at + 1][0], words[at + 2][0] if at + 2 < len(words) else end
        if offset < start or offset > stop:
            yield text[start + len("for") : middle].strip(), text[middle + len("in") : stop].strip()


def _words(text: str, start: int) -> tuple[int, list[tuple[int, str]]]:
    """Where the bracket ends, and the keywords of a comprehension that stand in it and in no bracket within. An `in` is
    one where it follows a `for`."""
    depth, words = 0, list[tuple[int, str]]()
    for found in _TOKENS.finditer(text, start, start + LONGEST):
        if found["open"]:
            depth += 1
        elif found["close"]:
            depth -= 1
            if depth < 0:
                return found.start(), words
        elif found["word"] and not depth:
            word = found["word"]
            if word != "in" or (words and words[-1][1] == "for"):
                words.append((found.start(), word))
    return min(len(text), start + LONGEST), words
