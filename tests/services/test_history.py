"""Who did what, page by page, as far as the one who asks may read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action, Actor
from bot.domain.audit import Change, Door, Outcome
from bot.domain.errors import UnknownServer
from bot.domain.servers import ServerRef
from bot.services.audit import Attempt
from bot.services.history import PER_PAGE, HistoryPage, Place
from tests.fakes import make_server
from tests.services.house import ADMIN, OPERATOR, STRANGER, VIEWER, allow

if TYPE_CHECKING:
    from bot.domain.servers import Server
    from tests.services.house import House


async def act(
    house: House,
    actor: Actor = OPERATOR,
    action: Action | Change = Action.RESTART,
    *,
    server: Server | None = None,
    rule_id: int | None = None,
    detail: str | None = None,
) -> None:
    """Let somebody do something a second later."""
    house.clock.advance(1)
    server = server or house.server
    ref = ServerRef("", "") if isinstance(action, Change) else server.ref
    attempt = Attempt(
        actor=actor,
        action=action,
        ref=ref,
        name=server.name,
        door=Door.COMMAND,
        at=house.clock.now(),
        rule_id=rule_id,
        detail=detail,
    )
    await house.audit.record(attempt, Outcome.DONE)


def ids(page: HistoryPage) -> list[int | None]:
    return [entry.id for entry in page.entries]


async def test_the_newest_comes_first_and_pages_lead_there_and_back(house: House) -> None:
    for _ in range(2 * PER_PAGE + 1):
        await act(house)
    first = await house.history.page(ADMIN, Place(), door=Door.COMMAND)
    assert ids(first) == list(range(13, 7, -1))
    assert first.newer is None
    second = await house.history.page(ADMIN, Place(before=first.older), door=Door.COMMAND)
    assert ids(second) == list(range(7, 1, -1))
    last = await house.history.page(ADMIN, Place(before=second.older), door=Door.COMMAND)
    assert ids(last) == [1]
    assert last.older is None
    assert ids(await house.history.page(ADMIN, Place(after=last.newer), door=Door.COMMAND)) == ids(
        second
    )
    assert ids(
        await house.history.page(ADMIN, Place(after=second.newer), door=Door.COMMAND)
    ) == ids(first)


async def test_new_entries_shift_no_page(house: House) -> None:
    for _ in range(2 * PER_PAGE):
        await act(house)
    first = await house.history.page(ADMIN, Place(), door=Door.COMMAND)
    await act(house)
    second = await house.history.page(ADMIN, Place(before=first.older), door=Door.COMMAND)
    assert ids(second) == list(range(6, 0, -1))


async def test_a_member_reads_only_of_servers_that_he_may_view(house: House) -> None:
    hidden = make_server("Hidden", "hidden")
    gone = make_server("Gone", "gone")
    house.add(hidden)
    viewer = Actor(user_id=14, guild_id=VIEWER.guild_id)
    await house.access.add(allow(viewer.user_id, Action.VIEW, house.server))
    await house.access.add(allow(viewer.user_id, Action.VIEW, gone))
    await act(house)
    await act(house, server=hidden)
    await act(house, server=gone)
    await act(house, ADMIN, Change.SETTINGS)
    assert ids(await house.history.page(viewer, Place(), door=Door.COMMAND)) == [1]
    assert ids(await house.history.page(STRANGER, Place(), door=Door.COMMAND)) == []
    assert ids(await house.history.page(ADMIN, Place(), door=Door.COMMAND)) == [4, 3, 2, 1]


async def test_who_may_configure_the_bot_reads_everything(house: House) -> None:
    await act(house, ADMIN, Change.SETTINGS)
    assert ids(await house.history.page(OPERATOR, Place(), door=Door.COMMAND)) == [1]
    assert ids(await house.history.page(VIEWER, Place(), door=Door.COMMAND)) == []


async def test_it_can_be_narrowed_to_a_server_and_a_member(house: House) -> None:
    other = make_server("Other", "other")
    house.add(other)
    await act(house)
    await act(house, server=other)
    await act(house, VIEWER)
    page = await house.history.page(ADMIN, Place(server="Other"), door=Door.COMMAND)
    assert ids(page) == [2]
    page = await house.history.page(ADMIN, Place(user_id=VIEWER.user_id), door=Door.COMMAND)
    assert ids(page) == [3]
    page = await house.history.page(
        ADMIN, Place(server="Other", user_id=VIEWER.user_id), door=Door.COMMAND
    )
    assert ids(page) == []
    with pytest.raises(UnknownServer):
        await house.history.page(STRANGER, Place(server="Other"), door=Door.COMMAND)


async def test_what_was_typed_into_a_console_is_for_those_who_may_read_or_use_it(
    house: House,
) -> None:
    await act(house, action=Action.COMMAND, detail="op Hugo")
    await act(house, detail="lag")
    for reader, details in (
        (OPERATOR, ["lag", "op Hugo"]),
        (VIEWER, ["lag", None]),
    ):
        page = await house.history.page(reader, Place(), door=Door.COMMAND)
        assert [entry.detail for entry in page.entries] == details


async def test_rules_that_decided_come_along_even_if_they_have_ended(house: House) -> None:
    rule = (await house.access.add(allow(STRANGER.user_id, Action.STOP))).rule
    assert rule.id is not None
    await act(house, rule_id=rule.id)
    await house.access.remove(rule.guild_id, rule.id)
    page = await house.history.page(ADMIN, Place(), door=Door.COMMAND)
    behind = await house.history.rules_behind(rule.guild_id, page.entries)
    assert [named.rule for named in behind.values()] == [rule]


async def test_a_member_who_may_see_little_of_much_still_gets_a_page(house: House) -> None:
    hidden = make_server("Hidden", "hidden")
    house.add(hidden)
    viewer = Actor(user_id=14, guild_id=VIEWER.guild_id)
    await house.access.add(allow(viewer.user_id, Action.VIEW, house.server))
    await act(house)
    entry = house.audit_log.entries[0]
    rows = [replace(entry, id=number, ref=hidden.ref) for number in range(2, 6000)]
    house.audit_log.entries += rows
    page = await house.history.page(viewer, Place(), door=Door.COMMAND)
    assert page.entries == ()
    assert page.older is not None
    page = await house.history.page(viewer, Place(before=page.older), door=Door.COMMAND)
    assert ids(page) == [1]
    assert page.older is None
