"""Sites, units and people over the API: the numbers that bodies name, as far as the same person sees them in pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from goodwill.domain.roles import RIGHTS, May, Role
from goodwill.domain.tokens import Access
from goodwill.reads import choices, promises
from goodwill.store.people import Person
from goodwill.store.sites import Site
from tests.api.programs import Program
from tests.cast import Cast, make_person, make_unit

Counting = Callable[[int], AbstractContextManager[Any]]
LISTS = ("sites", "units", "people")


def names(person: Person, path: str) -> set[str]:
    """What a program of this person reads in one of the lists."""
    answer = Program(person, Access.READ_FIRM).get(path)
    assert answer.status_code == 200, answer.content
    found = [one["name"] for one in answer.json()["items"]]
    assert len(found) == len(set(found)), "somebody is listed twice"
    return set(found)


def closed(cast: Cast) -> Person:
    """A mate of the agent whose account was closed."""
    gone = make_person("gone@vektor.example", "Gabi Gone", (Role.AGENT, cast.shop_unit))
    Person.objects.get_queryset().filter(pk=gone.pk).update(is_active=False)
    return gone


def test_a_site_of_the_list_is_one_that_a_body_may_name(cast: Cast) -> None:
    program = Program(cast.agent)
    site = program.get("sites").json()["items"][0]
    assert site == {"id": cast.shop.pk, "name": "Shop", "zone": "Europe/Berlin", "is_active": True}
    added = program.post("customers", {"kind": "person", "name": "Nina New", "site_id": site["id"]})
    assert (added.status_code, added.json()["site_id"]) == (201, cast.shop.pk)


def test_a_person_and_a_unit_of_the_lists_may_owe(cast: Cast) -> None:
    program = Program(cast.head)
    body = {"customer_id": cast.buyer.pk, "kind": "call", "what": "call back", "due": {"seconds": 3600}}
    for path, field in (("people", "person_id"), ("units", "unit_id")):
        for row in program.get(path).json()["items"]:
            made = program.post("promises", body | {field: row["id"]})
            assert (made.status_code, made.json()[field]) == (201, row["id"]), made.content


def test_sites_are_those_of_the_own_units_or_for_who_sees_wider_all_in_use(cast: Cast) -> None:
    Site.objects.create(name="Old shop", mode="store", zone="Europe/Berlin", is_active=False)
    assert names(cast.agent, "sites") == {"Shop"}
    assert names(cast.stranger, "sites") == {"Elsewhere"}
    for person in (cast.manager, cast.accountant):
        assert names(person, "sites") == {"Shop", "Elsewhere"}
    for person in (cast.head, cast.administrator):
        assert names(person, "sites") == {"Shop", "Elsewhere", "Old shop"}, "the settings show what is out of use, too"
    old = Program(cast.head).get("sites").json()["items"][-1]
    assert (old["name"], old["is_active"]) == ("Old shop", False)


def test_people_are_those_in_office_or_for_who_serves_no_customers_the_own_units(cast: Cast) -> None:
    closed(cast)
    held = ((Role.BACK_OFFICE, cast.back_unit), (Role.LOGISTICS, cast.back_unit))
    make_person("clerk@vektor.example", "Clara Clerk", *held)
    everybody = {"Anna Agent", "Mark Mate", "Stan Stranger", "Helen Head", "Adam Admin", "Boris Books", "Olga Owner"}
    for person in (cast.agent, cast.stranger, cast.manager):
        assert names(person, "people") == {*everybody, "Clara Clerk"}
    assert names(cast.accountant, "people") == {"Boris Books", "Clara Clerk"}
    for person in (cast.head, cast.administrator):
        assert names(person, "people") == {*everybody, "Clara Clerk", "Gabi Gone"}
    gone = Program(cast.head).get("people", limit=200).json()["items"][-2]
    assert gone == {"id": gone["id"], "name": "Gabi Gone", "is_active": False}


def test_nobody_reads_an_address_or_a_role_of_a_colleague(cast: Cast) -> None:
    for person in (cast.head, cast.administrator, cast.agent):
        answer = Program(person).get("people")
        assert b"vektor.example" not in answer.content
        assert {frozenset(one) for one in answer.json()["items"]} == {frozenset({"id", "name", "is_active"})}


def test_units_are_colleagues_of_whoever_serves_a_site_and_otherwise_ones_own(cast: Cast) -> None:
    every = {"Sales floor", "Web team", "Accounting"}
    for person in (cast.agent, cast.stranger, cast.head, cast.administrator):
        assert names(person, "units") == every, person
    assert names(cast.manager, "units") == {"Sales floor"}
    assert names(cast.accountant, "units") == {"Accounting"}
    as_customers = Program(cast.agent).get("customers", kind="unit").json()["items"]
    assert {one["name"] for one in as_customers} == every, "whom the pages show as customers, the list may name"


def test_the_lists_hold_all_that_the_pages_let_the_same_person_choose(cast: Cast) -> None:
    closed(cast)
    for person in (cast.agent, cast.manager, cast.accountant, cast.head, cast.stranger):
        viewer = cast.viewer(person)
        owners = promises.owners(viewer)
        assert {one.name for one in choices.sites(viewer)} <= names(person, "sites"), person
        assert {one.name for one in choices.people(viewer)} <= names(person, "people"), person
        assert {name for key, name in owners if key.startswith("person:")} <= names(person, "people"), person
        assert {name for key, name in owners if key.startswith("unit:")} <= names(person, "units"), person


@pytest.mark.parametrize("path", LISTS)
def test_without_a_role_or_the_scope_nothing_is_listed(path: str, cast: Cast) -> None:
    roleless = make_person("roleless@vektor.example", "Rosa Roleless")
    assert Program(roleless).get(path).json() == {"items": [], "next": None}
    others = [access for access in Access if access is not Access.READ_FIRM]
    answer = Program(cast.head, *others).get(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_turned_in_the_order_of_ids_each_row_once(path: str, cast: Cast) -> None:
    head = Program(cast.head)
    whole = [one["id"] for one in head.get(path).json()["items"]]
    seen: list[int] = []
    query: dict[str, str] = {}
    for _ in range(len(whole)):
        page = head.get(path, limit=1, **query).json()
        seen += [one["id"] for one in page["items"]]
        query = {"cursor": page["next"]}
    assert seen == whole == sorted(set(whole))
    assert page["next"] is None
    for wrong in ({"cursor": "moon"}, {"limit": "0"}, {"limt": "1"}):
        assert head.get(path, **wrong)["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("who", ["head", "agent", "accountant"])
@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_however_long_it_is(
    who: str, path: str, cast: Cast, unlimited: None, django_assert_num_queries: Counting
) -> None:
    program = Program(getattr(cast, who), Access.READ_FIRM)
    program.get(path)
    for n in range(20):
        site = Site.objects.create(name=f"Site {n}", mode="store", zone="Europe/Berlin")
        unit = make_unit(f"Unit {n}", site)
        make_person(f"p{n}@vektor.example", f"Person {n}", (Role.AGENT, unit), (Role.BACK_OFFICE, cast.back_unit))
    with django_assert_num_queries(4):  # firm, token, roles with units, rows
        assert program.get(path).status_code == 200


def test_who_changes_settings_manages_people_too() -> None:
    # No scope opens the managing of people, so closed accounts are listed for the settings' right in its place.
    for role, rights in RIGHTS.items():
        assert May.CHANGE_SETTINGS not in rights or May.MANAGE_PEOPLE in rights, role
