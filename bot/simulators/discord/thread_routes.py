"""Owns the routes that begin posts in forums and change threads. Knows no messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulators.discord import compose, message_payloads, payloads
from bot.simulators.discord.channel_routes import require, visible_channel
from bot.simulators.discord.entities import ChannelKind, Thread
from bot.simulators.discord.errors import Form, refusal
from bot.simulators.discord.exchange import Reply
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from bot.simulators.discord.exchange import Call
    from bot.simulators.discord.state import State

_POST = frozenset(
    {"name", "auto_archive_duration", "rate_limit_per_user", "applied_tags", "message", "type"}
)
_CHANGES = frozenset(
    {"name", "archived", "locked", "auto_archive_duration", "rate_limit_per_user", "applied_tags"}
)
_DURATIONS = (60, 1440, 4320, 10080)


def create_post(state: State, call: Call) -> Reply:
    """`POST /channels/{id}/threads` in a forum; the first message has the id of its thread."""
    forum = visible_channel(state, call)
    if forum.kind is not ChannelKind.FORUM:
        raise refusal(50024)
    require(forum, Permission.SEND_MESSAGES)
    body = call.form
    form = Form()
    form.known((), body, _POST)
    form.text(("name",), body.get("name"), 100, minimum=1)
    if body.get("auto_archive_duration") is not None:
        form.choice(("auto_archive_duration",), body["auto_archive_duration"], _DURATIONS)
    form.whole(("rate_limit_per_user",), body.get("rate_limit_per_user"), 21600)
    tags = form.ids(("applied_tags",), body.get("applied_tags"), 5)
    first = form.object(("message",), body.get("message"))
    if not first:
        form.required(("message",))
    form.close()
    if forum.needs_tag and not set(tags) & forum.tags.keys():
        raise refusal(40067)
    if forum.moderated_tags.intersection(tags):
        require(forum, Permission.MANAGE_THREADS)
    draft = compose.Draft(first, call.uploads, ("message",))
    thread, message = compose.create_post(state, forum, body["name"], draft)
    thread.applied_tags = tags
    state.announce(thread)
    return Reply(
        payloads.channel(thread) | {"message": message_payloads.message(message)}, is_new=True
    )


def edit_channel(state: State, call: Call) -> Reply:
    """`PATCH /channels/{id}` of a thread: taken out of the archive by whoever may write there."""
    thread = visible_channel(state, call)
    if not isinstance(thread, Thread):
        raise refusal(50024)
    body = call.form
    form = Form()
    form.known((), body, _CHANGES)
    form.close()
    opens = body == {"archived": False} and not thread.locked
    needed = Permission.SEND_MESSAGES_IN_THREADS if opens else Permission.MANAGE_THREADS
    require(thread, needed)
    thread.archive(
        archived=bool(body.get("archived", thread.archived)),
        locked=bool(body.get("locked", thread.locked)),
    )
    return Reply(payloads.channel(thread))
