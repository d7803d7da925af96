"""A card shows what is known: nothing of it is made up, nothing acts, and Discord takes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.errors import PanelRefused, PanelUnreachable
from bot.domain.servers import Capability, Limits, Resources, ServerRef, ServerState
from bot.services.status import Status
from bot.ui.items import Verb, card_view
from bot.ui.render.card import card
from tests.fakes import NOON, make_server
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import ENGLISH, EVERY
from tests.ui.render.layout import every_part, text_of

if TYPE_CHECKING:
    from bot.domain.servers import Server
    from bot.ui.i18n import Words

_GIB = 1024**3


def _status(server: Server | None = None, **changes: object) -> Status:
    status = Status(
        server=server or make_server(),
        panel_name="Main panel",
        capabilities=frozenset(Capability),
        last_action=None,
        error=None,
    )
    return replace(status, **changes)  # type: ignore[arg-type] # fields by name


def _using(resources: Resources | None, limits: Limits | None = None) -> str:
    server = replace(make_server(), resources=resources, limits=limits or Limits())
    return text_of(card(_status(server), ENGLISH))


def _last(outcome: Outcome, action: str = "restart") -> AuditEntry:
    return AuditEntry(
        at=NOON,
        guild_id=1,
        user_id=11,
        action=action,
        ref=ServerRef("main", "1a2b3c4d"),
        server_name="Survival",
        door=Door.BUTTON,
        outcome=outcome,
    )


def test_a_card_of_which_little_is_known_says_only_that() -> None:
    assert text_of(card(_status(), ENGLISH)).splitlines() == [
        "### 🟢 Survival",
        "**running**",
        "-# Main panel · seen <t:1782907200:R>",
    ]


@pytest.mark.parametrize("resources", [None, Resources()])
def test_what_is_not_offered_is_absent(resources: Resources | None) -> None:
    text = _using(resources)

    for word in ("CPU", "Memory", "Disk", "up ", "since", "0", "None"):
        assert word not in text.replace("<t:1782907200:R>", "")


def test_zero_is_shown_as_zero() -> None:
    text = _using(Resources(cpu_percent=0.0, memory_bytes=0, disk_bytes=0))

    assert text.splitlines()[2:5] == ["CPU 0 %", "Memory 0 B", "Disk 0 B"]


def test_usage_is_shown_against_its_limit() -> None:
    text = _using(
        Resources(
            cpu_percent=50.0,
            memory_bytes=_GIB,
            memory_limit_bytes=4 * _GIB,
            disk_bytes=3 * _GIB,
            disk_limit_bytes=10 * _GIB,
        ),
        Limits(cpu_percent=200.0),
    )

    assert text.splitlines()[2:5] == [
        "▰▰▱▱▱▱▱▱▱▱ CPU 50 % / 200 %",
        "▰▰▱▱▱▱▱▱▱▱ Memory 1 GiB / 4 GiB",
        "▰▰▰▱▱▱▱▱▱▱ Disk 3 GiB / 10 GiB",
    ]


def test_usage_above_the_limit_fills_the_bar_and_stays_true() -> None:
    text = _using(
        Resources(cpu_percent=1250.0, memory_bytes=5 * _GIB, memory_limit_bytes=4 * _GIB),
        Limits(cpu_percent=400.0),
    )

    assert text.splitlines()[2:4] == [
        "▰▰▰▰▰▰▰▰▰▰ CPU 1250 % / 400 %",
        "▰▰▰▰▰▰▰▰▰▰ Memory 5 GiB / 4 GiB",
    ]


@pytest.mark.parametrize("limit", [None, 0, -1])
def test_without_a_limit_there_is_neither_bar_nor_limit(limit: int | None) -> None:
    text = _using(
        Resources(
            cpu_percent=12.5,
            memory_bytes=_GIB,
            memory_limit_bytes=limit,
            disk_bytes=_GIB,
            disk_limit_bytes=limit,
        ),
        Limits(cpu_percent=limit),
    )

    assert text.splitlines()[2:5] == ["CPU 12.5 %", "Memory 1 GiB", "Disk 1 GiB"]


def test_uptime_is_shown_as_a_time_and_as_a_length() -> None:
    text = _using(Resources(uptime=timedelta(hours=2)))

    assert "**running** · since <t:1782900000:R>" in text
    assert "up 2 h" in text


@pytest.mark.parametrize(
    "uptime", [timedelta(0), timedelta(seconds=-5), timedelta(days=800_000), timedelta.max]
)
def test_an_uptime_that_cannot_be_is_absent(uptime: timedelta) -> None:
    assert _using(Resources(uptime=uptime)) == _using(None)


def test_addresses_can_be_copied_and_are_not_too_many() -> None:
    addresses = tuple(f"192.0.2.{number}:25565" for number in range(1, 6))

    text = text_of(card(_status(replace(make_server(), addresses=addresses)), ENGLISH))

    assert [line for line in text.splitlines() if line.startswith("`")] == [
        "`192.0.2.1:25565`",
        "`192.0.2.2:25565`",
        "`192.0.2.3:25565`",
    ]


def test_a_blank_description_is_absent() -> None:
    blank = replace(make_server(), description=" \n ")

    assert text_of(card(_status(blank), ENGLISH)) == text_of(card(_status(), ENGLISH))


def test_the_node_is_named_beside_the_panel() -> None:
    text = text_of(card(_status(replace(make_server(), node="node-1")), ENGLISH))

    assert "Main panel / node-1" in text


@pytest.mark.parametrize(
    ("outcome", "has_worked"),
    [
        (Outcome.ACCEPTED, True),
        (Outcome.DONE, True),
        (Outcome.NO_EFFECT, False),
        (Outcome.FAILED, False),
        (Outcome.UNKNOWN, False),
    ],
)
def test_the_last_action_names_who_did_it_and_whether_it_worked(
    outcome: Outcome, has_worked: bool
) -> None:
    text = text_of(card(_status(last_action=_last(outcome)), ENGLISH))

    assert "last: restart by <@11> <t:1782907200:R>" in text
    assert ("⚠️" in text) is not has_worked


def test_a_console_command_as_last_action_reads_as_a_noun() -> None:
    text = text_of(card(_status(last_action=_last(Outcome.ACCEPTED, "command")), ENGLISH))

    assert "last: command by <@11>" in text


def test_why_the_card_is_not_fresh_is_said_on_it() -> None:
    stale = _status(
        make_server(state=ServerState.UNREACHABLE), error=PanelUnreachable("main", "cut")
    )

    assert "📡 The panel did not answer." in text_of(card(stale, ENGLISH))


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_foreign_text_on_a_card_cannot_act(t: Words) -> None:
    for text in hostile_texts(seed=4, count=200):
        shown = text_of(card(_everything(text), t))
        assert threats(shown) == [], text
        assert unseen(shown.replace("\n", "")) == [], text


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("text", ["", "\u200b", "*" * 5000, "://" * 2000, "😀" * 5000])
def test_discord_takes_the_fullest_card(text: str, t: Words) -> None:
    parts = every_part(card_view(_everything(text), t))

    texts = [part["content"] for part in parts if part["type"] == 10]
    custom_ids = [part["custom_id"] for part in parts if "custom_id" in part]
    assert len(parts) <= 40
    assert sum(map(len, texts)) <= 4000
    assert all(content.strip() for content in texts)
    assert len(custom_ids) == len(set(custom_ids)) == len(Verb)
    assert all(len(custom_id) <= 100 for custom_id in custom_ids)
    assert all(0 < len(part["label"]) <= 80 for part in parts if "label" in part)


def _everything(text: str) -> Status:
    """Return a status in which nothing is missing and every text is the given one."""
    server = replace(
        make_server(text, "s" * 300, panel_id="p" * 32),
        description=text,
        node=text,
        addresses=(text,) * 9,
        limits=Limits(cpu_percent=1e6),
        resources=Resources(
            cpu_percent=1e6,
            memory_bytes=2**62,
            memory_limit_bytes=2**62,
            disk_bytes=2**62,
            disk_limit_bytes=2**62,
            uptime=timedelta(days=10_000),
        ),
    )
    return Status(
        server=server,
        panel_name=text,
        capabilities=frozenset(Capability),
        last_action=_last(Outcome.UNKNOWN),
        error=PanelRefused("main", text),
    )
