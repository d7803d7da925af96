"""What members are filling in, between two forms. In memory only: a restart forgets them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.administration import FieldType, is_offered, parsed, typed
from bot.domain.errors import DraftGone
from bot.domain.servers import Capability

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.domain.access import Actor
    from bot.domain.administration import Field
    from bot.domain.ports import Clock
    from bot.domain.servers import Server

_LIFE = timedelta(minutes=15)
"""Without being used; as long as Discord lets the answer to a command be edited."""


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
    used_at: datetime
    fields: tuple[Field, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    """What forms call each field that ever was asked for: open ones outlive other fields."""
    described_for: Mapping[str, object] = field(default_factory=dict)
    """What was chosen when the panel described the fields."""
    texts: dict[str, str] = field(default_factory=dict)
    """What was typed, by field name."""
    rejected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the panel does not take, by field name; "" is about no single field."""

    def text(self, of: Field) -> str:
        """Return what was typed for a field, or else what it is now."""
        return self.texts.get(of.name, typed(of.value))

    def problems(self, of: Field) -> tuple[str, ...]:
        """Return what is wrong with a field: a `Problem`, or the panel's sentences."""
        try:
            self._given(of)
        except ValueError as error:
            return (str(error),)
        return self.rejected.get(of.name, ())

    @property
    def chosen(self) -> Mapping[str, object]:
        """Return the values so far that decide about other fields; not those yet to be mended."""
        deciding = (each for each in self.fields if each.decides and self.texts.get(each.name))
        return {each.name: self._given(each) for each in deciding if not self.problems(each)}

    @property
    def is_outdated(self) -> bool:
        """Whether the panel is to be asked anew which fields there are."""
        return self.chosen != self.described_for

    @property
    def missing(self) -> list[Field]:
        """What must still be given before the panel can be asked."""
        return [each for each in self.fields if each.required and not self.text(each)]

    @property
    def is_ready(self) -> bool:
        """Whether there is something to give to the panel, and all of it can be read."""
        try:
            return bool(self.values) and not self.missing
        except ValueError:
            return False

    @property
    def values(self) -> dict[str, object]:
        """What the panel is given, by field name: what was typed.

        To create, the defaults as well: panels do not fill them in; and what is proposed. Raises
        ValueError for what cannot be read.
        """
        is_new = self.action is Capability.CREATE
        return {
            each.name: self._given(each)
            for each in self.fields
            if each.name in self.texts or ((is_new or each.is_proposed) and typed(each.value))
        }

    def describe(self, fields: Iterable[Field], chosen: Mapping[str, object]) -> None:
        """Take the fields as they are where that is chosen; a choice that is gone is taken back."""
        former = {each.name: each for each in self.fields}
        # What must be filled in comes first; otherwise in the panel's order.
        self.fields = tuple(sorted(fields, key=lambda each: not each.required))
        self.described_for = chosen
        for each in self.fields:
            self.numbers.setdefault(each.name, len(self.numbers))
            text = self.texts.get(each.name, "")
            was_offered = is_offered(former.get(each.name, each), text)
            if was_offered and not is_offered(each, text):
                del self.texts[each.name]

    def fill(self, texts: Mapping[str, str]) -> None:
        """Take what was typed anew; an empty text clears a value, or takes back what was typed."""
        for each in self.fields:
            if each.name not in texts:
                continue
            text = texts[each.name].strip()
            self.rejected.pop(each.name, None)
            if text == typed(each.value) or not (text or _may_be_cleared(each)):
                self.texts.pop(each.name, None)
            else:
                self.texts[each.name] = text

    def reject(self, sentences: Mapping[str, tuple[str, ...]]) -> None:
        """Note at each field what the panel says of it; what fits no field is kept under ""."""
        names = {each.name for each in self.fields}
        self.rejected = {}
        for name, texts in sentences.items():
            # Entries of lists come with their place: `allocation.additional.0`.
            fitting = [each for each in names if name == each or name.startswith(f"{each}.")]
            place = max(fitting, key=len, default="")
            told = texts if place or not name else tuple(f"{name}: {text}" for text in texts)
            self.rejected[place] = self.rejected.get(place, ()) + told

    def _given(self, of: Field) -> object:
        return parsed(of, self.texts[of.name]) if of.name in self.texts else of.value


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
        fields: Iterable[Field],
        server: Server | None = None,
    ) -> Draft:
        """Begin one; `panel` is its id and its name."""
        now = self._clock.now()
        self._drafts = {
            key: draft for key, draft in self._drafts.items() if now - draft.used_at < _LIFE
        }
        draft = Draft(
            id=secrets.token_hex(8),
            user_id=actor.user_id,
            guild_id=actor.guild_id,
            action=action,
            panel_id=panel[0],
            panel_name=panel[1],
            server=server,
            used_at=now,
        )
        draft.describe(fields, {})
        self._drafts[draft.id] = draft
        return draft

    def get(self, actor: Actor, draft_id: str) -> Draft:
        """Return the actor's own draft; raises `DraftGone`."""
        now = self._clock.now()
        draft = self._drafts.get(draft_id)
        if (
            draft is None
            or (draft.user_id, draft.guild_id) != (actor.user_id, actor.guild_id)
            or now - draft.used_at >= _LIFE
        ):
            raise DraftGone
        draft.used_at = now
        return draft

    def take(self, draft: Draft) -> None:
        """Take it out, so that it is given to the panel once; raises `DraftGone`."""
        if self._drafts.pop(draft.id, None) is None:
            raise DraftGone

    def put_back(self, draft: Draft) -> None:
        """Let it be filled in further."""
        self._drafts[draft.id] = draft


def _may_be_cleared(of: Field) -> bool:
    is_text = of.type in (FieldType.TEXT, FieldType.MAP, FieldType.LIST)
    return is_text and not of.choices and typed(of.value) != ""
