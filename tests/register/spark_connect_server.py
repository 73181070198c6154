"""A Spark Connect server on loopback, for as long as a test needs it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 600  # seconds; a server that ended is not waited for


@contextlib.contextmanager
def server(log: Path) -> Iterator[str]:
    """Its address; the process and its children are gone when the test is done."""
    import pyspark

    port = _free_port()
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    settings = {
        "spark.master": "local[2]", "spark.driver.memory": "1g", "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1", "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port), "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1",
        "spark.sql.codegen.wholeStage": "false", "spark.sql.adaptive.enabled": "false",
    }  # fmt: skip
    words = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    command = [
        str(submit),
        *words,
        "--class",
        "org.apache.spark.sql.connect.service.SparkConnectServer",
        "spark-internal",
    ]
    with log.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        try:
            _wait_until_it_answers(port, started, log)
            yield f"sc://127.0.0.1:{port}"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_it_answers(port: int, started: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert started.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-2000:]
        time.sleep(0.3)
    raise AssertionError(f"no answer in {PATIENCE} s: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
