"""Random programs against the real libraries: nothing that we say of a frame may be wrong, whatever way it took.

The suite takes the same few each time; `python -m tests.languages.python.random_programs` tries thousands.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.languages.python.random_programs.generate import IMPORTS, Programs, available
from tests.languages.python.random_programs.judge import problems, shortest
from tests.shared import FULL, examples


@pytest.mark.parametrize("library", sorted(IMPORTS))
def test_nothing_said_of_random_programs_is_wrong(library: str) -> None:
    if not available(library):
        pytest.skip(f"{library} is not installed" + (", or Java is not" if library == "spark" else ""))
    if library == "spark":
        if not FULL:
            pytest.skip("Spark takes long to start: POLYCELL_FULL=1 runs its programs")
        command = [sys.executable, "-m", "tests.languages.python.random_programs", "spark", "40", "suite"]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=280)  # a JVM of its own
        assert "'programs'" in ran.stdout, ran.stdout
        assert "'wrong'" not in ran.stdout, ran.stdout
        return
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


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("arms", ["f0 union all by name select * from f1", "f1 union all by name select * from f0"])
def test_union_by_name_behind_a_branch(taken: bool, arms: str) -> None:
    """DuckDB: `a` is a text where the branch was taken, else a whole number."""
    lines = [
        "import duckdb, sys",
        'f0 = duckdb.sql("select 1 as a, 2 as b")',
        'f1 = duckdb.sql("select 0.5 as z")',
        f"if len(sys.argv) {'<' if taken else '>'} 99:",
        "    f1 = duckdb.sql(\"select 'x' as a\")",
        f'f9 = duckdb.sql("select * from {arms}")',
    ]
    assert not problems(lines)
