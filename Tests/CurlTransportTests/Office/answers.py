"""What the office of the tests answers, good and bad, by the path of the request."""

import gzip
import json
import os
import select
import ssl
import threading

STREAM_BYTES = 20 << 20
PIECE = bytes(range(256)) * 64  # 16 KiB; every byte of the stream equals its offset modulo 256


class Signals:
    """Things that one request does and another waits for."""

    def __init__(self):
        self.lock = threading.Lock()
        self.events = {}
        self.values = {}

    def event(self, name):
        with self.lock:
            return self.events.setdefault(name, threading.Event())

    def set(self, name, value=""):
        self.values[name] = value
        self.event(name).set()

    def wait(self, name):
        self.event(name).wait(20)
        return self.values.get(name, "nothing")


signals = Signals()


class Connection:
    """One TLS connection: reads requests and answers each as its path says."""

    def __init__(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")
        self.requests = 0

    def serve(self):
        while True:
            line = self.file.readline()
            if not line:
                return
            method, path, _ = line.decode().split(" ")
            self.wire = len(line)
            self.headers = {}
            while (line := self.file.readline()) not in (b"\r\n", b""):
                self.wire += len(line)
                name, value = line.decode().rstrip("\r\n").split(":", 1)
                self.headers[name.lower()] = value.strip()
            self.wire += 2
            self.body = self.file.read(int(self.headers.get("content-length", 0)))
            self.wire += len(self.body)
            self.requests += 1
            word, _, self.id = path[1:].partition("/")
            if getattr(self, "do_" + word)() == "close":
                return

    def send(self, data):
        self.sock.sendall(data)

    def answer(self, body=b"", status="200 OK", extra=""):
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        self.send(head.encode() + body)

    def until_gone(self):
        try:
            self.file.read(1)
        except OSError:
            pass

    # Good answers

    def do_plain(self):
        extra = "Content-Type:  Text/Plain ; charset=utf-8\r\nRetry-After: 17\r\n"
        self.answer(b"good morning", extra=extra)

    def do_status(self):
        self.answer(b"{}", status=self.id + " Whatever")

    def do_interim(self):
        self.send(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
        self.answer(b"after the hints")

    def do_echo(self):
        self.answer(self.body)

    def do_head(self):
        self.answer(json.dumps(self.headers).encode())

    def do_wire(self):
        self.answer(str(self.wire).encode())

    def do_flaky(self):
        """Answers once; the next request on this connection meets a closed door."""
        if self.requests > 1:
            return "close"
        self.answer(self.body)

    def do_gated(self):
        """Two chunks, the second only once another request has opened the gate."""
        self.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        signals.wait("open " + self.id)
        self.send(b"6\r\nsecond\r\n0\r\n\r\n")

    def do_open(self):
        signals.set("open " + self.id)
        self.answer()

    def do_stream(self):
        """20 MB as fast as they go; says how far it came when the client takes no more."""
        self.send(f"HTTP/1.1 200 OK\r\nContent-Length: {STREAM_BYTES}\r\n\r\n".encode())
        self.sock.setblocking(False)
        done = 0
        while done < STREAM_BYTES:
            try:
                done += self.sock.send(PIECE[: STREAM_BYTES - done])
            except ssl.SSLWantWriteError:
                if not select.select([], [self.sock], [], 0.25)[1]:
                    signals.set("stalled " + self.id, str(done))
                    select.select([], [self.sock], [])
        self.sock.setblocking(True)
        signals.set("stalled " + self.id, str(done))

    def do_stalled(self):
        self.answer(signals.wait("stalled " + self.id).encode())

    def do_gzip(self):
        if "gzip" not in self.headers.get("accept-encoding", ""):
            return self.answer(b"not offered")
        self.answer(gzip.compress(b"unfolded"), extra="Content-Encoding: gzip\r\n")

    # Bad answers

    def do_damaged(self):
        self.answer(b"this is not gzip at all", extra="Content-Encoding: gzip\r\n")

    def do_silent(self):
        """Never answers; says when the client has gone."""
        signals.set("asked " + self.id)
        self.until_gone()
        signals.set("gone " + self.id)
        return "close"

    def do_headonly(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        self.until_gone()
        signals.set("gone " + self.id)
        return "close"

    def do_asked(self):
        signals.wait("asked " + self.id)
        self.answer()

    def do_gone(self):
        signals.wait("gone " + self.id)
        self.answer()

    def do_redirect(self):
        self.answer(b"sign in", status="302 Found", extra="Location: https://hotel.test/\r\n")

    def do_cut(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789")
        return "close"

    def do_cutchunked(self):
        self.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n")
        return "close"

    def do_torn(self):
        """Ends without length, without chunks and without the close that TLS asks for."""
        self.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n0123456789")
        os.close(self.sock.detach())
        return "torn"

    def do_nothing(self):
        return "close"

    def do_longhead(self):
        self.answer(extra="X-Long: " + "x" * (20 << 10) + "\r\n")

    def do_endlesshead(self):
        self.send(b"HTTP/1.1 200 OK\r\nX-Endless: ")
        try:
            for _ in range(64):
                self.send(b"x" * (16 << 10))
        except OSError:
            pass
        return "close"

    def do_manyheads(self):
        self.answer(extra="".join(f"X-{n}: x\r\n" for n in range(100)))

    def do_trailers(self):
        self.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        self.send(b"".join(b"X-%d: x\r\n" % n for n in range(100)) + b"\r\n")

    def do_hintsforever(self):
        try:
            while True:
                self.send(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 100)
        except OSError:
            return "close"

    def do_notHTTP(self):
        self.send(b"220 mail.test ESMTP ready\r\n")
        return "close"

    def do_badlength(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nxx")
        return "close"

    def do_hugelength(self):
        self.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nxx")
        return "close"

    def do_badchunk(self):
        self.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n0\r\n\r\n")
        return "close"
