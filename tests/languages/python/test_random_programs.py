"""Random programs against the real libraries: nothing that we say of a frame may be wrong, whatever way it took.

The suite takes the same few each time; `python -m tests.languages.python.random_programs` tries thousands.
"""

from __future__ import annotations

import pytest

from tests.languages.python.random_programs.generate import IMPORTS, Programs, available
from tests.languages.python.random_programs.judge import problems, shortest
from tests.shared import examples


@pytest.mark.parametrize("library", sorted(IMPORTS))
def test_nothing_said_of_random_programs_is_wrong(library: str) -> None:
    if not available(library):
        pytest.skip(f"{library} is not installed")
    programs = Programs(library)
    for number in range(examples(75)):
        lines = programs.program(f"suite-{number}")
        try:
            wrong = problems(lines)
        except KeyboardInterrupt:
            raise
        except BaseException:  # a lazy frame that refuses when its columns are asked for
            continue
        assert not wrong, "\n".join([*wrong, *shortest(lines)])
