"""All that can go wrong on a panel, as its stand-in offers it: what is new there is here too."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import aiohttp

from bot.simulators.panels._faults import KINDS
from bot.simulators.world import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.world import Node
    from tests.panels.harness_base import Harness

IMPATIENT = aiohttp.ClientTimeout(total=1, connect=10)
"""For a panel that does not answer, so that nobody waits for it long."""
_WRONG: Mapping[str, object] = {
    "requests_per_minute": 3,
    "cache_seconds": 20.0,
    "daemon_timeout_seconds": 0.1,
    "remote": "https://elsewhere.example.com",
    "allowed_origins": ("https://elsewhere.example.com",),
    "secret": "not the one that the panel signs with",
    "clock_offset": 3600.0,
    "idle_seconds": 0.1,
    "log_lines": 1,
    "noise": "<br />\n<b>Notice</b>:  Undefined index",
    "unrouted_status": 200,
    "ssh_timeout_seconds": 0.1,
}
"""What is set while a switch that is no yes or no is turned; a new one has to be put here."""


def _nothing() -> None:
    """Need no end: it is over by itself."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing to go wrong, and how it ends."""

    name: str
    begin: Callable[[], object]
    end: Callable[[], object] = _nothing


def all_troubles(harness: Harness, node: Node) -> list[Trouble]:
    """Return one of each sort: on the way to the panel, of this node, of every switch."""
    lists = (harness.list_path, harness.list_field)
    found = on_the_way("panel", harness.faults, *lists)
    for fault in get_args(Fault):
        found.append(_set(f"node {fault}", node, "fault", fault))
    found.append(_set("node maintenance", node, "maintenance", value=True))
    found += _switches("panel", harness.stand_in)
    wings = getattr(harness.stand_in, "wings", None)
    if wings is not None:
        found += on_the_way("wings", wings.faults, *lists)
        found += _switches("wings", wings)
        found.append(Trouble("wings restart", wings.restart))
    return found


def on_the_way(
    where: str, faults: Faults, list_path: str, list_field: str, *, spares: bool = False
) -> list[Trouble]:
    """Return all that can happen to one request; the list has its servers in that field.

    With `spares` it happens to nothing but the list.
    """
    lists: dict[str, Any] = {"path": list_path, "exact": True}
    forgotten: dict[str, object] = {list_field: []} if list_field else {"*.name": None}
    options: dict[str, dict[str, Any]] = {
        "late": {"seconds": 0.3},
        "slow": {"seconds": 0.3},
        "set": {"fields": forgotten, **lists},
        "duplicates": {"field": list_field, **lists},
    }
    base = lists if spares else {}
    return [
        Trouble(
            f"{where} {kind}",
            partial(faults.add, kind, count=1, **(base | options.get(kind, {}))),
            faults.clear,
        )
        for kind in KINDS
    ]


def _switches(where: str, stand_in: object) -> Iterator[Trouble]:
    """Yield a trouble for every field of all settings that a stand-in has."""
    for name, settings in vars(stand_in).items():
        if name.startswith("_") or not is_dataclass(settings):
            continue
        for field in fields(settings):
            value = getattr(settings, field.name)
            wrong = not value if isinstance(value, bool) else _WRONG[field.name]
            yield _set(f"{where} {name}.{field.name}", settings, field.name, wrong)


def _set(name: str, thing: object, field: str, value: object) -> Trouble:
    before = getattr(thing, field)
    return Trouble(
        name, partial(setattr, thing, field, value), partial(setattr, thing, field, before)
    )
