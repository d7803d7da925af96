"""Owns one interaction and its deadlines. Does not send it and does not judge the answers."""

from __future__ import annotations

import secrets
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel, Member, User
    from bot.simulators.discord.message import Message
    from bot.simulators.discord.state import State

INITIAL_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0


class InteractionKind(IntEnum):
    """Discord's types of interactions."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Interaction:
    """What a member did, and what the bot has answered so far.

    `cause` is the message with the button, or the interaction that opened the form; `source` then
    is the message from which it all began.
    """

    def __init__(
        self,
        state: State,
        kind: InteractionKind,
        *,
        actor: Member | User,
        channel: Channel,
        data: dict[str, Any],
        cause: Message | Interaction | None = None,
    ) -> None:
        self.id = state.next_id()
        self.token = secrets.token_urlsafe(48)
        self.kind = kind
        self.actor = actor
        self.channel = channel
        self.data = data
        self.trigger = cause if isinstance(cause, Interaction) else None
        self.source: Message | None = cause.source if isinstance(cause, Interaction) else cause
        self.created = state.clock()
        self.ack_seconds: float | None = None
        self.callback: int | None = None
        self.original: Message | None = None
        self.followups: list[Message] = []
        self.modal: dict[str, Any] | None = None
        self.choices: list[tuple[str, Any]] | None = None
        self._given_up = False
        self._state = state

    @property
    def user(self) -> User:
        """Who did it."""
        return self._state.users[self.actor.id]

    @property
    def acknowledged(self) -> bool:
        """Whether the bot has answered in time."""
        return self.callback is not None

    @property
    def failed(self) -> bool:
        """Whether the client says "The application did not respond"."""
        late = self._given_up or self._state.clock() - self.created >= INITIAL_SECONDS
        return late and not self.acknowledged

    @property
    def token_expired(self) -> bool:
        """Whether the fifteen minutes of the token are over."""
        return self._state.clock() - self.created >= TOKEN_SECONDS

    @property
    def thinking(self) -> bool:
        """Whether the answer still says that the bot is thinking."""
        return self.original is not None and self.original.loading

    @property
    def message(self) -> Message | None:
        """The original response as it is now: `None` while the bot is thinking or has said none."""
        if self.original is None or self.original.loading or self.original.deleted:
            return None
        return self.original

    @property
    def text(self) -> str:
        """What the original response says, empty while there is none."""
        return self.message.text if self.message else ""

    def acknowledge(self, callback: int) -> None:
        """Note the first answer."""
        self.callback = callback
        self.ack_seconds = self._state.clock() - self.created

    async def settle(self) -> None:
        """Wait for the first answer, three seconds at most by our clock and by the real one."""
        try:
            await self._state.pulse.until(
                lambda: self.acknowledged or self.failed, timeout=INITIAL_SECONDS
            )
        except TimeoutError:
            self._given_up = True
            self._state.pulse.beat()

    async def reply(self, *, timeout: float = 30) -> Message:  # noqa: ASYNC109 - part of the agreed interface
        """Wait for the first message that is not "thinking" and return it.

        Raises `TimeoutError`, at once if the bot let the interaction fail.
        """
        await self._state.pulse.until(
            lambda: self._answer() is not None or self.failed, timeout=timeout
        )
        answer = self._answer()
        if answer is None:
            raise TimeoutError("The application did not respond")
        return answer

    def _answer(self) -> Message | None:
        return self.message or next((m for m in self.followups if not m.deleted), None)
