"""Answers `/notify`: each subscription is one private message with its menu and buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import (
    ActionRow,
    Button,
    Container,
    DynamicItem,
    LayoutView,
    Section,
    Select,
    Separator,
    TextDisplay,
)

from bot.domain.audit import Door
from bot.domain.events import EventKind, Preset
from bot.domain.notify import NewsWish
from bot.ui.actor import actor_from
from bot.ui.errors import answering, guard, too_old
from bot.ui.i18n import Words, private_words
from bot.ui.news_place import can_write, in_the_way
from bot.ui.notify_preview import going_on, preview
from bot.ui.render import notify as render
from bot.ui.render.events import CHOICES, as_offered, event_word
from bot.ui.render.places import place
from bot.ui.render.text import label

if TYPE_CHECKING:
    import re
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from discord.ui import Item

    from bot.domain.notify import MuteWish, NamedMute, NamedSubscription
    from bot.ui.client import Client

_WORDS: dict[str, EventKind | Preset] = {word.value: word for word in (*Preset, *EventKind)}
_TEST, _REMOVE, _BACK, _UNMUTE = "trbu"
_MUTES = 3
"""So many are shown with what they keep back; `/notify list` has all."""


async def add(interaction: discord.Interaction[Client], wish: Callable[[], NewsWish]) -> None:
    """Subscribe, and show what that will look like."""
    await _think(interaction)
    service = interaction.client.services.notify
    named = await service.add(actor_from(interaction), wish, door=Door.COMMAND)
    said = private_words(interaction).gettext("From now on I tell there:")
    await _show_new(interaction, named, said)


async def edit(
    interaction: discord.Interaction[Client], number: int, wish: Callable[[], NewsWish]
) -> None:
    """Change a subscription, and show what that will look like."""
    await _think(interaction)
    service = interaction.client.services.notify
    named = await service.edit(actor_from(interaction), number, wish, door=Door.COMMAND)
    said = private_words(interaction).gettext("Changed. I tell there:")
    await _show_new(interaction, named, said)


async def remove(interaction: discord.Interaction[Client], number: int) -> None:
    """End a subscription, with a way back."""
    await _think(interaction)
    service = interaction.client.services.notify
    named = await service.remove(actor_from(interaction), number, door=Door.COMMAND)
    view = _removed(named, private_words(interaction))
    await interaction.edit_original_response(view=view)


async def test(interaction: discord.Interaction[Client], number: int) -> None:
    """Tell an example."""
    await _think(interaction)
    service = interaction.client.services.notify
    named = await service.test(actor_from(interaction), number, door=Door.COMMAND)
    await _show(interaction, named, _tested(interaction, named))


async def mute(interaction: discord.Interaction[Client], wish: Callable[[], MuteWish]) -> None:
    """Tell nothing for a while, with a way back."""
    await _think(interaction)
    service, t = interaction.client.services.notify, private_words(interaction)
    named = await service.mute(actor_from(interaction), wish, door=Door.COMMAND)
    view = LayoutView(timeout=None)
    view.add_item(mute_section(named, t))
    await interaction.edit_original_response(view=view)


async def unmute(interaction: discord.Interaction[Client], number: int) -> None:
    """Tell everything again."""
    await _think(interaction)
    service = interaction.client.services.notify
    named = await service.unmute(actor_from(interaction), number, door=Door.COMMAND)
    await interaction.edit_original_response(view=_unmuted(interaction, named))


async def open_one(interaction: discord.Interaction[Client], number: int) -> None:
    """Show one subscription in a message of its own."""
    await _think(interaction)
    service = interaction.client.services.notify
    named = await service.look(actor_from(interaction), number, door=Door.MENU)
    await _show(interaction, named, "")


class PickEvents(DynamicItem[Select[Any]], template=r"d1ne:(?P<id>[0-9]{1,9})"):
    """Chooses what a subscription tells."""

    def __init__(
        self, number: int, named: NamedSubscription | None = None, t: Words | None = None
    ) -> None:
        self.number = number
        t = t or Words()
        chosen = as_offered(named.subscription.events if named else ())
        options = [
            discord.SelectOption(
                label=label(event_word(word, t), 100),
                value=word.value,
                default=word in chosen,
                emoji="📰" if isinstance(word, Preset) else None,
            )
            for word in CHOICES
        ]
        super().__init__(
            Select(custom_id=f"d1ne:{number}", options=options, max_values=len(options))
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls(int(match["id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Choose them."""
        await guard(interaction, self._choose(interaction))

    async def _choose(self, interaction: discord.Interaction[Client]) -> None:
        data: Any = interaction.data
        picked = data["values"]
        if not all(text in _WORDS for text in picked):
            await too_old(interaction)
            return
        with answering():
            await interaction.response.defer()
        wish = NewsWish(events=frozenset(_WORDS[text] for text in picked))
        service, actor = interaction.client.services.notify, actor_from(interaction)
        named = await service.edit(actor, self.number, lambda: wish, door=Door.MENU)
        said = private_words(interaction).gettext("Changed. I tell there:")
        await _show_new(interaction, named, said)


