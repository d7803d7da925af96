"""The panels of a guild in words: every finding has its own, and every page fits into a message."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.incidents import Trouble
from bot.domain.panels import StoredPanel
from bot.domain.trials import Check, Finding, Mark, Result, Trial
from bot.services.open_panels import PanelLine, Selection
from bot.ui.render.panels import LINES, choice, host_of, panel_list
from bot.ui.render.trials import check_list
from tests.fakes import NOON, make_server
from tests.fakes_panels import FORM
from tests.ui.render.languages import CHINESE, ENGLISH

if TYPE_CHECKING:
    from bot.ui.i18n import Words

HOSTILE = "@everyone **[x](https://x.example)** `" + "\u202e" + "W" * 80


def panel(**changes: object) -> StoredPanel:
    values: dict[str, object] = {
        "panel_id": "g0123456789abcdef",
        "guild_id": 1,
        "name": "Annex",
        "kind": "fake",
        "base_url": "https://panel.example.com/deeper",
        "credentials": {"key": "secret"},
        "added_by": 1,
        "added_at": NOON,
    }
    return StoredPanel(**(values | changes))  # type: ignore[arg-type]  # by name


def line(**changes: object) -> PanelLine:
    values: dict[str, object] = {
        "name": "Annex",
        "kind": "fake",
        "panel": panel(),
        "servers": 2,
        "is_open": True,
        "is_read": True,
    }
    return PanelLine(**(values | changes))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("t", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_finding_has_a_sentence_of_its_own(t: Words) -> None:
    results = [Result(Check.ADDRESS, Mark.BAD, finding, count=3) for finding in Finding]
    lines = [check_list(Trial((result,)), t) for result in results]
    assert len(set(lines)) == len(Finding)
    assert all(len(each) > 6 for each in lines)


def test_a_list_says_what_each_panel_is_and_whether_it_works() -> None:
    lines = [
        line(),
        line(name="Main", panel=None, kind="unheard-of"),
        line(name="Broken", is_open=False),
        line(name="Quiet", trouble=Trouble.NO_ANSWER, servers=0),
        line(name="New", is_read=False, panel=panel(server_ids=None), servers=1),
    ]
    assert panel_list(lines, 0, {"fake": FORM}, ENGLISH).splitlines() == [
        "### 5 panels",
        "**Annex** · Fake · `panel.example.com` · 2 servers · ✅ answers",
        "**Main** · unheard-of · from the configuration file · 2 servers · ✅ answers",
        "**Broken** · Fake · `panel.example.com` · ❌ cannot be opened",
        "❌ The panel **Quiet** does not answer · Fake · `panel.example.com` · 0 servers",
        "**New** · Fake · `panel.example.com` · 1 server, also future ones · ⏳ not looked at yet",
    ]


def test_a_page_of_the_longest_names_fits_into_a_message() -> None:
    long = panel(name=HOSTILE, base_url="https://" + "x" * 82, server_ids=None)
    lines = [line(name=HOSTILE, panel=long, trouble=Trouble.ADDRESS) for _ in range(25)]
    for page in range(-(-25 // LINES)):
        text = panel_list(lines, page, {"fake": FORM}, ENGLISH)
        assert len(text) < 4000
        assert "@everyone" not in text
        assert "](" not in text


def test_a_choice_says_how_many_are_used() -> None:
    servers = (make_server(panel_id="g0"), make_server("Creative", "ffff0000", panel_id="g0"))
    some = Selection(panel(server_ids=frozenset({"ffff0000", "gone"})), servers)
    assert "1 of 2 are used." in choice(some, ENGLISH)
    every = replace(some, panel=panel(server_ids=None))
    assert "All of them, also those still to come." in choice(every, ENGLISH)


def test_a_host_is_shown_without_what_might_be_a_password() -> None:
    assert host_of("https://user:pass@panel.example.com:8443/x") == "panel.example.com:8443"
    assert host_of("https://[::1") == "https://[::1"
