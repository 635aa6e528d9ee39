"""Maven coordinates: the forms of Polynote's documentation and of coursier, and what is wrong with others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.dependencies.maven import Coordinate, mismatch, read_coordinate


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("org:name:1.0", ("org", "name", "1.0", "", "", "", "")),
        ("org:name:jar:1.0", ("org", "name", "1.0", "jar", "", "", "")),
        ("org:name:jar:sources:1.0", ("org", "name", "1.0", "jar", "", "sources", "")),
        ("org:name:jar:compile:all:1.0", ("org", "name", "1.0", "jar", "compile", "all", "")),
        ("org.typelevel:cats-core_2.12:2.10.0", ("org.typelevel", "cats-core_2.12", "2.10.0", "", "", "", "")),
        ("org.apache.spark::spark-sql:2.4.3", ("org.apache.spark", "spark-sql", "2.4.3", "", "", "", "::")),
        ("com.lihaoyi::os-lib::0.9.1", ("com.lihaoyi", "os-lib", "0.9.1", "", "", "", "::")),
        ("com.lihaoyi:::ammonite:3.0.0", ("com.lihaoyi", "ammonite", "3.0.0", "", "", "", ":::")),
        ("sh.almond::almond-spark:_", ("sh.almond", "almond-spark", "_", "", "", "", "::")),
        ("g:a:[1.0,2.0)", ("g", "a", "[1.0,2.0)", "", "", "", "")),
        ("g:a:latest.release", ("g", "a", "latest.release", "", "", "", "")),
        ("  g:a:1+x  ", ("g", "a", "1+x", "", "", "", "")),
    ],
)
def test_forms(text: str, parts: tuple[str, ...]) -> None:
    c = read_coordinate(text)
    assert (c.group, c.artifact, c.version, c.type, c.configuration, c.classifier, c.cross) == parts
    assert not c.problem


@pytest.mark.parametrize("url", ["https://host/a.jar", "file:///lib/a.jar", "s3://bucket/jars.txt", "hdfs:/a.jar"])
def test_addresses_are_no_coordinates(url: str) -> None:
    assert read_coordinate(url) == Coordinate(url=url)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("", "", "empty"),
        ("org", "org", "name and the version are missing"),
        ("org:name", "org:name", "the version is missing"),
        ("org::name", "org::name", "the version is missing"),
        ("org:na me:1", "na me", "`na me` is no part"),
        ("org::na me::1", "::", "::` stands between"),
        ("org::name::1 2", "1 2", "no part"),
        (":name:1", ":", "empty"),
        ("org:name:", "org:name:", "empty"),
        ("org:name:1 2", "1 2", "no part"),
        ("a:b:c:d:e:f:g", "g", "six"),
        ("::name:1", "::", "stands between"),
        ("org::::name:1", "::::", "stands between"),
    ],
)
def test_what_is_wrong_and_where(text: str, at: str, said: str) -> None:
    c = read_coordinate(text)
    assert said in c.problem
    assert c.span.of(text) == at


def test_polynote_does_not_know_the_double_colon() -> None:
    text = "org.typelevel::cats-core:2.10.0"
    c = read_coordinate(text, crosses=False)
    assert "cats-core_2.12" in c.problem
    assert c.span.of(text) == "::"


@pytest.mark.parametrize(
    ("text", "scala", "other"),
    [
        ("o:cats_2.13:1", "2.12", "2.13"),
        ("o:cats_2.12:1", "2.12", ""),
        ("o:cats_2.12:1", "2.12.18", ""),
        ("o:ammonite_2.13.14:1", "2.13.14", ""),
        ("o:cats_2.13:1", "3.3.1", ""),
        ("o:cats_2.12:1", "3.3.1", "2.12"),
        ("o:cats_3:1", "2.12", "3"),
        ("o:cats_3:1", "2.13", ""),
        ("o::cats:1", "2.12", ""),
        ("o:plain:1", "2.12", ""),
        ("o:cats_2.13:1", "", ""),
        ("o:cats_2.13:1", "default", ""),
    ],
)
def test_the_suffix_against_the_scala_version(text: str, scala: str, other: str) -> None:
    assert mismatch(read_coordinate(text), scala) == other


@given(st.text(alphabet="ab:_.1 ?[]", max_size=30))
def test_total_and_inside_the_text(text: str) -> None:
    c = read_coordinate(text)
    assert 0 <= c.span.start <= c.span.end <= len(text)
    assert bool(c.problem) or bool(c.url) or bool(c.group and c.artifact and c.version)
