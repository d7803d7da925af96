"""What our kinds of panel call their fields, in the reader's words. Knows no kind.

A label that is not listed here, such as the name of a panel's own variable, stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.administration import Field
    from bot.ui.i18n import Words


def field_label(field: Field, t: Words) -> str:
    """Return the label of a field."""
    return t.gettext(field.label) if field.label in _LABELS else field.label


def N_(text: str) -> str:  # noqa: N802 - the name by which gettext's tools find texts
    """Mark a text that is translated where it is shown."""
    return text


_LABELS = frozenset(
    {
        N_("Address"),
        N_("Addresses at most"),
        N_("Addresses to add"),
        N_("Addresses to add, ip:port"),
        N_("Addresses to remove, ip:port"),
        N_("Addresses to take away"),
        N_("Any node and address there"),
        N_("Backups"),
        N_("Backups at most"),
        N_("Block IO weight, 10 to 1000"),
        N_("CPU in percent of a core"),
        N_("CPU in percent of a core, 0 unlimited"),
        N_("Cores to run on, such as 0-1,3"),
        N_("Databases at most"),
        N_("Default address"),
        N_("Default address, ip:port"),
        N_("Description"),
        N_("Disk in MB"),
        N_("Disk in MB, 0 unlimited"),
        N_("E-mail of the owner"),
        N_("Egg"),
        N_("Free address"),
        N_("Host name"),
        N_("IP address, in place of an allocation"),
        N_("Id in another system"),
        N_("Id of the new server"),
        N_("Image"),
        N_("Location"),
        N_("Location (its code)"),
        N_("Make a new token for the node"),
        N_("May run out of memory"),
        N_("Memory in MB"),
        N_("Memory in MB, 0 unlimited"),
        N_("More addresses"),
        N_("Name"),
        N_("Name of that image"),
        N_("Node"),
        N_("Operating system"),
        N_("Operating system (its number)"),
        N_("Or any node at these locations"),
        N_("Owner"),
        N_("Plan"),
        N_("Plan (its number)"),
        N_("Port of that address"),
        N_("SSH key (its number)"),
        N_("SSH keys"),
        N_("Service"),
        N_("Service option"),
        N_("Skip the installation script"),
        N_("Start command"),
        N_("Start it when it is installed"),
        N_("Swap in MB, -1 unlimited"),
        N_("Take another image"),
        N_("There, an IP address of its own"),
        N_("There, one of these ports"),
        N_("Variables"),
        N_("Variables of the service option"),
    }
)
