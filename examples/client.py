"""A till that talks to Goodwill: python client.py https://goodwill.example gw_… CUSTOMER_ID"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode


class Problem(Exception):
    """What the house answered instead: `status`, `code`, `field` and the remedy."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(f"{said['status']} {said['code']} {said['field']}: {said['detail']}")
        self.said = said


class Goodwill:
    """The books, over HTTP."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address.rstrip("/") + "/api/v1/", token

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One answer; a write is repeated under one key until it is known to be done."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(5):
            request = urllib.request.Request(self.address + path, data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503, 504) or attempt == 4:
                    if error.headers.get_content_type() != "application/problem+json":
                        raise  # a proxy before the house said so, in words of its own
                    raise Problem(json.load(error)) from None
                time.sleep(float(error.headers.get("Retry-After", 2**attempt)))
            except OSError:
                if attempt == 4:
                    raise
                time.sleep(2**attempt)
        raise AssertionError("the fifth attempt returns or raises")

    def every(self, path: str, **narrowed: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        while True:
            page = self.ask("GET", f"{path}?{urlencode(narrowed)}")
            yield from page["items"]
            if page["next"] is None:
                return
            narrowed["cursor"] = page["next"]


def main(address: str, token: str, customer_id: str) -> None:
    """Promise a call, see what is owed, keep it."""
    goodwill = Goodwill(address, token)
    promise = goodwill.ask(
        "POST",
        "promises",
        {
            "customer_id": int(customer_id),
            "kind": "call",
            "what": "say whether the jacket came in",
            "due": {"business_days": 1},
        },
    )
    for owed in goodwill.every("promises", customer_id=customer_id, limit=100):
        print(owed["due_at"], owed["standing"], owed["what"])
    kept = goodwill.ask("POST", f"promises/{promise['id']}/keep", {"version": promise["version"]})
    print("outcome:", kept["outcome"])


if __name__ == "__main__":
    main(*sys.argv[1:])
