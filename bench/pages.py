"""How quickly Today answers: `python -m bench.pages [--promises N] [--owed SHARE]`, p95 of 100 requests a view.

The rows are simulated (one seed, the same rows): promises of a firm with four sites and forty agents, a share of them
still owed. Server time is that of the whole request in Django's test client: sign-in, read, template. DATABASE_URL
chooses the database; the seeded home is kept in the temporary folder (or GOODWILL_HOME) and used again.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figures import Figure

MOST_MS = 100
NOW = datetime.now(UTC).replace(microsecond=0)
BATCH = 5_000
REQUESTS = 100
VIEWS = {
    "everyone": "/?whose=everyone",
    "mine": "/?whose=mine",
    "unit": "/?whose=unit",
    "external": "/?whose=everyone&kind=external",
    "internal": "/?whose=everyone&kind=internal",
    "promises": "/promises/",
    "promises_all": "/promises/?state=all",
    "promises_silent": "/promises/?state=broken_silent",
    "promises_late": "/promises/?standing=late",
}


def measure() -> list[Figure]:
    """Today and the list of promises, each under 100 ms at the 95th percentile; three runs, the middle one."""
    runs = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-m", "bench.pages"], capture_output=True, text=True, check=True)
        runs.append(json.loads(done.stdout)["p95_ms"])
    figures = []
    for person, views in runs[0].items():
        for view in views:
            p95 = statistics.median(run[person][view] for run in runs)
            figures.append(Figure(f"{view}, {person}: p95 {p95:.0f} ms", MOST_MS / p95, "x 100 ms", at_least=1.0))
    return figures


def main() -> None:
    """Seed when needed, measure, print one JSON line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--promises", type=int, default=100_000)
    asked.add_argument("--owed", type=float, default=0.4)
    wanted = asked.parse_args()
    folder = Path(tempfile.gettempdir()) / f"goodwill-pages-{wanted.promises}-{wanted.owed}"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("GOODWILL_HOME", str(folder))

    from goodwill.cli.opening import open_house

    open_house()
    people = seed(wanted.promises, wanted.owed)
    print(
        json.dumps({"promises": wanted.promises, "owed": wanted.owed, "cores": os.cpu_count(), "p95_ms": ask(people)})
    )


def seed(count: int, share_owed: float) -> dict[str, Any]:
    """Fill an empty house; the people whose Today is measured: the head, an agent with work, one without."""
    from goodwill.domain.roles import Role
    from goodwill.store import models as rows

    if not rows.Firm.objects.exists():
        _fill(rows, Role, count, share_owed)
    names = {"head": "Head", "agent": "Agent 0", "idle": "Idle"}
    return {key: rows.Person.objects.get_queryset().get(name=name) for key, name in names.items()}


def _fill(rows: Any, role: Any, count: int, share_owed: float) -> None:
    from django.db import connection

    made = random.Random(11)
    rows.Firm.objects.create(id=1, name="Bench", currency="EUR", zone="Europe/Berlin", created_at=NOW)
    sites = [rows.Site.objects.create(name=n, mode="store", zone="Europe/Berlin") for n in ("N", "S", "E", "W")]
    units = []
    for site in sites:
        own = rows.Customer.objects.create(kind="unit", name=f"Unit {site.name}", created_at=NOW)
        unit = rows.Unit.objects.create(name=f"Unit {site.name}", customer=own)
        unit.sites.add(site)
        units.append(unit)
    agents = []
    for n in range(40):
        agent = rows.Person.objects.create_person(f"a{n}@bench.example", f"Agent {n}", at=NOW)
        rows.Assignment.objects.create(person=agent, role=role.AGENT.value, unit=units[n % 4])
        agents.append(agent)
    idle = rows.Person.objects.create_person("idle@bench.example", "Idle", at=NOW)
    rows.Assignment.objects.create(person=idle, role=role.AGENT.value, unit=units[0])
    head = rows.Person.objects.create_person("head@bench.example", "Head", at=NOW)
    rows.Assignment.objects.create(person=head, role=role.HEAD.value)
    customers = rows.Customer.objects.bulk_create(
        [
            rows.Customer(
                kind="person", name=f"Customer {n}", site=sites[n % 4], owner=agents[n % 40], created_at=NOW,
                last_heard_at=NOW - timedelta(minutes=made.randrange(500_000)),
            )
            for n in range(count * 2 // 3)
        ],
        BATCH,
    )  # fmt: skip
    for first in range(0, count, BATCH):
        rows.Promise.objects.bulk_create(
            [
                _promise(rows, made, customers, sites, units, agents, share_owed)
                for _ in range(min(BATCH, count - first))
            ]
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _promise(
    rows: Any, made: random.Random, customers: Any, sites: Any, units: Any, agents: Any, share_owed: float
) -> Any:
    place = made.randrange(len(customers))
    customer = units[made.randrange(4)].customer if made.random() < 0.02 else customers[place]
    is_owed = made.random() < share_owed
    due = NOW + timedelta(minutes=made.randrange(-400_000, 60_000 if is_owed else 0))
    late = due < NOW
    outcome = ("broken_silent" if late else "open") if is_owed else made.choice(["kept"] * 9 + ["broken_silent"])
    by_person = made.random() < 0.7
    return rows.Promise(
        customer=customer, kind="answer", what="answer the letter", site=sites[place % 4],
        person=agents[place % 40] if by_person else None, unit=None if by_person else units[place % 4],
        made_at=due - timedelta(days=3), zone="Europe/Berlin", late_rule="moment", target_kind="moment",
        promised_at=due, promised_on=due.date(), due_at=due, outcome=outcome,
        standing=("late" if late else "on_time") if is_owed else "", settled_at=None if is_owed else due,
        money_waiting_minor=made.randrange(100_000), currency="EUR",
    )  # fmt: skip


def ask(people: dict[str, Any]) -> dict[str, dict[str, float]]:
    """p95 of each view for each person, in milliseconds."""
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    found: dict[str, dict[str, float]] = {}
    for key, person in people.items():
        client = Client()
        client.force_login(person)
        found[key] = {name: _p95(client, address) for name, address in VIEWS.items()}
    return found


def _p95(client: Any, address: str) -> float:
    client.get(address)
    taken = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        answer = client.get(address)
        taken.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)
    return round(statistics.quantiles(taken, n=20)[18], 1)


if __name__ == "__main__":
    main()
