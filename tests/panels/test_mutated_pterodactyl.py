"""Whatever a Pterodactyl 1.x panel answers, only our own errors come out, and no server is lost."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PanelError
from bot.domain.servers import Capability, PowerAction
from bot.panels import PanelHub
from bot.panels._json import mapping, mappings, text
from tests.panels.mutations import ANYTHING, THOROUGH, check, mutated
from tests.panels.support import KEY, HastyClock, example, recorded, serving, settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.panels.pterodactyl import Pterodactyl

LIST, SERVER, RUNNING, ONE, CHANGED, NODES, WRONG = (
    recorded(name).body
    for name in (
        "client-list-per_page-2",
        "client-server",
        "client-resources-running",
        "app-servers-list-per_page",
        "app-server-create",
        "app-nodes",
        "app-server-create-error-422",
    )
)
# Document 002, which is older and knows less.
SERVERS = mutated(SERVER) | mutated(example("pterodactyl_document/details"))
STATS = mutated(RUNNING) | mutated(example("pterodactyl_document/resources"))
APPLICATION = "/api/application"
CLIENT_ID, ADMIN_ID = "3502e204", "0b28880c"
CREDENTIALS = {"key": KEY, "application_key": KEY}
STATUSES = st.sampled_from([400, 401, 403, 404, 409, 422, 429, 500, 502, 504])


def play(
    answer: Callable[[web.BaseRequest], web.Response],
    part: Callable[[Pterodactyl], Awaitable[None]],
) -> None:
    """Let the panel answer so, and play a part with it."""

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        return answer(request)

    async def run() -> None:
        async with serving(serve) as url, PanelHub(clock=HastyClock()) as hub:
            panel = hub.open(settings(base_url=url, credentials=CREDENTIALS))
            await part(cast("Pterodactyl", panel))

    asyncio.run(run())


def admin_calls(panel: Pterodactyl) -> list[Awaitable[object]]:
    return [
        panel.create({"name": "x"}),
        panel.update(ADMIN_ID, {"name": "x", "egg": 4}, replace=False),
        panel.build(ADMIN_ID, {"limits": {"memory": 1}}),
        panel.suspend(ADMIN_ID),
        panel.delete(ADMIN_ID, force=False),
        panel.fields(Capability.CREATE, None),
        panel.fields(Capability.UPDATE, ADMIN_ID),
        panel.fields(Capability.BUILD, ADMIN_ID),
    ]


@THOROUGH
@given(mutated(LIST), SERVERS, STATS)
def test_reading_survives_any_answer(listing: object, server: object, stats: object) -> None:
    def answer(request: web.BaseRequest) -> web.Response:
        if request.path == "/api/client":
            return web.json_response(listing)
        return web.json_response(stats if request.path.endswith("/resources") else server)

    async def part(panel: Pterodactyl) -> None:
        with suppress(PanelError):
            found = {entry.ref.server_id for entry in await panel.list_servers()}
            assert found == identifiers(listing)
        with suppress(PanelError):
            check(await panel.get_server(CLIENT_ID))

    play(answer, part)


@THOROUGH
@given(mutated(ONE), mutated(CHANGED), mutated(NODES))
def test_administration_survives_any_answer(one: object, changed: object, nodes: object) -> None:
    def answer(request: web.BaseRequest) -> web.Response:
        if request.method != "GET":
            return web.json_response(changed)
        is_servers = request.path == f"{APPLICATION}/servers"
        return web.json_response(one if is_servers else nodes)

    async def part(panel: Pterodactyl) -> None:
        for call in admin_calls(panel):
            with suppress(PanelError):
                await call

    play(answer, part)


@THOROUGH
@given(mutated(WRONG) | ANYTHING, STATUSES)
def test_a_refusal_of_any_form_is_an_error_of_ours(body: object, status: int) -> None:
    def answer(_request: web.BaseRequest) -> web.Response:
        return web.json_response(body, status=status)

    async def part(panel: Pterodactyl) -> None:
        for call in (
            panel.list_servers(),
            panel.get_server(CLIENT_ID),
            panel.power(CLIENT_ID, PowerAction.STOP),
            panel.create({}),
            panel.suspend(ADMIN_ID),
        ):
            with pytest.raises(PanelError):
                await call

    play(answer, part)


def identifiers(listing: Any) -> set[str]:  # noqa: ANN401 - any JSON value
    """The ids that a list has, by the panel's own rule: the head of the uuid will do."""
    entries = mappings(mapping(listing).get("data"))
    found = [mapping(entry.get("attributes")) for entry in entries]
    ids = [text(entry.get("identifier")) or (text(entry.get("uuid")) or "")[:8] for entry in found]
    return {server_id for server_id in ids if re.fullmatch("[0-9A-Za-z-]{1,64}", server_id)}
