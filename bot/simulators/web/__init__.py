"""The demo page: a make-believe Discord client in the browser, served on loopback.

Owns no state when imported. Refuses to know anything of the bot that is talked to.
`docs/demo-page.md` is the interface between the page and this package.
"""

from bot.simulators.web.page import DemoPage
from bot.simulators.web.switches import ShownPanel

__all__ = ["DemoPage", "ShownPanel"]
