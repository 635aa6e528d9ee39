"""Text that is laid out to a width: groups of pieces that stand on one line where they fit, and else on many.

The algebra is Oppen's and Wadler's: a `Group` is flat or broken as a whole, and so is each `LINE` right inside of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct


class Line(Struct, frozen=True):
    """Between two pieces: `flat` where the group is on one line, else a line end. `always`: a line end in any case."""

    flat: str = " "
    always: bool = False


class Group(Struct, frozen=True):
    parts: Sequence[Doc]


class Indent(Struct, frozen=True):
    parts: Sequence[Doc]


Doc: TypeAlias = "str | Line | Group | Indent"
LINE, SOFT, HARD = Line(), Line(""), Line(always=True)


def flat(parts: Sequence[Doc], most: int) -> int:
    """The length of the parts on one line; more than `most` where they are longer or cannot be on one."""
    length = 0
    stack = list(reversed(parts))
    while stack and length <= most:
        part = stack.pop()
        if isinstance(part, str):
            length += len(part) if "\n" not in part and "\r" not in part else most + 1
        elif isinstance(part, Line):
            length += len(part.flat) if not part.always else most + 1
        else:
            stack.extend(reversed(part.parts))
    return length


def printed(parts: Sequence[Doc], width: int, step: str, base: str = "") -> str:
    """The parts broken at the outermost level. `step`: one indentation; `base` stands before every line but the first.

    Blanks at line ends are left out, and two line ends in a row are one.
    """
    made: list[str] = []
    column, fresh = len(base), True  # fresh: nothing stands on the line yet
    stack: list[tuple[Doc, int, bool]] = [(part, 0, True) for part in reversed(parts)]
    while stack:
        part, depth, broken = stack.pop()
        if isinstance(part, str):
            if fresh and not part.strip(" "):
                continue
            if fresh and made:
                made.append(base + step * depth)
                column = len(made[-1])
            made.append(part)
            last = max(part.rfind("\n"), part.rfind("\r"))
            column = len(part) - last - 1 if last >= 0 else column + len(part)
            fresh = False
        elif isinstance(part, Line):
            if broken or part.always:
                if not fresh:
                    made[-1] = made[-1].rstrip(" ") if made[-1].strip(" ") else ""
                    made.append("\n")
                    fresh = True
            elif not fresh:
                made.append(part.flat)
                column += len(part.flat)
        elif isinstance(part, Indent):
            stack.extend((inner, depth + 1, broken) for inner in reversed(part.parts))
        else:
            here = column if not fresh else len(base) + len(step) * depth
            fits = flat(part.parts, width - here) <= width - here
            stack.extend((inner, depth, not fits) for inner in reversed(part.parts))
    return "".join(made)
