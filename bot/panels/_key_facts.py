"""Asks a panel what a key can do beyond what a guild needs. Lists no servers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.domain.errors import PanelAuthFailed, PanelForbidden, PanelProtocolError
from bot.domain.trials import Check, Finding, Mark, Result
from bot.panels._errors import Call, parsing
from bot.panels._http import PanelHttp
from bot.panels._json import mapping
from bot.panels._manners import Bearer, Manners
from bot.panels._pterodactyl_errors import read_admin_error, read_error
from bot.panels._vpsorg_errors import decode as decode_vpsorg
from bot.panels._vpsorg_errors import read_error as read_vpsorg_error

if TYPE_CHECKING:
    from bot.panels._connections import Connections
    from bot.panels._settings import PanelSettings

_REACHES_ALL = Result(Check.REACH, Mark.WARNING, Finding.REACHES_ALL)
_CHANGES_SERVERS = Result(Check.REACH, Mark.WARNING, Finding.CHANGES_SERVERS)
_APPLICATION_KEYS = ("ptla_", "papp_")
_VPSORG_API = "/api/v1"
# How the vendor calls its permissions is not documented.
_WORDS_OF_CHANGE = ("write", "create", "delete", "destroy", "manage", "admin", "*")


async def of_pterodactyl(settings: PanelSettings, connections: Connections) -> list[Result]:
    """Ask whose the client key is, and try the application key; raises `PanelError`."""
    key = settings.credentials["key"]
    http = _http(settings, connections, key, Manners(read_error=read_error))
    try:
        data = await http.request(Call("GET", "/api/client/account"))
    except PanelAuthFailed:
        if key.startswith(_APPLICATION_KEYS):
            return [Result(Check.KEY, Mark.BAD, Finding.KEY_OF_OTHER_API)]
        raise
    with parsing(settings.panel_id, "the account"):
        is_admin = mapping(mapping(data)["attributes"]).get("admin") is True
    whose = Finding.KEY_OF_ADMIN if is_admin else Finding.KEY_OF_MEMBER
    found = [Result(Check.KEY, Mark.GOOD, whose)]
    if is_admin:
        found.append(_REACHES_ALL)
    if "application_key" in settings.credentials:
        found += await _of_application_key(settings, connections)
    return found


async def of_legacy(_settings: PanelSettings, _connections: Connections) -> list[Result]:
    """Say what is so of every key of the old admin API; asks nothing."""
    return [_REACHES_ALL]


async def of_vpsorg(settings: PanelSettings, connections: Connections) -> list[Result]:
    """Ask for the token's permissions; finds nothing where the service does not tell them."""
    root = settings.base_url.rstrip("/").removesuffix(_VPSORG_API)
    # The address is part of what a budget is known by.
    at = dataclasses.replace(settings, base_url=root + _VPSORG_API)
    manners = Manners(
        read_error=read_vpsorg_error, decode=decode_vpsorg, fails_with_success=True, rest=1.0
    )
    http = _http(at, connections, settings.credentials["token"], manners)
    try:
        data = await http.request(Call("GET", "/account/me/"))
    except PanelProtocolError:
        return []
    permissions = mapping(mapping(data).get("token")).get("permissions")
    named = [str(each).casefold() for each in permissions] if isinstance(permissions, list) else []
    taken = Result(Check.KEY, Mark.GOOD, Finding.KEY)
    if any(word in name for name in named for word in _WORDS_OF_CHANGE):
        return [taken, _CHANGES_SERVERS]
    return [taken]


async def _of_application_key(settings: PanelSettings, connections: Connections) -> list[Result]:
    at = dataclasses.replace(settings, base_url=settings.base_url.rstrip("/") + "/api/application")
    key, manners = settings.credentials["application_key"], Manners(read_error=read_admin_error)
    http = _http(at, connections, key, manners)
    try:
        await http.request(Call("GET", "/servers", params={"per_page": "1"}))
    except (PanelAuthFailed, PanelForbidden):
        return [Result(Check.ADMIN_KEY, Mark.BAD, Finding.ADMIN_KEY_REFUSED)]
    return [Result(Check.ADMIN_KEY, Mark.GOOD, Finding.ADMIN_KEY), _CHANGES_SERVERS]


def _http(
    settings: PanelSettings, connections: Connections, key: str, manners: Manners
) -> PanelHttp:
    return PanelHttp(settings, connections, auth=Bearer(key), manners=manners)
