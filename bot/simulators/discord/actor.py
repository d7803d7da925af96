"""Owns what people can do: use commands, press buttons, choose, fill in forms, write.

Refuses, with `RefusedError`, whatever Discord's client would not let them do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord import interaction_payloads, modal_rules, options
from bot.simulators.discord.components import LINK_STYLE, Kind
from bot.simulators.discord.entities import Channel, Member, Role, User
from bot.simulators.discord.errors import RefusedError
from bot.simulators.discord.interaction import Interaction, InteractionKind
from bot.simulators.discord.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.simulators.discord.message import Button, Select
    from bot.simulators.discord.state import State

_THINGS: Mapping[Kind, tuple[type[Member | User | Role | Channel], ...]] = {
    Kind.USER_SELECT: (Member, User),
    Kind.ROLE_SELECT: (Role,),
    Kind.MENTIONABLE_SELECT: (Member, User, Role),
    Kind.CHANNEL_SELECT: (Channel,),
}


class Actor:
    """The verbs. Each that waits returns once the bot has answered, or three seconds are over."""

    def __init__(self, state: State) -> None:
        self._state = state

    def offered(self, member: Member | User, channel: Channel) -> list[dict[str, Any]]:
        """Return the commands that a member is offered in a channel, as registered."""
        return options.offered(self._state, member, channel)

    def options(
        self, member: Member | User, channel: Channel, command: str
    ) -> dict[str, dict[str, Any]]:
        """Return the options of a command such as `server restart`, as registered, by name."""
        return options.pick(self._state, member, channel, command).options

    async def slash(
        self,
        member: Member | User,
        channel: Channel,
        command: str,
        values: Mapping[str, Any] | None = None,
    ) -> Interaction:
        """Use a command such as `server restart`; people, roles and channels go as objects."""
        picked = options.pick(self._state, member, channel, command)
        given = values or {}
        data = picked.data(options.filled(picked, given))
        things = [value for value in given.values() if hasattr(value, "mention")]
        if things:
            data["resolved"] = interaction_payloads.resolved(things)
        return await self._interact(
            Interaction(
                self._state, InteractionKind.COMMAND, actor=member, channel=channel, data=data
            )
        )

    async def autocomplete(
        self,
        member: Member | User,
        channel: Channel,
        command: str,
        option: str,
        typed: str,
        others: Mapping[str, Any] | None = None,
    ) -> list[tuple[str, Any]]:
        """Type into an option and return the suggestions, as name and value.

        Raises `TimeoutError` if none come within three seconds.
        """
        picked = options.pick(self._state, member, channel, command)
        registered = picked.options.get(option)
        if registered is None or not registered.get("autocomplete"):
            raise RefusedError(f"{option} has no suggestions")
        focused = {"type": registered["type"], "name": option, "value": typed, "focused": True}
        data = picked.data([*options.half_filled(picked, others or {}), focused])
        interaction = await self._interact(
            Interaction(
                self._state, InteractionKind.AUTOCOMPLETE, actor=member, channel=channel, data=data
            )
        )
        if interaction.choices is None:
            raise TimeoutError("Loading options failed")
        return interaction.choices

    async def click(self, member: Member | User, message: Message, button: str) -> Interaction:
        """Press a button, named by its label or its custom id."""
        _check_visible(member, message)
        found = _button(message, button)
        data = {"component_type": int(Kind.BUTTON), "custom_id": found.custom_id, "id": found.id}
        return await self._on_component(member, message, data)

    async def select(
        self,
        member: Member | User,
        message: Message,
        custom_id: str,
        values: Sequence[str | Member | User | Role | Channel],
    ) -> Interaction:
        """Choose in a menu: values of its options, or people, roles, channels as objects."""
        _check_visible(member, message)
        found = _select(message, custom_id, values)
        chosen = [value if isinstance(value, str) else str(value.id) for value in values]
        data = {
            "component_type": int(found.kind),
            "custom_id": custom_id,
            "id": found.id,
            "values": chosen,
        }
        if found.kind != Kind.STRING_SELECT:
            things = [value for value in values if not isinstance(value, str)]
            data["resolved"] = interaction_payloads.resolved(things)
        return await self._on_component(member, message, data)

    async def submit(
        self, member: Member | User, opened: Interaction, values: Mapping[str, Any]
    ) -> Interaction:
        """Send the form that an interaction has opened; fields not given stay as they are."""
        if opened.modal is None or opened.actor.id != member.id:
            raise RefusedError("There is no form open for this member")
        data = modal_rules.filled(opened.modal, values)
        interaction = await self._interact(
            Interaction(
                self._state,
                InteractionKind.MODAL,
                actor=member,
                channel=opened.channel,
                data=data,
                cause=opened,
            )
        )
        if interaction.acknowledged:
            opened.modal = None  # The form closes once it went through.
        return interaction

    def say(self, member: Member, channel: Channel, text: str) -> Message:
        """Write a message; a bot without the messages intent learns nothing of it."""
        message = Message(
            self._state.next_id(), channel, member.user, self._state.clock(), content=text
        )
        channel.stored[message.id] = message
        self._state.pulse.beat()
        return message

    async def _on_component(
        self, member: Member | User, message: Message, data: dict[str, Any]
    ) -> Interaction:
        return await self._interact(
            Interaction(
                self._state,
                InteractionKind.COMPONENT,
                actor=member,
                channel=message.channel,
                data=data,
                cause=message,
            )
        )

    async def _interact(self, interaction: Interaction) -> Interaction:
        self._state.interactions[interaction.token] = interaction
        body = interaction_payloads.interaction_create(self._state, interaction)
        self._state.emit("INTERACTION_CREATE", body, interaction.channel.guild)
        await interaction.settle()
        return interaction


def _check_visible(member: Member | User, message: Message) -> None:
    if not message.visible_to(member):
        raise RefusedError("This member does not see the message")


def _button(message: Message, wanted: str) -> Button:
    found = [b for b in message.buttons if wanted in (b.label, b.custom_id)]
    if not found:
        raise RefusedError(f"No button {wanted!r}; there are {[b.label for b in message.buttons]}")
    button = found[0]
    if len(found) > 1:
        raise RefusedError(f"{len(found)} buttons are called {wanted!r}; name one by its custom id")
    if button.disabled:
        raise RefusedError(f"The button {wanted!r} is disabled")
    if button.style == LINK_STYLE:
        raise RefusedError(f"The button {wanted!r} is a link")
    return button


def _select(message: Message, custom_id: str, values: Sequence[Any]) -> Select:
    found = next((item for item in message.selects if item.custom_id == custom_id), None)
    if found is None or found.disabled:
        raise RefusedError(f"There is no menu {custom_id!r}, or it is disabled")
    if not found.min_values <= len(values) <= found.max_values:
        raise RefusedError(f"{found.min_values} to {found.max_values} values may be chosen")
    wanted = _THINGS.get(found.kind)
    if wanted is not None and not all(isinstance(value, wanted) for value in values):
        raise RefusedError(f"The menu does not offer {values}")
    offered = [value for _, value in found.options]
    if found.kind == Kind.STRING_SELECT and not set(values) <= set(offered):
        raise RefusedError(f"The menu does not offer {values}; it offers {offered}")
    return found
