"""Rights at scale: one decision among 10,000 rules, one keystroke among 10,000 servers.

The smallest thing that does the same is a look at every rule in turn. Keystrokes are measured in
the bot, from what Discord sends to the suggestions that it would answer with; the database is
counted and must not be asked. Figures, and no test:

    python tests/bench/bench_access.py
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import discord

from bot.domain.access import Action, Actor, Bundle, Rule, Subject
from bot.domain.policy import AccessPolicy
from bot.domain.servers import Capability, Server, ServerRef, ServerState
from bot.services.access import AccessService
from bot.services.clock import SystemClock
from bot.services.directory import ServerDirectory
from bot.services.panels import PanelEntry, PanelRegistry
from bot.ui.transformers import ServerOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

GUILD = 1
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
DECIDE_TARGET = 50e-6
KEYSTROKE_TARGET = 20e-3
PANELS = 4
SERVERS = 10_000
DECISIONS = 20_000
KEYSTROKES = 400
ASKERS = 20
TYPED = ("", "s", "su", "survival", "lobby 7", "12", "zz", "xqj", "世界", "l9", "smp-00", "ly 4")


class Rules:
    """Rights in a list, and how often it was read."""

    def __init__(self, rules: list[Rule]) -> None:
        self.reads = 0
        self._rules = rules

    async def rules_of(self, _guild_id: int) -> list[Rule]:
        """Return all of them."""
        self.reads += 1
        return self._rules

    async def add(self, rule: Rule, **_more: object) -> Rule:
        """Store one more."""
        stored = replace(rule, id=len(self._rules) + 1)
        self._rules = [*self._rules, stored]
        return stored


def main() -> None:
    """Run the benchmark and say whether the targets are met."""
    dice = random.Random(7)  # noqa: S311 - the same in every run
    for count in (1_000, 10_000):
        _decisions(dice, count)
    asyncio.run(_after_a_change(dice))
    asyncio.run(_keystrokes(dice))


def _decisions(dice: random.Random, count: int) -> None:
    refs = [ServerRef(f"panel{n % PANELS}", f"server{n}") for n in range(200)]
    rules = [_rule(dice, refs, roles=100, members=200) for _ in range(count)]
    policy = AccessPolicy(rules)
    asked = [
        (_actor(dice, roles), dice.choice(list(Action)), dice.choice(refs))
        for roles in (0, 1, 3, 10, 50)
        for _ in range(DECISIONS // 5)
    ]
    times = list(_timed(lambda one: policy.decide(one[0], one[1], one[2], NOON), asked))
    slow = list(_timed(lambda one: _every_rule(rules, *one), asked[:: len(asked) // 200]))
    ratio = statistics.median(times) / statistics.median(slow)
    print(
        f"decide among {count:,} rules: {_figures(times, 1e6, 'us')}; {_met(times, DECIDE_TARGET)}"
    )
    print(f"  {ratio:.4f} times what it takes to look at every rule")


async def _after_a_change(dice: random.Random) -> None:
    refs = [ServerRef(f"panel{n % PANELS}", f"server{n}") for n in range(200)]
    one = _rule(dice, refs, roles=100, members=200)
    rules = Rules([replace(_rule(dice, refs, roles=100, members=200), id=n) for n in range(10_000)])
    access = AccessService(cast("Any", rules), SystemClock())
    await access.rules_of(GUILD)
    before, started = rules.reads, time.perf_counter()
    await access.add(one)
    changed = time.perf_counter()
    actors = [_actor(dice, roles=3) for _ in range(ASKERS)]
    await asyncio.gather(*(access.decide(actor, Action.VIEW, refs[0]) for actor in actors))
    asked = time.perf_counter() - changed
    print(f"{ASKERS} askers right after a change of 10,000 rules: {asked * 1e3:.1f} ms for all")
    print(f"  the change itself took {(changed - started) * 1e3:.1f} ms")
    print(f"  the database was read {rules.reads - before} times (must be 0)")


async def _keystrokes(dice: random.Random) -> None:
    panels = PanelRegistry(
        PanelEntry(
            panel=_panel(f"panel{number}"),
            name=f"Panel {number}",
            guild_ids=frozenset({GUILD}),
            poll_seconds=60,
        )
        for number in range(PANELS)
    )
    kinds = ("Survival", "Lobby", "SMP", "世界", "Creative build", "old_modded")
    servers = [
        Server(
            ref=ServerRef(f"panel{number % PANELS}", f"{number:08x}"),
            name=f"{kinds[number % len(kinds)]} {number}",
            state=ServerState.RUNNING,
            observed_at=NOON,
        )
        for number in range(SERVERS)
    ]
    refs = [server.ref for server in servers]
    rules = Rules([_rule(dice, refs, roles=20, members=50) for _ in range(1_000)])
    access = AccessService(cast("Any", rules), SystemClock())
    directory = ServerDirectory(panels, access)
    for number in range(PANELS):
        directory.replace(f"panel{number}", servers[number::PANELS])
    services = SimpleNamespace(directory=directory, panels=panels)
    people = {
        "an admin, who sees all": (_interaction(services, roles=(), admin=True)),
        "a member of 3 roles": (_interaction(services, roles=(100, 101, 102))),
        "a member of 20 roles": (_interaction(services, roles=tuple(range(100, 120)))),
    }
    for needs, (name, interaction) in itertools.product((None, Capability.RESTART), people.items()):
        option = ServerOption(needs)
        await option.autocomplete(interaction, "")
        reads, times = rules.reads, []
        for number in range(KEYSTROKES):
            typed = TYPED[number % len(TYPED)]
            started = time.process_time()
            await option.autocomplete(interaction, typed)
            times.append(time.process_time() - started)
        wanted = f", needs {needs}" if needs else ""
        print(f"keystroke among {SERVERS:,} servers, {name}{wanted}:")
        print(f"  {_figures(times, 1e3, 'ms')}; {_met(times, KEYSTROKE_TARGET)}")
        print(f"  the database was read {rules.reads - reads} times (must be 0)")


def _rule(dice: random.Random, refs: list[ServerRef], *, roles: int, members: int) -> Rule:
    ref, scope = dice.choice(refs), dice.randrange(6)
    is_member = dice.random() < 0.3
    return Rule(
        guild_id=GUILD,
        subject=Subject.MEMBER if is_member else Subject.ROLE,
        subject_id=dice.randrange(members) + 1000 if is_member else dice.randrange(roles) + 100,
        grant=dice.choice((*Bundle, *Action)),
        allow=dice.random() < 0.8,
        panel_id=ref.panel_id if scope else None,
        server_id=ref.server_id if scope > 1 else None,
    )


def _actor(dice: random.Random, roles: int) -> Actor:
    mine = frozenset(dice.randrange(100) + 100 for _ in range(roles))
    return Actor(user_id=dice.randrange(200) + 1000, guild_id=GUILD, role_ids=mine | {GUILD})


def _every_rule(rules: list[Rule], actor: Actor, action: Action, ref: ServerRef) -> Rule | None:
    """Find the strongest rule by looking at all of them."""
    found = [
        rule
        for rule in rules
        if rule.panel_id in (None, ref.panel_id)
        and rule.server_id in (None, ref.server_id)
        and rule.subject_id in (actor.user_id, *actor.role_ids)
        and action in rule.actions
        and rule.is_live(NOON)
    ]
    return max(found, key=lambda rule: (rule.panel_id is None, not rule.allow), default=None)


def _panel(panel_id: str) -> Any:  # noqa: ANN401 - as much of a panel as is looked at
    return SimpleNamespace(panel_id=panel_id, capabilities=frozenset(Capability))


def _interaction(services: SimpleNamespace, *, roles: tuple[int, ...], admin: bool = False) -> Any:  # noqa: ANN401 - as much of an interaction as an option looks at
    member = discord.Object(id=1000, type=discord.Member)
    person = cast("Any", discord.Member.__new__(discord.Member))
    person._user = member
    person._roles = discord.utils.SnowflakeList(roles)
    return SimpleNamespace(
        client=SimpleNamespace(services=services),
        guild_id=GUILD,
        user=person,
        permissions=discord.Permissions(manage_guild=admin),
        locale=discord.Locale.american_english,
    )


def _timed(work: Callable[[Any], object], inputs: Iterable[Any]) -> Iterator[float]:
    for each in inputs:
        started = time.perf_counter()
        work(each)
        yield time.perf_counter() - started


def _figures(times: list[float], factor: float, unit: str) -> str:
    ordered = sorted(times)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    named = [f"{name} {ordered[int(len(ordered) * s)] * factor:.1f}" for name, s in shares.items()]
    return f"{', '.join(named)} {unit}"


def _met(times: list[float], target: float) -> str:
    is_met = sorted(times)[int(len(times) * 0.99)] < target
    limit = f"{target * 1e6:g} us" if target < 1e-3 else f"{target * 1e3:g} ms"
    return f"target p99 under {limit}: {'met' if is_met else 'MISSED'}"


if __name__ == "__main__":
    main()
