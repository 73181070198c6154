"""A stream that is encrypted to a public key on its way to a file, or decrypted on its way out (age, through pyrage)."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from civcas.errors import BadInput, MissingExtra

MAGIC = b"age-encryption.org/"


def is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def new_identity(path: Path) -> str:
    """Write a new private key for backups, for its owner alone, and return the public key to encrypt to."""
    identity = _age().x25519.Identity.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    except FileExistsError:
        raise BadInput("this file is there already", where=str(path), expected="a new file for the key") from None
    return str(identity.to_public())


@contextlib.contextmanager
def sealing(file: IO[bytes], to: str) -> Iterator[IO[bytes]]:
    """What is written to the stream reaches the file encrypted; nothing of it touches the disk in the clear."""
    recipient = _recipient(to)
    with _piped(lambda reader: _age().encrypt_io(reader, file, [recipient])) as writer:
        yield writer


@contextlib.contextmanager
def opening(path: Path, identity: Path) -> Iterator[IO[bytes]]:
    """The decrypted stream of a sealed file. A wrong key or a damaged file is one clear message."""
    keys = _identities(identity)
    reader, writer = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    failed: list[BaseException] = []

    def pour() -> None:
        with path.open("rb") as file, writer:
            _attempt(lambda: _age().decrypt_io(file, writer, keys), failed)

    thread = threading.Thread(target=pour, daemon=True)
    thread.start()
    try:
        yield reader
    finally:
        reader.close()
        thread.join()
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise BadInput(
                f"the backup cannot be decrypted ({failed[0]})",
                where=str(path),
                expected=f"the private key it was encrypted to, not the one in {identity}; and the whole file",
            ) from None


@contextlib.contextmanager
def _piped(consume: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """Run a consumer of a stream in a thread; what it fails with is raised here."""
    reader, writer = (os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    failed: list[BaseException] = []

    def drain() -> None:
        with reader:
            _attempt(lambda: consume(reader), failed)

    thread = threading.Thread(target=drain, daemon=True)
    thread.start()
    try:
        yield writer
    finally:
        with contextlib.suppress(BrokenPipeError):
            writer.close()
        thread.join()
        if failed:
            raise failed[0]


def _attempt(work: Callable[[], None], failed: list[BaseException]) -> None:
    """A thread has no one to raise to: what it fails with, whatever it is, is handed to the one who waits."""
    try:
        work()
    except BaseException as error:
        failed.append(error)


def _recipient(to: str) -> Any:
    text = Path(to).read_text(encoding="utf-8").strip() if Path(to).is_file() else to.strip()
    age = _age()
    try:
        return age.x25519.Recipient.from_str(text)
    except age.RecipientError:
        raise BadInput(f"{to!r} is not a public key for backups", expected="age1…, or a file that holds it") from None


def _identities(path: Path) -> list[Any]:
    age = _age()
    try:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("AGE-SECRET-KEY-")]
        keys = [age.x25519.Identity.from_str(line.strip()) for line in lines]
    except (OSError, UnicodeDecodeError, age.IdentityError):
        keys = []
    if not keys:
        raise BadInput("this holds no private key for backups", where=str(path), expected="a line AGE-SECRET-KEY-…")
    return keys


def _age() -> Any:
    try:
        import pyrage
    except ModuleNotFoundError:
        raise MissingExtra("an encrypted backup", "backups") from None
    return pyrage
