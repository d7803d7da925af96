from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from bot.config import ConfigError, load
from tests.config.texts import (
    ENVIRON,
    KEY,
    TOKEN,
    problems_of,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("# nothing but a comment\n", "is empty"),
        ("- a\n- b\n", "must be a mapping of keys to values"),
        ("discord: [\n", "line 2, column 1: expected the node content"),
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key a stands here for the second time"),
        ("x: {y: 1, y: 2}\n", "line 1, column 11: the key y stands here for the second time"),
        ("1: 2\n", "line 1, column 1: a key must be text"),
        ("? [a]\n: b\n", "line 1, column 3: a key must be text"),
        ("a: *b\n", "line 1, column 4: found undefined alias 'b'"),
        ("a: \x07\n", "holds characters that YAML does not allow"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_by_line(file: Path, text: str, problem: str) -> None:
    (found,) = problems_of(file, text)

    assert found.startswith(f"{file}: {problem}")


def test_a_line_that_yaml_cannot_read_is_not_quoted(file: Path) -> None:
    (problem,) = problems_of(file, f"discord:\n  token: {KEY}: {TOKEN}\n")

    assert problem == f"{file}: line 2, column 58: mapping values are not allowed here"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"name: caf\xe9")
    for name, words in (
        ("missing", "there is no such file"),
        (".", "cannot be read: Is a directory"),
        ("latin", "is not UTF-8 text"),
    ):
        with pytest.raises(ConfigError) as caught:
            load(tmp_path / name, ENVIRON)
        assert caught.value.problems == (f"{tmp_path / name}: {words}",)


def test_anchors_and_merges_of_yaml_are_understood(file: Path) -> None:
    file.write_text(
        textwrap.dedent("""
        discord: {token: {env: TOKEN}}
        panels:
          - &first {id: a, kind: x, base_url: "https://a.example.com", credentials: {}}
          - {<<: *first, id: b}
        """),
        encoding="utf-8",
    )

    assert [panel.id for panel in load(file, ENVIRON).panels] == ["a", "b"]
