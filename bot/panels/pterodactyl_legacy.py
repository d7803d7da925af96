"""Pterodactyl before 0.7, by the admin API with signed requests: servers, power, administration.

Shows nothing and stores nothing. The three generations 0.4, 0.5 and 0.6 have little in common but
their keys (document 003 describes 0.4), so the dialect must be named: `_legacy_v05` and
`_legacy_v06` have the endpoints, `_legacy_signature` the signature.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import (
    OutcomeUnknown,
    PanelConflict,
    PanelError,
    PanelInvalid,
    PanelProtocolError,
    PanelRefused,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.servers import Capability, PowerAction, Server, ServerRef, ServerState
from bot.domain.shared_calls import SharedCalls
from bot.panels._errors import parsing
from bot.panels._http import PanelHttp
from bot.panels._ids import NUMBER, check_id
from bot.panels._legacy_choices import Choices
from bot.panels._legacy_reads import Reads
from bot.panels._legacy_signature import Signed
from bot.panels._legacy_v05 import Api
from bot.panels._legacy_v06 import V06, console_call
from bot.panels._settings import check_address, one_of
from bot.panels._values import refuse_unknown, refuse_without

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.administration import Field
    from bot.panels._connections import Connections
    from bot.panels._errors import Call
    from bot.panels._legacy_dialect import Dialect, Values
    from bot.panels._settings import PanelSettings

_log = logging.getLogger(__name__)

_DIALECTS = ("0.4", "0.5", "0.6")


class PterodactylLegacy:
    """A `CommandPanel` and `AdminPanel`. Server ids are the panel's numbers, as texts."""

    kind = "pterodactyl_legacy"

    def __init__(self, http: PanelHttp, dialect: Dialect) -> None:
        self.panel_id = http.panel_id
        self.capabilities = dialect.capabilities
        self._http = http
        self._dialect = dialect
        self._reads = Reads(http, dialect)
        self._choices = Choices(
            http, root=dialect.root, is_by_node=dialect.lists_allocations_by_node
        )
        self._shared: SharedCalls[Server] = SharedCalls()

    @classmethod
    def open(cls, settings: PanelSettings, connections: Connections) -> PterodactylLegacy:
        """Make one from its settings."""
        dialect = _dialect(settings.options)
        auth = Signed(
            settings.credentials["public_key"],
            settings.credentials["secret_key"],
            base_url=settings.base_url,
            signed_base_url=str(settings.options.get("signed_base_url", settings.base_url)),
        )
        return cls(PanelHttp(settings, connections, auth=auth, manners=dialect.manners), dialect)

    @staticmethod
    def check_options(options: Mapping[str, object]) -> None:
        """Raise `SettingsError` for options that cannot work."""
        _dialect(options)
        if "signed_base_url" in options:
            check_address("options.signed_base_url", options["signed_base_url"])

    async def list_servers(self) -> Sequence[Server]:
        """Return all servers of the panel; one that cannot be read hides no other."""
        return await self._reads.list_servers()

    async def get_server(self, server_id: str) -> Server:
        """Return one server; callers who ask at the same time share the answer."""
        return await self._shared.get(server_id, partial(self._reads.get_server, server_id))

    async def power(self, server_id: str, action: PowerAction) -> None:
        """Order it; the panel accepts it also where it has no effect."""
        self._require(Capability(action))
        uuid = await self._reads.uuid_of(server_id)
        await self._order(server_id, self._dialect.power(server_id, uuid, action=action))

    async def send_command(self, server_id: str, command: str) -> None:
        """Write one line to the console, which only 0.6 passes on."""
        self._require(Capability.COMMAND)
        uuid = await self._reads.uuid_of(server_id)
        await self._order(server_id, console_call(server_id, uuid, line=command))

    async def fields(
        self, action: Capability, server_id: str | None, **_chosen: object
    ) -> Sequence[Field]:
        """Return what an action asks for, with present values and what the panel lists."""
        self._require(action)
        columns = {} if server_id is None else await self._reads.columns(server_id)
        return await self._choices.filled(self._dialect.fields(action, columns), columns)

    async def create(self, values: Values) -> Server:
        """Create a server; the panel begins to install it."""
        self._refuse_unknown(Capability.CREATE, values)
        refuse_without(self.panel_id, values, needed=self._dialect.needed_to_create)
        answer = await self._http.exchange(self._dialect.create(values))
        with parsing(self.panel_id, "a new server", action="create"):
            server_id = self._dialect.read_created(answer)
        return await self._written(server_id, values)

    async def update(self, server_id: str, values: Values, *, replace: bool) -> Server:
        """Change what it is called and whose it is, and return the server."""
        action = Capability.REPLACE if replace else Capability.UPDATE
        self._require(action)
        self._refuse_unknown(action, values)
        whole = await self._whole(server_id, values, replace=replace)
        try:
            await self._write(server_id, self._dialect.update(server_id, whole))
        except OutcomeUnknown:
            # The server itself knows: 0.6 saves and then answers 500.
            if not await self._has(server_id, whole):
                raise
        return await self._written(server_id, values)

    async def build(self, server_id: str, values: Values) -> Server:
        """Change limits and addresses, and return the server."""
        self._require(Capability.BUILD)
        self._refuse_unknown(Capability.BUILD, values)
        await self._write(server_id, self._dialect.build(server_id, values))
        return await self._written(server_id, values)

    async def suspend(self, server_id: str) -> None:
        """Take the server out of use."""
        await self._write(server_id, self._dialect.suspend(server_id, word="suspend"))

    async def unsuspend(self, server_id: str) -> None:
        """Let it be used again."""
        await self._write(server_id, self._dialect.suspend(server_id, word="unsuspend"))

    async def delete(self, server_id: str, *, force: bool) -> None:
        """Delete it; 0.5 only takes note, and does it some ten minutes later."""
        await self._write(server_id, self._dialect.delete(server_id, force=force))

    async def _order(self, server_id: str, call: Call) -> None:
        try:
            await self._http.request(call)
        except (OutcomeUnknown, PanelProtocolError) as error:
            # 0.5 answers 500 while a server is suspended, and 404 without a word for one it lacks.
            if await self._is_suspended(server_id):
                raise PanelConflict(self.panel_id, ServerState.SUSPENDED) from error
            raise

    async def _is_suspended(self, server_id: str) -> bool:
        try:
            return (await self._reads.get_server(server_id)).state is ServerState.SUSPENDED
        except ServerNotFound:
            raise
        except PanelError:
            return False

    async def _write(self, server_id: str, call: Call) -> None:
        check_id(self.panel_id, server_id, form=NUMBER)
        try:
            await self._http.request(call)
        except PanelInvalid:
            raise
        except PanelRefused as refusal:
            # Only questions are answered with 404; the refusal of an order may mean the same.
            if await self._is_gone(server_id):
                raise ServerNotFound(self.panel_id, server_id) from refusal
            raise

    async def _whole(self, server_id: str, values: Values, *, replace: bool) -> Values:
        """Return what to send: 0.6 takes all details at once, and empties what it is not sent."""
        details = self._dialect.details
        if replace:
            refuse_without(self.panel_id, values, needed=details.keys() - {"description"})
            return {**details, **values}
        if not details:
            return values
        columns = await self._reads.columns(server_id)
        return {name: columns.get(name) or empty for name, empty in details.items()} | {**values}

    async def _has(self, server_id: str, values: Values) -> bool:
        """Whether the server has these values for certain."""
        try:
            columns = await self._reads.columns(server_id)
        except ServerNotFound:
            raise
        except PanelError:
            return False
        # An empty text comes back as null.
        return all((columns.get(name) or "") == (value or "") for name, value in values.items())

    async def _is_gone(self, server_id: str) -> bool:
        try:
            await self._reads.columns(server_id)
        except ServerNotFound:
            return True
        except PanelError:
            pass
        return False

    async def _written(self, server_id: str, values: Values) -> Server:
        """Return the server after a write that has worked, whatever becomes of reading it."""
        try:
            # Not an answer that others share: that may have been asked for before the write.
            return await self._reads.get_server(server_id)
        except PanelError as error:
            _log.info("panel %s cannot show server %s: %s", self.panel_id, server_id, error)
        return Server(
            ref=ServerRef(self.panel_id, server_id),
            name=str(values.get("name", server_id)),
            state=ServerState.UNKNOWN,
            observed_at=self._http.clock.now(),
        )

    def _refuse_unknown(self, action: Capability, values: Values) -> None:
        known = {field.name for field in self._dialect.fields(action, {})}
        if "env" in known:
            # The panel's own names of variables, which a form gathers below `env`.
            known |= {name for name in values if name.startswith("env_")}
        refuse_unknown(self.panel_id, values, known=known)

    def _require(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise UnsupportedAction(capability.value, kind=self.kind)


def _dialect(options: Mapping[str, object]) -> Dialect:
    name = one_of(options, "dialect", _DIALECTS)
    return V06() if name == "0.6" else Api(reaches_nodes=name == "0.5")
