"""Downloads: public addresses only, resumed where they were cut off, hashed; tested on this machine alone."""

from __future__ import annotations

import hashlib
import http.server
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from civcas.catalog import find
from civcas.cli.get import fetched
from civcas.errors import BadInput
from civcas.importers.downloading import Reach, checked, download

CONTENT = bytes(range(256)) * 20_000  # 5 MB


class Publisher(http.server.BaseHTTPRequestHandler):
    asked: list[dict[str, str]] = []  # noqa: RUF012
    cut = 0
    shifted = 0
    tag = '"one"'

    def do_GET(self) -> None:
        type(self).asked.append(dict(self.headers))
        if self.path.startswith("/moved/"):
            left = int(self.path.rsplit("/", 1)[1])
            self._answer(302, {"Location": f"/moved/{left - 1}" if left else "/data.bin"})
            return
        if self.path == "/inside":
            self._answer(302, {"Location": "https://10.0.0.1/data.bin"})
            return
        if self.path == "/unsafe":
            self._answer(302, {"Location": "http://example.org/data.bin"})
            return
        if self.path == "/huge.bin":
            self._answer(200, {"Content-Length": str(30 << 30)})
            return
        if self.path == "/gone":
            self._answer(404, {})
            return
        start = 0
        if self.headers.get("If-Range") == self.tag:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
        body = CONTENT[start:]
        named = (
            {"Content-Range": f"bytes {start + type(self).shifted}-{len(CONTENT) - 1}/{len(CONTENT)}"} if start else {}
        )
        self._answer(206 if start else 200, {"Content-Length": str(len(body)), "ETag": self.tag} | named)
        self.wfile.write(body[: type(self).cut] if type(self).cut else body)

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[str]:
    Publisher.asked, Publisher.cut, Publisher.shifted, Publisher.tag = [], 0, 0, '"one"'
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def reach(address: str) -> Reach:
    return Reach(loopback_ports=frozenset({int(address.rsplit(":", 1)[1])}))


def test_a_file_is_downloaded_with_progress_size_and_hash(publisher: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    got = download(
        f"{publisher}/data.bin", tmp_path, tell=lambda done, whole: seen.append((done, whole)), reach=reach(publisher)
    )
    assert got.path.read_bytes() == CONTENT
    assert (got.size, got.sha256, got.resumed_at) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), 0)
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert not list(tmp_path.glob("*.part*"))


def test_a_download_that_was_cut_off_goes_on_where_it_stopped(publisher: str, tmp_path: Path) -> None:
    Publisher.cut = 3_000_000
    with pytest.raises(BadInput, match="stopped after 3,000,000 of 5,120,000 bytes"):
        download(f"{publisher}/data.bin", tmp_path, reach=reach(publisher))
    Publisher.cut = 0
    got = download(f"{publisher}/data.bin", tmp_path, reach=reach(publisher))
    assert (got.resumed_at, got.path.read_bytes() == CONTENT) == (3_000_000, True)


def test_a_file_that_changed_meanwhile_is_taken_from_the_beginning(publisher: str, tmp_path: Path) -> None:
    Publisher.cut = 3_000_000
    with pytest.raises(BadInput):
        download(f"{publisher}/data.bin", tmp_path, reach=reach(publisher))
    Publisher.cut, Publisher.tag = 0, '"two"'
    got = download(f"{publisher}/data.bin", tmp_path, reach=reach(publisher))
    assert (got.resumed_at, got.path.read_bytes() == CONTENT) == (0, True)


def test_another_part_than_was_asked_for_is_not_put_behind_what_is_there(publisher: str, tmp_path: Path) -> None:
    Publisher.cut = 2_000_000
    with pytest.raises(BadInput, match="stopped after"):
        download(f"{publisher}/data.bin", tmp_path, reach=reach(publisher))
    Publisher.cut, Publisher.shifted = 0, 7
    with pytest.raises(BadInput, match="another part of the file"):
        download(f"{publisher}/data.bin", tmp_path, reach=reach(publisher))
    assert (tmp_path / "data.bin.part").stat().st_size == 2_000_000


def test_a_file_beyond_measure_is_refused_before_it_is_sent(publisher: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="larger than 20 GiB"):
        download(f"{publisher}/huge.bin", tmp_path / "new", reach=reach(publisher))
    assert not (tmp_path / "new").exists()


def test_a_redirect_to_an_address_without_encryption_is_refused(publisher: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="may not be fetched"):
        download(f"{publisher}/unsafe", tmp_path, reach=reach(publisher))


def test_a_folder_that_cannot_be_written_is_one_clear_message(publisher: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be written"):
        download(f"{publisher}/data.bin", tmp_path / "taken", reach=reach(publisher))


def test_five_redirects_are_followed_and_a_sixth_is_not(publisher: str, tmp_path: Path) -> None:
    assert download(f"{publisher}/moved/4", tmp_path, reach=reach(publisher)).size == len(CONTENT)
    with pytest.raises(BadInput, match="more than 5 redirects"):
        download(f"{publisher}/moved/5", tmp_path, reach=reach(publisher))


def test_a_redirect_into_a_private_network_is_refused(publisher: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"10\.0\.0\.1, which is not a public address"):
        download(f"{publisher}/inside", tmp_path, reach=reach(publisher))


@pytest.mark.parametrize(
    "url",
    ["http://example.org/a", "ftp://example.org/a", "https://user:secret@example.org/a", "https://example.org:8443/a", "file:///etc/passwd",
     "https://", "https://[::1"],
)  # fmt: skip
def test_only_plain_https_addresses_are_fetched(url: str) -> None:
    with pytest.raises((BadInput, ValueError)):
        checked(url, Reach())


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
     "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1"],
)  # fmt: skip
def test_a_name_at_an_address_that_is_not_public_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: answers)
    with pytest.raises(BadInput, match="not a public address"):
        checked("https://publisher.example/data.zip", Reach())


def test_numbers_written_oddly_are_resolved_before_they_are_judged() -> None:
    for odd in ("https://2130706433/", "https://0x7f.1/", "https://017700000001/"):
        with pytest.raises(BadInput, match=r"not a public address|cannot be found"):
            checked(odd, Reach())


def test_no_cookie_proxy_or_credential_is_sent(publisher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    download(f"{publisher}/data.bin", tmp_path, reach=reach(publisher))
    assert set(Publisher.asked[0]) == {"Host", "User-Agent", "Accept-Encoding"}


def test_get_notes_where_a_file_came_from(publisher: str, tmp_path: Path) -> None:
    importer = replace(find("importers", "ucdp_ged"), download=f"{publisher}/data.bin")
    said = fetched(importer, tmp_path, reach=reach(publisher))
    assert said["licence"] == "CC BY 4.0"
    assert (tmp_path / "data.bin.source.json").exists()


def test_what_cannot_be_downloaded_is_said_where_to_get_by_hand(
    publisher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match=r"Download it by hand from https://acleddata.com"):
        fetched(find("importers", "acled"), tmp_path)

    def offline(*asked: object, **more: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", offline)
    with pytest.raises(BadInput, match=r"(?s)cannot be found: no network.*Download it by hand from https://ucdp"):
        fetched(find("importers", "ucdp_ged"), tmp_path)
