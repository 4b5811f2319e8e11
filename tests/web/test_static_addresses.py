"""Static files: stamped addresses, squeezed bodies, kept for a year."""

from django.templatetags.static import static
from django.test import Client


def test_an_address_changes_with_its_content() -> None:
    address = static("dist/goodwill.css")
    assert address.startswith("/static/dist/goodwill.css?v=")
    assert static("dist/goodwill.js").rsplit("=")[1] != address.rsplit("=")[1]


def test_a_name_that_is_not_there_gets_no_stamp() -> None:
    assert static("dist/absent.css") == "/static/dist/absent.css"


def test_files_travel_squeezed_and_are_kept(client: Client) -> None:
    answer = client.get(static("dist/tabler.css"), headers={"accept-encoding": "br"})
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "br"
    assert "max-age=31536000" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer
    assert len(b"".join(answer.streaming_content)) < 70_000  # type: ignore[attr-defined]
