"""Notebooks written in R that say they speak Python, and Python that only resembles R."""

from __future__ import annotations

import pytest

from tests.dsl import findings, load

_IN_R = (
    "library(dplyr)\nlibrary(ggplot2)",
    "df <- read.csv('x.csv')\nhead(df)",
    "df %>% filter(a > 1) %>% summarise(m = mean(b))",
    "area <- function(w, h = 2) {\n  w * h\n}",
    "summary(df$a)",
    "for (i in 1:10) print(i)",
)


def codes(*cells: str) -> list[str]:
    return [finding.code for _, finding in findings(load("".join(f"# %%\n{text}\n" for text in cells)))]


def test_nothing_is_said_of_a_notebook_in_r() -> None:
    assert codes(*_IN_R) == []
    assert codes(*_IN_R, "import rpy2") == []


@pytest.mark.parametrize("cell", _IN_R[:4])
def test_two_cells_are_needed(cell: str) -> None:
    assert codes(cell, "print(late)")
    assert codes(cell, cell, "print(late)") == []


@pytest.mark.parametrize(
    "cell",
    ["x = 3\nif x <-1: pass", "text = 'a <- b %>% c'\n# y <- 2", "x = 1\nx <-x", "def library(a): pass\nlibrary(1)"],
)
def test_python_that_resembles_it(cell: str) -> None:
    assert codes("import sys", cell, cell, "print(late)") == ["undefined-name"]


def test_a_cell_more_of_python_and_it_is_judged_again() -> None:
    assert codes(*_IN_R[:2], "import sys", "print(late)")
