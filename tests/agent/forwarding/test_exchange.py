"""The same request over TCP and over TLS, within a time."""

from __future__ import annotations

import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from agent.audit.note import VerifierKey
from agent.forwarding.delivery import NotDelivered, Patience
from agent.forwarding.exchange import over_url
from agent.witness.answering import Answering
from agent.witness.cosigning import Witness
from agent.witness.memory import Memory
from tests.agent.witness.conftest import Log


class Prefixed(Answering):
    """A witness whose submission prefix has a path, as public ones have."""

    def parse_request(self) -> bool:
        is_good = super().parse_request()
        self.path = self.path.removeprefix("/w1")
        return is_good


class Serving(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, witness: Witness, context: ssl.SSLContext | None) -> None:
        self.witness = witness
        self._context = context
        super().__init__(("127.0.0.1", 0), Prefixed)

    def get_request(self) -> tuple[Any, Any]:
        connection, peer = super().get_request()
        return (self._context.wrap_socket(connection, server_side=True) if self._context else connection), peer

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def serving(witness: Witness, context: ssl.SSLContext | None = None) -> Iterator[int]:
    with Serving(witness, context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def log() -> Log:
    made = Log()
    made.grow(3)
    return made


@pytest.fixture
def witness(tmp_path: Path, log: Log) -> Witness:
    memory = Memory.create(tmp_path / "w", "w.example")
    memory.watch(VerifierKey.read(log.signer.verifier.vkey))
    return Witness(memory, lambda: 1)


@pytest.fixture
def certified(tmp_path: Path) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1, its own authority; the file `authority.pem` holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "w.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "authority.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "authority.pem", tmp_path / "key.pem")
    return context


def test_a_witness_is_asked_over_http(witness: Witness, log: Log) -> None:
    with serving(witness) as port:
        ask = over_url(f"http://127.0.0.1:{port}/w1/")
        assert ask("/add-checkpoint", log.body(0), Patience(10)).status == 200
        again = ask("/add-checkpoint", log.body(0), Patience(10))
        assert (again.status, again.body, again.headers["earwitness-refusal"]) == (409, b"3\n", "other-size")


def test_a_witness_is_asked_over_tls_if_its_certificate_is_good(
    witness: Witness, log: Log, certified: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(witness, certified) as port:
        ask = over_url(f"https://127.0.0.1:{port}/w1")
        with pytest.raises(NotDelivered, match="cannot be reached"):
            ask("/add-checkpoint", log.body(0), Patience(10))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        assert ask("/add-checkpoint", log.body(0), Patience(10)).status == 200
