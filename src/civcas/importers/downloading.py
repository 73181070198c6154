"""Downloads a dataset from its publisher over HTTPS, from public addresses only, and resumes where it was cut off."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from civcas.errors import BadInput
from civcas.importers.opening import fingerprint

AGENT = "civcas (dataset download)"
REDIRECTS_AT_MOST = 5
LARGEST = 20 << 30
PIECE = 1 << 20
SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be reached: public addresses over HTTPS. Tests alone add ports of this machine, spoken to without encryption."""

    loopback_ports: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file as its publisher sent it: where from, how large, and its hash."""

    path: Path
    url: str
    size: int
    sha256: str
    resumed_at: int  # bytes that were there from an earlier try


def download(
    url: str, folder: Path, *, tell: Callable[[int, int], None] = lambda done, whole: None, reach: Reach | None = None
) -> Downloaded:
    """Fetch `url` into `folder`; `tell(bytes so far, bytes in all or 0)` is called as it goes.

    Every address is resolved once, checked, and the checked address is the one connected to, again at each redirect. No
    proxy, no cookie, no credential is used. A download that was cut off goes on where it stopped if the publisher
    still has the same file.
    """
    reach = reach or Reach()
    part = folder / (_file_name(url) + ".part")
    whole = part.with_suffix("")
    for _ in range(REDIRECTS_AT_MOST + 1):
        known = _progress(part)
        answer, connection = _asked(url, known, reach)
        try:
            if answer.status in (301, 302, 303, 307, 308):
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            _reject_larger(int(answer.headers.get("Content-Length") or 0), url)
            folder.mkdir(parents=True, exist_ok=True)
            start = _start(answer, known, part, url)
            _receive(answer, part, start, tell, url)
        except ValueError as odd:
            raise BadInput(f"the publisher's answer cannot be understood: {odd}", where=url) from None
        except OSError as unwritten:
            raise BadInput(f"the file cannot be written: {unwritten}", where=str(part)) from None
        finally:
            connection.close()
        part.replace(whole)
        _note(part).unlink(missing_ok=True)
        sha256, size = fingerprint(whole)
        return Downloaded(path=whole, url=url, size=size, sha256=sha256, resumed_at=start)
    raise BadInput(f"more than {REDIRECTS_AT_MOST} redirects", where=url)


def checked(url: str, reach: Reach) -> tuple[SplitResult, str]:
    """The parsed address and one of its numeric addresses, once all of them are public."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port
        host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise BadInput(f"{url!r} is not an address", expected="https://…") from None
    here = port in reach.loopback_ports and host in ("127.0.0.1", "localhost")
    if (
        parts.username
        or parts.password
        or not host
        or (parts.scheme != "https" and not here)
        or (port not in (None, 443) and not here)
    ):
        raise BadInput(
            f"{url!r} may not be fetched", expected="an https address on port 443, without a name or password"
        )
    try:
        found = {str(a[4][0]) for a in socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)}
    except OSError as offline:
        raise BadInput(f"{host} cannot be found: {offline}", where=url) from None
    for address in sorted(found):
        if not here and not _public(address):
            raise BadInput(f"{host} is at {address}, which is not a public address", where=url)
    return parts, sorted(found)[0]


def _public(address: str) -> bool:
    """Global, and not a form that carries a private IPv4 address inside IPv6 (mapped, 6to4, NAT64)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast


def _asked(
    url: str, known: dict[str, str], reach: Reach
) -> tuple[http.client.HTTPResponse, http.client.HTTPConnection]:
    parts, address = checked(url, reach)
    host, port = parts.hostname or "", parts.port or 443
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    headers = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    if known:
        headers |= {"Range": f"bytes={known['size']}-", "If-Range": known["tag"]}
    try:
        raw = socket.create_connection((address, port), timeout=SECONDS)
        secure = parts.scheme == "https"
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if secure else raw
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else "") or "/", headers=headers)
        return connection.getresponse(), connection
    except (OSError, http.client.HTTPException) as offline:
        connection.close()
        raise BadInput(f"{host} cannot be reached: {offline}", where=url) from None


def _start(answer: http.client.HTTPResponse, known: dict[str, str], part: Path, url: str) -> int:
    """Where to go on writing: at the end of what is there, or at the beginning if the publisher's file is another one."""
    if answer.status == 206 and known:
        if not (answer.headers.get("Content-Range") or "").startswith(f"bytes {known['size']}-"):
            raise BadInput("the publisher sent another part of the file than was asked for", where=url,
                           do=f"Delete {part} and ask again.")  # fmt: skip
        return int(known["size"])
    if answer.status != 200:
        raise BadInput(f"the publisher answered {answer.status} {answer.reason}", where=url, expected="the file")
    tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
    if tag and not tag.startswith("W/"):
        _note(part).write_text(json.dumps({"tag": tag, "url": url}), encoding="utf-8")
    else:
        _note(part).unlink(missing_ok=True)
    return 0


def _receive(
    answer: http.client.HTTPResponse, part: Path, start: int, tell: Callable[[int, int], None], url: str
) -> None:
    length = answer.headers.get("Content-Length")
    expected = start + int(length) if length and length.isdigit() else 0
    done = start
    with part.open("r+b" if start else "wb") as file:
        file.truncate(start)
        file.seek(start)
        while True:
            try:
                piece = answer.read(PIECE)
            except (OSError, http.client.HTTPException) as cut:
                raise _cut(url, done, expected, part) from cut
            if not piece:
                break
            done += len(piece)
            _reject_larger(done, url)
            file.write(piece)
            tell(done, expected)
    if expected and done != expected:
        raise _cut(url, done, expected, part)


def _reject_larger(size: int, url: str) -> None:
    if size > LARGEST:
        raise BadInput(f"the file is larger than {LARGEST >> 30} GiB", where=url)


def _cut(url: str, done: int, expected: int, part: Path) -> BadInput:
    return BadInput(f"the download stopped after {done:,} of {expected:,} bytes", where=url,
                    do=f"Ask again: it goes on where it stopped ({part}).")  # fmt: skip


def _progress(part: Path) -> dict[str, str]:
    """What an earlier try left, if the publisher gave a mark by which the same file can be known."""
    if not part.is_file() or not _note(part).is_file() or not part.stat().st_size:
        return {}
    return {"size": str(part.stat().st_size), "tag": str(json.loads(_note(part).read_text(encoding="utf-8"))["tag"])}


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _file_name(url: str) -> str:
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in name).lstrip(".")
    return safe[:120] or "download"
