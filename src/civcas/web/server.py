"""Serves a site to anyone who asks and to read only: limits, headers, what was fetched before, and a log that names nobody."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from civcas.errors import MissingExtra
from civcas.terms.version import VERSION
from civcas.web.following import Current
from civcas.web.language import languages
from civcas.web.links import FIRST, LiveLinks
from civcas.web.rendering import pages
from civcas.web.replying import Address, Reply, failed, reply
from civcas.web.site import Site

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

try:
    from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
    from starlette.responses import Response, StreamingResponse
except ImportError:
    raise MissingExtra("civcas serve", "web") from None

LONGEST = 2_000  # characters of an address
SECONDS = 2.0  # one question to the database
KEPT = 64 * 1024 * 1024  # bytes of answers kept ready
LARGEST_KEPT = 2 * 1024 * 1024  # bytes of one of them
SMALLEST_SQUEEZED = 600  # bytes below which gzip gains nothing
DATABASE = "CIVCAS_SITE"  # tells the processes that serve where the file is named
NAMES = {
    *(p.address for p in pages().values()),
    *languages(),
    "assets",
    "data",
    "embed",
    "api",
    "overview",
}  # what the log may say
QUICK = ("incidents", "assets", "robots.txt")  # answered in milliseconds; the rest waits in a thread
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors "
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Vary": "Accept-Encoding",
    "Cache-Control": "no-cache",
}
log = logging.getLogger("civcas.web")


class Server:
    """The application. One of each process; it keeps the answers to hot addresses, the oldest given up first."""

    def __init__(self, site: Callable[[], Site], *, warmed: bool = False) -> None:
        self._current, self.site, self._warmed = site, site(), warmed
        self._warm()
        self._kept: OrderedDict[str, Reply] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.perf_counter()
        self._follow()
        answer, page = await self._answer(scope)
        await answer(scope, receive, send)
        log.info("%s %s %d %.1f ms", scope["method"], page, answer.status_code, (time.perf_counter() - began) * 1e3)

    def _follow(self) -> None:
        """Serve the tables of now; what was kept of the ones before is given up."""
        if (now := self._current()) is not self.site:
            self.site, self._bytes = now, 0
            self._kept.clear()
            self._warm()

    def _warm(self) -> None:
        """Ask each page once, aside, so that no reader waits for the sums that all of them share."""
        if self._warmed:
            threading.Thread(target=_ask_each, args=(self.site,), daemon=True).start()

    async def _answer(self, scope: Scope) -> tuple[Response, str]:
        """The response, and which page it is of for the log: never what was asked of it."""
        headers = dict(scope["headers"])
        raw, question = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
        refused = self._refused(scope, headers, raw, question)
        if refused:
            return self._response(refused, headers, scope["method"], ""), "refused"
        first = raw.strip("/").split("/")[0].split(".")[0]
        page = "overview" if not first else first if first in NAMES else "other"
        tag = self._tag(f"{raw}?{question}")
        if tag in [t.strip() for t in headers.get(b"if-none-match", b"").decode("latin-1").split(",")]:
            return Response(status_code=304, headers=HEADERS | {"ETag": tag}), page
        told = await self._told(raw, question, quick=first in QUICK)
        return self._response(told, headers, scope["method"], tag), page

    def _refused(self, scope: Scope, headers: dict[bytes, bytes], raw: str, question: str) -> Reply | None:
        here = Address(language=FIRST, path="")
        if scope["method"] not in ("GET", "HEAD"):
            said = failed(self.site, here, 405, ["Pages and data can be read here, and nothing can be sent."])
            said.headers["Allow"] = "GET, HEAD"
            return said
        if headers.get(b"content-length", b"0") not in (b"0", b"") or b"transfer-encoding" in headers:
            return failed(self.site, here, 413, ["Nothing can be sent with a question."])
        if len(raw) + len(question) > LONGEST:
            return failed(self.site, here, 414, [f"An address here has at most {LONGEST} characters."])
        return None

    async def _told(self, raw: str, question: str, *, quick: bool) -> Reply:
        address = f"{raw}?{question}"
        if address in self._kept:
            self._kept.move_to_end(address)
            return self._kept[address]
        try:
            told = (
                reply(self.site, raw, question) if quick else await run_in_threadpool(reply, self.site, raw, question)
            )
        except Exception as fault:  # whatever it is, a reader gets a number and the log its kind and place
            return self._fault(fault, raw)
        if told.status == 200 and told.pieces is None and len(told.body) <= LARGEST_KEPT:
            self._keep(address, told)
        return told

    def _fault(self, fault: Exception, raw: str) -> Reply:
        """Names the kind and the line of a fault, and no text of what was asked."""
        number = secrets.token_hex(4)
        at = fault.__traceback__
        while at and at.tb_next:
            at = at.tb_next
        where = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else "?"
        log.error("fault %s: %s at %s", number, type(fault).__name__, where)
        return failed(self.site, Address.of(unquote(raw, errors="replace")), 500, [f"Number {number}."], id=number)

    def _keep(self, address: str, told: Reply) -> None:
        self._kept[address] = told
        self._bytes += 2 * len(told.body)
        while self._bytes > KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= 2 * len(oldest.body)

    def _tag(self, address: str) -> str:
        """Changes when the data, the program or the address does. Weak, since the same text may go out squeezed or not."""
        whole = f"{self.site.fingerprint} {VERSION} {address}"
        return f'W/"{sha256(whole.encode("latin-1", "replace")).hexdigest()[:24]}"'

    def _response(self, told: Reply, headers: dict[bytes, bytes], method: str, tag: str) -> Response:
        out = HEADERS | {"Content-Security-Policy": POLICY + ("*" if told.embeds else "'none'")} | told.headers
        data = told.type.startswith(("application/json", "text/csv"))
        out["Cross-Origin-Resource-Policy"] = "cross-origin" if told.embeds or data else "same-origin"
        if not told.embeds:
            out["X-Frame-Options"] = "DENY"
        if data:
            out["Access-Control-Allow-Origin"] = "*"
        out |= {"Content-Type": told.type} | ({"ETag": tag} if tag and told.status == 200 else {})
        if told.pieces is not None:
            pieces = iterate_in_threadpool(p.encode("utf-8", "replace") for p in told.pieces)
            return Response(b"", headers=out) if method == "HEAD" else StreamingResponse(pieces, headers=out)
        body = told.body
        if len(body) > SMALLEST_SQUEEZED and b"gzip" in headers.get(b"accept-encoding", b""):
            body, out["Content-Encoding"] = told.squeezed, "gzip"
        response = Response(body, status_code=told.status, headers=out)
        if method == "HEAD":
            response.body = b""
        return response


def _ask_each(site: Site) -> None:
    for code in languages():
        for page in pages().values():
            reply(site, LiveLinks(language=code, here=page.address).page(page.address), "")


def application() -> ASGIApp:
    """The application of one serving process, over the file that the first of them names."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    return Server(Current(Path(os.environ[DATABASE]), seconds=SECONDS).site, warmed=True)
