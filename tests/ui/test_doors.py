"""Through every door that there is: no panel is reached before the policy was asked.

Whoever adds a command, a button, a menu or a form adds it to `tests/ui/doors.py`, and says whether
it reaches a panel; until then a test here fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands

from bot.domain.panels import StoredPanel
from bot.domain.wishes import stamp
from bot.ui import client as ui_client
from bot.ui import forms
from tests.fakes import NOON, FakePanel
from tests.fakes_boards import make_board
from tests.fakes_panels import FakeMaker
from tests.services.house import ADMIN, GUILD, STRANGER
from tests.ui.doors import (
    FORMS,
    ITEMS,
    OTHER_COMMANDS,
    OWN,
    REACHING_COMMANDS,
    ROLE,
    STAMP,
    commands,
    filled_in,
    subscribe_and_mute,
    use,
    used,
)
from tests.ui.gateway import join
from tests.ui.payloads import filled, guild, interaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from bot.domain.access import Action, Actor, Decision
    from bot.domain.policy import Sight
    from bot.domain.servers import ServerRef
    from bot.domain.trials import Trial
    from bot.ui.client import Client
    from tests.fakes_live import FakeWatch
    from tests.services.house import House
    from tests.ui.desk import Desk

_MANAGE_SERVER = 1 << 5


@dataclass
class Spy:
    """What was asked of the policy and of panels while a door was used."""

    asked: set[int] = field(default_factory=set)
    """Users about whom the policy was asked."""
    reached: list[tuple[str, frozenset[int]]] = field(default_factory=list)
    """Calls to panels, with the users that the policy had been asked about by then."""


@pytest.fixture
async def spy(house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> Spy:
    """Look at the policy and at every panel, with a panel of the guild's own among them."""
    join(client, guild(ROLE))
    stored = StoredPanel(
        panel_id=OWN,
        guild_id=GUILD,
        name="Own",
        kind="fake",
        base_url="https://own.example",
        credentials={"key": "k"},
        server_ids=None,
        added_by=ADMIN.user_id,
        added_at=NOON,
    )
    await house.store.add(stored)
    await house.kept.open_all()
    await house.board_keeper.add(make_board())
    house.directory.replace(OWN, await house.maker.opened[OWN].list_servers())
    await subscribe_and_mute(house)
    spy = Spy()
    decide, sight = house.access.decide, house.access.sight
    enter, follow, try_out = FakePanel._enter, FakePanel.watch, FakeMaker.try_out

    async def note_decision(
        actor: Actor, action: Action, ref: ServerRef, *, line: str | None = None
    ) -> Decision:
        spy.asked.add(actor.user_id)
        return await decide(actor, action, ref, line=line)

    async def note_sight(actor: Actor) -> Sight:
        spy.asked.add(actor.user_id)
        return await sight(actor)

    async def note_call(panel: FakePanel, method: str) -> None:
        spy.reached.append((method, frozenset(spy.asked)))
        await enter(panel, method)

    def note_watch(panel: FakePanel, server_id: str) -> AbstractAsyncContextManager[FakeWatch]:
        spy.reached.append(("watch", frozenset(spy.asked)))
        return follow(panel, server_id)

    async def note_trial(maker: FakeMaker, panel: StoredPanel) -> Trial:
        spy.reached.append(("try_out", frozenset(spy.asked)))
        return await try_out(maker, panel)

    monkeypatch.setattr(house.access, "decide", note_decision)
    monkeypatch.setattr(house.access, "sight", note_sight)
    monkeypatch.setattr(FakePanel, "_enter", note_call)
    monkeypatch.setattr(FakePanel, "watch", note_watch)
    monkeypatch.setattr(FakeMaker, "try_out", note_trial)
    return spy


@pytest.fixture
def walk(client: Client, desk: Desk, house: House, spy: Spy) -> Walk:
    return Walk(client, desk, house, spy)


