"""What goes over the wire: headers, limits, what was not modified, and a log that names nobody."""

from __future__ import annotations

import asyncio
import gzip
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx")
pytest.importorskip("starlette")

from civcas.web import server  # noqa: E402
from civcas.web.following import Current, Making  # noqa: E402
from civcas.web.site import Site  # noqa: E402
from made_up_public import made_up_public  # noqa: E402


class Client:
    """Asks an application without a network, in an event loop of its own thread: a browser of another test may hold this one's."""

    def __init__(self, application: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://site.test")

    def ask(self, path: str, method: str = "GET", **more: Any) -> Any:
        return self._wait(self._client.request(method, path, **more))

    def close(self) -> None:
        self._wait(self._client.aclose())
        self._wait(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, answer: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(answer, self._loop).result(600)


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[Client]:
    opened = Client(server.Server(lambda: site))
    yield opened
    opened.close()


def test_every_answer_carries_the_headers_that_keep_readers_safe(client: Client) -> None:
    for path in ("/", "/ar/incidents", "/incidents.json", "/nope", "/assets/site.css", "/incidents?page=0"):
        headers = client.ask(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'") and "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy and headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert (
            headers["cross-origin-opener-policy"] == "same-origin" and "max-age" in headers["strict-transport-security"]
        )
        assert "set-cookie" not in headers


def test_only_pictures_for_others_may_be_framed(client: Client) -> None:
    page, picture = client.ask("/embed/deaths-by-grade.html"), client.ask("/embed/deaths-by-grade.svg")
    assert "frame-ancestors *" in page.headers["content-security-policy"] and "x-frame-options" not in page.headers
    assert (
        picture.headers["content-type"].startswith("image/svg+xml")
        and "'sha256-" in picture.headers["content-security-policy"]
    )
    assert "A made-up case" in page.text and "A made-up case" in picture.text


def test_what_is_the_same_is_not_sent_again(client: Client, site: Site, tmp_path: Path) -> None:
    first = client.ask("/incidents?grading=Fair")
    tag = first.headers["etag"]
    again = client.ask("/incidents?grading=Fair", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.ask("/incidents?grading=Weak", headers={"If-None-Match": tag}).status_code == 200
    other = server.Server(lambda: Site.make(made_up_public(299), tmp_path / "other.db"))
    assert other._tag("/incidents?grading=Fair") != tag


def test_answers_are_squeezed_for_those_who_take_it_and_the_same_bytes_each_time(client: Client) -> None:
    plain, squeezed = (client.ask("/incidents", headers={"Accept-Encoding": how}) for how in ("identity", "gzip"))
    assert "content-encoding" not in plain.headers and squeezed.headers["content-encoding"] == "gzip"
    assert squeezed.content == plain.content and len(gzip.compress(plain.content)) < len(plain.content)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_reading_is_possible(client: Client, method: str) -> None:
    refused = client.ask("/incidents", method)
    assert refused.status_code == 405 and refused.headers["allow"] == "GET, HEAD"


def test_a_body_and_a_long_address_are_refused(client: Client) -> None:
    assert client.ask("/", content=b"x").status_code == 413
    assert client.ask("/incidents?q=" + "x" * 2100).status_code == 414
    assert client.ask("/incidents?" + "&".join("q=x" for _ in range(100))).status_code == 400


def test_head_is_get_without_its_body(client: Client) -> None:
    for path in ("/incidents", "/incidents.csv"):
        asked = client.ask(path, "HEAD")
        assert (
            asked.status_code == 200
            and asked.content == b""
            and asked.headers["content-type"] == client.ask(path).headers["content-type"]
        )


def test_a_table_streams_whole(client: Client) -> None:
    answer = client.ask("/data/report.csv")
    assert (
        answer.headers["content-disposition"] == 'attachment; filename="report.csv"'
        and len(answer.text.splitlines()) == 1501
    )


def test_a_fault_of_the_program_tells_a_number_and_nothing_else(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr(server, "reply", broken)
    with caplog.at_level(logging.INFO, "civcas.web"):
        failed = client.ask("/incidents?q=a-name-nobody-may-log")
    assert failed.status_code == 500 and "secret" not in failed.text and "a-name-nobody" not in failed.text
    assert "RuntimeError" in caplog.text and "secret" not in caplog.text and "a-name-nobody" not in caplog.text


def test_the_log_names_pages_and_no_question_and_no_reader(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "civcas.web"):
        client.ask("/incidents/cs000003?q=a-name")
        client.ask("/somebody-by-name")
    logged = [record.getMessage() for record in caplog.records if record.name == "civcas.web"]
    assert [line.split(" ")[:3] for line in logged] == [["GET", "incidents", "200"], ["GET", "other", "404"]]


def test_what_is_kept_ready_has_a_bound(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "KEPT", 200_000)
    own = server.Server(lambda: site)
    opened = Client(own)
    for n in range(1, 40):
        opened.ask(f"/incidents/cs{n:06d}")
    assert own._bytes <= 200_000 and 0 < len(own._kept) < 39
    opened.close()


def test_new_tables_are_served_and_nothing_of_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civcas.web.following.LOOK", 0.0)
    making = Making(tmp_path)
    making.show(made_up_public(4))
    opened = Client(server.Server(Current(making.name).site))
    assert opened.ask("/incidents.json").json()["of"] == 4
    for n in (5, 6, 7):
        making.show(made_up_public(n))
    assert opened.ask("/incidents.json").json()["of"] == 7
    assert len(list(tmp_path.glob("*.db"))) == 2
    opened.close()
