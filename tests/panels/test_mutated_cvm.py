"""Whatever a CVM panel answers, only our own errors come out, and no server is lost."""

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

from bot.domain.errors import PanelError, UnsupportedAction
from bot.domain.servers import PowerAction
from bot.panels import PanelHub
from bot.panels._json import mapping, mappings
from tests.panels.mutations import ANYTHING, THOROUGH, check, mutated
from tests.panels.support import HastyClock, serving, settings

FIXTURES = Path(__file__).parents[1] / "fixtures" / "cvm"
LIST, ERROR = (
    json.loads((FIXTURES / f"{name}.json").read_text()) for name in ("list", "invalid-token-pair")
)
STATUS = {"response": {"ram_used": "31", "disk_used": 12.5, "status": "running", "traffic_used": 7}}
CREDENTIALS = {"public_token": "public", "private_token": "private"}


@THOROUGH
@given(mutated(LIST), mutated(STATUS))
def test_reading_survives_any_answer(listing: object, status: object) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(listing if request.path.endswith("/list") else status)

    async def play() -> None:
        async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
            panel = hub.open(settings(kind="cvm", base_url=url, credentials=CREDENTIALS))
            with suppress(PanelError):
                found = {entry.ref.server_id for entry in await panel.list_servers()}
                assert found == ids(listing)
            with suppress(PanelError):
                check(await panel.get_server("1"))

    asyncio.run(play())


@THOROUGH
@given(mutated(ERROR) | ANYTHING, st.sampled_from([400, 401, 403, 404, 422, 429, 500, 503]))
def test_a_refusal_of_any_form_is_an_error_of_ours(body: object, status: int) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(body, status=status)

    async def play() -> None:
        async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
            panel = hub.open(settings(kind="cvm", base_url=url, credentials=CREDENTIALS))
            for call in (panel.list_servers(), panel.get_server("1")):
                with pytest.raises(PanelError):
                    await call
            with pytest.raises((PanelError, UnsupportedAction)):
                await panel.power("1", PowerAction.STOP)

    asyncio.run(play())


def ids(listing: object) -> set[str]:
    """The ids that a list has: numbers, or texts of digits."""
    vpses = mapping(mapping(listing).get("response")).get("vpses")
    entries = mappings(list(vpses.values()) if isinstance(vpses, dict) else vpses)
    found = [str(entry.get("id")) for entry in entries if not isinstance(entry.get("id"), bool)]
    # A whole number may come as a float.
    found = [server_id.removesuffix(".0") for server_id in found]
    return {server_id for server_id in found if re.fullmatch("[0-9]{1,19}", server_id)}
