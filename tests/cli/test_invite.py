"""`goodwill invite`."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client

from goodwill.cli.main import goodwill
from goodwill.store.people import Person
from tests.cast import PASSWORD, Cast


def ask(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(goodwill, ["invite", *words])
    return result.exit_code, result.output


def test_the_printed_link_lets_the_person_in(cast: Cast, client: Client) -> None:
    words = ("new@vektor.example", "--name", "Nora New", "--role", "agent", "--unit", "Sales floor", "--json")
    code, output = ask(*words)
    assert code == 0
    said = json.loads(output)
    path = said["url"].removeprefix("http://127.0.0.1:8000")
    joined = {"name": "Nora New", "language": "hu", "password": PASSWORD, "password_again": PASSWORD}
    assert client.post(path, joined)["Location"] == "/"
    person = Person.objects.get(pk=said["person_id"])
    assert list(person.assignments.values_list("role", "unit__name")) == [("agent", "Sales floor")]
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("no-address", "--name", "N", "--role", "agent"), "email: This is not an e-mail address."),
        (("agent@vektor.example", "--name", "N", "--role", "agent"), "email: This is in use already."),
        (("n@vektor.example", "--name", "N", "--role", "agent", "--unit", "Moon"), "there is no unit 'Moon'"),
        (("n@vektor.example", "--name", "N", "--role", "king"), "'king' is not one of"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(cast: Cast, words: tuple[str, ...], why: str) -> None:
    code, output = ask(*words)
    assert code != 0
    assert why in output
    assert Person.objects.count() == 7


@pytest.mark.django_db
def test_nobody_is_invited_into_a_house_without_a_firm() -> None:
    code, output = ask("n@vektor.example", "--name", "N", "--role", "head")
    assert code == 1
    assert "there is no firm yet" in output
