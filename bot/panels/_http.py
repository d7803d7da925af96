"""Sends requests to one panel, within its budget, and reads the answers.

Does not know what an answer means beyond its status: that is the kind's business.
"""

from __future__ import annotations

import json
import random
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAddressRefused,
    PanelError,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
)
from bot.domain.haste import background
from bot.panels._addresses import NOWHERE
from bot.panels._budget import Patience
from bot.panels._connections import TIMEOUT
from bot.panels._errors import Answer, AnswerTooLarge, Call, error_of_status, plain, reason_of
from bot.panels._retry_after import retry_after
from bot.panels._tls import tls_check

if TYPE_CHECKING:
    from bot.panels._budget import Budget
    from bot.panels._connections import Connections
    from bot.panels._manners import Auth, Manners
    from bot.panels._settings import PanelSettings


_MAX_BODY = 1024 * 1024
_REPEATS = 2
_SPARE = 0.5
_OK = range(200, 300)
_REDIRECT = range(300, 400)
_RATE_LIMITED = 429
_GATEWAY_FAILED = frozenset({502, 503, 504})
_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
)


@dataclass(frozen=True, slots=True)
class _Failure:
    """An error not yet raised; `pause` is the seconds after which a read may be repeated.

    It is raised outside of every `except`: aiohttp's own errors can quote the key.
    """

    error: PanelError
    cause: BaseException | None = None
    pause: float | None = None


