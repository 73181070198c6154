"""A checkpoint: the hash of an entry, signed with Ed25519. Kept elsewhere, it proves how long the chain was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from civcas.errors import BadInput
from civcas.ledger.book import Head, Ledger, head
from civcas.ledger.clock import time_after
from civcas.ledger.store import CHECKPOINT
from civcas.terms.canonical import canonical


class Checkpoint(NamedTuple):
    """Entry `sequence` of the case has `hash`, says the holder of `key`; key and signature in hexadecimal."""

    sequence: int
    at: str
    hash: str
    key: str
    signature: str

    def signed_text(self, case: str) -> str:
        return canonical({"at": self.at, "case": case, "hash": self.hash, "key": self.key, "sequence": self.sequence})

    def is_signed_by(self, key: str, *, case: str) -> bool:
        try:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            public.verify(bytes.fromhex(self.signature), self.signed_text(case).encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_json(self, case: str) -> str:
        return canonical({"civcas_checkpoint": 1, "case": case, **self._asdict()})


def read_checkpoint(path: Path, *, case: str) -> Checkpoint:
    """A checkpoint that was kept elsewhere; one of another case is refused."""
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
        found = Checkpoint(**{name: words[name] for name in Checkpoint._fields})
        of = words["case"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(
            "this is not a checkpoint", where=str(path), expected="a file that civcas checkpoint wrote"
        ) from None
    if of != case:
        raise BadInput(f"this checkpoint is of another case ({of})", where=str(path), expected=f"one of case {case}")
    return found


def new_key(*, passphrase: str = "") -> bytes:
    """A new private key in PEM form, locked where a passphrase is given."""
    locked = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def public_key(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()


def read_key(path: Path, *, passphrase: str = "") -> Ed25519PrivateKey:
    """The private key of a file; a wrong passphrase, a missing one or another kind of key is refused."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except FileNotFoundError:
        raise BadInput(
            "the signing key is not here",
            where=str(path),
            do="Put it back, or make a new one: civcas checkpoint --new-key",
        ) from None
    except TypeError:
        needs = "no passphrase" if passphrase else "its passphrase"
        raise BadInput(f"the signing key takes {needs}", where=str(path), do="Set or unset CIVCAS_PASSPHRASE") from None
    except (ValueError, UnsupportedAlgorithm):
        found = "the passphrase is wrong, or this is not a key" if passphrase else "this is not a private key"
        raise BadInput(found, where=str(path), expected="an Ed25519 key in PEM form and its passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput("this key is of another kind", where=str(path), expected="an Ed25519 key")
    return key


def read_public_key(words: str) -> str:
    """A public key as 64 hexadecimal digits, or the file that holds them."""
    text = Path(words).read_text(encoding="utf-8").strip() if Path(words).is_file() else words.strip()
    if len(text) != 64 or set(text.lower()) - set("0123456789abcdef"):
        raise BadInput(f"{words!r} is not a public key", expected="64 hexadecimal digits, or a file that holds them")
    return text.lower()


def sign(ledger: Ledger, key: Ed25519PrivateKey) -> Checkpoint:
    """Sign the last entry and keep the signature beside the ledger; an entry signed already is not signed again."""
    with ledger.store.writing() as connection:
        last = head(connection)
        if not last.sequence:
            raise BadInput("there is no entry to sign yet", where=ledger.store.where)
        known = connection.execute(sa.select(CHECKPOINT).where(CHECKPOINT.c.sequence == last.sequence)).first()
        if known:
            return Checkpoint._make(known)
        made = _signed(last, key, at=time_after(ledger.clock, last.at), case=ledger.case)
        ledger.store.insert(connection, CHECKPOINT, [made])
    return made


def _signed(last: Head, key: Ed25519PrivateKey, *, at: str, case: str) -> Checkpoint:
    unsigned = Checkpoint(last.sequence, at, last.hash, public_key(key), "")
    return unsigned._replace(signature=key.sign(unsigned.signed_text(case).encode()).hex())