class NewsButton(DynamicItem[Button[Any]], template=r"d1n(?P<verb>[trbu]):(?P<id>[0-9]{1,9})"):
    """Tries a subscription, removes it, brings it back; or ends a mute."""

    def __init__(self, verb: str, number: int, *, text: str = "") -> None:
        self.verb = verb
        self.number = number
        style = discord.ButtonStyle.danger if verb == _REMOVE else discord.ButtonStyle.secondary
        super().__init__(Button(label=text, custom_id=f"d1n{verb}:{number}", style=style))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(match["verb"], int(match["id"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do it."""
        await guard(interaction, self._press(interaction))

    async def _press(self, interaction: discord.Interaction[Client]) -> None:
        with answering():
            await interaction.response.defer()
        work: Callable[[discord.Interaction[Client]], Awaitable[None]] = {
            _TEST: self._test,
            _REMOVE: self._remove,
            _BACK: self._bring_back,
            _UNMUTE: self._unmute,
        }[self.verb]
        await work(interaction)

    async def _test(self, interaction: discord.Interaction[Client]) -> None:
        service = interaction.client.services.notify
        named = await service.test(actor_from(interaction), self.number, door=Door.BUTTON)
        await _show(interaction, named, _tested(interaction, named))

    async def _remove(self, interaction: discord.Interaction[Client]) -> None:
        service = interaction.client.services.notify
        named = await service.remove(actor_from(interaction), self.number, door=Door.BUTTON)
        view = _removed(named, private_words(interaction))
        await interaction.edit_original_response(view=view)

    async def _bring_back(self, interaction: discord.Interaction[Client]) -> None:
        service = interaction.client.services.notify
        # A guild that is not in the cache, as after a start, shows no role at all.
        known = [role.id for role in interaction.guild.roles] if interaction.guild else []
        named = await service.restore(
            actor_from(interaction), self.number, roles=known or None, door=Door.BUTTON
        )
        said = private_words(interaction).gettext("It is back. I tell there:")
        await _show_new(interaction, named, said)

    async def _unmute(self, interaction: discord.Interaction[Client]) -> None:
        service = interaction.client.services.notify
        named = await service.unmute(actor_from(interaction), self.number, door=Door.BUTTON)
        await interaction.edit_original_response(view=_unmuted(interaction, named))


def mute_section(named: NamedMute, t: Words) -> Section[Any]:
    """Return a mute with the button that ends it."""
    button = NewsButton(_UNMUTE, named.mute.id or 0, text=t.gettext("End it"))
    return Section(TextDisplay(render.mute_line(named, t)), accessory=button)


async def _think(interaction: discord.Interaction[Client]) -> None:
    """Acknowledge in private: the database may take its time."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)


async def _show_new(
    interaction: discord.Interaction[Client], named: NamedSubscription, said: str
) -> None:
    """Show a subscription that tells other things by now, with what of them goes on."""
    await _show(interaction, named, said, await going_on(interaction, named.subscription))


async def _show(
    interaction: discord.Interaction[Client], named: NamedSubscription, said: str, also: str = ""
) -> None:
    """Show a subscription: what it says, how that looks, and what can be done with it."""
    t, subscription = private_words(interaction), named.subscription
    found = in_the_way(interaction.guild, subscription, t)
    number = subscription.id or 0
    mutes = interaction.client.services.notify.preview.mutes_on(subscription)
    said = render.saved(named, said, found, t)
    box: Container[Any] = Container(TextDisplay(said), *_mutes(mutes, t))
    for text in filter(None, [also, preview(interaction, subscription)]):
        box.add_item(Separator())
        box.add_item(TextDisplay(text))
    box.add_item(Separator())
    box.add_item(ActionRow(PickEvents(number, named, t)))
    box.add_item(
        ActionRow(
            NewsButton(_TEST, number, text=t.gettext("Send a test")),
            NewsButton(_REMOVE, number, text=t.gettext("Remove")),
        )
    )
    view = LayoutView(timeout=None)
    view.add_item(box)
    await interaction.edit_original_response(view=view)


def _tested(interaction: discord.Interaction[Client], named: NamedSubscription) -> str:
    t, subscription = private_words(interaction), named.subscription
    if subscription.pause is not None or not can_write(interaction.guild, subscription):
        return t.gettext("A test waits in the queue, until I may write there.")
    return t.gettext("A test is on its way into the channel; it mentions nobody.")


def _removed(named: NamedSubscription, t: Words) -> LayoutView:
    said = t.gettext("I no longer tell there:")
    view = _view(f"{said}\n{render.says(named, t)}")
    button = NewsButton(_BACK, named.subscription.id or 0, text=t.gettext("Bring it back"))
    view.add_item(ActionRow(button))
    return view


def _unmuted(interaction: discord.Interaction[Client], named: NamedMute) -> LayoutView:
    t = private_words(interaction)
    where = place(named.mute.panel_id, named.mute.server_id, (named.panel, named.server), t)
    left = interaction.client.services.notify.preview.mutes_on(named.mute)
    said = t.gettext("🔔 {place}: told again from now on.")
    if left:
        said = t.gettext("🔔 {place}: this mute has ended; these still keep news back:")
    view = _view(said.format(place=where))
    for item in _mutes(left, t):
        view.add_item(item)
    return view


def _mutes(mutes: Sequence[NamedMute], t: Words) -> Iterator[Item[Any]]:
    """Return mutes, each with the button that ends it."""
    yield from (mute_section(mute, t) for mute in mutes[:_MUTES])
    if (more := len(mutes) - _MUTES) > 0:
        yield TextDisplay(f"🔇 {t.gettext('and {count} more').format(count=more)}")


def _view(text: str) -> LayoutView:
    view = LayoutView(timeout=None)
    view.add_item(TextDisplay(text))
    return view
