"""Whatever vps.org answers, only our own errors come out, and no server is lost."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import get_args

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PanelError
from bot.domain.servers import Capability, PowerAction
from bot.panels import PanelHub
from bot.panels._json import mapping, mappings
from bot.simulators.panels.vpsorg import Dialect
from tests.panels.mutations import ANYTHING, THOROUGH, check, mutated
from tests.panels.support import HastyClock, serving
from tests.panels.vpsorg_site import example, open_at

ERROR = {"detail": "x", "name": ["This field is required."], "errors": {"plan": {"id": ["No."]}}}
PLANS = {"results": [{"uuid": "u", "ram": 4, "ram_unit": "GB", "monthly_price": "10.00"}]}
DIALECTS = st.sampled_from(get_args(Dialect))


@THOROUGH
@given(DIALECTS, mutated(example("list")), mutated(example("details")), mutated(PLANS))
def test_reading_survives_any_answer(
    dialect: Dialect, listing: object, details: object, catalog: object
) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/api/v1/servers/" and request.method == "GET":
            return web.json_response(listing)
        is_server = request.path.startswith("/api/v1/servers/")
        return web.json_response(details if is_server else catalog)

    async def play() -> None:
        async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
            panel = open_at(hub, url, dialect)
            with suppress(PanelError):
                found = {entry.ref.server_id for entry in await panel.list_servers()}
                assert found == ids(listing, dialect)
            with suppress(PanelError):
                check(await panel.get_server("12345"))
            with suppress(PanelError):
                check(await panel.create({}))
            with suppress(PanelError):
                assert await panel.fields(Capability.CREATE, None)

    asyncio.run(play())


@THOROUGH
@given(
    DIALECTS,
    mutated(ERROR) | ANYTHING,
    st.sampled_from([400, 401, 402, 403, 404, 405, 415, 422, 429, 500, 503]),
)
def test_a_refusal_of_any_form_is_an_error_of_ours(
    dialect: Dialect, body: object, status: int
) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(body, status=status)

    async def play() -> None:
        async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
            panel = open_at(hub, url, dialect)
            for call in (
                panel.list_servers(),
                panel.get_server("12345"),
                panel.power("12345", PowerAction.STOP),
                panel.create({}),
                panel.delete("12345", force=False),
            ):
                with pytest.raises(PanelError):
                    await call

    asyncio.run(play())


def ids(listing: object, dialect: Dialect) -> set[str]:
    """The ids that a list has: the dialect's own field, or else the other."""
    results = listing if isinstance(listing, list) else mapping(listing).get("results")
    first, second = ("id", "uuid") if dialect == "documented" else ("uuid", "id")
    found = {name_of(entry.get(first)) or name_of(entry.get(second)) for entry in mappings(results)}
    return {server_id for server_id in found if re.fullmatch("[0-9A-Za-z-]{1,64}", server_id)}


def name_of(value: object) -> str:
    """An id as a text; a whole number may come as a float."""
    is_whole = isinstance(value, float) and value.is_integer()
    if is_whole or (isinstance(value, int) and not isinstance(value, bool)):
        return f"{value:.0f}"
    return value if isinstance(value, str) else ""
