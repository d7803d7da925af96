"""Refuses values before they are sent, where the panel would not say what is wrong with them.

Knows no panel, and leaves to the panel what it can name itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import PanelInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def refuse_unknown(panel_id: str, values: Mapping[str, object], *, known: Iterable[str]) -> None:
    """Refuse names that the panel would take no notice of."""
    unknown = sorted(values.keys() - set(known))
    if unknown:
        raise PanelInvalid(panel_id, dict.fromkeys(unknown, ("this panel does not take it",)))


def refuse_without(panel_id: str, values: Mapping[str, object], *, needed: Iterable[str]) -> None:
    """Refuse what lacks a value that the panel needs."""
    missing = sorted(set(needed) - values.keys())
    if missing:
        raise PanelInvalid(panel_id, dict.fromkeys(missing, ("it must be given",)))
