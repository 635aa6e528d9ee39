"""What we say of a random program against what it does, and the shortest part of which we say something wrong."""

from __future__ import annotations

from collections.abc import Sequence

from tests.languages.python.oracle import ours, problems_of, run
from tests.languages.python.random_programs.generate import begin


def problems(lines: Sequence[str]) -> list[str]:
    """What is wrong of what we say of the names at the end."""
    begin()
    code = "\n".join(lines)
    real, said = run(code), ours(code)
    return [f"{name}: {found}" for name, t in said.items() if name in real for found in problems_of(t, real[name])]


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith((" ", "else", "except", "finally")) and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _still_wrong(blocks: Sequence[Sequence[str]]) -> bool:
    try:
        return bool(problems([line for block in blocks for line in block]))
    except KeyboardInterrupt:
        raise
    except BaseException:
        return False


def shortest(lines: Sequence[str]) -> list[str]:
    """Without the statements and lines that it takes not."""
    blocks, shorter = _blocks(lines), True
    while shorter:
        shorter = False
        for i in reversed(range(len(blocks))):
            without = blocks[:i] + blocks[i + 1 :]
            if _still_wrong(without):
                blocks, shorter = without, True
        for i in range(len(blocks)):
            for j in reversed(range(1, len(blocks[i]))):
                without = [*blocks[:i], [*blocks[i][:j], *blocks[i][j + 1 :]], *blocks[i + 1 :]]
                if len(blocks[i]) > 2 and j < len(blocks[i]) and _still_wrong(without):
                    blocks, shorter = without, True
    return [line for block in blocks for line in block]
