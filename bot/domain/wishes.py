"""What somebody typed about a panel, made ready for use. Pure; asks no panel."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.panels import StoredPanel

LONGEST_NAME = 80
LONGEST_ADDRESS = 90
"""So that it can be kept in a button until the form is opened again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelWish:
    """What was typed into a form; its repr shows no credential."""

    name: str
    base_url: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        name: str,
        base_url: str,
        credentials: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> PanelWish:
        """Return the wish without the blanks that come with copying; what is empty is not there."""
        keys = {key: "".join(text.split()) for key, text in (credentials or {}).items()}
        return cls(
            name=" ".join(name.split())[:LONGEST_NAME],
            base_url=tidy_address(base_url),
            credentials={key: text for key, text in keys.items() if text},
            options={key: text.strip() for key, text in (options or {}).items() if text.strip()},
        )

    @property
    def has_name(self) -> bool:
        """Whether there is something to be seen of the name."""
        return any(unicodedata.category(char)[0] in "LNPS" for char in self.name)


def tidy_address(text: str) -> str:
    """Return an address without blanks around it and slash at its end, with https at the least."""
    address = text.strip().rstrip("/")
    return address if "://" in address or not address else f"https://{address}"


def alike(name: str) -> str:
    """Return a form of a name that is the same for those that people take for the same."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def may_keep_keys(old: str, new: str) -> bool:
    """Whether keys for one address may be sent to the other without being given anew.

    Whoever may change an address could have the keys sent to a machine of his own.
    """
    try:
        before, after = urlsplit(old), urlsplit(new)
        is_same_host = before.hostname == after.hostname
        ports = before.port, after.port
    except ValueError:
        return False
    if before.scheme == after.scheme:
        return is_same_host and ports[0] == ports[1]
    return is_same_host and after.scheme == "https" and ports == (None, None)


def stamp(panel: StoredPanel) -> str:
    """Return a short word that changes with what a form about the panel shows."""
    shown = (panel.name, panel.base_url, sorted((k, str(v)) for k, v in panel.options.items()))
    return hashlib.blake2b(repr(shown).encode(), digest_size=4).hexdigest()
