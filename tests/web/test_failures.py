"""Pages for what went wrong."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "takes what a form sends"), ("ru", "принимает только данные формы"), ("hu", "űrlap adatait fogadja")],
)
def test_looking_at_an_address_that_takes_a_form_is_told_what_to_do(
    cast: Cast, client: Client, language: str, words: str
) -> None:
    client.force_login(cast.agent)
    client.cookies["goodwill_language"] = language
    answer = client.get(reverse("web:preferences_password"), headers={"accept": "text/html,*/*"})
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert words in answer.content.decode() and 'href="/"' in answer.content.decode()


def test_a_program_is_answered_without_a_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.agent)
    answer = client.get(reverse("web:preferences_password"), headers={"accept": "application/json"})
    assert (answer.status_code, answer.content) == (405, b"")
