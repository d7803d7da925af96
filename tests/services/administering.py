"""What the operator does to servers, all the way to the panel. Asserts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Door
from tests.services.house import OPERATOR

if TYPE_CHECKING:
    from bot.services.drafts import Draft
    from tests.services.house import House

WAYS = ("suspend", "unsuspend", "delete", "update", "build")


async def creation(house: House) -> Draft:
    """Return a draft of a new server, ready to be given."""
    draft = await house.administration.begin_create(OPERATOR, "main", door=Door.COMMAND)
    draft.fill({"name": "Lobby", "egg": "Paper"})
    return draft


async def use(house: House, way: str, text: str = "survival") -> None:
    """Do it to a server."""
    service = house.administration
    if way == "suspend":
        await service.suspend(OPERATOR, text, door=Door.COMMAND)
    elif way == "unsuspend":
        await service.unsuspend(OPERATOR, text, door=Door.COMMAND)
    elif way == "delete":
        await service.delete(OPERATOR, text, typed="Survival", force=False, door=Door.FORM)
    else:
        draft = await service.begin_change(OPERATOR, text, Action(way), door=Door.COMMAND)
        draft.fill({"name": "SMP"})
        await service.give(OPERATOR, draft, door=Door.FORM)
