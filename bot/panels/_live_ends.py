"""The two ways in which a live connection ends. Decides neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.errors import PanelError


class Lost(Exception):
    """The connection is of no more use, another one may be; `retry_after` in seconds."""

    def __init__(
        self, reason: str, *, retry_after: float | None = None, needs_token: bool = False
    ) -> None:
        self.reason = reason
        self.retry_after = retry_after
        self.needs_token = needs_token
        """Whether the token is of no more use either."""
        super().__init__(reason)


class Over(Exception):
    """Nothing more will ever come; without an error because the server was deleted."""

    def __init__(self, error: PanelError | None) -> None:
        self.error = error
        super().__init__(str(error or "deleted"))
