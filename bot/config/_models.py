"""The keys of `config.yaml`, their types and defaults. Knows no panel's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationInfo,
    model_validator,
)

from bot.config import _values
from bot.config._references import Source, resolve, secret


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class DiscordConfig(_Model):
    """How Discord is reached; without addresses it is Discord itself."""

    token: Annotated[SecretStr, secret("discord")]
    api_url: Annotated[str, AfterValidator(_values.discord_api)] | None = None
    gateway_url: Annotated[str, AfterValidator(_values.discord_gateway)] | None = None
    sync_commands: Literal["auto", "always", "never"] = "auto"


class PanelConfig(_Model):
    """One panel with one set of credentials."""

    id: str = Field(pattern="^[a-z0-9-]{1,32}$")
    name: str = Field(min_length=1, max_length=100)
    kind: str
    base_url: Annotated[str, AfterValidator(_values.panel_address)]
    credentials: Mapping[str, Annotated[SecretStr, secret("panels")]]
    guilds: frozenset[Annotated[int, BeforeValidator(_values.guild_id)]] = frozenset()
    poll_seconds: float = Field(default=60.0, ge=5, strict=True, allow_inf_nan=False)
    background_share: float = Field(default=0.4, gt=0, le=1, allow_inf_nan=False, strict=True)
    verify_tls: Annotated[bool | str, BeforeValidator(_values.verify_tls)] = True
    options: Mapping[str, object] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _named(cls, panel: object) -> object:
        if isinstance(panel, dict) and "id" in panel:
            return {"name": panel["id"], **panel}
        return panel


class AuditConfig(_Model):
    """How long is kept what people did."""

    keep_days: int = Field(default=90, ge=1, strict=True)


class HttpConfig(_Model):
    """Where operators' tools see how the bot does; without an address nowhere."""

    listen: Annotated[_values.Address, BeforeValidator(_values.address)] | None = None


def _database(value: object, info: ValidationInfo) -> str:
    source = Source.of(info)
    if not isinstance(value, str):
        value = resolve(value, "database_url", source=source)
    elif _values.split(value).password:
        raise ValueError("holds a password: give all of it as {env: NAME} or {file: PATH}")
    return _values.database_url(value or _values.DEFAULT_DATABASE, source.folder)


def _secret_key(value: object, info: ValidationInfo) -> tuple[str, ...]:
    source = Source.of(info)
    return _values.secret_keys(resolve(value, "secret_key", source=source, is_several=True))


class Config(_Model):
    """All of `config.yaml`, with its secrets in place."""

    discord: DiscordConfig
    secret_key: Annotated[tuple[SecretStr, ...], BeforeValidator(_secret_key)] = ()
    """The master keys, newest first; without one, it is kept in `key_file`."""
    database_url: Annotated[str, BeforeValidator(_database)] = Field(
        default=_values.DEFAULT_DATABASE, validate_default=True, repr=False
    )
    migrate_on_start: bool = Field(default=True, strict=True)
    panels: tuple[PanelConfig, ...] = ()
    allow_networks: tuple[Annotated[_values.Network, BeforeValidator(_values.network)], ...] = ()
    """Which networks beside the public ones the panels added from Discord may be in."""
    audit: AuditConfig = AuditConfig()
    http: HttpConfig = HttpConfig()
    _key_file: Path = PrivateAttr()

    def model_post_init(self, context: object) -> None:
        """Note where the configuration lies; `load` gives that along."""
        if isinstance(context, Source):
            self._key_file = _values.key_file(self.database_url, context.folder)

    @property
    def key_file(self) -> Path:
        """Where the master key is kept that nobody has given."""
        return self._key_file


def secret_values(config: Config) -> frozenset[str]:
    """Return every secret that was read, for redaction."""
    password = urlsplit(config.database_url).password or ""
    values = {config.discord.token.get_secret_value(), password, unquote(password)}
    values.update(key.get_secret_value() for key in config.secret_key)
    for panel in config.panels:
        values.update(value.get_secret_value() for value in panel.credentials.values())
    return frozenset(values - {""})
