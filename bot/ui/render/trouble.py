"""Why a panel cannot be read, in words. Names neither addresses nor keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.incidents import Trouble

if TYPE_CHECKING:
    from bot.ui.i18n import Words


def panel_trouble(trouble: str | None, t: Words) -> str:
    """Return a sentence without its end, in which `{name}` stands for the panel's name."""
    texts: dict[str | None, str] = {
        Trouble.NO_ANSWER: t.gettext("The panel **{name}** does not answer"),
        Trouble.KEY_REFUSED: t.gettext("The panel **{name}** refuses my key"),
        Trouble.NO_RIGHT: t.gettext("The panel **{name}** does not let my key see its servers"),
        Trouble.NONSENSE: t.gettext("The panel **{name}** answers what makes no sense"),
        Trouble.ADDRESS: t.gettext("The panel **{name}** is at an address that is not allowed"),
    }
    return texts.get(trouble) or t.gettext("The panel **{name}** does not list its servers")
