"""What a guild is told of, or has on a board, is followed as long as its panel has it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.servers import ServerRef
from bot.services.wanted_servers import WantedServers
from tests.fakes import make_server
from tests.fakes_news import make_subscription
from tests.services.house import GUILD, House

if TYPE_CHECKING:
    from collections.abc import Sequence

SURVIVAL, LOBBY = ServerRef("main", "1a2b3c4d"), ServerRef("main", "2")


@pytest.fixture
def house() -> House:
    house = House()
    house.directory.replace("main", [make_server(), make_server("Lobby", "2")])
    return house


@pytest.fixture
def wanted(house: House, monkeypatch: pytest.MonkeyPatch) -> dict[str, Sequence[ServerRef]]:
    """What is followed now, by owner."""
    found: dict[str, Sequence[ServerRef]] = {}
    monkeypatch.setattr(house.followers, "want", found.__setitem__)
    following = WantedServers(
        "news",
        house.subscriptions,
        panels=house.panels,
        directory=house.directory,
        followers=house.followers,
    )
    house.subscriptions.listen(following.look_for)
    house.panels.listen(following.look_at)
    return found


@pytest.mark.parametrize(
    ("places", "refs"),
    [
        ([(None, None)], [LOBBY, SURVIVAL]),
        ([("main", None), ("main", "2")], [LOBBY, SURVIVAL]),
        ([("main", "2")], [LOBBY]),
        ([("main", "gone"), ("backup", None)], []),
        ([], []),
    ],
)
async def test_all_or_some_servers_of_a_panel_are_followed(
    house: House,
    wanted: dict[str, Sequence[ServerRef]],
    places: list[tuple[str | None, str | None]],
    refs: list[ServerRef],
) -> None:
    for panel_id, server_id in places:
        await house.subscriptions.add(make_subscription(panel_id=panel_id, server_id=server_id))
    assert list(wanted.get("news of main", [])) == refs


async def test_what_a_guild_no_longer_uses_is_not_followed(
    house: House, wanted: dict[str, Sequence[ServerRef]]
) -> None:
    await house.subscriptions.add(make_subscription())
    house.panels.put(replace(house.panels["main"], server_ids=frozenset({"2"})))
    assert list(wanted["news of main"]) == [LOBBY]
    house.panels.remove("main")
    assert list(wanted["news of main"]) == []


async def test_what_another_guild_wants_is_not_followed_on_this_ones_panels(
    house: House, wanted: dict[str, Sequence[ServerRef]]
) -> None:
    house.panels.put(replace(house.panels["main"], guild_ids=frozenset({GUILD})))
    await house.subscriptions.add(make_subscription(guild_id=99))
    assert list(wanted["news of main"]) == []
