"""Copies what the map needs from node_modules into the package, and records of each file where it is from and its hash."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "src"))

from civcas.web.basemap import read_basemap  # noqa: E402

SHIPPED = HERE.parent / "src" / "civcas" / "web" / "assets"
QUANTUM = 0.002  # degrees, about 200 m: the outlines are no finer
ATLAS_SAYS = "Natural Earth, 1:50 million (public domain), by way of world-atlas"
COPIED = {
    "maplibre-gl.js": ("maplibre-gl", "dist/maplibre-gl-csp.js"),
    "maplibre-gl-worker.js": ("maplibre-gl", "dist/maplibre-gl-csp-worker.js"),
    "maplibre-gl.css": ("maplibre-gl", "dist/maplibre-gl.css"),
    "maplibre-gl.LICENSE.txt": ("maplibre-gl", "LICENSE.txt"),
    "world-atlas.LICENSE.txt": ("world-atlas", "LICENSE"),
}


def main() -> None:
    record = {name: kept(name, taken(package, path), package, path) for name, (package, path) in COPIED.items()}
    worker = (SHIPPED / "maplibre-gl-worker.js").read_text(encoding="utf-8")
    name = "maplibre-gl-worker-text.js"  # a page from a disk may start no worker but one it holds as text
    record[name] = kept(name, worker_text(worker).encode(), *COPIED["maplibre-gl-worker.js"])
    atlas = "countries-50m.json"
    outlines = read_basemap(HERE / "node_modules" / "world-atlas" / atlas, says=ATLAS_SAYS)
    record["basemap.js"] = kept("basemap.js", outlines.script(QUANTUM).encode(), "world-atlas", atlas)
    text = json.dumps(record, indent=2, sort_keys=True)
    (SHIPPED / "taken.json").write_text(f"{text}\n", encoding="utf-8")


def taken(package: str, path: str) -> bytes:
    """The file, without the line that names a source map: nothing is asked for that is not there."""
    content = (HERE / "node_modules" / package / path).read_bytes()
    kept_lines = [line for line in content.splitlines(keepends=True) if not line.startswith(b"//# sourceMappingURL=")]
    return b"".join(kept_lines)


def kept(name: str, content: bytes, package: str, path: str) -> dict[str, str]:
    (SHIPPED / name).write_bytes(content)
    version = json.loads((HERE / "node_modules" / package / "package.json").read_text(encoding="utf-8"))
    return {
        "package": package,
        "version": version["version"],
        "licence": version["license"],
        "file": path,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def worker_text(worker: str) -> str:
    safe = json.dumps(worker).replace("<", "\\u003c")
    return f"window.civcas = window.civcas || {{}};\ncivcas.workerText = {safe};\n"


if __name__ == "__main__":
    main()