class Walk:
    """Goes through a door, as an admin or as somebody without any right."""

    def __init__(self, client: Client, desk: Desk, house: House, spy: Spy) -> None:
        self._client, self._desk, self._house, self._spy = client, desk, house, spy

    async def check(
        self, make: Callable[[dict[str, Any]], dict[str, Any]], *, reaches: bool
    ) -> None:
        """Let a stranger in, who reaches nothing, and then an admin."""
        for who, is_admin in ((STRANGER, False), (ADMIN, True)):
            options = {
                "user_id": who.user_id,
                "permissions": _MANAGE_SERVER if is_admin else 0,
                "roles": (),
            }
            self._spy.asked.clear()
            self._spy.reached.clear()
            await use(self._client, self._desk, self._house, make(options))
            if is_admin:
                assert bool(self._spy.reached) is reaches
                assert all(who.user_id in asked for _, asked in self._spy.reached)
            else:
                assert self._spy.reached == []


def test_every_command_is_known_here(client: Client) -> None:
    found = {
        command.qualified_name
        for command in client.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
    assert found == REACHING_COMMANDS | OTHER_COMMANDS
    assert REACHING_COMMANDS.isdisjoint(OTHER_COMMANDS)
    assert len(client.tree.get_commands(type=discord.AppCommandType.message)) == 0
    assert len(client.tree.get_commands(type=discord.AppCommandType.user)) == 0


def test_every_component_and_every_form_is_known_here() -> None:
    assert {item.__name__ for item in ui_client._ITEMS} == ITEMS.keys()
    assert {answer.__name__ for _, answer in forms._ANSWERS} == FORMS.keys()


@pytest.mark.parametrize("name", sorted(REACHING_COMMANDS | OTHER_COMMANDS))
async def test_a_command_asks_before_it_reaches_a_panel(walk: Walk, name: str) -> None:
    command = commands()[name]
    await walk.check(lambda who: filled_in(command, who), reaches=name in REACHING_COMMANDS)


@pytest.mark.parametrize(
    ("name", "place"),
    [(name, place) for name, items in ITEMS.items() for place in range(len(items))],
)
async def test_a_component_asks_before_it_reaches_a_panel(
    walk: Walk, house: House, name: str, place: int
) -> None:
    item = ITEMS[name][place]
    custom_id = item.custom_id if isinstance(item.custom_id, str) else item.custom_id(house)
    template = {each.__name__: each for each in ui_client._ITEMS}[name]
    assert template.__discord_ui_compiled_template__.fullmatch(custom_id.format(user=1))
    if item.is_label:
        assert template.callback is discord.ui.DynamicItem.callback
        return

    await walk.check(lambda who: used(item, custom_id, who), reaches=item.reaches)


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_asks_before_it_reaches_a_panel(walk: Walk, house: House, name: str) -> None:
    custom_id, given, reaches = FORMS[name]
    named = custom_id if isinstance(custom_id, str) else custom_id(house)
    named = named.replace(STAMP, stamp(house.store.rows[OWN]))
    await walk.check(lambda who: filled(named, given, **who), reaches=reaches)


@pytest.mark.parametrize(
    ("name", "option"),
    [
        (name, option.display_name)
        for name, command in commands().items()
        for option in command.parameters
        if option.autocomplete
    ],
)
async def test_suggestions_reach_no_panel_and_name_nothing_to_strangers(
    walk: Walk, desk: Desk, name: str, option: str
) -> None:
    def typing(who: dict[str, Any]) -> dict[str, Any]:
        focused = {"type": 3, "name": option, "value": "", "focused": True}
        group, *verb = name.split()
        nested = [{"type": 1, "name": verb[0], "options": [focused]}] if verb else [focused]
        data = {"id": "1", "name": group, "type": 1, "options": nested}
        return interaction(discord.InteractionType.autocomplete, data, **who)

    await walk.check(typing, reaches=False)
    to_stranger, to_admin = (said.message["choices"] for said in desk.said)
    is_public = (name, option) in (("panel add", "kind"), ("settings time-zone", "zone"))
    assert to_admin or option == "rule"
    assert to_stranger == (to_admin if is_public else [])
