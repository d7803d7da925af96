"""A watched server reads well at every moment, whatever its console holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import PanelForbidden
from bot.domain.servers import Resources, ServerState
from bot.domain.sights import Ending, Sight
from bot.ui.render.watch import watch_box
from bot.ui.watch import StopWatch, watch_view
from tests.fakes import NOON, make_server
from tests.ui.render.judge import PIECES, threats
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY
from tests.ui.render.layout import every_part, text_of
from tests.ui.render.limits import check_layout

if TYPE_CHECKING:
    from bot.ui.i18n import Words

_SIGHT = Sight(
    watch_id="00ff",
    server=make_server(state=ServerState.STOPPING),
    resources=Resources(cpu_percent=61.2, memory_bytes=1024**3),
    lines=("Saving worlds", "Stopping the server"),
    is_connected=True,
    ends_at=NOON + timedelta(minutes=2),
)


def test_state_usage_and_console_are_shown() -> None:
    assert text_of(watch_box(_SIGHT, ENGLISH)).split("\n") == [
        "### 🟡 Survival",
        "**stopping** · CPU 61.2 % · Memory 1 GiB",
        "```",
        "Saving worlds",
        "Stopping the server",
        "```",
        "-# live, ends <t:1782907320:R>",
    ]


def test_before_it_is_connected_it_says_so() -> None:
    text = text_of(watch_box(replace(_SIGHT, is_connected=False, lines=()), ENGLISH))

    assert text.endswith("-# connecting … · live, ends <t:1782907320:R>")
    assert "```" not in text


@pytest.mark.parametrize("ending", list(Ending))
def test_each_ending_has_words_of_its_own_and_no_button(ending: Ending) -> None:
    ended = replace(_SIGHT, ending=ending)
    feet = {text_of(watch_box(ended, t)).split("\n")[-1] for t in (ENGLISH, CHINESE)}

    assert len(feet) == 2
    assert not any("live" in foot for foot in feet)
    assert not any("custom_id" in part for part in every_part(watch_view(ended, ENGLISH)))
    others = [replace(_SIGHT, ending=other) for other in Ending if other is not ending]
    assert feet.isdisjoint(text_of(watch_box(each, ENGLISH)).split("\n")[-1] for each in others)


def test_a_failure_says_why() -> None:
    failed = replace(_SIGHT, ending=Ending.FAILED, error=PanelForbidden("main", "no console"))

    assert "does not let my key do that" in text_of(watch_box(failed, ENGLISH))


def test_as_long_as_it_goes_on_it_can_be_stopped() -> None:
    (button,) = (part for part in every_part(watch_view(_SIGHT, ENGLISH)) if part["type"] == 2)

    read = StopWatch.__discord_ui_compiled_template__.fullmatch(button["custom_id"])
    assert read
    assert (button["label"], read["watch"]) == ("Stop watching", "00ff")


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_discord_takes_whatever_is_printed(t: Words) -> None:
    for text in (*PIECES, "x" * 70_000, "`" * 5000):
        server = make_server(text)
        sight = replace(_SIGHT, server=server, lines=(text,) * 15)
        view = watch_view(sight, t)
        check_layout(view)
        shown = "\n".join(part.get("content", "") for part in every_part(view))
        assert len(shown) <= 4000
        assert threats(shown.replace(f"<t:{1782907320}:R>", "").replace("### ", "")) == []
