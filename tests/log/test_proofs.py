"""Seals, proofs and signatures: every honest one passes, and every forged one is found."""

import hashlib
import json
import random
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from support.tampering import drafts, one_bit_off
from timeline import ConsistencyProof, InclusionProof, Seal, Timeline
from timeline.errors import InvalidProof, TamperedLog, TimelineError, UnknownTarget
from timeline.log import merkle, proofs
from timeline.log.signing import SignedSeal, sign

# the test data of Certificate Transparency, as published with RFC 6962 and kept by transparency-dev/merkle
CT_LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_INCLUSION = {
    (1, 1): [],
    (1, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (6, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (3, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (2, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip
CT_CONSISTENCY = {
    (1, 1): [],
    (1, 8): CT_INCLUSION[1, 8],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", *CT_INCLUSION[6, 8][1:]],
    (2, 5): CT_INCLUSION[2, 5][1:],
    (6, 7): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
}  # fmt: skip


@pytest.fixture(scope="module")
def line():
    """A timeline of 21 entries, one of them redacted."""
    made = Timeline()
    made.record_all(drafts(20))
    made.redact("e8")
    return made


@pytest.fixture(scope="module")
def seal(line):
    """The seal of it."""
    return line.seal()


# -- trees ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size):
    """Of no leaves to eight."""
    assert merkle.root(merkle.hashes(CT_LEAVES[:size])).hex() == CT_ROOTS[size]


@pytest.mark.parametrize(("position", "size"), CT_INCLUSION)
def test_inclusion_paths_are_those_of_certificate_transparency(position, size):
    """The published ones are made, and hold."""
    nodes, path = merkle.hashes(CT_LEAVES[:size]), tuple(map(bytes.fromhex, CT_INCLUSION[position, size]))
    assert merkle.inclusion(position - 1, nodes) == path
    assert merkle.included(position - 1, size, nodes[position - 1], path, bytes.fromhex(CT_ROOTS[size]))


@pytest.mark.parametrize(("first", "second"), CT_CONSISTENCY)
def test_consistency_paths_are_those_of_certificate_transparency(first, second):
    """The published ones are made, and hold."""
    path = tuple(map(bytes.fromhex, CT_CONSISTENCY[first, second]))
    assert merkle.consistency(first, merkle.hashes(CT_LEAVES[:second])) == path
    roots = (bytes.fromhex(CT_ROOTS[first]), bytes.fromhex(CT_ROOTS[second]))
    assert merkle.consistent((first, second), roots, path)


@given(st.integers(1, 70), st.data())
def test_a_path_holds_for_its_leaf_place_and_size_only(size, data):
    """This holds for every size of the tree."""
    nodes = merkle.hashes([bytes([n]) for n in range(size)])
    root, index = merkle.root(nodes), data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(index, nodes)
    assert merkle.included(index, size, nodes[index], path, root)
    for place in range(-1, size + 2):
        assert merkle.included(place, size, nodes[index], path, root) == (place == index)
    for wrong in (path[:-1], path[1:], (*path, root), (root, *path), path[::-1]):
        assert merkle.included(index, size, nodes[index], wrong, root) == (wrong == path)


@given(st.integers(1, 70), st.data())
def test_a_consistency_path_holds_for_its_two_sizes_only(second, data):
    """This holds for any leaves."""
    nodes = merkle.hashes([bytes([n]) for n in range(second)])
    first = data.draw(st.integers(0, second))
    path, roots = merkle.consistency(first, nodes), (merkle.root(nodes[:first]), merkle.root(nodes))
    assert merkle.consistent((first, second), roots, path)
    for other in range(second + 2):
        assert merkle.consistent((other, second), roots, path) == (other == first)
    if first not in (0, second):
        for wrong in (path[:-1], path[1:], (*path, roots[1]), (roots[0], *path)):
            assert not merkle.consistent((first, second), roots, wrong)


# -- honest -----------------------------------------------------------------------------------------


def test_a_seal_is_the_head_and_the_root(line, seal):
    """Its digest is the head's, its root is over the leaves."""
    assert (seal.size, seal.digest) == line.head()
    assert seal.root == merkle.root(merkle.hashes([row.leaf for row in line.log.stored()]))
    assert line.verify(seal=seal) == line.head()
    assert Timeline().seal() == Seal(0, b"", hashlib.sha256(b"").digest())


def test_every_entry_is_proved_within_every_seal_from_its_own_on(line):
    """And says what it says; the one that was redacted shows its leaf."""
    seals = [proofs.seal(line.log, size) for size in range(line.head().position + 1)]
    for seal in seals:
        for entry in line.entries(before=seal.size + 1):
            proof = line.prove(entry, within=seal)
            read = InclusionProof.parse(str(proof))
            read.check(Seal.parse(str(seal)))
            assert read == proof
            assert read.leaf == entry.leaf
            assert (read.draft is None) == (entry.id == "e8")
            assert read.draft is None or (read.draft.id, read.draft.event) == (entry.id, entry.event)


def test_every_seal_is_proved_within_every_later_one(line):
    """From the empty log on, also across a redaction."""
    seals = [proofs.seal(line.log, size) for size in range(line.head().position + 1)]
    for earlier in seals:
        for later in seals[earlier.size :]:
            proof = line.prove(earlier, within=later)
            ConsistencyProof.parse(str(proof)).check(Seal.parse(str(earlier)), Seal.parse(str(later)))
            assert line.verify(seal=earlier)


def test_a_redaction_changes_no_seal():
    """Earlier seals still hold, and so does a proof that was given away."""
    line = Timeline()
    line.record_all(drafts(9))
    seal = line.seal()
    given_away = line.prove("e4", within=seal)
    line.redact("e4")
    assert line.verify(seal=seal)
    assert line.prove("e4", within=seal).leaf == given_away.leaf
    given_away.check(seal)


def test_the_published_vectors_hold_for_a_reader_without_this_library():
    """Every value is computed from the values before it by the checker that the page gives."""
    page = (Path(__file__).parents[2] / "docs" / "proofs.md").read_text("utf-8")
    (checker,) = (block for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "def is_included" in block)
    reader: dict[str, object] = {}
    exec(checker, reader)
    vectors = json.loads(re.findall(r"```json\n(.*?)```", page, re.DOTALL)[-1])
    sha, leaf_of, is_included, is_consistent = (
        reader[name] for name in ("sha", "leaf_of", "is_included", "is_consistent")
    )
    digest, nodes = b"", []
    for entry in vectors["entries"]:
        if "content" in entry:
            assert leaf_of({k: v for k, v in entry.items() if k != "leaf"}).hex() == entry["leaf"]
        digest = sha(digest + bytes.fromhex(entry["leaf"]))
        assert digest.hex() == entry["digest"]
        nodes.append(sha(b"\x00" + bytes.fromhex(entry["leaf"])))
    assert [node.hex() for node in nodes] == vectors["leaf_hashes"]
    pairs = [sha(b"\x01" + nodes[n] + nodes[n + 1]) for n in (0, 2)]
    early, late = vectors["seals"]
    assert (json.loads(early)["root"], json.loads(early)["digest"]) == (pairs[0].hex(), vectors["entries"][1]["digest"])
    assert json.loads(late)["root"] == sha(b"\x01" + pairs[0] + pairs[1]).hex()
    assert all(is_included(proof, late) for proof in vectors["inclusion"])
    assert not is_included(vectors["inclusion"][0], early.replace('"size":2', '"size":4'))
    assert is_consistent(vectors["consistency"], early, late)
    signed = json.loads(vectors["signed_seal"])
    assert signed["seal"] == late
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vectors["public_key"]))
    public.verify(bytes.fromhex(signed["signature"]), late.encode())


# -- refused ----------------------------------------------------------------------------------------


def test_a_tail_cut_off_below_the_seal_is_found(tmp_path):
    """A shorter log is sound in itself, and not the one that was sealed."""
    with Timeline.open(tmp_path / "a.db") as line:
        line.record_all(drafts(12))
        seal = line.seal()
        line.log._connection.execute("DELETE FROM entries WHERE position > 9")
        assert line.verify().position == 9
        with pytest.raises(TamperedLog, match="the log ends at position 9, but 12 entries of it were sealed") as caught:
            line.verify(seal=seal)
        assert caught.value.position == 10
        line.record_all(drafts(3, 20))
        with pytest.raises(TamperedLog, match="not the one that was sealed"):
            line.verify(seal=seal)


def test_a_log_written_anew_is_found():
    """The same reports with other salts are another log."""
    one, other = Timeline(), Timeline()
    for line in (one, other):
        line.record_all(drafts(4))
    with pytest.raises(TamperedLog, match="another log"):
        one.verify(seal=other.seal())
    with pytest.raises(TamperedLog, match="another log"):
        one.prove("e1", within=other.seal())
    with pytest.raises(TamperedLog, match="another log"):
        one.prove(proofs.seal(other.log, 2), within=one.seal())


def test_only_what_is_within_a_seal_is_proved(line):
    """Not what came after it, and not what is not there."""
    early, late = proofs.seal(line.log, 3), line.seal()
    with pytest.raises(InvalidProof, match="at position 5, after the 3 entries of the seal"):
        line.prove("e4", within=early)
    with pytest.raises(InvalidProof, match="cannot be within one of 3"):
        line.prove(late, within=early)
    with pytest.raises(UnknownTarget):
        line.prove("nowhere", within=late)


def test_a_proof_is_for_its_own_seal(line, seal):
    """And for no other, of this log or another."""
    early = proofs.seal(line.log, 6)
    with pytest.raises(InvalidProof, match="position 2"):
        line.prove("e1", within=seal).check(early)
    with pytest.raises(InvalidProof, match="to go on from that of 7"):
        line.prove(early, within=seal).check(proofs.seal(line.log, 7), seal)


def test_no_byte_of_the_content_passes_for_the_id(line, seal):
    """They follow one another in the leaf, so the content has to be whole."""
    said = json.loads(str(line.prove("e4", within=seal)))
    said["entry"]["content"] += "e"
    said["entry"]["id"] = "4"
    with pytest.raises(InvalidProof):
        InclusionProof.parse(json.dumps(said, separators=(",", ":"), ensure_ascii=False))


def texts(line, seal):
    """Yield a text of every kind, with the function that reads and checks it."""
    early = proofs.seal(line.log, 6)
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    return [
        (str(seal), lambda text: line.verify(seal=Seal.parse(text))),
        (str(line.prove("e4", within=seal)), lambda text: InclusionProof.parse(text).check(seal)),
        (str(line.prove("e8", within=seal)), lambda text: InclusionProof.parse(text).check(seal)),
        (str(line.prove(early, within=seal)), lambda text: ConsistencyProof.parse(text).check(early, seal)),
        (str(sign(seal, key)), lambda text: SignedSeal.parse(text).check(key.public_key())),
    ]


BAD_TEXTS = {
    "nothing": lambda text: "",
    "no text": lambda text: None,
    "bytes": lambda text: text.encode(),
    "a list": lambda text: "[1]",
    "cut short": lambda text: text[:-9],
    "twice": lambda text: text * 2,
    "spaces within": lambda text: text.replace(",", ", ", 1),
    "another order": lambda text: json.dumps(dict(reversed(json.loads(text).items())), separators=(",", ":")),
    "one more": lambda text: text.replace('"type"', '"a":1,"type"'),
    "one less": lambda text: re.sub(r'"size":\d+,|"earlier":\d+,|,"signature":"\w+"', "", text),
    "a number as text": lambda text: re.sub(r'"(size|earlier|signature)":"?(\w+)"?', r'"\1":"x\2"', text),
    "true for a number": lambda text: re.sub(r'"(size|earlier|signature)":"?(\w+)"?', r'"\1":true', text),
    "another version": lambda text: text.replace('/1"', '/2"'),
    "a lone surrogate": lambda text: text[:-2] + '\ud800"}',
    "too long": lambda text: text.replace('"type"', '"a":"' + "x" * 3_000_000 + '","type"'),
    "too deep": lambda text: text.replace('"type"', '"a":' + "[" * 70 + "]" * 70 + ',"type"'),
    "far too deep": lambda text: text.replace('"type"', '"a":' + "[" * 5000 + "]" * 5000 + ',"type"'),
    "a path too long": lambda text: re.sub(r'"path":\[.*?\]', '"path":[' + ",".join([f'"{"a" * 64}"'] * 65) + "]", text)
    if "path" in text else "x",
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_what_is_no_such_text_gets_one_error(line, seal, case):
    """This holds for every kind, and for every fault."""
    for text, check in texts(line, seal):
        check(f" {text}\n")
        with pytest.raises(InvalidProof):
            check(BAD_TEXTS[case](text))


def test_a_signature_is_by_one_key_over_one_seal(line, seal):
    """The public test vector of RFC 8032, and keys and seals that are others."""
    key = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signed = SignedSeal.parse(str(sign(seal, key)))
    assert signed.check(Ed25519PublicKey.from_public_bytes(public)) == seal
    with pytest.raises(InvalidProof, match="not signed with this key"):
        signed.check(Ed25519PrivateKey.generate().public_key())
    with pytest.raises(InvalidProof, match="not signed with this key"):
        SignedSeal(proofs.seal(line.log, 6), signed.signature).check(key.public_key())


# -- a sample of a thousand -------------------------------------------------------------------------

SAMPLE = 1000


def test_every_forged_proof_is_found(line, seal):
    """A thousand: one bit of a text flipped, one hash or number exchanged for another of the same log."""
    random_ = random.Random(9162)
    known = texts(line, seal)
    hexes = [h for text, _ in known for h in re.findall(r"[0-9a-f]{32,}", text)]
    missed = []
    for number in range(SAMPLE):
        text, check = random_.choice(known)
        how = random_.choice(["bit", "hash", "number"])
        if how == "bit":
            forged = one_bit_off(text.encode(), random_).decode("utf-8", "surrogateescape")
        else:
            spans = [m.span() for m in re.finditer(r"[0-9a-f]{32,}" if how == "hash" else r"(?<=:)\d+", text)]
            start, end = random_.choice(spans)
            forged = (
                text[:start] + (random_.choice(hexes) if how == "hash" else str(random_.randrange(30))) + text[end:]
            )
        if forged.strip() == text:
            continue
        try:
            check(forged)
        except TimelineError:
            continue
        missed.append((number, how, forged))
    assert missed == []
