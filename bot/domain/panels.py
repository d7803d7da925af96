"""Panels as a guild adds them from Discord. Knows no kind of panel, and speaks to none."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def new_panel_id() -> str:
    """Return an id that no panel has."""
    return f"g{secrets.token_hex(8)}"


def is_given(panel_id: str) -> bool:
    """Whether an id is one of ours, which says nothing to anybody; operators choose theirs."""
    return re.fullmatch("g[0-9a-f]{16}", panel_id) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPanel:
    """One panel of one guild; its repr shows no credential."""

    panel_id: str
    guild_id: int
    name: str
    kind: str
    base_url: str
    credentials: Mapping[str, str] = field(repr=False)
    verify_tls: bool | str = True
    options: Mapping[str, object] = field(default_factory=dict)
    server_ids: frozenset[str] | None = frozenset()
    """Those that the guild uses; None is all, also future ones."""
    added_by: int
    added_at: datetime
    """Aware, UTC."""
    removed_at: datetime | None = None
    """Aware, UTC; until 30 days later it can be brought back."""


class PanelProblem(StrEnum):
    """Why a panel is not taken, or not changed."""

    NAMELESS = "has no name"
    NAME_TAKEN = "has the name of another one"
    NAME_GIVEN = "was called what another one is called now"
    """The other one's name goes with it."""
    TOO_MANY = "would be one too many"
    OF_OPERATOR = "is of the configuration file"
    CHANGED = "was changed by somebody else meanwhile"
    NOT_REMOVED = "is not removed"
    KEY_WANTED = "needs its key anew for another address"
    UNFIT = "cannot be opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyField:
    """A credential that a kind asks for; its texts are English and ours."""

    name: str
    label: str
    hint: str
    """Where to get it."""
    is_required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionField:
    """An option of a kind; its texts are English and ours."""

    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Values with their names, the usual one first; empty where it is a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelForm:
    """What a kind of panel asks somebody who adds one; at most three keys and options."""

    title: str
    address: str
    """An example."""
    keys: tuple[KeyField, ...]
    options: tuple[OptionField, ...] = ()

    @property
    def choices(self) -> tuple[OptionField, ...]:
        """The options that are asked for at once; the others only when a panel is edited."""
        return tuple(option for option in self.options if option.choices)
