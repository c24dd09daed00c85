"""Answers in the office's place: a network's sign-in page, a cut, or nonsense.

It speaks TLS with the office's real key, so that only what it says is wrong.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType

import programs
import wire
from laptop import Laptop
from office import Office

Habit = Callable[[bytes], bytes]
"""From the body of a request to the bytes that are answered before the connection is closed."""


class Impostor:
    """Listens on a port of its own while a `with` statement runs."""

    def __init__(self, office: Office, habit: Habit) -> None:
        self.habit = habit
        self.requests: list[bytes] = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(office.data / "server.pem", office.data / "server.key")
        self.context.load_verify_locations(office.data / "authority.pem")
        self.context.verify_mode = ssl.CERT_OPTIONAL
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self) -> Impostor:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(programs.PATIENCE)

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            plain.settimeout(programs.PATIENCE)
            try:
                with self.context.wrap_socket(plain, server_side=True) as tls:
                    self._answer(tls)
            except OSError:
                plain.close()

    def _answer(self, tls: ssl.SSLSocket) -> None:
        with tls.makefile("rb") as reader:
            reader.readline()
            head = http.client.parse_headers(reader)
            body = reader.read(int(head["Content-Length"] or 0))
        self.requests.append(body)
        tls.sendall(self.habit(body))
        # A bare close could overtake what was sent.
        plain = tls.unwrap()
        plain.shutdown(socket.SHUT_WR)
        while plain.recv(65536):
            pass


def answer(status: str, kind: str, body: bytes, *lines: str) -> bytes:
    """A whole answer."""
    head = [
        f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}",
        "Connection: close", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def cut(kind: str, body: bytes) -> bytes:
    """An answer whose connection ends before its end."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head.encode() + f"{len(body) + 1:x}\r\n".encode() + body


def relayed(office: Office, machine: Laptop, body: bytes) -> bytes:
    """What the real office answers to a laptop's sync."""
    reply = wire.ask(
        office, machine, "POST", "/v1/sync", body, Content_Type=wire.BINARY, Accept=wire.BINARY)
    assert reply.status == 200, reply
    return reply.body
