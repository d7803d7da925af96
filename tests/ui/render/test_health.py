"""The bot's health in words: what is wrong comes first, and it always fits into a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.health import Connection, GuildHealth, PanelView, Waiting
from bot.domain.incidents import Trouble
from bot.domain.news import Mute
from bot.domain.notify import NamedMute
from bot.domain.watching import PanelHealth
from bot.ui.render.health import about, guild_health
from tests.fakes import NOON
from tests.ui.render.languages import ENGLISH, EVERY

if TYPE_CHECKING:
    from bot.ui.i18n import Words

SEEN = PanelHealth(
    last_success=NOON,
    lag_seconds=5,
    interval_seconds=60,
    is_late=False,
    servers=3,
    followed=0,
)
AGO = f"<t:{int(NOON.timestamp())}:R>"
MAIN = PanelView(name="Main", health=SEEN)
WELL = GuildHealth(
    at=NOON,
    connection=Connection(is_ready=True, latency_seconds=0.0421, guilds=1),
    panels=(MAIN,),
    waiting=Waiting(),
    paused=0,
    paused_boards=0,
)
NEVER = replace(SEEN, last_success=None)
HOSTILE = "@everyone **[x](https://x.example)** `" + "W" * 80


def lines(health: GuildHealth, t: Words = ENGLISH) -> list[str]:
    return guild_health(health, t).splitlines()


def test_all_is_well() -> None:
    assert lines(WELL) == [
        "### How I am doing",
        "✅ Discord: connected, answers within 42 ms",
        f"✅ **Main**: answers, seen {AGO}",
        "✅ All news is told.",
    ]


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        (replace(MAIN, health=None), "⏳ **Main**: not looked at yet"),
        (replace(MAIN, health=NEVER), "⏳ **Main**: not looked at yet"),
        (
            replace(MAIN, health=NEVER, trouble=Trouble.KEY_REFUSED),
            "❌ The panel **Main** refuses my key · not seen since I was started",
        ),
        (
            replace(MAIN, trouble=Trouble.NO_ANSWER),
            f"❌ The panel **Main** does not answer · seen last {AGO}",
        ),
        (
            replace(MAIN, health=replace(SEEN, is_late=True)),
            f"⚠️ **Main**: not looked at for longer than it should be, seen last {AGO}",
        ),
    ],
)
def test_a_panel_that_needs_a_look_says_why(panel: PanelView, said: str) -> None:
    assert lines(replace(WELL, panels=(panel,)))[2] == said


def test_those_that_need_a_look_come_first_and_the_rest_is_counted() -> None:
    panels = (*(replace(MAIN, name=f"P{number}") for number in range(12)),)
    down = replace(MAIN, name="Down", trouble=Trouble.NO_ANSWER)

    told = lines(replace(WELL, panels=(*panels, down)))

    assert told[2].startswith("❌ The panel **Down**")
    assert told[3].startswith("✅ **P0**")
    assert told[10] == "… and 5 more panels"


@pytest.mark.parametrize(
    ("connection", "said"),
    [
        (Connection(), "⚠️ My connection to Discord is just being made anew."),
        (Connection(is_ready=True), "✅ Discord: connected"),
    ],
)
def test_the_connection_is_told_as_it_is(connection: Connection, said: str) -> None:
    assert lines(replace(WELL, connection=connection))[1] == said


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (None, "❌ My database takes nothing"),
        (Waiting(count=1, oldest_at=NOON), f"⏳ 1 piece of news waits to be told, since {AGO}."),
        (
            Waiting(count=7, oldest_at=NOON),
            f"⏳ 7 pieces of news wait to be told, the first since {AGO}.",
        ),
    ],
)
def test_news_that_wait_are_counted(waiting: Waiting | None, said: str) -> None:
    assert lines(replace(WELL, waiting=waiting))[3].startswith(said)


def test_news_that_wait_for_a_channel_are_not_told() -> None:
    waiting = Waiting(paused=1)
    assert lines(replace(WELL, waiting=waiting))[3:] == [
        "⏸️ 1 piece of news waits for a channel that I cannot write to."
    ]
    waiting = Waiting(count=7, oldest_at=NOON, paused=2)
    [_, paused] = lines(replace(WELL, waiting=waiting))[3:]
    assert paused == "⏸️ 2 pieces of news wait for channels that I cannot write to."


def test_paused_notifications_are_told() -> None:
    assert lines(replace(WELL, paused=1))[4].startswith("⚠️ 1 notification is paused")
    assert lines(replace(WELL, paused=2))[4].startswith("⚠️ 2 notifications are paused")


def test_what_is_muted_is_told_and_not_that_everything_is() -> None:
    mute = Mute(guild_id=1, until=NOON, muted_by=10, muted_at=NOON)
    muted = replace(WELL, mutes=(NamedMute(mute),) * 5)
    assert lines(muted)[3:] == [
        *[f"🔇 all servers muted · ends {AGO} · <@10>"] * 2,
        "🔇 and 3 more",
    ]
    assert lines(WELL)[3:] == ["✅ All news is told."]


def test_paused_boards_are_told() -> None:
    assert lines(replace(WELL, paused_boards=1))[4].startswith("⚠️ 1 board is paused")
    assert lines(replace(WELL, paused_boards=2))[4].startswith("⚠️ 2 boards are paused")


def test_without_a_panel_it_says_how_to_add_one() -> None:
    assert "`/panel add`" in lines(replace(WELL, panels=()))[2]


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_the_worst_case_fits_into_a_message_and_mentions_nobody(t: Words) -> None:
    late = replace(SEEN, is_late=True, last_success=NOON + timedelta(days=36_500))
    panel = PanelView(name=HOSTILE, health=late)
    mute = Mute(
        guild_id=1, panel_id="p", server_id="s", reason=HOSTILE, muted_by=2**63 - 1, muted_at=NOON
    )

    text = guild_health(
        GuildHealth(
            at=NOON,
            connection=WELL.connection,
            panels=(panel,) * 500,
            waiting=Waiting(count=10**9, oldest_at=NOON, paused=10**9),
            paused=10**6,
            paused_boards=10**6,
            mutes=(NamedMute(mute, HOSTILE, HOSTILE),) * 50,
        ),
        t,
    )

    assert len(text) <= 2000
    assert "@everyone" not in text
    assert "https://" not in text


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_it_introduces_itself(t: Words) -> None:
    text = about("1.2.3", ["CVM", "Pterodactyl 1.x"], t)

    assert "1.2.3" in text
    assert f"CVM{t.gettext(', ')}Pterodactyl 1.x" in text
    assert len(text) <= 2000
