"""The page of one's own tokens."""

import re

import pytest
from django.test import Client

from goodwill.domain.tokens import Access
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.tokens import ApiToken
from goodwill.web.wording_tokens import SCOPES
from tests.cast import Cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = "/preferences/tokens/"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def agent(cast: Cast) -> Client:
    """The agent's browser."""
    return signed_in(cast.agent)


def test_ticks_left_empty_ask_for_a_choice_and_a_list_with_a_value_has_no_asterisk(agent: Client) -> None:
    page = agent.post(f"{PAGE}new/", {"name": "Till", "days": "30"}).content.decode()
    assert "Choose at least one." in page and "Please fill this in." not in page
    assert '<label class="form-label" for="id_days">' in page
    assert '<label class="form-label required" for="id_name">' in page
    assert '<legend class="form-label required">' in page


def test_a_token_is_shown_once_and_opens_the_api(agent: Client) -> None:
    asked = {"name": "Till", "scopes": ["read:promises"], "days": "30"}
    made = agent.post(f"{PAGE}new/", asked)
    found = re.search(r'value="(gw_[^"]+)"', made.content.decode())
    assert found
    secret = found[1]
    assert "no-store" in made["Cache-Control"]
    page = agent.get(PAGE).content.decode()
    assert "Till" in page
    assert "Read promises" in page
    assert secret not in page
    assert secret[:15] in page
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/promises", headers=headers).status_code == 200
    assert Client().get("/api/v1/customers", headers=headers).status_code == 403
    done = agent.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke/")
    assert (done.status_code, done["Location"]) == (302, PAGE)
    assert Client().get("/api/v1/promises", headers=headers).status_code == 401
    assert "ended" in agent.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["read:moon"]}, {"days": "9999"}, {"days": ""}]
)
def test_what_is_missing_is_said_and_no_token_is_made(agent: Client, wrong: dict[str, object]) -> None:
    answer = agent.post(f"{PAGE}new/", {"name": "Till", "scopes": ["read:promises"], "days": "30"} | wrong)
    assert answer.status_code == 422
    assert "is-invalid" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_nobody_sees_or_revokes_anothers_token(cast: Cast, agent: Client) -> None:
    agent.post(f"{PAGE}new/", {"name": "Till", "scopes": ["read:promises"], "days": "30"})
    token = ApiToken.objects.get()
    for person in (cast.mate, cast.stranger, cast.head, cast.administrator):
        other = signed_in(person)
        assert "Till" not in other.get(PAGE).content.decode()
        assert other.post(f"{PAGE}{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None
    assert not JournalEntry.objects.filter(kind="token_revoked").exists()


def test_every_scope_has_its_words() -> None:
    assert set(SCOPES) == set(Access)
