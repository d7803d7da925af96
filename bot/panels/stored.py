"""Opens the panels that guilds have added, and tries them out in steps. Stores nothing."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import aiohttp
from yarl import URL

from bot.domain.errors import (
    InvalidPanel,
    PanelAddressRefused,
    PanelAuthFailed,
    PanelError,
    PanelForbidden,
    PanelRateLimited,
    PanelUnreachable,
)
from bot.domain.panels import PanelProblem
from bot.domain.trials import Check, Finding, Mark, Result, Trial
from bot.panels import PANELS, PanelSettings, SettingsError
from bot.panels._face import Face

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.panels import PanelForm, StoredPanel
    from bot.domain.ports import Panel
    from bot.domain.servers import Server
    from bot.panels import PanelHub

_LONGEST_TRIAL = 120.0
"""Seconds; a panel with hundreds of servers may need a minute for its list."""

_TLS = (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch)
_SETTINGS = {
    "base_url": (Check.ADDRESS, Finding.NO_ADDRESS),
    "credentials": (Check.KEY, Finding.NO_KEY),
}
_KEYS = (Check.KEY, Check.ADMIN_KEY, Check.REACH)


class StoredPanels:
    """The kinds of panel that can be added from Discord (`PanelMaker`)."""

    def __init__(self, hub: PanelHub, *, longest_trial: float = _LONGEST_TRIAL) -> None:
        self._hub = hub
        self._longest = longest_trial
        self._clients: WeakValueDictionary[str, Panel] = WeakValueDictionary()
        """By source, as long as a guild uses it: what a kind counts, it counts for all of them."""

    @property
    def forms(self) -> Mapping[str, PanelForm]:
        """What each kind asks for, by kind."""
        return {name: kind.form for name, kind in PANELS.items() if kind.form is not None}

    def open(self, stored: StoredPanel) -> tuple[Panel, str]:
        """Return the panel and its source; raises `InvalidPanel`."""
        settings = _settings(stored)
        try:
            return self._face(settings), self._hub.source(settings)
        except SettingsError as error:
            raise InvalidPanel(PanelProblem.UNFIT, str(error)) from error

    async def try_out(self, stored: StoredPanel) -> Trial:
        """Ask the panel whether all is well; never raises for what may be wrong with it."""
        settings = _settings(stored)
        facts: list[Result] = []
        try:
            panel = self._face(settings)
            async with asyncio.timeout(self._longest):
                facts = await self._hub.key_facts(settings)
                if any(fact.mark is Mark.BAD for fact in facts):
                    return Trial((*_reached(settings), *facts))
                servers = tuple(await panel.list_servers())
        except SettingsError as error:
            return Trial((_of_setting(error),))
        except TimeoutError:
            return Trial((Result(Check.ADDRESS, Mark.BAD, Finding.TOO_SLOW),))
        except PanelRateLimited as error:
            return Trial((*_reached(settings), *_later(facts, error)))
        except PanelError as error:
            return Trial(_refused(settings, error))
        return Trial((*_reached(settings), *_keys(facts), _counted(servers)), servers)

    def _face(self, settings: PanelSettings) -> Panel:
        source = self._hub.source(settings)
        client = self._clients.get(source)
        if client is None:
            # Its log lines are about no guild in particular.
            shared = dataclasses.replace(settings, panel_id=f"shared-{source[:8]}")
            self._clients[source] = client = self._hub.open(shared)
        return Face(settings.panel_id, client)


def _settings(stored: StoredPanel) -> PanelSettings:
    return PanelSettings(
        panel_id=stored.panel_id,
        kind=stored.kind,
        base_url=stored.base_url,
        credentials=stored.credentials,
        verify_tls=stored.verify_tls,
        options=stored.options,
        is_public_only=True,
    )


def _of_setting(error: SettingsError) -> Result:
    part = error.path.partition(".")[0]
    check, finding = _SETTINGS.get(part, (Check.ADDRESS, Finding.BAD_OPTION))
    return Result(check, Mark.BAD, finding)


def _reached(settings: PanelSettings) -> tuple[Result, Result]:
    certificate = Result(Check.CERTIFICATE, Mark.GOOD, Finding.CERTIFICATE)
    if URL(settings.base_url).scheme == "http":
        certificate = Result(Check.CERTIFICATE, Mark.WARNING, Finding.NO_CERTIFICATE)
    return Result(Check.ADDRESS, Mark.GOOD, Finding.ANSWERS), certificate


def _keys(facts: Sequence[Result]) -> list[Result]:
    has_key = any(fact.check is Check.KEY for fact in facts)
    taken = [] if has_key else [Result(Check.KEY, Mark.GOOD, Finding.KEY)]
    return [*taken, *(fact for check in _KEYS for fact in facts if fact.check is check)]


def _later(facts: Sequence[Result], error: PanelRateLimited) -> list[Result]:
    """Return what is known of a panel that takes no more: of the key only what it said before."""
    if not any(fact.check is Check.KEY for fact in facts):
        wait = error.retry_after
        return [Result(Check.KEY, Mark.BAD, Finding.TOO_MANY_REQUESTS, retry_after=wait)]
    return [*_keys(facts), Result(Check.SERVERS, Mark.WARNING, Finding.SERVERS_LATER)]


def _counted(servers: Sequence[Server]) -> Result:
    if servers:
        return Result(Check.SERVERS, Mark.GOOD, Finding.SERVERS, count=len(servers))
    return Result(Check.SERVERS, Mark.WARNING, Finding.NO_SERVERS)


def _refused(settings: PanelSettings, error: PanelError) -> tuple[Result, ...]:
    """Return what is known where the panel said no, or nothing that makes sense."""
    cause = error.__cause__
    match error:
        case PanelAuthFailed():
            return (*_reached(settings), Result(Check.KEY, Mark.BAD, Finding.KEY_REFUSED))
        case PanelForbidden():
            return (*_reached(settings), Result(Check.KEY, Mark.BAD, Finding.KEY_TOO_WEAK))
        case PanelAddressRefused():
            return (Result(Check.ADDRESS, Mark.BAD, Finding.NOT_PUBLIC),)
        case PanelUnreachable() if isinstance(cause, _TLS):
            return (Result(Check.CERTIFICATE, Mark.BAD, Finding.BAD_CERTIFICATE),)
        case PanelUnreachable():
            return (Result(Check.ADDRESS, Mark.BAD, _why_unreachable(cause)),)
        case _:
            return (Result(Check.ADDRESS, Mark.BAD, _why_senseless(settings, error)),)


def _why_unreachable(cause: BaseException | None) -> Finding:
    match cause:
        case aiohttp.ClientConnectorDNSError():
            return Finding.NO_HOST
        case TimeoutError():
            return Finding.TOO_SLOW
        case None:
            # It answered, with a status that says that it is down.
            return Finding.FAILS
        case _:
            return Finding.NO_CONNECTION


def _why_senseless(settings: PanelSettings, error: PanelError) -> Finding:
    if "a redirect to " in str(error):
        return Finding.REDIRECTS
    has_path = URL(settings.base_url).path not in ("", "/")
    return Finding.NO_PANEL_HERE if has_path else Finding.NO_PANEL
