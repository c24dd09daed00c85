"""Two authorities and what they issued, for tests only."""

import os
import ssl
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdin=subprocess.DEVNULL, capture_output=True)


class Certificates:
    """Two authorities and what they issued, made afresh in a folder that is gone at once."""

    CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def __init__(self, folder):
        self.folder = folder
        for name in ["authority", "stranger"]:
            openssl(
                "req", "-x509", *self.CURVE, "-days", "2", "-subj", f"/CN={name}",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-keyout", self.path(name, "key"), "-out", self.path(name, "pem"))
        self.issue("server", "DNS:localhost,DNS:office.test,IP:127.0.0.1")
        self.issue("elsewhere", "DNS:elsewhere.test")
        self.issue("outOfDate", "DNS:localhost", days="-1")
        self.issue("laptop", "URI:urn:test:laptop")
        self.issue("expiredLaptop", "URI:urn:test:laptop", days="-1")
        self.issue("strangeLaptop", "URI:urn:test:laptop", by="stranger")
        openssl(
            "pkey", "-in", self.path("laptop", "key"), "-aes256", "-passout", "pass:secret",
            "-out", self.path("locked", "key"))

    def path(self, name, kind):
        return os.path.join(self.folder, f"{name}.{kind}")

    def issue(self, name, names, by="authority", days="2"):
        with open(self.path(name, "ext"), "w") as file:
            file.write(f"subjectAltName={names}\nbasicConstraints=critical,CA:FALSE\n")
        openssl(
            "req", "-new", *self.CURVE, "-subj", f"/CN={name}",
            "-keyout", self.path(name, "key"), "-out", self.path(name, "csr"))
        openssl(
            "x509", "-req", "-in", self.path(name, "csr"), "-days", days,
            "-CA", self.path(by, "pem"), "-CAkey", self.path(by, "key"), "-CAcreateserial",
            "-extfile", self.path(name, "ext"), "-out", self.path(name, "pem"))

    def context(self, name, asks=True, version=ssl.TLSVersion.TLSv1_3):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = version
        context.load_cert_chain(self.path(name, "pem"), self.path(name, "key"))
        if asks:
            context.load_verify_locations(self.path("authority", "pem"))
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def texts(self):
        texts = {}
        for file in os.listdir(self.folder):
            if file.endswith((".pem", ".key")):
                with open(os.path.join(self.folder, file)) as opened:
                    texts[file] = opened.read()
        return texts
