"""Owns the routes about channels and their messages, and the bot's permissions there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulators.discord import compose, message_payloads, payloads
from bot.simulators.discord.buckets import OLD_SECONDS
from bot.simulators.discord.entities import ChannelKind, Thread
from bot.simulators.discord.errors import Form, refusal
from bot.simulators.discord.exchange import Reply
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.exchange import Call
    from bot.simulators.discord.message import Message
    from bot.simulators.discord.state import State

_PAGE, _MAX_PAGE = 50, 100


def get_channel(state: State, call: Call) -> Reply:
    """`GET /channels/{id}`."""
    return Reply(payloads.channel(visible_channel(state, call)))


def list_messages(state: State, call: Call) -> Reply:
    """`GET /channels/{id}/messages`, newest first; without the right to the history it is empty."""
    channel = visible_channel(state, call)
    limit = call.number("limit", _PAGE)
    form = Form()
    form.whole(("limit",), limit, _MAX_PAGE, minimum=1)
    form.close()
    if not _may(channel, Permission.READ_MESSAGE_HISTORY):
        return Reply([])
    before, after = call.number("before", 1 << 63), call.number("after", 0)
    found = [item for key, item in channel.stored.items() if after < key < before]
    # `after` asks for the messages that follow, all else for the latest.
    page = found[:limit] if "after" in call.query else found[-limit:]
    return Reply([message_payloads.message(item) for item in reversed(page)])


def get_message(state: State, call: Call) -> Reply:
    """`GET /channels/{id}/messages/{id}`."""
    channel = visible_channel(state, call)
    require(channel, Permission.READ_MESSAGE_HISTORY)
    return Reply(message_payloads.message(_message(channel, call)))


def create_message(state: State, call: Call) -> Reply:
    """`POST /channels/{id}/messages`; an enforced nonce returns what was sent with it before."""
    channel = visible_channel(state, call)
    if channel.kind is ChannelKind.FORUM:
        raise refusal(50008)
    require(channel, _to_write(channel))
    _wake(channel)
    body = call.form
    if body.get("embeds"):
        require(channel, Permission.EMBED_LINKS)
    if call.uploads:
        require(channel, Permission.ATTACH_FILES)
    nonce = str(body.get("nonce") or "")
    if nonce and body.get("enforce_nonce"):
        earlier = state.message_with_nonce(state.application.bot_user, nonce)
        if earlier is not None:
            return Reply(message_payloads.message(earlier))
    reference = _reference(channel, call)
    message = compose.create(state, channel, compose.Draft(body, call.uploads))
    message.reference = reference
    if nonce:
        state.remember_nonce(message, nonce)
    return Reply(message_payloads.message(message))


def edit_message(state: State, call: Call) -> Reply:
    """`PATCH /channels/{id}/messages/{id}`: only one's own."""
    channel = visible_channel(state, call)
    message = _message(channel, call)
    if message.author is not state.application.bot_user:
        raise refusal(50005)
    if isinstance(channel, Thread) and channel.archived:
        raise refusal(50083)
    limit_old_edit(state, message)
    compose.edit(state, message, compose.Draft(call.form, call.uploads))
    return Reply(message_payloads.message(message))


def delete_message(state: State, call: Call) -> Reply:
    """`DELETE /channels/{id}/messages/{id}`: one's own, or with the right to manage messages."""
    channel = visible_channel(state, call)
    message = _message(channel, call)
    if message.author is not state.application.bot_user:
        require(channel, Permission.MANAGE_MESSAGES)
    compose.delete(message)
    return Reply()


def limit_old_edit(state: State, message: Message) -> None:
    """Apply the limit on edits of messages that are older than one hour."""
    if state.clock() - message.created > OLD_SECONDS:
        state.buckets.take_old_edit(message.channel.id)


def visible_channel(state: State, call: Call) -> Channel:
    """Return the channel that is asked for, if the bot sees it."""
    channel = state.channels.get(call.id("channel_id"))
    if channel is None:
        raise refusal(10003)
    if not _may(channel, Permission.VIEW_CHANNEL):
        raise refusal(50001)
    return channel


def _message(channel: Channel, call: Call) -> Message:
    message = channel.stored.get(call.id("message_id"))
    if message is None:
        raise refusal(10008)
    return message


def require(channel: Channel, permission: Permission) -> None:
    """Refuse what the bot has no right to."""
    if not _may(channel, permission):
        raise refusal(50013)


def _may(channel: Channel, permission: Permission) -> bool:
    return bool(channel.effective_bot_permissions & (permission | Permission.ADMINISTRATOR))


def _to_write(channel: Channel) -> Permission:
    is_thread = isinstance(channel, Thread)
    return Permission.SEND_MESSAGES_IN_THREADS if is_thread else Permission.SEND_MESSAGES


def _wake(channel: Channel) -> None:
    """Take a thread out of the archive, as whoever writes into it does."""
    if isinstance(channel, Thread) and channel.archived:
        if channel.locked and not _may(channel, Permission.MANAGE_THREADS):
            raise refusal(50083)
        channel.archive(archived=False)


def _reference(channel: Channel, call: Call) -> Message | None:
    form = Form()
    given = form.object(("message_reference",), call.form.get("message_reference"))
    form.close()
    if not given:
        return None
    wanted = str(given.get("message_id"))
    found = channel.stored.get(int(wanted)) if wanted.isdecimal() else None
    if found is None and given.get("fail_if_not_exists", True):
        form.refuse(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        form.close()
    return found
