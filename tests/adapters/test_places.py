"""Countries, currencies and zones."""

import pytest

from goodwill.adapters import places


@pytest.mark.parametrize(
    ("country", "currency", "zone"),
    [("HU", "HUF", "Europe/Budapest"), ("RU", "RUB", "Europe/Moscow"), ("DE", "EUR", "Europe/Berlin"),
     ("BR", "BRL", "America/Sao_Paulo"), ("JP", "JPY", "Asia/Tokyo"), ("US", "USD", "America/New_York"),
     ("UA", "UAH", "Europe/Kyiv"), ("", "", ""), ("XX", "", "")],
)  # fmt: skip
def test_a_country_brings_its_usual_currency_and_zone(country: str, currency: str, zone: str) -> None:
    assert (places.usual_currency(country), places.usual_zone(country)) == (currency, zone)


@pytest.mark.parametrize("language", ["en", "ru", "hu"])
def test_every_country_has_a_name_and_they_stand_in_order(language: str) -> None:
    names = [name for _, name in places.countries(language)]
    assert len(names) > 200
    assert dict(places.countries(language))["HU"] in ("Hungary", "Венгрия", "Magyarország")
    assert "EU" not in dict(places.countries(language))
    # Á stands among the a, not after z.
    assert language != "hu" or names.index("Ausztria") < names.index("Örményország") < names.index("Zimbabwe")


def test_every_usual_currency_and_zone_can_be_chosen() -> None:
    currencies, zones = dict(places.currencies("en")), set(places.zones())
    for country, _ in places.countries("en"):
        assert not places.usual_currency(country) or places.usual_currency(country) in currencies
        assert not places.usual_zone(country) or places.usual_zone(country) in zones, country


@pytest.mark.parametrize(
    ("header", "country"),
    [("hu-HU,hu;q=0.9", "HU"), ("en,pt-BR;q=0.8", "BR"), ("zh-Hant-TW", "TW"), ("en", ""), ("", ""), ("en-ZZ", "")],
)
def test_a_browser_says_where_it_is(header: str, country: str) -> None:
    assert places.country_of(header) == country


def test_a_zone_lies_in_a_country() -> None:
    zones = ("Europe/Budapest", "Asia/Yekaterinburg", "America/Sao_Paulo", "UTC", "no such zone")
    assert [places.country_of_zone(zone) for zone in zones] == ["HU", "RU", "BR", "", ""]
