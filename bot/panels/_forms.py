"""What each kind asks of somebody who adds a panel, in words for people. Checks nothing.

The texts are English; whoever shows them translates them.
"""

from __future__ import annotations

from bot.domain.panels import KeyField, OptionField, PanelForm


def N_(text: str) -> str:  # noqa: N802 - the name by which gettext's tools find texts
    """Mark a text that is translated where it is shown."""
    return text


PTERODACTYL = PanelForm(
    title="Pterodactyl 1.x, Pelican",
    address="https://panel.example.com",
    keys=(
        KeyField(
            name="key",
            label=N_("Client API key"),
            hint=N_("In the panel: Account → API Credentials. Best of a user made for me."),
        ),
        KeyField(
            name="application_key",
            label=N_("Application API key, if you have one"),
            hint=N_("Only to create and delete servers: Admin → Application API."),
            is_required=False,
        ),
    ),
    options=(
        OptionField(
            name="origin",
            label=N_("Address as the nodes know it"),
            hint=N_("Only where the live console fails; without a path"),
        ),
    ),
)
PTERODACTYL_V07 = PanelForm(
    title="Pterodactyl 0.7",
    address="https://panel.example.com",
    keys=(
        KeyField(
            name="key",
            label=N_("API key of an account"),
            hint=N_("In the panel: Account API, in the menu of the account."),
        ),
    ),
)
PTERODACTYL_LEGACY = PanelForm(
    title=N_("Pterodactyl 0.4 to 0.6"),
    address="https://panel.example.com",
    keys=(
        KeyField(
            name="public_key",
            label=N_("Public key"),
            hint=N_("In the panel: Admin → API. Allow only what I shall do."),
        ),
        KeyField(
            name="secret_key",
            label=N_("Secret key"),
            hint=N_("Shown once, when the key is made."),
        ),
    ),
    options=(
        OptionField(
            name="dialect",
            label=N_("Version of the panel"),
            choices=(
                ("0.6", "0.6"),
                ("0.5", "0.5"),
                ("0.4", N_("0.4, or 0.5.0-pre.1")),
            ),
        ),
        OptionField(
            name="signed_base_url",
            label=N_("Address as the panel itself knows it"),
            hint=N_("Only behind a proxy, where every signature is refused"),
        ),
    ),
)
VPSORG = PanelForm(
    title="vps.org",
    address="https://admin.vps.org",
    keys=(
        KeyField(
            name="token",
            label=N_("API token"),
            hint=N_("Account → Developers; it begins with vps_. Reading and power are enough."),
        ),
    ),
    options=(
        OptionField(
            name="dialect",
            label=N_("How it is spoken to"),
            hint=N_("If servers are not found, take the other"),
            choices=(
                ("documented", N_("As its documentation says")),
                ("client", N_("As its own client does")),
            ),
        ),
    ),
)
CVM = PanelForm(
    title="CVM",
    address="https://cvm.example.com",
    keys=(
        KeyField(
            name="public_token",
            label=N_("Public token"),
            hint=N_("Of a pair with client access, of the user whose servers are meant."),
        ),
        KeyField(
            name="private_token",
            label=N_("Private token"),
            hint=N_("The other half of the pair."),
        ),
    ),
    options=(
        OptionField(
            name="dialect",
            label=N_("How it is spoken to"),
            choices=(
                ("auto", N_("Find out")),
                ("documented", N_("As its documentation says")),
                ("source", N_("As it was really written; without power")),
            ),
        ),
    ),
)
