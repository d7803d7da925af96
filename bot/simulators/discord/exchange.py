"""Owns one request and its answer as values. Neither routes nor judges them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulators.discord.errors import INVALID_FORM, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.discord.compose import Upload


@dataclass(frozen=True, slots=True)
class Call:
    """A request as its handler sees it."""

    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    uploads: tuple[Upload, ...] = ()

    @property
    def form(self) -> dict[str, Any]:
        """The body, which has to be an object."""
        if not isinstance(self.body, dict):
            raise refusal(INVALID_FORM)
        return self.body

    def id(self, name: str) -> int:
        """Return an id of the path; what is no id names nothing."""
        text = self.params[name]
        return int(text) if text.isdecimal() else -1

    def number(self, name: str, otherwise: int) -> int:
        """Return a number of the query."""
        text = self.query.get(name, str(otherwise))
        if not text.isdecimal():
            raise refusal(INVALID_FORM)
        return int(text)

    def flag(self, name: str) -> bool:
        """Return a switch of the query."""
        return self.query.get(name, "").lower() in ("1", "true")


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer; without a body it is a 204."""

    body: Any = None
    is_new: bool = False
    """Whether something was made that Discord answers 201 for."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        if self.body is None:
            return 204
        return 201 if self.is_new else 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, as recorded; headers that hold secrets are left out.

    `route` is the template, such as `/channels/{channel_id}/messages`, and empty if there is none.
    """

    method: str
    path: str
    route: str
    query: Mapping[str, str]
    request_headers: Mapping[str, str]
    request_body: Any
    status: int
    response_headers: Mapping[str, str]
    response_body: Any
