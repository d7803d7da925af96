"""Owns the JSON of a message and of what hangs on it. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord import payloads
from bot.simulators.discord.interaction import InteractionKind

if TYPE_CHECKING:
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Attachment, Message

_REPLY = 19


def message(item: Message) -> dict[str, Any]:
    """Return a message object."""
    body: dict[str, Any] = {
        "id": str(item.id),
        "type": 0,
        "channel_id": str(item.channel.id),
        "author": payloads.user(item.author),
        "content": item.content,
        "timestamp": payloads.timestamp(item.created),
        "edited_timestamp": None if item.edited_at is None else payloads.timestamp(item.edited_at),
        "tts": False,
        "pinned": False,
        "flags": item.flags,
        "embeds": item.embeds,
        "components": item.components,
        "attachments": [attachment(file, ephemeral=item.ephemeral) for file in item.attachments],
        **_mentions(item),
    }
    if item.nonce is not None:
        body["nonce"] = item.nonce
    if item.interaction is not None:
        body |= _by_interaction(item, item.interaction)
    if item.reference is not None:
        body["type"] = _REPLY
        body["message_reference"] = _reference(item.reference)
    return body


def attachment(file: Attachment, *, ephemeral: bool) -> dict[str, Any]:
    """Return an attachment object."""
    body: dict[str, Any] = {
        "id": str(file.id),
        "filename": file.filename,
        "size": len(file.data),
        "url": file.url,
        "proxy_url": file.url,
        "content_type": file.content_type,
    }
    if file.description is not None:
        body["description"] = file.description
    return body | {"ephemeral": True} if ephemeral else body


def _mentions(item: Message) -> dict[str, Any]:
    guild_here = item.channel.guild
    members = guild_here.members.values() if guild_here else ()
    roles = guild_here.roles if guild_here else ()
    return {
        "mentions": [payloads.user(p.user) for p in members if p.mention in item.mentions],
        "mention_roles": [str(entry.id) for entry in roles if entry.mention in item.mentions],
        "mention_everyone": "@everyone" in item.mentions or "@here" in item.mentions,
    }


def _by_interaction(item: Message, cause: Interaction) -> dict[str, Any]:
    """Return what marks a message as the answer to an interaction; it goes through a webhook."""
    application_id = str(item.author.id)
    metadata = _metadata(cause)
    if cause.original is not None and cause.original is not item:
        metadata["original_response_message_id"] = str(cause.original.id)
    return {
        "application_id": application_id,
        "webhook_id": application_id,
        "interaction_metadata": metadata,
    }


def _metadata(cause: Interaction) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(cause.id),
        "type": int(cause.kind),
        "user": payloads.user(cause.user),
        "authorizing_integration_owners": payloads.integration_owners(cause.channel),
    }
    if cause.kind == InteractionKind.COMPONENT and cause.source is not None:
        body["interacted_message_id"] = str(cause.source.id)
    if cause.kind == InteractionKind.MODAL and cause.trigger is not None:
        body["triggering_interaction_metadata"] = _metadata(cause.trigger)
    return body


def _reference(target: Message) -> dict[str, Any]:
    body = {"type": 0, "channel_id": str(target.channel.id), "message_id": str(target.id)}
    if target.channel.guild is not None:
        body["guild_id"] = str(target.channel.guild.id)
    return body
