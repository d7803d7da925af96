"""Texts of configurations, right and wrong, and what is said about the wrong ones."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from bot.config import ConfigError, load

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2-MQ.ZnCj-1XVW7_vRze4b7-Cq4se7_k"
KEY = "ptlc_Ku2mIQwJ0bXfQpTqTnLrYw3xVb6cZd8eHs1aGk4jR9o"
FINGERPRINT = "AB:" * 31 + "ab"
ENVIRON = {"TOKEN": TOKEN, "KEY": KEY}

MINIMAL = """
discord: {token: {env: TOKEN}}
panels:
  - id: main
    kind: pterodactyl
    base_url: https://panel.example.com
    credentials: {key: {env: KEY}}
"""


def problems_of(file: Path, text: str) -> list[str]:
    """What is wrong with the text; no secret may ever be told."""
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, ENVIRON)
    assert told_of(TOKEN, f"{caught.value} {caught.value!r}") == []
    assert told_of(KEY, f"{caught.value} {caught.value!r}") == []
    return list(caught.value.problems)


def told_of(secret: str, words: str) -> list[str]:
    """The pieces of a secret that stand in the words; fewer signs than these tell nothing."""
    pieces = (secret[start : start + 6] for start in range(len(secret) - 5))
    return [piece for piece in pieces if piece in words]


def changed(old: str, new: str) -> str:
    assert old in MINIMAL
    return MINIMAL.replace(old, new)


def with_line(line: str) -> str:
    return f"{MINIMAL}    {line}\n"
