"""Whatever a panel before 0.7 answers, only our own errors come out, and no server is lost."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import PanelError
from bot.domain.servers import PowerAction
from bot.panels import PanelHub
from tests.panels.mutations import ANYTHING, THOROUGH, check, mutated
from tests.panels.support import HastyClock, serving, settings

if TYPE_CHECKING:
    from bot.panels import PanelSettings
    from bot.panels.pterodactyl_legacy import PterodactylLegacy

FIXTURES = Path(__file__).parents[1] / "fixtures" / "pterodactyl_legacy"
PAGE = json.loads((FIXTURES / "list.json").read_text())
COLUMNS = PAGE["data"][0]
PROC = {"memory": {"total": 1}, "cpu": {"total": 1.5, "cores": [1]}, "disk": {"used": 1}}
DAEMON = {"status": 1, "query": {}, "proc": PROC}
ATTRIBUTES = {name: value for name, value in COLUMNS.items() if name != "id"}
RESOURCE = {"type": "server", "id": "2", "attributes": ATTRIBUTES}
STAT = {"type": "stat", "id": "1", "attributes": {"status": 1, "resources": PROC}}
ADDRESS = {"ip": "192.0.2.1", "alias": None, "port": 25565, "default": True}
ALLOCATION = {"type": "allocation", "id": "1", "attributes": ADDRESS}

GOOD: dict[str, tuple[object, object, object]] = {
    "0.4": (PAGE, {"server": COLUMNS}, None),
    "0.5": ([COLUMNS], {**COLUMNS, "daemon": DAEMON}, None),
    "0.6": (
        {"data": [RESOURCE], "meta": PAGE["meta"]},
        {"data": RESOURCE},
        {"data": RESOURCE, "included": [STAT, ALLOCATION]},
    ),
}
"""List, details and, in 0.6, what users are told, by dialect."""

REFUSALS: list[object] = [
    {"message": "No.", "status_code": 422, "errors": {"name": ["No."]}},
    {"error": {"name": ["No."]}, "http_code": True, "trace": None},
]
STATUSES = [400, 401, 403, 404, 412, 422, 429, 500, 503, 504]
NUMBER = re.compile("[0-9]{1,18}")
UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{8}")
CREDENTIALS = {"public_key": "public", "secret_key": "secret"}


@pytest.mark.parametrize("dialect", list(GOOD))
def test_reading_survives_any_answer(dialect: str) -> None:
    listed, shown, told = GOOD[dialect]

    @THOROUGH
    @given(mutated(listed), mutated(shown), mutated(told))
    def survives(listing: object, server: object, state: object) -> None:
        asyncio.run(read(dialect, listing, server=server, state=state))

    survives()


async def read(dialect: str, listing: object, *, server: object, state: object) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/api/user/"):
            return web.json_response(state)
        return web.json_response(listing if request.path.endswith("/servers") else server)

    async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
        panel = hub.open(settings_of(dialect, url))
        try:
            found = {entry.ref.server_id for entry in await panel.list_servers()}
        except PanelError:
            pass
        else:
            assert found == ids(listing)
        with suppress(PanelError):
            check(await panel.get_server("2"))


@pytest.mark.parametrize("dialect", ["0.5", "0.6"])
def test_a_refusal_of_any_form_is_an_error_of_ours(dialect: str) -> None:
    @THOROUGH
    @given(mutated(REFUSALS[dialect == "0.6"]) | ANYTHING, st.sampled_from(STATUSES))
    def is_ours(body: object, status: int) -> None:
        asyncio.run(refuse(dialect, body, status=status))

    is_ours()


async def refuse(dialect: str, body: object, *, status: int) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        headers = {"Retry-After": "An error occured, please ask somebody"}
        return web.json_response(body, status=status, headers=headers)

    async with serving(answer) as url, PanelHub(clock=HastyClock()) as hub:
        panel = cast("PterodactylLegacy", hub.open(settings_of(dialect, url)))
        for call in (
            panel.list_servers(),
            panel.get_server("2"),
            panel.power("2", PowerAction.STOP),
            panel.suspend("2"),
            panel.create({"name": "New"}),
            panel.update("2", {"name": "New"}, replace=False),
        ):
            with pytest.raises(PanelError) as caught:
                await call
            assert str(caught.value)


def settings_of(dialect: str, url: str) -> PanelSettings:
    return settings(
        kind="pterodactyl_legacy",
        base_url=url,
        credentials=CREDENTIALS,
        options={"dialect": dialect},
    )


def ids(listing: object) -> set[str]:
    """The ids that a list has, by the panel's own rule."""
    entries = listing["data"] if isinstance(listing, dict) else listing
    assert isinstance(entries, list), "it was read as one"
    found = [id_of(entry) for entry in entries if isinstance(entry, dict)]
    return {server_id for server_id in found if server_id}


def id_of(entry: dict[str, object]) -> str:
    """The number if there is one, else a uuid."""
    id_, attributes = entry.get("id"), entry.get("attributes", entry)
    columns = attributes if isinstance(attributes, dict) else {}
    own = "" if not is_id(id_) else str(int(id_)) if isinstance(id_, float) else str(id_)
    if NUMBER.fullmatch(own):
        return own
    uuids = (columns.get(name) for name in ("uuid", "uuidShort"))
    return next((uuid for uuid in uuids if isinstance(uuid, str) and is_uuid(uuid)), "")


def is_uuid(text: str) -> bool:
    return bool(UUID.fullmatch(text)) and not text.isdigit()


def is_id(id_: object) -> bool:
    if isinstance(id_, str):
        return bool(id_)
    if isinstance(id_, bool) or not isinstance(id_, int | float):
        return False
    return abs(id_) < 2**63
