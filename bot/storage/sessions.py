"""A session for SQLite that nobody can cut short in the middle of a statement.

aiosqlite works in threads, and a thread cannot be cancelled: it goes on with a statement that
nobody waits for, and what it leaves open keeps the file's lock until it is collected as garbage.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


class WholeSession(AsyncSession):
    """Whoever waits may be cancelled; the statement ends, and `close` waits for that."""

    _statement: asyncio.Task[Any] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a statement is on its way, as after its caller was cancelled."""
        return self._statement is not None and not self._statement.done()

    async def execute(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - as SQLAlchemy's
        """As SQLAlchemy's."""
        return await self._whole(super().execute(*args, **options))

    async def scalar(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """As SQLAlchemy's."""
        return await self._whole(super().scalar(*args, **options))

    async def get(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """As SQLAlchemy's."""
        return await self._whole(super().get(*args, **options))

    async def merge(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """As SQLAlchemy's."""
        return await self._whole(super().merge(*args, **options))

    async def flush(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
        """As SQLAlchemy's."""
        await self._whole(super().flush(*args, **options))

    async def commit(self) -> None:
        """As SQLAlchemy's."""
        await self._whole(super().commit())

    async def close(self) -> None:
        """As SQLAlchemy's, once the last statement has ended."""
        if self._statement is not None:
            await asyncio.wait([self._statement])
        await super().close()

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        statement = self._statement = asyncio.create_task(work)  # noqa: TID251 - `close` awaits it
        # Where its caller is gone, nobody wants to hear how it failed.
        statement.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(statement)
