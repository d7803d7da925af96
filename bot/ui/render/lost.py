"""What admins are told of channels that nothing can be written in. Tells nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.news import Pause

if TYPE_CHECKING:
    from bot.ui.i18n import Words


def news(channel_id: int, pause: Pause, t: Words) -> str:
    """Return what admins are told of a channel that news cannot be told in."""
    texts = {
        Pause.CHANNEL_GONE: t.gettext(
            "⚠️ I cannot post news in {channel} any more: it was deleted. Nothing is lost: what "
            "happens waits until the subscription is given another channel with `/notify edit`."
        ),
        Pause.NOT_ALLOWED: t.gettext(
            "⚠️ I cannot post news in {channel} any more: I may not see it or write there. "
            "Nothing is lost: what happens waits until I may again, which takes **View Channel** "
            "and **Send Messages** (in a thread **Send Messages in Threads**). `/notify edit` "
            "chooses another channel."
        ),
        Pause.REFUSED: t.gettext(
            "⚠️ Discord takes no news in {channel}, whatever I write: AutoMod may block me, a forum "
            "may demand a tag and have none for me, or too many threads may be open. Nothing is "
            "lost: what happens waits. I try again every few minutes; `/notify edit` chooses "
            "another channel."
        ),
    }
    return texts[pause].format(channel=f"<#{channel_id}>")


def board(channel_id: int, pause: Pause, t: Words) -> str:
    """Return what admins are told of a channel that boards cannot be kept up in."""
    texts = {
        Pause.CHANNEL_GONE: t.gettext(
            "⚠️ The channel of a board is gone: its servers are shown nowhere now. "
            "`/board move` shows them in another channel, `/board remove` ends the board."
        ),
        Pause.NOT_ALLOWED: t.gettext(
            "⚠️ I may not write in {channel} any more: the board there is out of date. "
            "It goes on as soon as I can see that channel and send messages there; "
            "`/board move` shows it in another channel, `/board remove` ends it."
        ),
        Pause.REFUSED: t.gettext(
            "⚠️ Discord takes no message of the board in {channel}, whatever it says: its servers "
            "are not shown there. `/board refresh` tries again, `/board move` shows it in another "
            "channel, `/board remove` ends it."
        ),
    }
    return texts[pause].format(channel=f"<#{channel_id}>")
