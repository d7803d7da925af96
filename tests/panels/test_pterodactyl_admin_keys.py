"""The keys of Pterodactyl's two APIs: which are good for what, and whose budget they use."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.errors import (
    PanelAuthFailed,
    PanelForbidden,
)
from bot.domain.servers import ServerState
from tests.panels.pterodactyl_site import Site, open_admin, wish
from tests.panels.support import KEY, HastyClock, settings

if TYPE_CHECKING:
    from bot.panels import PanelHub
    from bot.panels.pterodactyl import Pterodactyl

SERVERS = "/api/application/servers"


async def test_a_missing_right_is_told_from_a_bad_key(site: Site, hub: PanelHub) -> None:
    server = site.add()
    reader = open_admin(site, hub, rights=["servers:read"])
    with pytest.raises(PanelForbidden):
        await reader.suspend(server.identifier)
    with pytest.raises(PanelForbidden):
        await reader.create(wish(site))
    with pytest.raises(PanelForbidden):
        await open_admin(site, hub, rights=[]).suspend(server.identifier)


async def test_keys_that_are_good_for_nothing_here_are_refused_as_a_whole(
    site: Site, hub: PanelHub
) -> None:
    server = site.add()
    no_admin = site.stand_in.add_key(site.owner)
    locked = site.stand_in.add_key(site.owner, application=True, allowed_ips=["192.0.2.1"])
    for key in (KEY, no_admin, locked):
        with pytest.raises(PanelAuthFailed):
            await open_admin(site, hub, key=key).suspend(server.identifier)
    # The client API goes on working.
    assert await open_admin(site, hub, key=KEY).list_servers()


async def test_one_client_key_of_an_admin_is_good_for_both(site: Site, hub: PanelHub) -> None:
    admin = site.stand_in.add_user("root", admin=True)
    server = site.add()
    key = site.stand_in.add_key(admin)
    credentials = {"key": key, "application_key": key}
    panel = cast(
        "Pterodactyl", hub.open(settings(base_url=site.stand_in.url, credentials=credentials))
    )
    await panel.suspend(server.identifier)
    assert (await panel.get_server(server.identifier)).state is ServerState.SUSPENDED


async def test_a_used_up_budget_of_one_api_leaves_the_other(
    site: Site, hub: PanelHub, clock: HastyClock
) -> None:
    admin = site.stand_in.add_user("root", admin=True)
    server = site.add()
    site.stand_in.application.requests_per_minute = 2
    key = site.stand_in.add_key(admin)
    panel = open_admin(site, hub, key=key)
    await panel.suspend(server.identifier)
    await panel.get_server(server.identifier)
    assert not clock.slept
    await panel.unsuspend(server.identifier)
    assert clock.slept
