"""Owns the table of orders on their way. Knows no query."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.audit import Door
from bot.domain.receipt_ports import Step
from bot.domain.servers import PowerAction, ServerState
from bot.storage.tables import Base, ForeignText


class ReceiptRow(Base):
    """An order whose receipt has not ended; see `bot.domain.receipt_ports.KeptOrder`."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]
    guild_id: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[PowerAction]
    panel_id: Mapped[str] = mapped_column(String(32))
    server_id: Mapped[str] = mapped_column(String(255))
    server_name: Mapped[str] = mapped_column(ForeignText)
    door: Mapped[Door]
    rule_id: Mapped[int | None]
    detail: Mapped[str | None] = mapped_column(ForeignText)
    state: Mapped[ServerState]
    """Before the order, as it was seen at that time."""
    observed_at: Mapped[datetime]
    step: Mapped[Step]
    channel_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_id: Mapped[int] = mapped_column(BigInteger)
    locale: Mapped[str] = mapped_column(String(16))
    baseline: Mapped[ServerState | None]
    was_down: Mapped[bool]
    came_up: Mapped[bool]
    is_young: Mapped[bool]
    verdict: Mapped[str | None] = mapped_column(ForeignText)
    """JSON; see `bot.storage.verdicts`."""
