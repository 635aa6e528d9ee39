"""One Python requirement: what `packaging` reads, what is around it, and where a mistake is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.dependencies.requirement import allows, applies, contradict, read_requirement


@pytest.mark.parametrize(
    ("text", "name", "constraint", "extras"),
    [
        ("requests", "requests", "", ()),
        ("urllib3==1.25.3", "urllib3", "==1.25.3", ()),
        ("gosling[all]==0.2.2", "gosling", "==0.2.2", ("all",)),
        ("polars[pyarrow,fsspec]==1.24.0", "polars", "==1.24.0", ("fsspec", "pyarrow")),
        ("  numpy >= 1.20 , < 2 ", "numpy", "<2,>=1.20", ()),
        ("a @ https://host/a.zip", "a", "@ https://host/a.zip", ()),
        ("git+https://host/x.git#egg=tool", "tool", "@ git+https://host/x.git#egg=tool", ()),
        ("git+https://host/x.git", "", "@ git+https://host/x.git", ()),
        ("./wheels/my_tool-1.2-py3-none-any.whl", "my_tool", "@ ./wheels/my_tool-1.2-py3-none-any.whl", ()),
        ("../lib", "", "@ ../lib", ()),
        ("sub/folder", "", "@ sub/folder", ()),
        (".", "", "@ .", ()),
        ('tomli; python_version < "3.11"', "tomli", "", ()),
    ],
)
def test_forms(text: str, name: str, constraint: str, extras: tuple[str, ...]) -> None:
    read = read_requirement(text, "pip")
    assert read.problem == ""
    assert (read.requirement.name, read.requirement.constraint, read.requirement.extras) == (name, constraint, extras)


def test_polynote_says_nocache_behind_it() -> None:
    read = read_requirement("file:///opt/joern_lib?nocache", "polynote")
    assert (read.problem, read.requirement.flags) == ("", ("nocache",))
    assert read_requirement("pandas?nocache", "polynote").requirement.name == "pandas"
    assert read_requirement("pandas?nocache", "pip").problem


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("", "", "empty"),
        ("==1.0", "==1.0", "begins with the name"),
        ("pandas=1.0", "=", "write `==`"),
        ("pandas==", "==", "should follow"),
        ("pandas>=1.0,<", "<", "should follow"),
        ("pandas==1.x.y", "1.x.y", "no version"),
        ("pandas[all==1", "[all==1", "not closed"),
        ("pandas 1.0", "1.0", "needs a comparison"),
        ("pandas; python_versio < '3'", "; python_versio < '3'", "marker"),
        ("pandas!1", "pandas!1", "no requirement"),
    ],
)
def test_what_is_wrong_and_where(text: str, at: str, said: str) -> None:
    read = read_requirement(text, "pip")
    assert said in read.problem
    assert read.span.of(text) == at


def test_versions() -> None:
    wanted = read_requirement("pandas>=2,<3", "pip").requirement
    assert allows(wanted, "2.2.3") is True
    assert allows(wanted, "3.0") is False
    assert allows(wanted, "2.3.0rc1") is True
    assert allows(wanted, "no version") is None
    assert allows(read_requirement("a @ https://host/a.zip", "pip").requirement, "1") is None


def test_markers_are_believed_only_when_the_version_is_known() -> None:
    new = read_requirement('tomli; python_version < "3.11"', "pip").requirement
    assert applies(new, (3, 10))
    assert not applies(new, (3, 12))
    assert not applies(new, None)


@pytest.mark.parametrize(
    ("left", "right", "is_conflict"),
    [
        ("a==1", "a==2", True),
        ("a==1.0", "a==1", False),
        ("a==1.5", "a>=1,<2", False),
        ("a==1.5", "a<1", True),
        ("a>=2", "a<2", True),
        ("a>=2", "a<=2", False),
        ("a>2", "a<=2", True),
        ("a", "a==1", False),
        ("a==1.*", "a>=1.2", False),
        ("a~=2.1", "a<2", True),
        ('a==1; python_version<"3"', "a==2", False),
        ("a @ file:///x", "a==2", False),
    ],
)
def test_contradictions(left: str, right: str, is_conflict: bool) -> None:
    one, two = (read_requirement(text, "pip").requirement for text in (left, right))
    assert contradict(one, two) is contradict(two, one) is is_conflict


@given(st.text(alphabet="ab=<>~!;[]()., 1.@/:\"'?", max_size=30))
def test_total_and_inside_the_text(text: str) -> None:
    read = read_requirement(text, "pip")
    assert 0 <= read.span.start <= read.span.end <= len(text)
