"""What Discord would still act on in a text, told by rules of its own. Knows none of ours."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = (
    "<@666>", "<@!666>", "<@&666>", "@everyone", "@here", "<#666>", "</evil:666>",
    "</evil sub:666>", "<t:666:R>", "<t:666>", "<:evil:666>", "<a:evil:666>", "<id:customize>",
    "[evil](https://evil.invalid)", "https://evil.invalid", "<https://evil.invalid>",
    "steam://evil", "# evil", "### evil", "-# evil", "- evil", "* evil", "1. evil", "23) evil",
    "> evil", ">>> evil", "`evil`", "``evil``", "```evil```", "||evil||", "**evil**", "*evil*",
    "__evil__", "_evil_", "~~evil~~", "\\", "\\\\", "`", "*", "[", "](", "{evil}", "{0}",
    "%(evil)s", "\n", "\r\n", "\t", "\x00", "\x1b[31m", "\x85", "\u00a0", "\u00ad", "\u061c",
    "\u180e", "\u200b", "\u200f", "\u2028", "\u202e", "\u2066", "\u2800", "\u3000", "\u3164",
    "\ufeff", "\ud83d", "\U000e0041", " ", "evil", "😀", "服务器", "שלום",
)  # fmt: skip
"""Everything that Discord reads as more than letters, and letters between."""

INVISIBLE = (
    "", " ", "\n", "\t \r\n", "\u00a0", "\u00ad", "\u034f", "\u061c", "\u115f\u1160", "\u17b4",
    "\u180e", "\u200b\u200c\u200d", "\u202e\u202d", "\u2060\u2066", "\u2800", "\u3000", "\u3164",
    "\ufe0f", "\ufeff", "\uffa0", "\ud83d", "\x00\x7f\x9b", "\U000e0041\U000e0042", "\u0301",
)  # fmt: skip
"""Names of which nothing would be seen."""

# An escape, or a code span, whichever comes first: in both nothing is acted on.
_DEAD = re.compile(r"\\[^0-9A-Za-z\s]|(?<!`)(`+)(?!`)[\s\S]*?[^`]\1(?!`)")
_LIVE = re.compile(
    r"<@[!&]?666>|@everyone|@here|<#666>|</[^>\n]*:666>|<t:666[^>]*>|<a?:\w+:666>|<id:\w+>"
    r"|\w+://|\]\(|`|\|\|evil|(?<!\*)\*evil|\*{3,}evil|_evil|~~evil"
    r"|^(?:#{1,3}|-#|[-*]|\d+[.)]|>{1,3}) *evil",
    re.MULTILINE,
)
_MARKUP = re.compile(r"[\\*_~`|<>\[\]#]|^(?:[-+]|\d+[.)])(?=\s|$)", re.MULTILINE)


def threats(text: str) -> list[str]:
    """Return what a hostile piece would still do in a text that has markup of ours as well."""
    return [found[0] for found in _LIVE.finditer(_DEAD.sub("·", text))]


def markup(text: str) -> list[str]:
    """Return what Discord would not show as it stands, or would show over several lines."""
    spoken = _DEAD.sub("·", text)
    return [
        *threats(text),
        *(found[0] for found in _MARKUP.finditer(spoken)),
        *text.split("\n")[1:],
    ]


def unseen(text: str) -> list[str]:
    """Return characters that turn or blur the text around them."""
    return re.findall(
        r"[\x00-\x1f\x7f-\x9f\u061c\u180e\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
        r"\u3164\ufeff\U000e0000-\U000e0fff]",
        text,
    )


def hostile_texts(seed: int, count: int, *, longest: int = 8) -> Iterator[str]:
    """Yield each piece alone, then texts of several, the same ones for each seed."""
    yield from PIECES
    dice = random.Random(seed)  # noqa: S311 - must be the same in every run
    for _ in range(count):
        yield "".join(dice.choices(PIECES, k=dice.randint(2, longest)))
