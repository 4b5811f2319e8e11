"""Who is in the simulated firm: its sites with their truth, its units, its staff, its customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

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
        share=0.25,
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
        share=0.10,
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
        share=0.45,
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
        share=0.20,
        lead_days=(3, 14),
        carriers={"Own fitter": (1.0, 0.17)},
        share_warned=0.40,
        categories=("Work", "Bulbs and parts"),
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


STAFF = [[number for number, person in enumerate(PEOPLE) if person.unit == unit] for unit in range(len(UNITS))]
"""The people of each unit."""
TONGUE_OF = {tongue.language: tongue for tongue in TONGUES}
_AT_HOME = (HUNGARIAN, HUNGARIAN, ENGLISH, RUSSIAN)
_FIRMS = [(tongue, firm) for tongue in TONGUES for firm in tongue.firms]
T = TypeVar("T")


def draw_person(
    dice: Dice,
    number: int,
    created_at: datetime,
    site: int,
    speaks_for: tuple[int, ...] = (),
    *,
    organisation: SimulatedCustomer | None = None,
) -> SimulatedCustomer:
    """A person, in one of three languages; the contact person of an organisation speaks its language."""
    if organisation is None:
        among = (ENGLISH, HUNGARIAN, RUSSIAN) if SITES[site].mode is Mode.WEB_SHOP else _AT_HOME
        tongue = among[int(dice.random() * len(among))]
    else:
        tongue = TONGUE_OF[organisation.language]
    is_woman = dice.random() < 0.5
    given, given_latin = _one(dice, tongue.women if is_woman else tongue.men)
    man, woman, family_latin = _one(dice, tongue.families)
    family = woman if is_woman else man
    domain = organisation.email.partition("@")[2] if organisation else "post.example"
    return _customer(
        dice,
        number,
        tongue,
        kind=CustomerKind.PERSON,
        name=f"{family} {given}" if tongue.is_family_first else f"{given} {family}",
        site=site,
        created_at=created_at,
        email=f"{given_latin}.{family_latin}{number}@{domain}".lower(),
        speaks_for=speaks_for,
        position=_POSITIONS[tongue.language] if organisation else "",
    )


def draw_organisation(dice: Dice, number: int, created_at: datetime, site: int, nth: int | None) -> SimulatedCustomer:
    """An organisation; the first ones (`nth` from 0) bear names of their own, the others (None) that of a family."""
    if nth is not None and nth < len(_FIRMS):
        tongue, (name, key) = _FIRMS[nth]
    else:
        tongue = _one(dice, TONGUES)
        family, _, latin = _one(dice, tongue.families)
        name, key = _one(dice, tongue.names_of_firms).format(family), f"{latin}{number}"
    return _customer(
        dice,
        number,
        tongue,
        kind=CustomerKind.ORGANISATION,
        name=name,
        site=site,
        created_at=created_at,
        email=f"office@{key}.example".lower(),
        own={"credit_days": _one(dice, ("14", "30", "60"))},
    )


def _one(dice: Dice, among: Sequence[T]) -> T:
    return among[int(dice.random() * len(among))]


def _customer(
    dice: Dice,
    number: int,
    tongue: Tongue,
    *,
    kind: CustomerKind,
    name: str,
    site: int,
    created_at: datetime,
    email: str,
    speaks_for: tuple[int, ...] = (),
    position: str = "",
    own: dict[str, str] | None = None,
) -> SimulatedCustomer:
    random = dice.random
    staff = STAFF[SITES[site].unit]
    city, postcode = _one(dice, tongue.cities)
    is_owned = SITES[site].mode is Mode.WHOLESALE or random() < 0.3
    owner = staff[number % len(staff)] if is_owned else None
    if own is None:
        own = {"card": f"L{100_000 + int(random() * 900_000)}"} if random() < 0.4 else {}
    return SimulatedCustomer(
        kind=kind,
        name=name,
        number=f"K-{number + 1001}",
        language=tongue.language,
        site=site,
        owner=owner,
        deputy=staff[(number + 1) % len(staff)] if owner is not None and random() < 0.6 else None,
        created_at=created_at,
        email=email,
        phone=f"+{int(tongue.prefix[1:] + '0000') + number}",
        street=f"{_one(dice, tongue.streets)} {1 + int(random() * 90)}",
        city=city,
        postcode=postcode,
        country=tongue.country,
        speaks_for=speaks_for,
        position=position,
        tags=(int(random() * len(TAGS)),) if random() < 0.15 else (),
        own=own,
    )
