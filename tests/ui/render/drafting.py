"""Drafts to look at, made without a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.servers import Capability
from bot.services.drafts import Drafts
from tests.fakes import FakeClock, make_server
from tests.services.house import ADMIN

if TYPE_CHECKING:
    from bot.domain.administration import Field
    from bot.domain.servers import Server
    from bot.services.drafts import Draft


def a_draft(
    *fields: Field,
    action: Capability = Capability.CREATE,
    panel_name: str = "Main panel",
    server: Server | None = None,
) -> Draft:
    """Return a fresh draft."""
    if server is None and action is not Capability.CREATE:
        server = make_server()
    drafts = Drafts(FakeClock())
    return drafts.begin(ADMIN, action, panel=("main", panel_name), fields=fields, server=server)
