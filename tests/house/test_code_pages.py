"""What the page of a finding shows as its example is what Polycell finds in it, at that place and in those words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polycell.core.text import LineIndex
from tests import dsl
from tests.dependencies import cases
from tests.dependencies.environments import install, make_environment
from tests.house.test_codes import PAGES

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOUND = re.compile(r"^    cell (\d+):(\d+):(\d+) (\w+) ([\w-]+) (.*)$", re.MULTILINE)

# What no notebook's text shows: a failure of ours, a broken file, a server that is away, a compiler to be fetched,
# metadata. The tests of their rooms do.
ELSEWHERE = {
    "database-unreachable",
    "internal-error",
    "nocache-without-effect",
    "scala-error",
    "sql-needs-spark",
    "unreadable-notebook",
}

SALES = 'sales = pd.DataFrame({"region": ["north"], "price": [1.5]})'
# What stands above the example, in a cell that the page counts and does not show, and what the notebook is.
ABOVE = {"duplicate-columns": 'sales = pl.DataFrame({"shop": ["a"], "price": [1.5]})'}
IMPORTS = {"malformed-schema": "from shop import load"}
NOTEBOOK = {
    "scala-version-mismatch": "language: scala",
    "unknown-column": "file sales.csv: order_id,region,price;1,north,2.5",
}
MADE_BY = {"dependency-not-installed": "2.2.3", "dependency-version": "2.2.3", "missing-dependency": "2.2.3"}


def example(page: str, text: str) -> tuple[str, int]:
    """The example as a notebook, and how many cells of ours stand before those that the page counts."""
    cells = []
    for language, code in FENCE.findall(text):
        if language == "json":
            language = "vega" if "schema/vega/" in code else "vega-lite"
        for part in re.split(r"^# cell \d+\n", code, flags=re.MULTILINE):
            if part.strip():
                cells.append(f"# %%\n{part}" if part.startswith("%%") else f"# %% [{language}]\n{part}")
    found = FOUND.search(text)
    assert found is not None
    hidden = int(found[1]) > len(cells)
    uses = hidden or page in IMPORTS or re.search(r"\bp[dl]\.", text)
    imports = IMPORTS.get(page, "import pandas as pd\nimport polars as pl")
    ours = [f"# %%\n{imports}\n{ABOVE.get(page, SALES) if hidden else ''}"] if uses else []
    return "\n".join([NOTEBOOK.get(page, ""), *ours, *cells]), 0 if hidden else len(ours)


@pytest.mark.parametrize("page", sorted(p.stem for p in PAGES.glob("*.md") if p.stem not in ELSEWHERE))
def test_the_example_of_a_page_gives_its_finding(page: str, tmp_path: Path) -> None:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8").partition("## Example")[2].partition("\n## ")[0]
    notebook, before = example(page, text)
    if page in MADE_BY:
        install(make_environment(tmp_path / ".venv"), "pandas", MADE_BY[page])
        case = cases.case(notebook, folder=tmp_path)
    else:
        case = dsl.load(notebook, tmp_path)
    told: dict[str, str] = {}
    for index, finding in dsl.findings(case):
        at = LineIndex(case.notebook.cells[index].text).position(finding.span.start)
        place = f"{index + 1 - before}:{at.line + 1}:{at.column + 1}"
        if finding.code == page or not finding.opt_in:
            told[f"{place} {finding.severity} {finding.code}"] = finding.message
    (shown,) = FOUND.findall(text)
    head = "{}:{}:{} {} {}".format(*shown[:5])
    assert head in told, told
    assert told[head].startswith(shown[5].partition("…")[0].strip())
    assert {key.rpartition(" ")[2] for key in told} == {page}, told
