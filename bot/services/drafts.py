"""What members are filling in, between two forms. In memory only: a restart forgets them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.administration import parsed
from bot.domain.errors import DraftGone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.access import Actor
    from bot.domain.administration import Field
    from bot.domain.ports import Clock
    from bot.domain.servers import Capability, Server

_LIFE = timedelta(minutes=15)
"""As long as the private message in which it is filled in can be edited."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """Values for one call of a panel's admin side, being gathered."""

    id: str
    user_id: int
    guild_id: int
    action: Capability
    panel_id: str
    panel_name: str
    server: Server | None
    """What is changed; None to create."""
    fields: tuple[Field, ...]
    begun_at: datetime
    values: dict[str, object] = field(default_factory=dict)
    """What was given, by field name."""
    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What is wrong, by field name; "" is about no single field."""

    @property
    def missing(self) -> list[Field]:
        """What must still be given before the panel can be asked."""
        return [
            each
            for each in self.fields
            if each.required and each.value is None and each.name not in self.values
        ]

    def fill(self, texts: Mapping[str, str]) -> None:
        """Take what was typed; an empty text takes a value back."""
        by_name = {each.name: each for each in self.fields}
        for name, text in texts.items():
            self.problems.pop(name, None)
            if not text.strip():
                self.values.pop(name, None)
                continue
            try:
                self.values[name] = parsed(by_name[name], text)
            except ValueError as error:
                self.problems[name] = (str(error),)


class Drafts:
    """All drafts of this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drafts: dict[str, Draft] = {}

    def begin(
        self,
        actor: Actor,
        action: Capability,
        *,
        panel: tuple[str, str],
        fields: tuple[Field, ...],
        server: Server | None = None,
    ) -> Draft:
        """Begin one; `panel` is its id and its name."""
        now = self._clock.now()
        self._drafts = {
            key: draft for key, draft in self._drafts.items() if now - draft.begun_at < _LIFE
        }
        draft = Draft(
            id=secrets.token_hex(8),
            user_id=actor.user_id,
            guild_id=actor.guild_id,
            action=action,
            panel_id=panel[0],
            panel_name=panel[1],
            server=server,
            fields=fields,
            begun_at=now,
        )
        self._drafts[draft.id] = draft
        return draft

    def get(self, actor: Actor, draft_id: str) -> Draft:
        """Return the actor's own draft; raises `DraftGone`."""
        draft = self._drafts.get(draft_id)
        if (
            draft is None
            or (draft.user_id, draft.guild_id) != (actor.user_id, actor.guild_id)
            or self._clock.now() - draft.begun_at >= _LIFE
        ):
            raise DraftGone
        return draft

    def end(self, draft: Draft) -> None:
        """Forget it."""
        self._drafts.pop(draft.id, None)
