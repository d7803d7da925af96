"""What came out when a panel was tried, as a check list in words. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.trials import Finding, Mark
from bot.ui.render.panel_errors import pause_of
from bot.ui.render.text import duration

if TYPE_CHECKING:
    from bot.domain.trials import Result, Trial
    from bot.ui.i18n import Words

_SIGNS = {Mark.GOOD: "✅", Mark.WARNING: "⚠️", Mark.BAD: "❌"}


def check_list(trial: Trial, t: Words) -> str:
    """Return a line for each check; what is not well says what to do."""
    return "\n".join(f"{_SIGNS[result.mark]} {_words(result, t)}" for result in trial.results)


def _words(result: Result, t: Words) -> str:
    if result.finding is Finding.SERVERS:
        shown = t.ngettext("It shows {count} server.", "It shows {count} servers.", result.count)
        return shown.format(count=result.count)
    if result.finding is Finding.TOO_MANY_REQUESTS:
        return t.gettext(
            "It is getting too many requests to try the key just now. Try again in {time}."
        ).format(time=duration(pause_of(result.retry_after)))
    tables = (_address(t), _certificate(t), _key(t), _reach(t))
    return next(table[result.finding] for table in tables if result.finding in table)


def _address(t: Words) -> dict[Finding, str]:
    return {
        Finding.ANSWERS: t.gettext("It answers."),
        Finding.NO_ADDRESS: t.gettext(
            "That is no address. Give it like `https://panel.example.com`, without a user, a "
            "password, `?` and `#`."
        ),
        Finding.NOT_PUBLIC: t.gettext(
            "That is no public address, so I do not connect to it. "
            "The person who runs this bot can allow its network."
        ),
        Finding.NO_HOST: t.gettext(
            "There is no host of that name. Look for a slip of the pen in the address."
        ),
        Finding.NO_CONNECTION: t.gettext(
            "Nothing takes my connection there. Look at the host, the port, and whether it is "
            "`http` or `https`; perhaps a firewall keeps me out."
        ),
        Finding.TOO_SLOW: t.gettext(
            "It did not answer in time. Try again in a few minutes; "
            "perhaps a firewall keeps me out."
        ),
        Finding.FAILS: t.gettext(
            "The panel is there, but it is failing at the moment. Try again in a few minutes."
        ),
        Finding.NO_PANEL: t.gettext(
            "Something answers there, but not a panel of this kind. "
            "Look at the address, the port, and whether kind and version are the right ones."
        ),
        Finding.NO_PANEL_HERE: t.gettext(
            "Something answers there, but not a panel of this kind. "
            "Leave out what comes after the name of the host, and see whether the kind is right."
        ),
        Finding.REDIRECTS: t.gettext(
            "It sends me on to another address. Give the one that your browser shows, "
            "beginning with `https://`."
        ),
        Finding.BAD_OPTION: t.gettext(
            "One of the other fields cannot be right. An address begins with `https://` and has "
            "nothing after the name of the host."
        ),
    }


def _certificate(t: Words) -> dict[Finding, str]:
    return {
        Finding.CERTIFICATE: t.gettext("Its certificate is valid."),
        Finding.BAD_CERTIFICATE: t.gettext(
            "Its certificate is not valid for that address, or there is no `https` at all. "
            "Mend the certificate; without `https`, begin the address with `http://`."
        ),
        Finding.NO_CERTIFICATE: t.gettext(
            "The connection is not encrypted: whoever is on the way can read the key. "
            "Use `https://` if the panel has it."
        ),
    }


def _key(t: Words) -> dict[Finding, str]:
    return {
        Finding.KEY: t.gettext("It accepts the key."),
        Finding.KEY_OF_MEMBER: t.gettext(
            "It accepts the key, which is the client key of an ordinary user."
        ),
        Finding.KEY_OF_ADMIN: t.gettext(
            "It accepts the key, which is the client key of an admin of the panel."
        ),
        Finding.NO_KEY: t.gettext(
            "A key is missing, or has characters that no key has. Copy it again."
        ),
        Finding.KEY_REFUSED: t.gettext(
            "It refuses the key. Copy it again as a whole, and see in the panel whether the key "
            "may be used from other addresses only."
        ),
        Finding.KEY_OF_OTHER_API: t.gettext(
            "That is an application key. Make a client key: in the panel, Account → API "
            "Credentials."
        ),
        Finding.KEY_TOO_WEAK: t.gettext(
            "The key is good, but may not list servers. Give it that right in the panel."
        ),
        Finding.ADMIN_KEY: t.gettext("It accepts the application key."),
        Finding.ADMIN_KEY_REFUSED: t.gettext(
            "It refuses the application key. The key must be an admin's and may read servers; "
            "or leave it out."
        ),
    }


def _reach(t: Words) -> dict[Finding, str]:
    return {
        Finding.NO_SERVERS: t.gettext(
            "It shows no server yet. Invite the key's user to your servers in the panel; "
            "they appear here by themselves."
        ),
        Finding.SERVERS_LATER: t.gettext(
            "It is getting too many requests to list its servers now. "
            "They appear here by themselves in a while."
        ),
        Finding.REACHES_ALL: t.gettext(
            "The key can do more than you need: it reaches every server of the panel. "
            "If you can, use one that reaches yours alone."
        ),
        Finding.CHANGES_SERVERS: t.gettext(
            "The key can also create and delete servers. "
            "If nobody shall do that from here, use one that cannot."
        ),
    }
