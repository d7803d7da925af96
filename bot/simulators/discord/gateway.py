"""Owns the gateway protocol: HELLO, IDENTIFY, RESUME, heartbeats, close codes. Makes no events."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.discord import payloads
from bot.simulators.discord.connection import Connection
from bot.simulators.discord.sessions import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulators.discord.entities import Guild
    from bot.simulators.discord.state import State

_MAX_PAYLOAD = 4096
_MAX_SENDS, _SENDS_SECONDS = 120, 60.0
_HEARTBEAT_SECONDS = 41.25
_ALL_INTENTS = (1 << 26) - 1
_PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
_ENDS_SESSION = (1000, 1001)


class Op(IntEnum):
    """Discord's opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


@dataclass(frozen=True, slots=True)
class GatewayRecord:
    """One payload, `send` or `receive` as seen from the bot; tokens are left out."""

    direction: str
    payload: dict[str, Any]


class Gateway:
    """Accepts connections and hands events to sessions."""

    def __init__(self, state: State, record: Callable[[GatewayRecord], None]) -> None:
        self.privileged_intents = 0
        self.refusing = False
        self._state = state
        self._record = record
        self._sessions: dict[str, Session] = {}
        self._peers: set[_Peer] = set()
        state.emit = self.emit

    @property
    def connected(self) -> bool:
        """Whether a bot is connected and ready."""
        return any(session.send for session in self._sessions.values())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        if self.refusing:
            raise web.HTTPServiceUnavailable
        peer = _Peer(self, self._state, request)
        self._peers.add(peer)
        try:
            return await peer.connection.run(
                peer.greet, peer.receive, silence=_HEARTBEAT_SECONDS * 1.5
            )
        finally:
            self._peers.discard(peer)
            self._leave(peer)

    def emit(self, event: str, body: dict[str, Any], guild: Guild | None) -> None:
        """Send an event to every session whose shard it concerns."""
        for session in self._sessions.values():
            if session.owns(guild):
                session.dispatch(event, body)

    def close_connections(self, code: int) -> None:
        """Close every connection."""
        for peer in self._peers:
            peer.connection.close(code)

    def abort(self) -> None:
        """Cut every connection."""
        for peer in self._peers:
            peer.connection.abort()

    def ask_reconnect(self) -> None:
        """Send op 7 to everybody."""
        for peer in self._peers:
            peer.send(Op.RECONNECT, None)

    def invalidate(self, *, resumable: bool) -> None:
        """Send op 9 to everybody."""
        for peer in self._peers:
            peer.reject_session(resumable=resumable)

    def start_session(self, peer: _Peer, shard: tuple[int, int] | None) -> None:
        """Answer an IDENTIFY: READY, then every guild of the shard."""
        session = Session(shard)
        self._sessions[session.id] = session
        self._state.identifies += 1
        guilds = [guild for guild in self._state.guilds.values() if session.owns(guild)]
        app = self._state.application
        body: dict[str, Any] = {
            "v": 10,
            "user": payloads.me(app.bot_user),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self._state.gateway_url,
            "application": {"id": str(app.id), "flags": 0, "flags_new": "0"},
        }
        if shard is not None:
            body["shard"] = list(shard)
        self._join(peer, session)
        session.dispatch("READY", body)
        for guild in guilds:
            session.dispatch("GUILD_CREATE", payloads.guild_create(guild) | {"unavailable": False})

    def resume_session(self, peer: _Peer, session_id: Any, sequence: int) -> None:
        """Answer a RESUME: what was missed, then RESUMED."""
        session = self._sessions.get(session_id)
        if session is not None and sequence > session.sequence:
            peer.connection.close(4007)
            return
        missed = session.missed(sequence) if session is not None else None
        if session is None or missed is None:
            peer.reject_session(resumable=False)
            return
        self._join(peer, session)
        for payload in missed:
            peer.deliver(payload)
        session.dispatch("RESUMED", {})

    def forget(self, session: Session) -> None:
        """End a session for good."""
        self._sessions.pop(session.id, None)

    def note(self, direction: str, payload: dict[str, Any]) -> None:
        """Record a payload, with its token covered."""
        body = payload.get("d")
        if payload["op"] in (Op.IDENTIFY, Op.RESUME) and isinstance(body, dict):
            payload = payload | {"d": body | {"token": "[removed]"}}
        self._record(GatewayRecord(direction, payload))
        self._state.pulse.beat()

    def _join(self, peer: _Peer, session: Session) -> None:
        for other in self._peers:
            if other.session is session and other is not peer:
                other.session = None
                other.connection.abort()
        peer.session = session
        session.send = peer.deliver

    def _leave(self, peer: _Peer) -> None:
        if peer.session is None:
            return
        peer.session.send = None
        if peer.connection.left_with in _ENDS_SESSION:
            self.forget(peer.session)
        self._state.pulse.beat()


