"""The table in `docs/panels.md` is written from what the kinds of panel declare:

python -m tests.test_docs_panels
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.servers import Capability
from bot.panels import PANELS, PanelHub, PanelSettings
from bot.services.clock import SystemClock
from tests.panels.harness import HARNESSES
from tests.panels.support import HastyClock

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = Path(__file__).parents[1] / "docs" / "panels.md"
BEGIN, END = "<!-- written by tests/test_docs_panels.py -->\n", "<!-- until here -->\n"

ROWS = {
    Capability.START: "start",
    Capability.STOP: "stop",
    Capability.RESTART: "restart",
    Capability.KILL: "kill",
    Capability.COMMAND: "console command",
    Capability.LIVE: "live console, usage and logs",
    Capability.CREATE: "create",
    Capability.UPDATE: "update some fields",
    Capability.REPLACE: "update all fields",
    Capability.BUILD: "build (limits, addresses, plan)",
    Capability.SUSPEND: "suspend, unsuspend",
    Capability.DELETE: "delete",
    Capability.FORCE_DELETE: "delete by force",
}
COLUMNS: dict[str, tuple[str, dict[str, object], frozenset[str]]] = {
    "`pterodactyl`": ("pterodactyl", {}, frozenset()),
    "with `application_key`": ("pterodactyl", {}, frozenset({"application_key"})),
    "`pterodactyl_v07`": ("pterodactyl_v07", {}, frozenset()),
    '`pterodactyl_legacy` `"0.4"`': ("pterodactyl_legacy", {"dialect": "0.4"}, frozenset()),
    '`"0.5"`': ("pterodactyl_legacy", {"dialect": "0.5"}, frozenset()),
    '`"0.6"`': ("pterodactyl_legacy", {"dialect": "0.6"}, frozenset()),
    "`vpsorg` `documented`": ("vpsorg", {"dialect": "documented"}, frozenset()),
    "`client`": ("vpsorg", {"dialect": "client"}, frozenset()),
    "`cvm` `auto`, `documented`": ("cvm", {"dialect": "documented"}, frozenset()),
    "`source`": ("cvm", {"dialect": "source"}, frozenset()),
}
"""Headings to kind, options and optional credentials."""


def declared(column: str) -> frozenset[Capability]:
    kind, options, more = COLUMNS[column]
    settings = PanelSettings(
        panel_id="main",
        kind=kind,
        base_url="https://panel.example.com",
        credentials=dict.fromkeys(PANELS[kind].required_credentials | more, "made-up"),
        options=options,
    )

    async def opened() -> frozenset[Capability]:
        async with PanelHub(clock=SystemClock()) as hub:
            return hub.open(settings).capabilities

    return asyncio.run(opened())


def table() -> Iterator[str]:
    offered = {column: declared(column) for column in COLUMNS}
    yield f"| | {' | '.join(COLUMNS)} |\n"
    yield f"|---|{':-:|' * len(COLUMNS)}\n"
    for capability, label in ROWS.items():
        marks = ("✔" if capability in offered[column] else "-" for column in COLUMNS)
        yield f"| {label} | {' | '.join(marks)} |\n"


def written_anew(text: str) -> str:
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{''.join(table())}\n{END}{after}"


def test_the_table_shows_what_the_kinds_declare() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == written_anew(text), "run: python -m tests.test_docs_panels"


def test_the_table_has_every_kind_and_dialect_and_capability() -> None:
    assert set(ROWS) == set(Capability)
    shown = {(COLUMNS[column][0], declared(column)) for column in COLUMNS}
    clock = HastyClock()
    assert {(each.kind, each.capabilities) for each in (make(clock) for make in HARNESSES)} <= shown
    assert {kind for kind, _ in shown} == set(PANELS)


def test_every_kind_has_a_chapter() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    chapters = dict(part.split("\n", 1) for part in text.split("\n## ")[1:])
    for name, kind in PANELS.items():
        chapter = chapters[f"`{name}`"]
        known = kind.required_credentials | kind.optional_credentials | kind.options
        assert not {word for word in known if f"`{word}`" not in chapter}


if __name__ == "__main__":
    DOCUMENT.write_text(written_anew(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
