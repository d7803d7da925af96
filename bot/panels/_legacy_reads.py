"""Asks a Pterodactyl before 0.7 about its servers: all, one, the state. Orders nothing."""

from __future__ import annotations

import asyncio
import logging
import re
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import (
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
    ServerNotFound,
)
from bot.domain.servers import Server, ServerState
from bot.panels._budget import Patience
from bot.panels._errors import parsing
from bot.panels._ids import NUMBER, check_id
from bot.panels._legacy_parse import (
    Place,
    Report,
    Seen,
    combine,
    is_uuid,
    located,
    parse_columns,
)
from bot.panels._pages import Page, each
from bot.panels._tasks import task_group
from bot.panels._words import UnknownWords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.panels._http import PanelHttp
    from bot.panels._legacy_dialect import Columns, Dialect

_log = logging.getLogger(__name__)

# Of the ten requests that may be in flight: the others are for people who wait for an answer.
_LIST_SHARE = 8
# How long a state that could not be asked for anew is still told.
_GOOD_FOR = 180.0
_NEVER = (float("-inf"), Report(ServerState.UNKNOWN))
_UUID = re.compile(r"[0-9A-Za-z-]{8,36}")


class Reads:
    """All questions to one panel; remembers uuids, last states and odd words."""

    def __init__(self, http: PanelHttp, dialect: Dialect) -> None:
        self._panel_id = http.panel_id
        self._http = http
        self._dialect = dialect
        self._uuids: dict[str, str] = {}
        """What users call a server, by its id; neither ever changes."""
        self._known: dict[str, tuple[float, Report]] = {}
        """The last state of each server, and when it was told."""
        self._unknown_words = UnknownWords(self._panel_id)

    async def list_servers(self) -> Sequence[Server]:
        """Return all servers.

        Where the budget is too small for all states, those that were asked for longest ago
        come first; the others keep what they were, and are unknown after three minutes.
        """
        patience = Patience(self._http.clock)
        share = asyncio.Semaphore(_LIST_SHARE)

        async def observe(seen: Seen) -> Report:
            async with share:
                return await self._observed(seen, patience)

        listed = await self._listed(patience)
        asked = [server_id for server_id, seen in listed.items() if not seen.is_blocked]
        asked.sort(key=self._told_at)
        async with task_group() as group:
            running = {
                server_id: group.create_task(observe(listed[server_id]))
                for server_id in asked[: self._dialect.states_at_once]
            }
        reports = {server_id: task.result() for server_id, task in running.items()}
        return [
            seen.server
            if seen.is_blocked
            else combine(seen, reports.get(server_id) or self._last(server_id))
            for server_id, seen in listed.items()
        ]

    async def get_server(self, server_id: str) -> Server:
        """Return one server."""
        patience = Patience(self._http.clock)
        if is_uuid(server_id):
            return await self._found(server_id, patience)
        call = self._dialect.show(check_id(self._panel_id, server_id, form=NUMBER))
        data = await self._http.request(call, patience=patience)
        with parsing(self._panel_id, "the details of a server"):
            seen = self._seen(self._dialect.read_server(data))
        seen = located(seen, await self._places(patience))
        if seen.is_blocked:
            return seen.server
        if self._dialect.status(server_id, self._uuids.get(server_id)) == call:
            # The details have the state too.
            return combine(seen, self._report(data))
        return combine(seen, await self._observed(seen, patience))

    async def columns(self, server_id: str) -> Columns:
        """Return one server as the panel has it."""
        call = self._dialect.show(check_id(self._panel_id, server_id, form=NUMBER))
        data = await self._http.request(call)
        with parsing(self._panel_id, "the details of a server"):
            return self._dialect.read_server(data)

    async def uuid_of(self, server_id: str) -> str:
        """Return what users call a server."""
        if is_uuid(server_id):
            return server_id
        if server_id not in self._uuids:
            self._seen(await self.columns(server_id))
        if server_id not in self._uuids:
            raise PanelProtocolError(self._panel_id, f"server {server_id} has no uuid")
        return self._uuids[server_id]

    async def _found(self, server_id: str, patience: Patience) -> Server:
        """Find a server without a number, which nothing but the list shows."""
        seen = (await self._listed(patience)).get(server_id)
        if seen is None:
            raise ServerNotFound(self._panel_id, server_id)
        return (
            seen.server if seen.is_blocked else combine(seen, await self._observed(seen, patience))
        )

    async def _listed(self, patience: Patience) -> dict[str, Seen]:
        """Return all servers by their ids, as far as lists tell."""
        ask = partial(self._page, patience)
        listed = {server_id: seen async for server_id, seen in each(ask, _id_of)}
        places = await self._places(patience)
        return {server_id: located(seen, places) for server_id, seen in listed.items()}

    async def _places(self, patience: Patience) -> Mapping[str, Place]:
        """Return where servers are; nothing where the key may not know."""
        call = self._dialect.places()
        if call is None:
            return {}
        try:
            data = await self._http.request(call, patience=patience)
            with parsing(self._panel_id, "the list of places"):
                return self._dialect.read_places(data)
        except PanelAuthFailed:
            raise
        except PanelError as error:
            _log.debug("panel %s tells no places: %s", self._panel_id, error)
            return {}

    async def _page(self, patience: Patience, number: int) -> Page[Seen]:
        data = await self._http.request(self._dialect.list_page(number), patience=patience)
        what = f'the list of servers (options.dialect is "{self._dialect.name}")'
        with parsing(self._panel_id, what):
            page = self._dialect.read_page(data)
        found: list[Seen] = []
        for columns in page.entries:
            try:
                found.append(self._seen(columns))
            except PanelProtocolError:
                self._unknown_words.note_nameless(1)
        return Page(found, page.size, page.pages)

    def _seen(self, columns: Columns) -> Seen:
        with parsing(self._panel_id, "a server"):
            seen = parse_columns(columns, self._panel_id, self._http.clock.now())
        if seen.uuid and _UUID.fullmatch(seen.uuid):
            self._uuids[seen.server.ref.server_id] = seen.uuid
        self._unknown_words.note(seen.unknown_word)
        return seen

    async def _observed(self, seen: Seen, patience: Patience) -> Report:
        """Return the state, or what the failure to read it says of the server."""
        server_id = seen.server.ref.server_id
        call = self._dialect.status(server_id, self._uuids.get(server_id))
        if call is None:
            return Report(ServerState.UNKNOWN)
        try:
            report = self._report(await self._http.request(call, patience=patience))
        except PanelAuthFailed:
            raise
        except PanelRateLimited:
            return self._last(server_id)
        except PanelError as error:
            _log.debug("state of %s:%s: %s", self._panel_id, server_id, error)
            report = _report_of(error)
        self._known[server_id] = (self._http.clock.monotonic(), report)
        return report

    def _report(self, data: object) -> Report:
        with parsing(self._panel_id, "the state of a server"):
            report = self._dialect.read_status(data)
        self._unknown_words.note(report.unknown_word)
        return report

    def _last(self, server_id: str) -> Report:
        at, report = self._known.get(server_id, _NEVER)
        return report if self._http.clock.monotonic() - at < _GOOD_FOR else _NEVER[1]

    def _told_at(self, server_id: str) -> float:
        return self._known.get(server_id, _NEVER)[0]


def _id_of(seen: Seen) -> str:
    return seen.server.ref.server_id


def _report_of(error: PanelError) -> Report:
    match error:
        case PanelUnreachable():
            return Report(ServerState.UNREACHABLE)
        case PanelConflict():
            return Report(error.state)
        case _:
            return Report(ServerState.UNKNOWN)
