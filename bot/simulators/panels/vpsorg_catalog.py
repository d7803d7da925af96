"""Owns what vps.org sells: plans, systems and places. Those of document 001, and a closed one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A size of VPS: memory in MB, storage and bandwidth in GB, price in dollars a month."""

    id: int
    name: str
    vcpus: int
    memory: int
    storage: int
    bandwidth: int
    price: float

    @property
    def uuid(self) -> str:
        """Its id in the client dialect."""
        return _uuid(f"plan/{self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A version of an operating system."""

    id: int
    family: str
    version: str

    @property
    def name(self) -> str:
        """Both parts."""
        return f"{self.family} {self.version}"

    @property
    def uuid(self) -> str:
        """Its id in the client dialect."""
        return _uuid(f"os/{self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A data centre; the dialects name it by its code, or by its number."""

    id: int
    code: str
    name: str
    country_code: str
    country_name: str
    is_active: bool = True


PLANS = (
    Plan(id=1, name="Standard VPS", vcpus=2, memory=4096, storage=80, bandwidth=2048, price=10.0),
    Plan(
        id=2, name="Performance VPS", vcpus=4, memory=8192, storage=160, bandwidth=4096, price=20.0
    ),
)
SYSTEMS = (
    System(id=3, family="Debian", version="12"),
    System(id=5, family="Ubuntu", version="22.04 LTS"),
)
LOCATIONS = (
    Location(id=1, code="us-west", name="US West", country_code="US", country_name="United States"),
    Location(id=2, code="us-east", name="US East", country_code="US", country_name="United States"),
    Location(
        id=3,
        code="eu-old",
        name="EU Old",
        country_code="NL",
        country_name="Netherlands",
        is_active=False,
    ),
)


def _uuid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://vps.example/{name}"))
