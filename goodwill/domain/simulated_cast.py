"""Who is in the simulated firm: its sites with their truth, its units, its staff, its customers."""

from datetime import datetime, timedelta

from goodwill.domain.customers import CustomerKind
from goodwill.domain.dice import Dice
from goodwill.domain.interactions import Channel
from goodwill.domain.roles import Role
from goodwill.domain.simulated_firm import (
    SimulatedCustomer,
    SimulatedPerson,
    SimulatedTouchpoint,
    SimulatedUnit,
    SiteFacts,
)
from goodwill.domain.simulated_words import ENGLISH, HUNGARIAN, RUSSIAN, TONGUES, Tongue
from goodwill.domain.sites import Mode

ZONE = "Europe/Budapest"
HOUSE = "lanternandlarch.example"
ACCOUNTING, LOGISTICS = 4, 5

UNITS = (
    SimulatedUnit("Showroom", (0,)),
    SimulatedUnit("Wholesale", (1,)),
    SimulatedUnit("Web shop", (2,)),
    SimulatedUnit("Workshop", (3,)),
    SimulatedUnit("Accounting", ()),
    SimulatedUnit("Logistics", ()),
)

SITES = (
    SiteFacts(
        name="Showroom, Bartók Béla út",
        mode=Mode.STORE,
        zone=ZONE,
        unit=0,
        orders_a_day=1.4,
        lead_days=(2, 7),
        carriers={"Own van": (0.6, 0.07), "Collected": (0.4, 0.03)},
        share_warned=0.70,
        categories=("Table lamps", "Pendants", "Furniture"),
    ),
    SiteFacts(
        name="Wholesale",
        mode=Mode.WHOLESALE,
        zone=ZONE,
        unit=1,
        orders_a_day=1.1,
        lead_days=(4, 12),
        carriers={"Danube Freight": (0.7, 0.10), "Own van": (0.3, 0.05)},
        share_warned=0.55,
        categories=("Bulbs and parts", "Pendants", "Outdoor"),
    ),
    SiteFacts(
        name="Web shop",
        mode=Mode.WEB_SHOP,
        zone="Europe/London",
        unit=2,
        orders_a_day=2.6,
        lead_days=(3, 9),
        carriers={"Parcel Swift": (0.65, 0.14), "Danube Freight": (0.35, 0.06)},
        share_warned=0.20,
        categories=("Table lamps", "Outdoor", "Bulbs and parts"),
    ),
    SiteFacts(
        name="Repairs and fitting",
        mode=Mode.SERVICE,
        zone=ZONE,
        unit=3,
        orders_a_day=0.9,
        lead_days=(3, 14),
        carriers={"Own fitter": (1.0, 0.17)},
        share_warned=0.40,
        categories=("Work",),
    ),
)

PEOPLE = tuple(
    SimulatedPerson(name, f"{email}@{HOUSE}", language, role, unit)
    for name, email, language, role, unit in (
        ("Eleanor Ashdown", "head", "en", Role.HEAD, None),
        ("Мария Кленовская", "admin", "ru", Role.ADMINISTRATOR, None),
        ("Szőke Réka", "reka", "hu", Role.SHOP_MANAGER, 0),
        ("Bálint Dénes", "denes", "hu", Role.AGENT, 0),
        ("Hazel Quill", "hazel", "en", Role.AGENT, 0),
        ("Глеб Озеров", "gleb", "ru", Role.ACCOUNT_MANAGER, 1),
        ("Imogen Vance", "imogen", "en", Role.ACCOUNT_MANAGER, 1),
        ("Juhász Csilla", "csilla", "hu", Role.AGENT, 2),
        ("Зоя Чайкина", "zoya", "ru", Role.AGENT, 2),
        ("Lőrinc Tímár", "lorinc", "hu", Role.AGENT, 3),
        ("Felix Rosewarne", "felix", "en", Role.AGENT, 3),
        ("Борис Тихонов", "boris", "ru", Role.BACK_OFFICE, 4),
        ("Dorothy Hollis", "dorothy", "en", Role.BACK_OFFICE, 4),
        ("Révész Imre", "imre", "hu", Role.LOGISTICS, 5),
        ("Матвей Снегирёв", "matvey", "ru", Role.LOGISTICS, 5),
    )
)

TOUCHPOINTS = (
    SimulatedTouchpoint(
        "Showroom counter", Channel.IN_PERSON, 2, 0, ("counter", "samples", "price labels"), ("welcome", "advice")
    ),
    SimulatedTouchpoint("Showroom telephone", Channel.PHONE, 3, 0, (), ("voice", "being called back")),
    SimulatedTouchpoint("Wholesale orders by e-mail", Channel.EMAIL, 5, 1, ("order form",), ("speed of the answer",)),
    SimulatedTouchpoint("Visit to a trade customer", Channel.IN_PERSON, 6, 1, ("catalogue",), ("knowledge",)),
    SimulatedTouchpoint("Web shop chat", Channel.CHAT, 7, 2, ("chat window",), ("tone", "patience")),
    SimulatedTouchpoint("Web shop e-mail", Channel.EMAIL, None, 2, ("order confirmation",), ("clearness",)),
    SimulatedTouchpoint("Parcel at the door", Channel.DELIVERY, None, 2, ("box", "leaflet"), ("care in packing",)),
    SimulatedTouchpoint("Fitter at home", Channel.IN_PERSON, 9, 3, ("shoe covers", "tools"), ("politeness",)),
    SimulatedTouchpoint("Workshop telephone", Channel.PHONE, None, 3, (), ("being called back",)),
    SimulatedTouchpoint("Invoice", Channel.INVOICE, 12, None, ("letter",), ("clearness",)),
)

