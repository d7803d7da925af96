"""Owns how vps.org shows a VPS: documented, flat in a list and nested in the client dialect."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.simulators.panels.vpsorg_accounts import Account, SshKey, Token
    from bot.simulators.panels.vpsorg_catalog import Location, Plan, System
    from bot.simulators.panels.vpsorg_machines import Vps

_MB = 1024**2
_GB = 1024**3


def documented(vps: Vps) -> dict[str, Any]:
    """Show it as in the documented list."""
    plan = vps.plan
    return {
        "id": vps.id,
        "name": vps.server.name,
        "hostname": vps.hostname,
        "status": vps.status,
        "ip_address": vps.address,
        "location": vps.location.code,
        "plan": {
            "id": plan.id,
            "name": plan.name,
            "vcpus": plan.vcpus,
            "memory": plan.memory,
            "storage": plan.storage,
        },
        "os": {"id": vps.system.id, "name": vps.system.name},
        "created_at": _time(vps.created_at),
        "updated_at": _time(vps.updated_at),
    }


def documented_new(vps: Vps) -> dict[str, Any]:
    """Show it as after its creation."""
    return documented(vps) | {
        "backups_enabled": vps.backups_enabled,
        "message": "Server is being provisioned. This may take 2-5 minutes.",
    }


def documented_details(vps: Vps) -> dict[str, Any]:
    """Show it whole."""
    shown = documented(vps) | {
        "ipv6_address": vps.address6,
        "backups_enabled": vps.backups_enabled,
        "resource_usage": _usage(vps) if vps.server.node.up else None,
    }
    shown["plan"]["bandwidth"] = vps.plan.bandwidth
    return shown


def documented_order(vps: Vps, message: str) -> dict[str, Any]:
    """Answer a power call."""
    server = {"id": vps.id, "name": vps.server.name, "status": vps.status}
    return {"status": "success", "message": message, "server": server}


def flat(vps: Vps) -> dict[str, Any]:
    """Show it as in the client's list."""
    return _client(vps) | {
        "location_name": vps.location.name,
        "plan_name": vps.plan.name,
        "os_name": vps.system.name,
    }


def nested(vps: Vps, *, password: str | None = None) -> dict[str, Any]:
    """Show it as in the client's details; the password comes once, after the creation."""
    shown = _client(vps) | {
        "location": {"name": vps.location.name},
        "plan": plan(vps.plan),
        "operating_system": {"name": vps.system.family},
        "operating_system_version": {"uuid": vps.system.uuid, "name": vps.system.version},
    }
    return shown if password is None else shown | {"password": password}


def plan(entry: Plan) -> dict[str, Any]:
    """Show a plan to the client."""
    return {
        "uuid": entry.uuid,
        "ram": entry.memory // 1024,
        "ram_unit": "GB",
        "cpu": entry.vcpus,
        "disk_space": entry.storage,
        "transfer": entry.bandwidth,
        "monthly_price": f"{entry.price:.2f}",
    }


def location(entry: Location) -> dict[str, Any]:
    """Show a location to the client."""
    return {
        "id": entry.id,
        "name": entry.name,
        "country_name": entry.country_name,
        "country_code": entry.country_code,
        "is_active": entry.is_active,
    }


def system(entry: System) -> dict[str, Any]:
    """Show an operating system with its one version to the client."""
    return {
        "uuid": f"{entry.uuid[:-1]}0",
        "name": entry.family,
        "versions": [{"uuid": entry.uuid, "name": entry.version}],
    }


def ssh_key(entry: SshKey) -> dict[str, Any]:
    """Show a key to the client."""
    return {"uuid": entry.uuid, "name": entry.name, "fingerprint": "SHA256:made-up"}


def me(account: Account, token: Token) -> dict[str, Any]:
    """Show who is calling."""
    return {
        "account": {
            "email": account.email,
            "first_name": "Ada",
            "last_name": "Example",
            "company_name": "",
            "created_at": "2025-01-01T00:00:00Z",
        },
        "token": {"name": token.name, "permissions": list(token.scopes)},
    }


def _client(vps: Vps) -> dict[str, Any]:
    return {
        "uuid": vps.uuid,
        "hostname": vps.hostname,
        "status": vps.status,
        "ipv4_addresses": [vps.address] if vps.address else [],
        "ipv6_addresses": [vps.address6] if vps.address6 else [],
        "deployed": vps.status != "provisioning",
        "created_at": _time(vps.created_at),
    }


def _usage(vps: Vps) -> dict[str, Any]:
    """Say what it uses: CPU in percent of the whole VPS, memory in MB, the others in GB."""
    usage = vps.server.usage()
    return {
        "cpu_percent": round(min(usage.cpu_percent / vps.plan.vcpus, 100.0), 1),
        "memory_used": min(usage.memory_bytes // _MB, vps.plan.memory),
        "disk_used": usage.disk_bytes // _GB,
        "bandwidth_used": (usage.network_rx_bytes + usage.network_tx_bytes) // _GB,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
