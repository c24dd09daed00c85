"""A small office for the tests of CurlTransport, with every bad habit a server can have.

Loopback only. Prints one line of JSON (ports and PEM texts), then serves until its input ends, so
that it never outlives the tests. Which habit a request meets is chosen by its path.
"""

import json
import os
import shutil
import socket
import ssl
import sys
import tempfile
import threading

from answers import Connection
from certificates import Certificates

keep = []


def each(handler, listens=True):
    """Serves `handler(socket)` on a port of its own, one thread a connection; returns the port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    keep.append(listener)
    if not listens:
        return listener.getsockname()[1]
    listener.listen(128)

    def accept():
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=guarded, args=(handler, sock), daemon=True).start()

    if handler:
        threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def guarded(handler, sock):
    try:
        handler(sock)
    except OSError:
        pass


def drain(sock):
    """Closes the sending side and reads the rest: a bare close could overtake what was sent."""
    try:
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
    except OSError:
        pass
    sock.close()


def over_tls(context):
    def handle(sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        try:
            tls.do_handshake()
            if Connection(tls).serve() == "torn":
                return
            tls.setblocking(True)
            tls.settimeout(1)
            tls = tls.unwrap()
        except (OSError, ValueError):
            pass
        drain(tls)

    return handle


def portal(sock):
    sock.recv(65536)
    sock.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://hotel.test/\r\n\r\n")
    drain(sock)


def hang_up(sock):
    sock.recv(65536)
    drain(sock)


def connect_request(sock):
    request = b""
    while b"\r\n\r\n" not in request:
        piece = sock.recv(65536)
        if not piece:
            raise OSError
        request += piece


def proxy_to(port):
    """A proxy that knows one place: whatever name is asked for, it is the office's port."""

    def pump(source, target):
        try:
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def handle(sock):
        connect_request(sock)
        target = socket.create_connection(("127.0.0.1", port))
        sock.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
        threading.Thread(target=pump, args=(target, sock), daemon=True).start()
        pump(sock, target)

    return handle


def refusing_proxy(status):
    def handle(sock):
        connect_request(sock)
        sock.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
        drain(sock)

    return handle


def main():
    folder = tempfile.mkdtemp(prefix="curl-transport-")
    try:
        certificates = Certificates(folder)
        texts = certificates.texts()
        contexts = {
            "office": certificates.context("server"),
            "open": certificates.context("server", asks=False),
            "old": certificates.context("server", version=ssl.TLSVersion.TLSv1_2),
            "elsewhere": certificates.context("elsewhere"),
            "outOfDate": certificates.context("outOfDate"),
        }
    finally:
        shutil.rmtree(folder)
    ports = {name: each(over_tls(context)) for name, context in contexts.items()}
    ports["portal"] = each(portal)
    ports["hangUp"] = each(hang_up)
    ports["mute"] = each(None)
    ports["closed"] = each(None, listens=False)
    ports["proxy"] = each(proxy_to(ports["office"]))
    ports["signInProxy"] = each(refusing_proxy(407))
    ports["brokenProxy"] = each(refusing_proxy(503))
    print(json.dumps({"ports": ports, "texts": texts}), flush=True)
    sys.stdin.read()
    os._exit(0)


main()
