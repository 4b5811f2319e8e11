"""Labels, sort keys, stamps and the keys of the erased."""

from goodwill.domain.erasures import key_of_erased
from goodwill.domain.labels import NAMELESS, short_key, sort_key
from goodwill.domain.stamps import stamp


def test_a_long_key_is_shown_short_and_a_short_one_whole() -> None:
    assert short_key("7c396fd4830fd04220f754e42b4e5bff") == "7c396fd4…"
    assert short_key("K-1042") == "K-1042"


def test_names_stand_in_the_order_of_the_alphabet_and_the_nameless_last() -> None:
    names = ["Zoltán", "Ágnes", "béla", "", "Юлия", "Фёдор"]
    assert sorted(names, key=sort_key) == ["Ágnes", "béla", "Zoltán", "Фёдор", "Юлия", ""]
    assert sort_key("  ") == NAMELESS


def test_a_telling_key_is_digested_and_an_opaque_one_stays() -> None:
    assert key_of_erased("orders", "m:anna@example.org").startswith("erased:")
    assert "anna" not in key_of_erased("orders", "m:anna@example.org")
    assert key_of_erased("orders", "anna") != key_of_erased("olist", "anna")
    for opaque in ("", "7c396fd4830fd04220f754e42b4e5bff", "4711", key_of_erased("orders", "anna")):
        assert key_of_erased("orders", opaque) == opaque


def test_a_stamp_differs_when_anything_differs() -> None:
    assert stamp("a", 1, None) == stamp("a", 1, None)
    assert len({stamp("a", 1), stamp("a", "1"), stamp("a", None), stamp("a1")}) == 4
