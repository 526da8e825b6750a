"""Addresses of a log on NATS: which are read, and which are refused."""

from __future__ import annotations

import traceback

import pytest

from timeline.errors import CannotOpen
from timeline.log.jetstream import JetStreamLog
from timeline.log.jetstream.address import Address


@pytest.mark.parametrize(
    ("url", "servers", "stream", "replicas", "sign_in"),
    [
        ("nats://a", ["nats://a:4222"], "timeline", None, {}),
        ("nats://[::1],host-b.example.org/x", ["nats://[::1]:4222", "nats://host-b.example.org:4222"], "x", None, {}),
        (
            "nats://u:s@[fe80::1]:4333,[2001:db8::2],host-c/x?replicas=3",
            ["nats://[fe80::1]:4333", "nats://[2001:db8::2]:4222", "nats://host-c:4222"],
            "x",
            3,
            {"user": "u", "password": "s"},
        ),
        ("NATS://host-a,[::1]", ["nats://host-a:4222", "nats://[::1]:4222"], "timeline", None, {}),
        ("nats://a?replicas=1", ["nats://a:4222"], "timeline", 1, {}),
        ("nats://a:1,b:2/x-1", ["nats://a:1", "nats://b:2"], "x-1", None, {}),
        ("tls://a/?replicas=3", ["tls://a:4222"], "timeline", 3, {}),
        (
            "nats://u:p%40ss@a,b/x?replicas=1",
            ["nats://a:4222", "nats://b:4222"],
            "x",
            1,
            {"user": "u", "password": "p@ss"},
        ),
        ("nats://s3cret@a", ["nats://a:4222"], "timeline", None, {"token": "s3cret"}),
    ],
)
def test_a_url_says_where_the_stream_is(url, servers, stream, replicas, sign_in):
    """Servers, stream, replicas and how to sign in."""
    address = Address.parse(url)
    assert (list(address.servers), address.stream, address.replicas) == (servers, stream, replicas)
    assert address.secrets == sign_in
    assert (address.tls is not None) == url.startswith("tls")


def test_what_is_given_comes_before_the_url():
    """Stream and replicas as arguments."""
    address = Address.parse("nats://a/x?replicas=1", stream="y", replicas=3)
    assert (address.stream, address.replicas) == ("y", 3)


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("http://u:s3cret@a", {}, "names no NATS server"),
        ("nats://", {}, "names no NATS server"),
        ("nats://u:s3cret@a,,b", {}, "names no NATS server"),
        ("nats://u:s3cret@a:port", {}, "names no NATS server"),
        ("nats://u:s3cret@a:65536", {}, "names no NATS server"),
        ("nats:u:s3cret@a", {}, "names no NATS server"),
        ("nats://u:s3cret@a b", {}, "names no NATS server"),
        ("nats://u:s3cret@a\n", {}, "names no NATS server"),
        ("nats://u:s3cret@::1", {}, "names no NATS server"),
        ("nats://a/x#s3cret", {}, "special characters as %40"),
        ("nats://u:s3cret@[::1", {}, "names no NATS server"),
        ("nats://u:s3cret/s3cret@a", {}, "names no NATS server"),
        ("nats://u:12/s3cret@a/x", {}, "special characters as %40"),
        ("nats://u:12?s3cret@a/x", {}, "special characters as %40"),
        ("nats://u:12#s3cret@a/x", {}, "special characters as %40"),
        ("nats://u:s3cret@a/x.y", {}, "cannot name a stream"),
        ("nats://u:s3cret@a/x?replicas=2", {}, "the number of replicas is not 1, 3 or 5"),
        ("nats://u:s3cret@a/x?replica=3", {}, "an option besides replicas, its only one"),
        ("nats://a", {"replicas": 4}, "the number of replicas is not 1, 3 or 5"),
        ("nats://a", {"credentials": "/nowhere.creds"}, "cannot be read"),
        ("nats://a", {"nkey": "/nowhere.nk"}, "cannot be read"),
    ],
)
def test_a_url_that_is_none_is_refused_without_repeating_its_password(url, options, said):
    """The message says what was expected, and keeps the secret."""
    with pytest.raises(CannotOpen, match=said) as caught:
        JetStreamLog(url, **options)
    assert "s3cret" not in "".join(traceback.format_exception_only(caught.value)) + repr(vars(caught.value))
