"""The client of Hangar, a panel that nobody has written: the least that a sixth kind needs.

Keeps no state of servers and shows nothing. Endpoints, all with the header `X-Hangar-Key` (its
manual, had it one):

    GET  /machines                         all of them, with their states
    GET  /machines/{number}                one
    POST /machines/{number}/orders {"order"}   202 is accepted, not done
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.errors import UnsupportedAction
from bot.domain.servers import Capability, PowerAction, Server, ServerRef, ServerState
from bot.panels._errors import Call, parsing
from bot.panels._http import PanelHttp
from bot.panels._ids import NUMBER, check_id
from bot.panels._json import integer, mapping, mappings, text
from bot.panels._manners import Manners
from bot.panels._words import UnknownWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from yarl import URL

    from bot.panels._connections import Connections
    from bot.panels._settings import PanelSettings

_ORDERS = {PowerAction.START: "boot", PowerAction.STOP: "halt"}
_WORDS = {"up": ServerState.RUNNING, "down": ServerState.OFFLINE, "booting": ServerState.STARTING}
_MANNERS = Manners(read_error=lambda *_: None)  # the status says it all


@dataclass(frozen=True, slots=True)
class _Key:
    """How Hangar wants to be shown its key."""

    key: str = field(repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.key,)

    def headers(self, _method: str, _url: URL, _body: bytes) -> Mapping[str, str]:
        return {"X-Hangar-Key": self.key}


def parse_machine(data: object, panel_id: str, at: datetime) -> Server:
    """Return one machine; raises what a parser raises."""
    machine = mapping(data)
    number = integer(machine["number"])
    if number is None:
        raise TypeError("number is none")
    word = text(machine.get("condition"))
    return Server(
        ref=ServerRef(panel_id, str(number)),
        name=text(machine.get("title")) or str(number),
        state=_WORDS.get(word or "", ServerState.UNKNOWN),
        observed_at=at,
        extra={"condition": word},
    )


class Hangar:
    """A `Panel`. Server ids are the panel's numbers."""

    kind = "hangar"
    capabilities = frozenset(Capability(action) for action in _ORDERS)

    def __init__(self, http: PanelHttp) -> None:
        self.panel_id = http.panel_id
        self._http = http
        self._unknown_words = UnknownWords(self.panel_id)

    @classmethod
    def open(cls, settings: PanelSettings, connections: Connections) -> Hangar:
        """Make one from its settings."""
        auth = _Key(settings.credentials["key"])
        return cls(PanelHttp(settings, connections, auth=auth, manners=_MANNERS))

    async def list_servers(self) -> Sequence[Server]:
        """Return all machines that have a number."""
        data = await self._http.request(Call("GET", "/machines"))
        return [self._server(each) for each in mappings(data) if integer(each.get("number"))]

    async def get_server(self, server_id: str) -> Server:
        """Return one machine."""
        call = Call("GET", self._path(server_id), server_id=server_id)
        return self._server(await self._http.request(call))

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it."""
        if action not in _ORDERS:
            raise UnsupportedAction(action.value, kind=self.kind)
        path, body = f"{self._path(server_id)}/orders", {"order": _ORDERS[action]}
        await self._http.request(
            Call("POST", path, body=body, action=action.value, server_id=server_id)
        )

    def _server(self, data: object) -> Server:
        with parsing(self.panel_id, "a machine"):
            server = parse_machine(data, self.panel_id, self._http.clock.now())
        word = text(server.extra["condition"])
        self._unknown_words.note(None if word in _WORDS else word)
        return server

    def _path(self, server_id: str) -> str:
        return f"/machines/{check_id(self.panel_id, server_id, form=NUMBER)}"
