"""Owns the JSON of what there is: users, guilds, channels, the application. Decides nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import permissions
from bot.simulators.discord.entities import ChannelKind, Thread

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel, Guild, Member, Role, User
    from bot.simulators.discord.state import Application

_REQUIRE_TAG = 1 << 4


def timestamp(seconds: float) -> str:
    """Return a time as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def user(account: User) -> dict[str, Any]:
    """Return a user object."""
    return {
        "id": str(account.id),
        "username": account.name.lower().replace(" ", "."),
        "global_name": None if account.bot else account.name,
        "discriminator": "0",
        "avatar": None,
        "bot": account.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def me(account: User) -> dict[str, Any]:
    """Return the bot's own account."""
    return user(account) | {
        "mfa_enabled": True,
        "locale": account.locale,
        "verified": True,
        "email": None,
    }


def application(app: Application, *, guild_count: int) -> dict[str, Any]:
    """Return the application as its own bot sees it."""
    return {
        "id": str(app.id),
        "name": app.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(app.bot_user),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "owner": user(app.owner),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    }


def role(item: Role) -> dict[str, Any]:
    """Return a role object."""
    return {
        "id": str(item.id),
        "name": item.name,
        "permissions": str(int(item.permissions)),
        "position": item.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": item.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def member(person: Member) -> dict[str, Any]:
    """Return a guild member object."""
    return {
        "user": user(person.user),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(item.id) for item in person.roles],
        "joined_at": timestamp(person.joined),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def channel_event(event: str, item: Channel) -> dict[str, Any]:
    """Return what an event says of a channel or thread."""
    if event == "THREAD_CREATE":
        return channel(item) | {"newly_created": True}
    body = channel(item)
    if event == "THREAD_DELETE":
        return {key: body[key] for key in ("id", "guild_id", "parent_id", "type")}
    return body


def channel(item: Channel) -> dict[str, Any]:
    """Return a channel object."""
    newest = max(item.stored, default=None)
    common = {
        "id": str(item.id),
        "flags": 0,
        "last_message_id": None if newest is None else str(newest),
    }
    if item.guild is None:
        recipients = [user(item.recipient)] if item.recipient else []
        return common | {"type": 1, "recipients": recipients}
    if isinstance(item, Thread):
        return common | _thread(item, item.guild)
    if item.kind is ChannelKind.FORUM:
        common |= _forum(item)
    return common | {
        "type": int(item.kind),
        "guild_id": str(item.guild.id),
        "name": item.name,
        "position": item.guild.channels.index(item) if item in item.guild.channels else 0,
        "permission_overwrites": _overwrites(item),
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "rate_limit_per_user": 0,
    }


def _forum(item: Channel) -> dict[str, Any]:
    return {
        "flags": _REQUIRE_TAG if item.needs_tag else 0,
        "available_tags": [
            {
                "id": str(key),
                "name": name,
                "moderated": key in item.moderated_tags,
                "emoji_id": None,
                "emoji_name": None,
            }
            for key, name in item.tags.items()
        ],
        "default_reaction_emoji": None,
        "default_sort_order": None,
        "default_forum_layout": 0,
        "template": "",
    }


def _thread(item: Thread, where: Guild) -> dict[str, Any]:
    count = len(item.stored)
    return {
        "type": int(item.kind),
        "guild_id": str(where.id),
        "parent_id": str(item.parent.id),
        "owner_id": str(item.owner_id),
        "name": item.name,
        "rate_limit_per_user": 0,
        "message_count": count,
        "member_count": 1,
        "total_message_sent": count,
        "applied_tags": [str(tag) for tag in item.applied_tags],
        "thread_metadata": {
            "archived": item.archived,
            "archive_timestamp": timestamp(item.created),
            "auto_archive_duration": 1440,
            "locked": item.locked,
            "create_timestamp": timestamp(item.created),
        },
    }


def guild(item: Guild) -> dict[str, Any]:
    """Return a guild object."""
    return {
        "id": str(item.id),
        "name": item.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(item.owner_id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(entry) for entry in item.roles],
        "default_message_notifications": 1,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": item.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(item: Guild) -> dict[str, Any]:
    """Return what a bot without the members intent learns of a guild: all but the other members."""
    return guild(item) | {
        "joined_at": timestamp(item.bot.joined),
        "large": False,
        "member_count": len(item.members),
        "members": [member(item.bot)],
        "channels": [channel(entry) for entry in item.channels],
        "threads": [channel(each) for entry in item.channels for each in _active(entry)],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "hub_type": None,
    }


def _active(item: Channel) -> list[Thread]:
    return [thread for thread in item.threads if not thread.archived]


def integration_owners(where: Channel) -> dict[str, str]:
    """Return by whom the application was installed: 0 is a guild, and "0" a direct message."""
    return {"0": str(where.guild.id) if where.guild else "0"}


def _overwrites(item: Channel) -> list[dict[str, Any]]:
    """Write the bot's special rights as the overwrite that gives it exactly these."""
    if item.bot_permissions is None or item.guild is None:
        return []
    allow = int(item.bot_permissions)
    deny = permissions.ALL & ~allow
    return [{"id": str(item.guild.bot.id), "type": 1, "allow": str(allow), "deny": str(deny)}]
