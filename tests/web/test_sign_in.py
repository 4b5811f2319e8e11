"""Signing in and out, throttled and without telling strangers anything."""

import logging
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from goodwill.actions import invitations, people, sign_ins
from goodwill.config.environment import MailServer
from goodwill.config.log_lines import DiscreetFormatter
from goodwill.domain.roles import Role
from goodwill.domain.viewers import OPERATOR
from goodwill.store.deliveries import Delivery
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from tests.cast import NOW, PASSWORD, Cast

SERVER = MailServer("mail.vektor.example", 587, "", "", use_tls=True, use_ssl=False)


@pytest.fixture(autouse=True)
def no_limits_used_up(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> int:
    return client.post("/sign-in/", {"login": email, "password": password, **more}).status_code


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_person_signs_in_by_address_in_any_case(cast: Cast, client: Client) -> None:
    answer = client.post("/sign-in/", {"login": "Agent@Vektor.Example", "password": PASSWORD, "next": "/preferences/"})
    assert (answer.status_code, answer["Location"]) == (302, "/preferences/")
    assert signed_in_as(client) == str(cast.agent.pk)
    assert kinds() == ["signed_in"]
    assert JournalEntry.objects.get().actor_id == cast.agent.pk


def test_nobody_is_sent_elsewhere_after_signing_in(cast: Cast, client: Client) -> None:
    answer = client.post(
        "/sign-in/", {"login": cast.agent.email, "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"


def test_a_wrong_password_an_unknown_address_and_a_closed_account_look_alike(cast: Cast, client: Client) -> None:
    people.close(cast.mate.pk, by=cast.viewer(cast.head), at=NOW)
    pages = []
    for email, password in (
        (cast.agent.email, "not the password"),
        ("nobody@vektor.example", PASSWORD),
        (cast.mate.email, PASSWORD),
    ):
        answer = Client().post("/sign-in/", {"login": email, "password": password})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "do not belong together" in page
        token = page.split('name="csrfmiddlewaretoken" value="')[1][:64]
        pages.append(page.replace(token, "").replace(email, "").replace(answer.wsgi_request.META["CSRF_COOKIE"], ""))
    assert len({len(page) for page in pages}) == 1
    assert kinds()[1:] == ["sign_in_refused"] * 3
    facts = list(JournalEntry.objects.filter(kind="sign_in_refused").order_by("pk").values_list("facts", flat=True))
    assert facts == [{"person_id": cast.agent.pk}, {}, {"person_id": cast.mate.pk}]
    assert signed_in_as(client) is None


def test_a_closed_account_is_out_at_once(cast: Cast, client: Client) -> None:
    sign_in(client, cast.agent.email)
    assert client.get("/preferences/").status_code == 200
    people.close(cast.agent.pk, by=cast.viewer(cast.head), at=NOW)
    assert client.get("/preferences/")["Location"] == "/sign-in/?next=/preferences/"


def test_the_sixth_wrong_password_in_five_minutes_is_not_even_tried(cast: Cast, client: Client) -> None:
    for _ in range(5):
        sign_in(client, cast.agent.email, "not the password")
    answer = client.post("/sign-in/", {"login": cast.agent.email, "password": PASSWORD})
    assert "Too many tries" in answer.content.decode()
    assert signed_in_as(client) is None
    assert sign_in(client, cast.mate.email) == 302, "others are not shut out"


def test_many_made_up_accounts_do_not_push_the_count_of_a_real_one_out(cast: Cast, client: Client) -> None:
    for _ in range(5):
        sign_in(client, cast.agent.email, "wrong wrong wrong")
    for number in range(400):
        # as the sign-ins of so many others leave them, from as many addresses
        cache.set(f"zz:rl:{number}", [0.0], 300)
    sign_in(client, cast.agent.email)
    assert signed_in_as(client) is None


def test_another_port_in_the_host_gives_no_further_tries(cast: Cast, client: Client) -> None:
    for number in range(5):
        client.post(
            "/sign-in/",
            {"login": cast.agent.email, "password": "not the password"},
            headers={"Host": f"localhost:{8000 + number}"},
        )
    answer = client.post("/sign-in/", {"login": cast.agent.email, "password": PASSWORD})
    assert "Too many tries" in answer.content.decode()
    assert signed_in_as(client) is None


def test_thirty_sign_ins_a_minute_from_one_place_are_enough(cast: Cast, client: Client) -> None:
    codes = {sign_in(client, f"nobody{n}@vektor.example", "") for n in range(30)}
    assert codes == {200}
    answer = client.post("/sign-in/", {"login": cast.agent.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()


def test_signing_out_needs_a_deed_not_a_look(cast: Cast, client: Client) -> None:
    sign_in(client, cast.agent.email)
    assert client.get("/sign-out/").status_code == 200
    assert signed_in_as(client) == str(cast.agent.pk)
    assert client.post("/sign-out/")["Location"] == "/"
    assert signed_in_as(client) is None


def test_nobody_signs_up(cast: Cast, client: Client) -> None:
    assert client.get("/signup/").status_code == 404
    assert client.get("/sign-up/").status_code == 404


def test_where_no_letters_leave_the_page_says_whom_to_ask(cast: Cast, client: Client) -> None:
    assert "Ask a head or an administrator" in client.get("/reset/").content.decode()
    assert client.post("/reset/", {"email": cast.agent.email})["Location"] == "/reset/sent/"
    assert not Delivery.objects.exists()
    assert kinds() == ["password_reset_asked"]


def test_a_letter_with_a_link_changes_the_password_once(cast: Cast, client: Client, settings: Settings) -> None:
    settings.MAIL_SERVER, settings.EMAIL_BACKEND = SERVER, "goodwill.web.letters.DeliveryBackend"
    assert client.post("/reset/", {"email": cast.agent.email.upper()})["Location"] == "/reset/sent/"
    letter = Delivery.objects.get()
    assert letter.payload["to"] == [cast.agent.email]
    assert "Vektor" in letter.payload["subject"]
    path = next(line for line in letter.payload["body"].splitlines() if "/reset/key/" in line)
    path = "/" + path.split("/", 3)[3]
    form = client.get(path)["Location"]
    assert client.get(form).status_code == 200
    new = {"password1": "a new long password", "password2": "a new long password"}
    assert client.post(form, new)["Location"] == "/reset/done/"
    assert "no longer good" in Client().get(path).content.decode()
    assert Person.objects.get(pk=cast.agent.pk).check_password("a new long password")
    assert kinds() == ["password_reset_asked", "password_changed"]


def test_a_letter_is_in_the_language_of_its_reader(cast: Cast, client: Client, settings: Settings) -> None:
    from django.utils import translation

    settings.MAIL_SERVER, settings.EMAIL_BACKEND = SERVER, "goodwill.web.letters.DeliveryBackend"
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(language="hu")
    client.cookies["goodwill_language"] = "ru"
    client.post("/reset/", {"email": cast.agent.email})
    with translation.override("hu"):
        expected = translation.gettext("It is good for three days and for one use. If it was not you, do nothing: "
                                       "the old password stays.")  # fmt: skip
    assert expected in Delivery.objects.get().payload["body"]


def test_no_letter_goes_to_an_address_that_is_not_ours(cast: Cast, client: Client, settings: Settings) -> None:
    settings.MAIL_SERVER, settings.EMAIL_BACKEND = SERVER, "goodwill.web.letters.DeliveryBackend"
    people.close(cast.mate.pk, by=cast.viewer(cast.head), at=NOW)
    for email in ("nobody@vektor.example", cast.mate.email):
        assert client.post("/reset/", {"email": email})["Location"] == "/reset/sent/"
    assert not Delivery.objects.exists()


def test_an_invitation_by_letter(cast: Cast, client: Client, settings: Settings) -> None:
    settings.MAIL_SERVER, settings.EMAIL_BACKEND = SERVER, "goodwill.web.letters.DeliveryBackend"
    sign_in(client, cast.head.email)
    said = {"name": "Nora", "email": "nora@vektor.example", "language": "en", "role_0": "agent", "unit_0": ""}
    page = client.post("/people/invite/", said).content.decode()
    letter = Delivery.objects.get()
    assert letter.payload["to"] == ["nora@vektor.example"]
    link = next(line for line in letter.payload["body"].splitlines() if "/join/" in line)
    assert f'value="{link}"' in page


def test_a_handed_over_link_changes_the_password(cast: Cast, client: Client) -> None:
    from django.utils import timezone

    token = sign_ins.new_password_link(cast.agent.pk, by=OPERATOR, at=timezone.now())
    path = f"/new-password/{token}/"
    assert client.get(path).status_code == 200
    weak = {"password": "agent@vektor.example", "password_again": "agent@vektor.example"}
    assert client.post(path, weak).status_code == 422
    good = {"password": "a new long password", "password_again": "a new long password"}
    assert client.post(path, good)["Location"] == "/sign-in/"
    assert client.get(path).status_code == 410
    assert client.post(path, good).status_code == 410


def test_a_one_time_link_works_once_and_on_this_machine_only(cast: Cast, client: Client) -> None:
    from django.utils import timezone

    path = invitations.one_time_link(cast.head.pk, by=OPERATOR, at=timezone.now())
    assert client.get(path, REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get(path, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    assert signed_in_as(client) is None
    assert client.get(path)["Location"] == "/"
    assert signed_in_as(client) == str(cast.head.pk)
    assert Client().get(path).status_code == 410


def test_passwords_are_kept_by_argon2(cast: Cast) -> None:
    assert Person.objects.get(pk=cast.agent.pk).password.startswith("argon2$argon2id$")


def test_no_log_line_holds_an_address_a_password_or_a_token(
    cast: Cast, client: Client, settings: Settings, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from django.utils import timezone

    settings.MAIL_SERVER, settings.EMAIL_BACKEND = SERVER, "goodwill.web.letters.DeliveryBackend"
    client.raise_request_exception = False
    sign_in(client, cast.agent.email, "hunter2-hunter2")
    sign_in(client, "nobody@nowhere.example", "hunter2-hunter2")
    for _ in range(6):
        sign_in(client, cast.mate.email, "hunter2-hunter2")
    client.post("/reset/", {"email": cast.agent.email})
    client.get("/reset/key/1-tokentokentoken/")
    client.get("/join/1-tokentokentoken-tokentokentoken/")
    client.get("/enter/1-tokentokentoken-tokentokentoken/")
    token = sign_ins.new_password_link(cast.agent.pk, by=OPERATOR, at=timezone.now())
    assert isinstance(token, str)
    client.post(f"/new-password/{token}/", {"password": "hunter2-hunter2", "password_again": "x"})
    invitations.invite("eve@vektor.example", "Eve Secret", {(Role.AGENT, None)}, by=OPERATOR, at=timezone.now())
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(sign_ins, "signed_in", _breaks)
        assert sign_in(client, cast.manager.email) == 500
    out, err = capfd.readouterr()
    formatter = DiscreetFormatter()
    said = out + err + "".join(formatter.format(record) for record in caplog.records)
    assert "RuntimeError" in said, "the fault itself is written down"
    for secret in ("hunter2", PASSWORD, "tokentoken", token, "Eve Secret", "@vektor.example", "@nowhere.example"):
        assert secret not in said, secret


def test_a_fault_behind_a_one_time_link_does_not_write_the_link_down() -> None:
    record = logging.LogRecord(
        "x", logging.ERROR, "f", 1, "Internal Server Error: /join/1-ab-secret/ for a.b+c@vektor.example", (), None
    )
    assert DiscreetFormatter().format(record).endswith("Internal Server Error: /join/…/ for …@…")


def _breaks(*args: object, **kwargs: object) -> None:
    raise RuntimeError("the books are shut")