TAGS = ("VIP", "Építész", "Постоянный клиент", "Slow payer")
_POSITIONS = {"en": "Buyer", "ru": "Закупщик", "hu": "Beszerző"}


def staff_of(unit: int) -> list[int]:
    """The people of a unit."""
    return [number for number, person in enumerate(PEOPLE) if person.unit == unit]


def customers_of(dice: Dice, at: datetime) -> list[SimulatedCustomer]:
    """Some 500 people and organisations with their contact people, mixed in three languages."""
    customers: list[SimulatedCustomer] = []
    for site, many in ((0, 130), (2, 200), (3, 90)):
        for _ in range(many):
            customers.append(_person(dice, at, len(customers), site))
    for tongue in TONGUES:
        for name, key in tongue.firms:
            organisation = len(customers)
            customers.append(_organisation(dice, at, organisation, tongue, name, key))
            for _ in range(dice.randint(1, 2)):
                customers.append(_person(dice, at, len(customers), 1, tongue, (organisation,), key))
    # One person speaks for two organisations, as happens.
    last = customers[-1]
    first = next(number for number, c in enumerate(customers) if c.kind is CustomerKind.ORGANISATION)
    customers[-1] = _with_second(last, first)
    return customers


def _with_second(person: SimulatedCustomer, organisation: int) -> SimulatedCustomer:
    from dataclasses import replace

    return replace(person, speaks_for=(*person.speaks_for, organisation))


def _person(
    dice: Dice,
    at: datetime,
    number: int,
    site: int,
    tongue: Tongue | None = None,
    speaks_for: tuple[int, ...] = (),
    key: str = "",
) -> SimulatedCustomer:
    tongue = tongue or dice.choice(
        (HUNGARIAN, HUNGARIAN, ENGLISH, RUSSIAN) if site != 2 else (ENGLISH, HUNGARIAN, RUSSIAN)
    )
    is_woman = dice.random() < 0.5
    given, given_latin = dice.choice(tongue.women if is_woman else tongue.men)
    man, woman, family_latin = dice.choice(tongue.families)
    family = woman if is_woman else man
    name = f"{family} {given}" if tongue.is_family_first else f"{given} {family}"
    domain = f"{key}.example" if key else "post.example"
    return _customer(
        dice,
        at,
        number,
        tongue,
        kind=CustomerKind.PERSON,
        name=name,
        site=site,
        email=f"{given_latin}.{family_latin}{number}@{domain}",
        speaks_for=speaks_for,
        position=_POSITIONS[tongue.language] if speaks_for else "",
    )


def _organisation(dice: Dice, at: datetime, number: int, tongue: Tongue, name: str, key: str) -> SimulatedCustomer:
    return _customer(
        dice,
        at,
        number,
        tongue,
        kind=CustomerKind.ORGANISATION,
        name=name,
        site=1,
        email=f"office@{key}.example",
        own={"credit_days": dice.choice(("14", "30", "60"))},
    )


def _customer(
    dice: Dice,
    at: datetime,
    number: int,
    tongue: Tongue,
    *,
    kind: CustomerKind,
    name: str,
    site: int,
    email: str,
    speaks_for: tuple[int, ...] = (),
    position: str = "",
    own: dict[str, str] | None = None,
) -> SimulatedCustomer:
    staff = staff_of(SITES[site].unit)
    city, postcode = dice.choice(tongue.cities)
    owned = site == 1 or dice.random() < 0.3
    owner = staff[number % len(staff)] if owned else None
    return SimulatedCustomer(
        kind=kind,
        name=name,
        number=f"K-{number + 1001}",
        language=tongue.language,
        site=site,
        owner=owner,
        deputy=staff[(number + 1) % len(staff)] if owner is not None and dice.random() < 0.6 else None,
        created_at=at - timedelta(days=dice.randint(366, 900), minutes=dice.randint(0, 600)),
        email=email,
        phone=f"{tongue.prefix}{number % 10_000:04d}",
        street=f"{dice.choice(tongue.streets)} {dice.randint(1, 90)}",
        city=city,
        postcode=postcode,
        country=tongue.country,
        speaks_for=speaks_for,
        position=position,
        tags=(dice.randint(0, len(TAGS) - 1),) if dice.random() < 0.15 else (),
        own=own or ({"card": f"L{dice.randint(100_000, 999_999)}"} if dice.random() < 0.4 else {}),
    )
