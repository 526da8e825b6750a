"""The log on NATS: who signs in, and with what."""

from __future__ import annotations

import os
import ssl
import traceback

import nkeys
import pytest

from support.drafts import opened
from support.machine import package
from support.nats_credentials import Operator
from support.nats_servers import Node
from timeline.errors import CannotOpen, ReadOnlyLog
from timeline.log.jetstream import JetStreamLog


def key_pair():
    """Return the seed and the public key of a user, as NATS writes them."""
    seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    return seed, nkeys.from_seed(bytearray(seed)).public_key


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ('user: desk, password: "s3cr@t"', "nats://desk:s3cr%40t@", "nats://desk:wr0ng@"),
        ("token: s3crt", "nats://s3crt@", "nats://wr0ng@"),
    ],
)
def test_who_signs_in_wrongly_is_told_at_once(tmp_path, stream, rule, right, wrong):
    """Right ones are let in; of wrong ones nothing secret is in the error, its causes, or the log."""
    with Node(tmp_path, "own", f"authorization {{ {rule} }}") as node:
        with JetStreamLog(f"{right}127.0.0.1:{node.port}", stream=stream) as log:
            assert log.append(opened())[0].position == 1
            assert "s3cr" not in repr(log.address) + str(log.address) + repr(log)
        for url in (f"{wrong}127.0.0.1:{node.port}", node.url):
            with pytest.raises(CannotOpen, match="refuse this sign-in") as caught:
                JetStreamLog(url, stream=stream)
            assert "wr0ng" not in "".join(traceback.format_exception(caught.value))


RIGHTS = """authorization {{ users: [
    {{ user: owner, password: pw }}
    {{ user: desk, password: pw, permissions: {{
        publish: [ "$JS.API.STREAM.INFO.{0}", "$JS.API.STREAM.MSG.GET.{0}", "$JS.API.DIRECT.GET.{0}" {1} ]
        subscribe: [ "_INBOX.>", "{0}.waiting", "{0}.news" ] }} }}
] }}"""


@pytest.mark.parametrize("writes", [False, True])
def test_rights_are_those_the_servers_grant(tmp_path, stream, writes):
    """A reader reads and follows, a writer appends too, neither redacts; a missing right is an error at once."""
    more = f', "{stream}.entries", "{stream}.waiting"' if writes else ""
    with Node(tmp_path, "own", RIGHTS.format(stream, more)) as node:
        with JetStreamLog(node.url.replace("//", "//owner:pw@"), stream=stream) as owner:
            owner.append(opened(id="a"))
        with JetStreamLog(node.url.replace("//", "//desk:pw@"), stream=stream) as log:
            assert [entry.id for entry in log.read()] == ["a"]
            if writes:
                assert log.append(opened())[0].position == 2
            else:
                with pytest.raises(ReadOnlyLog, match=f'lacks a permission .*"{stream}.entries"'):
                    log.append(opened())
        with pytest.raises(CannotOpen, match="lacks a permission"):
            JetStreamLog(node.url.replace("//", "//desk:pw@"), stream="another")


def test_a_key_signs_in(tmp_path, stream):
    """The seed is read from a file, and only its signature is sent."""
    seed, public = key_pair()
    file = tmp_path / "desk.nk"
    file.write_bytes(seed)
    with Node(tmp_path, "own", f"authorization {{ users: [ {{ nkey: {public.decode()} }} ] }}") as node:
        with JetStreamLog(node.url, stream=stream, nkey=file) as log:
            assert log.append(opened())[0].position == 1
        with pytest.raises(CannotOpen, match="refuse this sign-in"):
            JetStreamLog(node.url, stream=stream)
        file.write_text("SUAM" + "A" * 10)
        with pytest.raises(CannotOpen, match="does not hold the secret of a user"):
            JetStreamLog(node.url, stream=stream, nkey=file)


@pytest.fixture(scope="module")
def operated(tmp_path_factory):
    """A server that trusts an operator and whom that vouches for, and the operator."""
    operator = Operator()
    with Node(tmp_path_factory.mktemp("nats"), "operated", operator.config()) as node:
        yield node, operator


def test_credentials_sign_in(operated, tmp_path, stream):
    """The file that an account gives its user: a token and a seed, of which only a signature is sent."""
    node, operator = operated
    file = tmp_path / "desk.creds"
    file.write_text(operator.credentials())
    with JetStreamLog(node.url, stream=stream, credentials=file) as log:
        assert log.append(opened())[0].position == 1
    with JetStreamLog(node.url, stream=stream, credentials=file) as log:
        assert log.verify().position == 1
        assert "eyJ" not in repr(log.address) + str(log.address)


def token_and_seed(credentials):
    token, seed = credentials.split("\n\n")
    return token + "\n\n", seed


WRONG_CREDENTIALS = {
    "of another operator": lambda operator: Operator().credentials(),
    "with the key of another user": lambda operator: "".join(
        (token_and_seed(operator.credentials())[0], token_and_seed(operator.credentials())[1])
    ),
    "of a user who lacks a permission": lambda operator: operator.credentials(sub={"deny": [">"]}, pub={"deny": [">"]}),
    "whose token was changed": lambda operator: operator.credentials().replace("eyJ0eXAi", "eyJ0eXBi"),
    "empty": lambda operator: "",
    "cut short": lambda operator: operator.credentials()[:-100],
    "with the seed alone": lambda operator: token_and_seed(operator.credentials())[1],
    "with the token alone": lambda operator: token_and_seed(operator.credentials())[0],
    "something else": lambda operator: "\0SUA eyJ",
}


@pytest.mark.parametrize("kind", WRONG_CREDENTIALS)
def test_wrong_credentials_are_told_without_their_secret(operated, tmp_path, stream, kind):
    """Every fault of the file gives one error, with neither token nor seed in it or its causes."""
    node, operator = operated
    file = tmp_path / "desk.creds"
    file.write_text(WRONG_CREDENTIALS[kind](operator))
    with pytest.raises(
        CannotOpen, match="refuse this sign-in|does not hold the secret of a user|lacks a permission"
    ) as caught:
        JetStreamLog(node.url, stream=stream, credentials=file, patience=3)
    said = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert "eyJ" not in said
    assert "SUA" not in said


def test_a_connection_is_encrypted_or_not_made(tmp_path, nats_server, stream):
    """Not with a server that nobody vouches for, nor with one that offers no encryption."""
    authority = package("trustme").CA()
    made = authority.issue_cert("127.0.0.1")
    made.private_key_pem.write_to_path(tmp_path / "key.pem")
    made.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    with Node(tmp_path, "own", f'tls {{ cert_file: "{tmp_path}/cert.pem", key_file: "{tmp_path}/key.pem" }}') as node:
        with JetStreamLog(node.url, stream=stream, tls=context) as log:
            assert log.append(opened())[0].position == 1
        with pytest.raises(CannotOpen, match="cannot be encrypted"):
            JetStreamLog(node.url.replace("nats", "tls"), stream=stream)
    for options in ({"tls": context}, {}):
        with pytest.raises(CannotOpen, match="offers no encryption"):
            JetStreamLog(
                nats_server.url.replace("nats:", "tls:").replace("//", "//u:s3cret@"), stream=stream, **options
            )
