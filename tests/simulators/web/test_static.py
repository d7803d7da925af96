"""What the page is made of: small modules that read no markup and fetch nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot

STATIC = Path(bot.__file__).parent / "simulators" / "web" / "static"
_FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
_SCRIPTS = [path for path in _FILES if path.suffix == ".js"]
_MOST_LINES = 300
# Whatever makes elements, styles or code out of text.
_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|parseFromString|createContextualFragment"
    r"|document\.write|srcdoc|\beval\b|new Function|cssText|setAttribute\(\s*[\"'](?:style|on)"
)
_ADDRESS = re.compile(r"(?:https?:)?//[\w.-]+\.\w{2,}")
_OWN_WORDS = {"//www.w3.org", "http://www.w3.org"}


def _named(path: Path) -> str:
    return str(path.relative_to(STATIC))


def test_there_is_a_page() -> None:
    assert len(_SCRIPTS) > 10


@pytest.mark.parametrize("path", _FILES, ids=_named)
def test_every_file_is_short_and_of_a_known_kind(path: Path) -> None:
    assert path.suffix in {".html", ".css", ".js", ".svg"}
    assert len(path.read_text("utf-8").splitlines()) < _MOST_LINES


@pytest.mark.parametrize("path", _SCRIPTS, ids=_named)
def test_no_script_makes_markup_of_text(path: Path) -> None:
    script = path.read_text("utf-8")
    assert not _MARKUP.findall(script)
    # One sentence first: what it owns.
    assert script.startswith("// ")


@pytest.mark.parametrize("path", _FILES, ids=_named)
def test_nothing_comes_from_outside(path: Path) -> None:
    assert set(_ADDRESS.findall(path.read_text("utf-8"))) <= _OWN_WORDS


def test_the_page_has_no_style_and_no_script_within() -> None:
    page = (STATIC / "index.html").read_text("utf-8")
    assert not re.findall(r"<style|\sstyle=|\son\w+=", page)
    assert re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL) == [
        (' type="module" src="/static/js/main.js"', "")
    ]


def test_every_file_that_is_named_is_there_and_none_is_left_over() -> None:
    named = {STATIC / "index.html"}
    for path in _FILES:
        text = path.read_text("utf-8")
        named |= {STATIC / each for each in re.findall(r"/static/([\w./-]+)", text)}
        named |= {path.parent / each for each in re.findall(r'from "\./([\w.]+)"', text)}
    assert named == set(_FILES)
