"""A receiver of Goodwill's webhooks: python webhook_receiver.py PORT whsec_… (nothing but the standard library)"""

import base64
import hashlib
import hmac
import json
import sqlite3
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

WINDOW_SECONDS = 300


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Raise ValueError unless this body was signed with this secret, less than five minutes from now; the names of
    the headers are in small letters."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not (timestamp.isascii() and timestamp.isdigit()):
        raise ValueError("a header is missing")
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        raise ValueError("too old, or from the future: a replay, or a clock that is wrong")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # While a secret is being replaced there are two signatures: one of them is enough.
    for signature in headers.get("webhook-signature", "").split():
        version, _, given = signature.partition(",")
        if version == "v1" and hmac.compare_digest(given.encode(), expected):
            return
    raise ValueError("not signed with this secret")


class Inbox:
    """The events that came, each once. Whoever crashes after answering finds here what is still to be done."""

    def __init__(self, file: str = "inbox.sqlite3") -> None:
        self.rows = sqlite3.connect(file, isolation_level=None)
        self.rows.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, body BLOB NOT NULL)")

    def keep(self, message_id: str, body: bytes) -> bool:
        """Keep an event with its id, at one stroke; False where it came before: each arrives at least once."""
        return self.rows.execute("INSERT OR IGNORE INTO event VALUES (?, ?)", [message_id, body]).rowcount == 1


def serve(port: int, secret: str, inbox: Inbox) -> HTTPServer:
    """A server that keeps and prints each event once and answers 204; 400 to whatever is not signed."""

    class Receiver(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                verify(secret, headers, body, time.time())
            except ValueError as problem:
                self.send_error(400, str(problem))
                return
            if inbox.keep(headers["webhook-id"], body):
                event = json.loads(body)
                print(event["kind"], event["id"], flush=True)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return HTTPServer(("127.0.0.1", port), Receiver)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], Inbox()).serve_forever()
