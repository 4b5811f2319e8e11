"""The pages of imports, from choosing a file to taking everything back; and who must not see them."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodwill.actions.jobs import claim, finish, prepared
from goodwill.store.imports import Import
from goodwill.store.orders import Order
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast

FILE = (
    "Bestellung;Kunde;Datum;Zusage;Geliefert;Artikel;Preis\n"
    "A-1;Anna Kovács;02.03.2026;06.03.2026;05.03.2026 14:00;Stiefel;1.119,90\n"
    "A-2;Béla Nagy;02.03.2026;06.03.2026;09.03.2026 10:00;Zelt;89,00\n"
    "A-3;Clara Weber;yesterday;06.03.2026;;Lampe;12,50\n"
)
MEANING = ("order", "customer", "placed", "promised", "delivered", "item", "unit_price")
FIXED = ("imports", "import_new", "import_template")
OF_ONE = (
    "import",
    "import_preview",
    "import_progress",
    "import_take_back",
    "import_bad_rows",
    "import_differences",
)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def uploaded(client: Client, text: str = FILE, name: str = "verkauf.csv") -> Import:
    answer = client.post(reverse("web:import_new"), {"files": SimpleUploadedFile(name, text.encode("cp1252"))})
    assert answer.status_code == 302
    return Import.objects.latest("pk")


def said(act: str, **other: str) -> dict[str, object]:
    headers = FILE.partition("\n")[0].split(";")
    return {"header": headers, "field": list(MEANING), "site": "Shop", "currency": "EUR", "act": act, **other}


def run_jobs() -> None:
    while (held := claim("test", at=NOW)) is not None:
        finish(held, prepared(held)(), at=NOW)


def test_a_file_is_looked_at_corrected_imported_and_its_bad_row_offered_for_mending(cast: Cast) -> None:
    client = signed_in(cast.head)
    draft = uploaded(client)

    seen = client.get(reverse("web:import_preview", args=[draft.pk]))
    assert seen.status_code == 200
    assert 'value=";" selected' in seen.content.decode()
    assert "cp1252" in seen.content.decode()

    refused = client.post(reverse("web:import_preview", args=[draft.pk]), {"act": "start"})
    assert refused.status_code == 422
    looked = client.post(reverse("web:import_preview", args=[draft.pk]), said("look"))
    assert "This is not a date or time of the calendar." in looked.content.decode()

    started = client.post(reverse("web:import_preview", args=[draft.pk]), said("start"))
    assert started["Location"] == reverse("web:import", args=[draft.pk])
    running = client.get(reverse("web:import", args=[draft.pk]))
    assert "You may close this page." in running.content.decode()
    run_jobs()

    assert list(Order.objects.order_by("number").values_list("number", "items_minor")) == [
        ("A-1", 111_990),
        ("A-2", 8_900),
    ]
    assert list(Promise.objects.order_by("order__number").values_list("outcome", flat=True)) == [
        "kept",
        "broken_unrecorded",
    ]
    page = client.get(reverse("web:import", args=[draft.pk])).content.decode()
    assert "verkauf.csv, line 4" in page
    assert client.get(reverse("web:import_progress", args=[draft.pk]))["HX-Refresh"] == "true"
    mend = b"".join(client.get(reverse("web:import_bad_rows", args=[draft.pk])).streaming_content).decode()  # type: ignore[attr-defined]
    assert mend.startswith("Bestellung,Kunde,")
    assert "A-3,Clara Weber,yesterday" in mend
    assert draft.pk == Import.objects.get(state="finished").pk
    assert reverse("web:import", args=[draft.pk]) in client.get(reverse("web:imports")).content.decode()


def test_an_import_is_taken_back_from_its_page_once(cast: Cast) -> None:
    client = signed_in(cast.head)
    draft = uploaded(client)
    client.post(reverse("web:import_preview", args=[draft.pk]), said("start"))
    run_jobs()
    where = reverse("web:import_take_back", args=[draft.pk])

    assert client.get(where).status_code == 200
    assert client.post(where).status_code == 302

    assert not Order.objects.exists()
    assert client.post(where).status_code == 422


def test_a_stop_is_asked_for_and_the_import_goes_on_later(cast: Cast) -> None:
    client = signed_in(cast.head)
    draft = uploaded(client)
    client.post(reverse("web:import_preview", args=[draft.pk]), said("start"))

    client.post(reverse("web:import_stop", args=[draft.pk]))
    assert Import.objects.get(pk=draft.pk).stop_asked
    Import.objects.filter(pk=draft.pk).update(state="stopped", stop_asked=False)
    client.post(reverse("web:import_go_on", args=[draft.pk]))
    run_jobs()

    assert Import.objects.get(pk=draft.pk).state == "finished"


def test_money_that_differs_is_listed_and_exported(cast: Cast) -> None:
    client = signed_in(cast.head)
    text = "order,customer,placed,unit_price,paid\nA-1,Anna,2026-03-02,10.00,9.00\nA-2,Béla,2026-03-02,10.00,\n"
    draft = uploaded(client, text)
    client.post(reverse("web:import_preview", args=[draft.pk]), {"act": "start", "site": "Shop"})
    run_jobs()

    page = client.get(reverse("web:import_differences", args=[draft.pk])).content.decode()
    assert "-€1.00" in page
    assert "no lines or no payment" in page
    table = client.get(reverse("web:import_differences", args=[draft.pk]) + "?format=csv").content.decode()
    assert "A-1,EUR,10.00,9.00,-1.00,0" in table


def test_a_file_that_is_no_table_is_refused_in_words(cast: Cast) -> None:
    client = signed_in(cast.head)
    assert client.post(reverse("web:import_new")).status_code == 422
    draft = uploaded(client, "nothing here")
    page = client.get(reverse("web:import_preview", args=[draft.pk])).content.decode()
    assert "There is no header row" in page
    assert client.post(reverse("web:import_preview", args=[draft.pk]), {"act": "start"}).status_code == 422


def test_who_may_not_import_finds_no_page_of_it_and_an_unknown_import_is_not_there(cast: Cast) -> None:
    head = signed_in(cast.head)
    draft = uploaded(head)
    for person in (cast.agent, cast.mate, cast.stranger, cast.accountant):
        client = signed_in(person)
        for name in FIXED:
            assert client.get(reverse(f"web:{name}")).status_code == 403
        for name in OF_ONE:
            assert client.get(reverse(f"web:{name}", args=[draft.pk])).status_code == 403
        for name in ("import_stop", "import_go_on", "import_take_back"):
            assert client.post(reverse(f"web:{name}", args=[draft.pk])).status_code == 403
    for name in OF_ONE:
        assert head.get(reverse(f"web:{name}", args=[draft.pk + 1])).status_code == 404
    assert signed_in(cast.administrator).get(reverse("web:imports")).status_code == 200
