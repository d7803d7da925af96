"""What our own kinds call their fields is translated; what a panel calls them stays."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bot
from bot.domain.administration import Field
from bot.ui.render.labels import _LABELS, field_label
from tests.ui.render.languages import CHINESE, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILES = sorted((Path(bot.__file__).parent / "panels").glob("*fields.py"))


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield what is written there for people: texts with a capital that are no docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)
    }
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    for node in constants:
        text = node.value if isinstance(node.value, str) else ""
        if text[:1].isupper() and id(node) not in docstrings:
            yield text


def _named_by_kinds() -> set[str]:
    return {text for path in _FILES for text in _texts(ast.parse(path.read_text("utf-8")))}


def test_the_labels_of_all_kinds_are_known_here_and_no_others() -> None:
    assert _named_by_kinds() == _LABELS


@pytest.mark.parametrize("label", sorted(_LABELS))
def test_a_label_is_translated_and_fits_into_a_form(label: str) -> None:
    field = Field(name="x", label=label)

    assert field_label(field, ENGLISH) == label
    assert field_label(field, CHINESE) != label
    assert len(label) <= 45


@pytest.mark.parametrize("label", ["", "running", "Server Jar File", "Kill"])
def test_what_a_panel_calls_its_variables_is_left_alone(label: str) -> None:
    assert field_label(Field(name="x", label=label), CHINESE) == label
