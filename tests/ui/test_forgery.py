"""Who forges, replays or guesses learns nothing and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.servers import PowerAction
from bot.services.panels import PanelEntry
from tests.fakes import FakePanel, MemoryRules, make_server
from tests.services.house import GUILD, OTHER_GUILD, VIEWER, House, allow
from tests.ui.doors import (
    FORMS,
    ITEMS,
    KEY,
    Item,
    commands,
    filled_in,
    subscribe_and_mute,
    use,
    used,
)
from tests.ui.gateway import join
from tests.ui.member import text_of
from tests.ui.payloads import filled, guild

if TYPE_CHECKING:
    from discord import app_commands

    from bot.ui.client import Client
    from tests.ui.desk import Desk, Said

_HELPER = {"user_id": VIEWER.user_id, "permissions": 0, "roles": ()}
"""May restart Survival, and nothing else."""
_SECRET, _FOREIGN, _NONE = "main:5ec2e700", "foreign:f0f0f0f0", "main:00000000"
_PRESSABLE = [
    (name, item)
    for name, items in ITEMS.items()
    for item in items
    if not item.is_label and isinstance(item.custom_id, str)
]
_ABOUT_A_SERVER = [
    item for _, item in _PRESSABLE if KEY in str(item.custom_id) or KEY in item.values
]


def _options(command: app_commands.Command[Any, Any, Any]) -> set[str]:
    return {option.display_name for option in command.parameters}


@pytest.fixture
def house() -> House:
    house = House(rules=MemoryRules(allow(VIEWER.user_id, Action.RESTART, make_server())))
    house.add(make_server("Secret", "5ec2e700"))
    foreign = FakePanel(house.clock, panel_id="foreign")
    house.panels.put(
        PanelEntry(
            panel=foreign,
            name="Theirs",
            guild_ids=frozenset({OTHER_GUILD}),
            poll_seconds=60,
        )
    )
    house.directory.note(foreign.add(make_server("Theirs", "f0f0f0f0", panel_id="foreign")))
    return house


@pytest.fixture
async def helper(client: Client, desk: Desk, house: House) -> Helper:
    join(client, guild(20))
    await subscribe_and_mute(house)
    return Helper(client, desk, house)


class Helper:
    """Sends whatever a hand-made client could send."""

    def __init__(self, client: Client, desk: Desk, house: House) -> None:
        self._client, self._desk, self._house = client, desk, house

    async def does(self, payload: dict[str, Any]) -> Said:
        return await use(self._client, self._desk, self._house, payload)

    async def presses(self, item: Item, key: str) -> Said:
        """Press what is about Survival, made to be about another server."""
        custom_id = str(item.custom_id).replace(KEY, key)
        values = tuple(value.replace(KEY, key) for value in item.values)
        return await self.does(used(replace(item, values=values), custom_id, _HELPER))

    async def answers(self, make: Any, *keys: str) -> set[str]:  # noqa: ANN401 - a function of the key
        """Return the different texts that come back, without what was asked for."""
        texts = set()
        for key in keys:
            said = await make(key)
            assert said.is_private or not said.is_callback
            texts.add(text_of(said).replace(key, "…"))
        return texts


@pytest.mark.parametrize("item", _ABOUT_A_SERVER, ids=lambda item: str(item.custom_id))
async def test_a_hidden_a_foreign_and_no_server_get_the_same_answer_by_any_button(
    helper: Helper, house: House, item: Item
) -> None:
    texts = await helper.answers(lambda key: helper.presses(item, key), _SECRET, _FOREIGN, _NONE)
    assert len(texts) == 1
    assert "Secret" not in str(texts)
    assert "Theirs" not in str(texts)
    assert house.panel.calls.total() == 0


@pytest.mark.parametrize(
    "name", [name for name, each in commands().items() if "server" in _options(each)]
)
@pytest.mark.parametrize("as_typed", ["key", "id"])
async def test_they_get_the_same_answer_by_any_command(
    helper: Helper, house: House, name: str, as_typed: str
) -> None:
    def asked(key: str) -> Any:  # noqa: ANN401 - a coroutine
        payload = filled_in(commands()[name], _HELPER)
        _put(payload["data"], "server", key)
        return helper.does(payload)

    keys = [key if as_typed == "key" else key.split(":")[1] for key in (_SECRET, _FOREIGN, _NONE)]
    texts = await helper.answers(asked, *keys)
    assert len(texts) == 1
    assert house.panel.calls.total() == 0


@pytest.mark.parametrize("custom_id", [f"d1c:{KEY}", f"d1x:0:{KEY}", f"d1x:1:{KEY}"])
async def test_they_get_the_same_answer_by_a_form_for_another_server(
    helper: Helper, house: House, custom_id: str
) -> None:
    texts = await helper.answers(
        lambda key: helper.does(
            filled(custom_id.replace(KEY, key), {"line": "op me", "name": "Secret"}, **_HELPER)
        ),
        _SECRET,
        _FOREIGN,
        _NONE,
    )
    assert len(texts) == 1
    assert house.panel.calls.total() == 0


@pytest.mark.parametrize("verb", ["start", "stop", "kill", "command"])
async def test_another_verb_on_the_right_server_is_denied_by_name(
    helper: Helper, house: House, verb: str
) -> None:
    said = await helper.presses(Item(f"d1b:{verb}:{KEY}"), KEY)
    assert "You may not" in said.text
    assert "**Survival**" in said.text
    assert "Manage Server permission can give" in said.text
    assert house.panel.calls.total() == 0
    assert [row.outcome for row in house.rows] == [Outcome.DENIED]


async def test_a_second_tap_that_nobody_asked_for_kills_nothing(
    helper: Helper, house: House
) -> None:
    said = await helper.presses(Item(f"d1k:{{user:x}}:ffffffff:{KEY}"), KEY)
    assert "You may not kill" in said.text
    assert house.panel.powers == []


async def test_the_one_right_is_all_that_works(helper: Helper, house: House) -> None:
    await helper.presses(Item(f"d1b:restart:{KEY}"), KEY)
    assert house.panel.powers == [("1a2b3c4d", PowerAction.RESTART)]


async def test_an_old_button_is_refused_once_the_right_is_gone(
    helper: Helper, house: House
) -> None:
    await house.access.remove(GUILD, 1)
    said = await helper.presses(Item(f"d1b:restart:{KEY}"), KEY)
    assert "no such server for you" in said.text
    assert house.panel.powers == []


async def test_no_button_and_no_form_changes_anything_for_who_may_not(
    helper: Helper, house: House
) -> None:
    """Go through all of them that are not about the one right."""
    rules = await house.access.rules_of(GUILD)
    settings, panels = house.settings.of(GUILD), list(house.panels)
    news = (dict(house.news.subscriptions), dict(house.news.muted))
    for name, item in _PRESSABLE:
        if "restart" not in str(item.custom_id) and not str(item.custom_id).startswith("d1R"):
            await helper.presses(item, KEY)
            assert house.panel.powers == [], name
    for custom_id, given, _ in FORMS.values():
        if isinstance(custom_id, str):
            await helper.does(filled(custom_id, given, **_HELPER))
    assert await house.access.rules_of(GUILD) == rules
    assert (house.settings.of(GUILD), list(house.panels)) == (settings, panels)
    assert (house.news.subscriptions, house.news.muted, house.news.events) == (*news, [])
    assert (house.panel.commands, house.panel.given, house.store.rows) == ([], [], {})
    assert not house.maker.tried


@pytest.mark.parametrize(
    "custom_id",
    [
        "d1au:99999999999:",
        "d1au:-1:",
        "d1ae:0x1:",
        "d1al:99999::",
        "d1au:1:1.2.3.4.5.6.7.8",
        "d1nx:1",
        "d1nr:-1",
    ],
)
async def test_a_custom_id_that_was_never_ours_is_too_old(helper: Helper, custom_id: str) -> None:
    said = await helper.does(used(Item(custom_id), custom_id, _HELPER))
    assert "older version" in said.text


def _put(part: Any, name: str, value: str) -> None:  # noqa: ANN401 - a payload
    """Give an option of a command another value."""
    for option in part.get("options", ()):
        if option["name"] == name and "value" in option:
            option["value"] = value
        _put(option, name, value)
