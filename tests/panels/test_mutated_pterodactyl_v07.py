"""Whatever a 0.7 panel answers, only our own errors come out, and no server is lost."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PanelError
from bot.domain.servers import PowerAction
from bot.panels import PanelHub
from bot.panels._json import mapping, mappings, text
from tests.panels.mutations import ANYTHING, THOROUGH, check, mutated
from tests.panels.support import HastyClock, serving, settings

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pterodactyl_v07"
LIST, SERVER, STARTING = (
    json.loads((FIXTURES / f"{name}.json").read_text())
    for name in ("list", "server", "utilization-starting")
)
ERROR = {"errors": [{"code": "ConnectException", "status": "500", "detail": "x"}]}


@THOROUGH
@given(mutated(LIST), mutated(SERVER), mutated(STARTING))
def test_reading_survives_any_answer(listing: object, server: object, utilization: object) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/api/client":
            return web.json_response(listing)
        is_state = request.path.endswith("/utilization")
        return web.json_response(utilization if is_state else server)

    async def play() -> None:
        async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
            panel = hub.open(settings(kind="pterodactyl_v07", base_url=url))
            with suppress(PanelError):
                found = {entry.ref.server_id for entry in await panel.list_servers()}
                assert found == identifiers(listing)
            with suppress(PanelError):
                check(await panel.get_server("b1ea3e80"))

    asyncio.run(play())


@THOROUGH
@given(mutated(ERROR) | ANYTHING, st.sampled_from([400, 401, 403, 404, 412, 422, 429, 500, 504]))
def test_a_refusal_of_any_form_is_an_error_of_ours(body: object, status: int) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(body, status=status)

    async def play() -> None:
        async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
            panel = hub.open(settings(kind="pterodactyl_v07", base_url=url))
            for call in (
                panel.list_servers(),
                panel.get_server("b1ea3e80"),
                panel.power("b1ea3e80", PowerAction.STOP),
            ):
                with pytest.raises(PanelError):
                    await call

    asyncio.run(play())


def identifiers(listing: object) -> set[str]:
    """The ids that a list has, by the panel's own rule: the head of the uuid will do."""
    entries = mappings(mapping(listing).get("data"))
    found = [mapping(entry.get("attributes")) for entry in entries]
    ids = [_fit(entry.get("identifier")) or _fit(entry.get("uuid"))[:8] for entry in found]
    return set(filter(None, ids))


def _fit(value: object) -> str:
    found = text(value) or ""
    return found if re.fullmatch("[0-9A-Za-z-]{1,64}", found) else ""