class PanelHttp:
    """One panel with one key. Raises only `PanelError`s, and none of them shows the key."""

    def __init__(
        self,
        settings: PanelSettings,
        connections: Connections,
        *,
        auth: Auth,
        manners: Manners,
    ) -> None:
        self.panel_id = settings.panel_id
        self.clock = connections.clock
        self._connections = connections
        self._sessions = connections.sessions(is_public_only=settings.is_public_only)
        self._base_url = settings.base_url.rstrip("/")
        self._tls = tls_check(verify_tls=settings.verify_tls)
        self._auth = auth
        self._manners = manners
        # Whoever set another timeout than the usual one means it.
        is_usual = connections.timeout == TIMEOUT
        self._timeout = (is_usual and manners.timeout) or connections.timeout
        key = (self._base_url, *auth.secrets)
        self._slots = connections.slots(key)
        self._background_slots = connections.background_slots(key)
        self._counted = (self._base_url,) if manners.counts_addresses else key
        connections.note_user(self.panel_id, self._counted)

    async def request(self, call: Call, *, patience: Patience | None = None) -> object:
        """Send it and return the JSON of the answer, None where that is empty."""
        return (await self.exchange(call, patience=patience)).data

    async def exchange(self, call: Call, *, patience: Patience | None = None) -> Answer:
        """Send it and return the answer with its headers.

        A GET is repeated at most twice, where the connection or a proxy failed or the panel
        asks to wait; timeouts are not repeated, and a write never is.
        """
        patience = patience or Patience(self.clock)
        repeats = 0 if call.is_write else _REPEATS
        while True:
            outcome = await self._send_within_budget(call, patience)
            if isinstance(outcome, Answer):
                return outcome
            if not repeats or outcome.pause is None or not await patience.wait(outcome.pause):
                raise outcome.error from outcome.cause
            repeats -= 1

    async def _send_within_budget(self, call: Call, patience: Patience) -> Answer | _Failure:
        manners = self._manners
        budget = self._connections.budget(self._counted, manners.counts_by(call), rest=manners.rest)
        spare = _SPARE if call.is_patient else 0.0
        if (quiet := background()) is not None:
            spare = max(spare, 1 - quiet.share)
            await quiet.turn()
        while True:
            async with self._background_slots if quiet else nullcontext(), self._slots:
                wait = budget.take(spare=spare)
                if not wait:
                    return await self._send(call, budget)
            if not await patience.wait(wait):
                return _Failure(PanelRateLimited(self.panel_id, wait))

    async def _send(self, call: Call, budget: Budget) -> Answer | _Failure:
        window = budget.window
        session = self._sessions.writes if call.is_write else self._sessions.reads
        url = URL(self._base_url + call.path)
        if call.params:
            url = url.update_query(call.params)
        # Serialised once: some kinds sign these very bytes.
        content = b"" if call.body is None else json.dumps(call.body).encode()
        headers = self._auth.headers(call.method, url, content)
        if content:
            headers = {**headers, "Content-Type": "application/json"}
        try:
            async with session.request(
                call.method,
                url,
                data=content or None,
                headers=headers,
                ssl=self._tls,
                timeout=self._timeout,
                # A followed redirect ends at a login page with status 200.
                allow_redirects=False,
            ) as response:
                body = await _read(response)
        except NOWHERE as error:
            return _Failure(PanelAddressRefused(self.panel_id), error)
        except _NEVER_SENT as error:
            return self._unreachable(error)
        except aiohttp.ClientResponseError as error:
            # No HTTP. The error holds our headers, its cause does not.
            no_http = PanelProtocolError(self.panel_id, "the answer is no HTTP")
            return self._senseless(call, no_http, error.__cause__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if call.is_write:
                return _Failure(OutcomeUnknown(self.panel_id, call.action), error)
            return self._unreachable(error)
        outcome = self._judge(call, response, body)
        if not call.has_own_limit:
            budget.note(response.headers, window=window)
            if isinstance(outcome, _Failure) and isinstance(outcome.error, PanelRateLimited):
                budget.close(outcome.pause or 0.0)
        return outcome

    def _unreachable(self, error: Exception) -> _Failure:
        reason = reason_of(error, self._timeout)
        is_lasting = isinstance(
            error, TimeoutError | aiohttp.ClientSSLError | aiohttp.ServerFingerprintMismatch
        )
        pause = None if is_lasting else _pause()
        return _Failure(PanelUnreachable(self.panel_id, reason), error, pause)

    def _senseless(
        self, call: Call, error: PanelError, cause: BaseException | None = None
    ) -> _Failure:
        """Return the error; what was ordered may have been carried out all the same."""
        if call.is_write:
            return _Failure(OutcomeUnknown(self.panel_id, call.action), cause or error)
        return _Failure(error, cause)

    def _judge(
        self, call: Call, response: aiohttp.ClientResponse, body: bytes | None
    ) -> Answer | _Failure:
        status, headers = response.status, response.headers
        if status in _REDIRECT:
            return _Failure(self._redirected(headers.get("Location", "")))
        if body is None and status in _OK:
            return self._senseless(call, AnswerTooLarge(self.panel_id))
        try:
            data = None if body is None else self._manners.decode(self._redacted(body))
        except ValueError as error:
            if status in _OK:
                no_json = PanelProtocolError(self.panel_id, f"status {status} and no JSON")
                return self._senseless(call, no_json, error)
            data = None
        answer = Answer(status, headers, data)
        if status not in _OK:
            return self._refused(call, answer)
        if self._manners.fails_with_success:
            refusal = self._manners.read_error(self.panel_id, call, answer)
            return answer if refusal is None else _Failure(refusal)
        return answer

    def _redacted(self, body: bytes) -> bytes:
        # A panel in debug mode may quote the request, some with status 200; PHP escapes slashes.
        for secret in self._auth.secrets:
            for form in (secret, secret.replace("/", "\\/")):
                body = body.replace(form.encode(), b"[key]")
        return body

    def _redirected(self, location: str) -> PanelError:
        try:
            host = URL(location).host or URL(self._base_url).host
        except ValueError:
            host = "another address"
        return PanelProtocolError(
            self.panel_id,
            plain(f"a redirect to {host}; base_url should probably begin with https://"),
        )

    def _refused(self, call: Call, answer: Answer) -> _Failure:
        error = self._manners.read_error(self.panel_id, call, answer)
        if answer.status == _RATE_LIMITED:
            stated = retry_after(answer.headers, self.clock.now())
            if stated is None and error is not None:
                stated = error.retry_after
            pause = 10 * _pause() if stated is None else stated
            return _Failure(PanelRateLimited(self.panel_id, stated), pause=pause)
        is_gateway = answer.data is None and answer.status in _GATEWAY_FAILED
        return _Failure(
            error or error_of_status(self.panel_id, call, answer),
            pause=_pause() if is_gateway else None,
        )


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """Return the body; None where it is too large to be an answer."""
    # Most bodies come in one piece.
    body = await response.content.readany()
    while len(body) <= _MAX_BODY and not response.content.at_eof():
        body += await response.content.readany()
    if len(body) > _MAX_BODY:
        response.close()
        return None
    return body


def _pause() -> float:
    # Jitter, so that many callers do not come back together.
    return random.uniform(0.25, 0.75)  # noqa: S311 - spreads load, keeps no secret
