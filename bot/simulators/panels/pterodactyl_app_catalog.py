"""Owns what a panel's admin has set up before there is any server: nests with eggs, locations.

Values as on a fresh panel 1.11. Knows no server and no HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass

LOCATION = ("rig", "Loopback rig")
"""Short and long name of the only location, which has the id 1."""
NODE_MEMORY_MB = 16384
NODE_DISK_MB = 102400
NEST = "Minecraft"
"""The only nest, which has the id 1."""
IMAGES = {
    "Java 21": "ghcr.io/pterodactyl/yolks:java_21",
    "Java 17": "ghcr.io/pterodactyl/yolks:java_17",
    "Java 16": "ghcr.io/pterodactyl/yolks:java_16",
    "Java 11": "ghcr.io/pterodactyl/yolks:java_11",
    "Java 8": "ghcr.io/pterodactyl/yolks:java_8",
}
IMAGE = IMAGES["Java 21"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What a server of an egg must, or may, be told; `rules` are words of the validator."""

    id: int
    name: str
    env: str
    default: str
    rules: str

    def refuses(self, value: object) -> str | None:
        """Return the rule that the value breaks; of the rules this panel knows three."""
        rules = self.rules.split("|")
        if value is None:
            return "required" if "required" in rules else None
        if not isinstance(value, str):
            return "string" if "string" in rules else None
        longest = next((int(rule[4:]) for rule in rules if rule.startswith("max:")), len(value))
        return "max" if len(value) > longest else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Egg:
    """A kind of game server."""

    id: int
    uuid: str
    name: str
    startup: str
    variables: tuple[Variable, ...]


VANILLA = Egg(
    id=4,
    uuid="581863f2-801b-4d0c-b8d1-eb21d5156431",
    name="Vanilla Minecraft",
    startup="java -Xms128M -XX:MaxRAMPercentage=95.0 -jar {{SERVER_JARFILE}}",
    variables=(
        Variable(
            id=1,
            name="Server Jar File",
            env="SERVER_JARFILE",
            default="server.jar",
            rules="required|string|max:20",
        ),
        Variable(
            id=2,
            name="Server Version",
            env="VANILLA_VERSION",
            default="latest",
            rules="required|string|max:20",
        ),
    ),
)
FORGE = Egg(
    id=2,
    uuid="ed072427-f209-4603-875c-f540c6dd5a65",
    name="Forge Minecraft",
    startup="java -Xms128M -XX:MaxRAMPercentage=95.0 -jar {{SERVER_JARFILE}}",
    variables=(
        Variable(
            id=7,
            name="Server Jar File",
            env="SERVER_JARFILE",
            default="server.jar",
            rules="required|string|max:20",
        ),
        Variable(
            id=8,
            name="Minecraft Version",
            env="MC_VERSION",
            default="latest",
            rules="required|string|max:9",
        ),
        Variable(
            id=9,
            name="Build Type",
            env="BUILD_TYPE",
            default="recommended",
            rules="required|string|max:20",
        ),
        Variable(
            id=10,
            name="Forge Version",
            env="FORGE_VERSION",
            default="",
            rules="nullable|string|max:25",
        ),
    ),
)
PAPER = Egg(
    id=5,
    uuid="3c0d1b5f-8a1e-4a1e-9f57-0f6f6d1f7a11",
    name="Paper",
    startup="java -Xms128M -XX:MaxRAMPercentage=95.0 -Dterminal.jline=false"
    " -Dterminal.ansi=true -jar {{SERVER_JARFILE}}",
    variables=(
        Variable(
            id=3,
            name="Minecraft Version",
            env="MINECRAFT_VERSION",
            default="latest",
            rules="nullable|string|max:20",
        ),
        Variable(
            id=4,
            name="Server Jar File",
            env="SERVER_JARFILE",
            default="server.jar",
            rules="required|string|max:20",
        ),
        Variable(id=5, name="Download Path", env="DL_PATH", default="", rules="nullable|string"),
        Variable(
            id=6,
            name="Build Number",
            env="BUILD_NUMBER",
            default="latest",
            rules="required|string|max:20",
        ),
    ),
)
EGGS = {egg.id: egg for egg in (FORGE, VANILLA, PAPER)}