class _Peer:
    """The protocol on one connection."""

    def __init__(self, gateway: Gateway, state: State, request: web.Request) -> None:
        self.connection = Connection(request)
        self.session: Session | None = None
        self._gateway = gateway
        self._state = state
        self._version = request.query.get("v", "10")
        self._sent: deque[float] = deque(maxlen=_MAX_SENDS)

    def greet(self) -> None:
        """Say HELLO."""
        self.send(Op.HELLO, {"heartbeat_interval": int(_HEARTBEAT_SECONDS * 1000)})

    def send(self, op: Op, body: Any) -> None:
        """Send what is no event."""
        self.deliver({"op": int(op), "s": None, "t": None, "d": body})

    def deliver(self, payload: dict[str, Any]) -> None:
        """Send a whole payload."""
        self._gateway.note("receive", payload)
        self.connection.send(payload)

    def reject_session(self, *, resumable: bool) -> None:
        """Say that the session is invalid, and forget it unless it may be resumed."""
        if self.session is not None and not resumable:
            self._gateway.forget(self.session)
        self.send(Op.INVALID_SESSION, resumable)

    def receive(self, text: str) -> None:
        """Handle one payload of the bot, or close with the code that it deserves."""
        code = self._refusal(text) or self._handle(json.loads(text))
        if code is not None:
            self.connection.close(code)

    def _refusal(self, text: str) -> int | None:
        now = self._state.clock()
        if len(self._sent) == _MAX_SENDS and now - self._sent[0] < _SENDS_SECONDS:
            return 4008
        self._sent.append(now)
        try:
            payload = json.loads(text)
        except ValueError:
            return 4002
        if len(text.encode()) > _MAX_PAYLOAD or not isinstance(payload, dict):
            return 4002
        if "op" not in payload:
            return 4002
        self._gateway.note("send", payload)
        return None

    def _handle(self, payload: dict[str, Any]) -> int | None:
        body = payload.get("d")
        match payload["op"]:
            case Op.HEARTBEAT:
                self.send(Op.HEARTBEAT_ACK, None)
                return None
            case Op.IDENTIFY | Op.RESUME if self.session is not None:
                return 4005
            case Op.IDENTIFY:
                return self._identify(body if isinstance(body, dict) else {})
            case Op.RESUME:
                return self._resume(body if isinstance(body, dict) else {})
            case Op.PRESENCE:
                return 4003 if self.session is None else None
            case _:
                return 4001

    def _identify(self, body: dict[str, Any]) -> int | None:
        shard, intents = body.get("shard"), body.get("intents")
        if body.get("token") != self._state.token:
            return 4004
        if self._version not in ("9", "10"):
            return 4012
        if not isinstance(intents, int) or not 0 <= intents <= _ALL_INTENTS:
            return 4013
        if intents & _PRIVILEGED & ~self._gateway.privileged_intents:
            return 4014
        if shard is not None and not _is_shard(shard):
            return 4010
        self._gateway.start_session(self, tuple(shard) if shard else None)
        return None

    def _resume(self, body: dict[str, Any]) -> int | None:
        if body.get("token") != self._state.token:
            return 4004
        sequence = body.get("seq")
        if not isinstance(sequence, int):
            return 4007
        self._gateway.resume_session(self, body.get("session_id"), sequence)
        return None


def _is_shard(value: Any) -> bool:
    match value:
        case [int() as number, int() as count]:
            return 0 <= number < count
    return False
