"""Answers `GET /healthz`, `/readyz` and `/metrics`. Decides nothing of what they say."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.monitoring.metrics import exposition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.health import Health

log = logging.getLogger(__name__)

_END_SECONDS = 1.0
_UNAVAILABLE = 503


class Source(Protocol):
    """What knows how the bot does."""

    async def look(self) -> Health:
        """Return all of it."""
        ...

    async def obstacles(self) -> list[str]:
        """Return why nobody can be served now."""
        ...


@asynccontextmanager
async def serving(host: str, port: int, source: Source) -> AsyncIterator[int]:
    """Answer there for as long as the block lasts; yields the port.

    Raises `OSError` where that cannot be listened on.
    """
    application = web.Application()
    answers = _Answers(source)
    application.add_routes(
        [
            web.get("/healthz", answers.alive),
            web.get("/readyz", answers.ready),
            web.get("/metrics", answers.metrics),
        ]
    )
    log.addFilter(_is_fault_of_ours)
    runner = web.AppRunner(application, access_log=None, logger=log, shutdown_timeout=_END_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class _Answers:
    def __init__(self, source: Source) -> None:
        self._source = source

    async def alive(self, _: web.Request) -> web.Response:
        """Say that the process does its work."""
        return web.Response(text="alive\n")

    async def ready(self, _: web.Request) -> web.Response:
        """Say whether people can be served, and if not why."""
        reasons = await self._source.obstacles()
        status = _UNAVAILABLE if reasons else 200
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=status)

    async def metrics(self, _: web.Request) -> web.Response:
        """Say everything in Prometheus's words."""
        body = exposition(await self._source.look())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _is_fault_of_ours(record: logging.LogRecord) -> bool:
    """Keep out of the log what is no HTTP: a scan of ports would fill it."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)
