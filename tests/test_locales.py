"""The catalogues: the template is what the code says now, and every language is complete."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bot
from bot.ui import i18n

PACKAGE = Path(bot.__file__).parent
TEMPLATE = PACKAGE / "locales" / "deckhand.pot"
EXTRACT = ["extract", "--omit-header", "--no-location", "--sort-output", "--no-wrap"]


def test_the_template_is_fresh(tmp_path: Path) -> None:
    """After a change of texts: see CONTRIBUTING.md, "Texts and languages"."""
    fresh = tmp_path / "deckhand.pot"
    frontend = [sys.executable, "-m", "babel.messages.frontend", *EXTRACT]
    subprocess.run([*frontend, "-o", fresh, "bot"], cwd=PACKAGE.parent, check=True)  # noqa: S603

    assert fresh.read_text("utf-8") == TEMPLATE.read_text("utf-8")


@pytest.mark.parametrize("locale", i18n.locales())
def test_a_language_is_complete(locale: str) -> None:
    path = PACKAGE / "locales" / locale / "LC_MESSAGES" / "deckhand.po"
    with TEMPLATE.open("rb") as template, path.open("rb") as source:
        wanted = {message.id for message in read_po(template) if message.id}
        catalogue = read_po(source, locale=locale)

    translated = {
        message.id
        for message in catalogue
        if message.id and not message.fuzzy and all(_texts(message.string))
    }
    assert translated == wanted


@pytest.mark.parametrize("locale", i18n.locales())
def test_a_language_keeps_the_places_for_facts(locale: str) -> None:
    path = PACKAGE / "locales" / locale / "LC_MESSAGES" / "deckhand.po"
    with path.open("rb") as source:
        messages = [message for message in read_po(source, locale=locale) if message.id]

    for message in messages:
        for text in _texts(message.string):
            assert _places(text) == _places(_texts(message.id)[-1]), text


def test_simplified_chinese_is_there() -> None:
    assert i18n.words("zh-CN").gettext("running") == "运行中"


def test_a_language_without_a_catalogue_is_answered_in_english() -> None:
    assert i18n.words("fi").gettext("running") == "running"


def _texts(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def _places(text: str) -> set[str]:
    return set(re.findall(r"{\w*}", text))
