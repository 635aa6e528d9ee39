"""The process that draws one chart: a specification on standard input, a line of JSON and a PNG on standard output.

Measured with vl-convert 1.9: `allowed_base_urls=[]` refuses every address of data, and files are not read; but while an
SVG is turned into a PNG, images that it names are fetched from the network and from the disk, whatever is allowed.
So the SVG is made first, loses every image that is no data URI, and becomes a PNG then.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from polycell.core.patterns import pattern

MEMORY = 1_500_000_000  # bytes of writable memory
CPU = 20  # seconds
LARGEST_SVG = 8 * 1024 * 1024  # characters
WIDEST = 4000  # CSS pixels

_IMAGE = pattern(r"<image\b[^>]*>")
_ADDRESS = pattern(r"""\b(?:xlink:)?href\s*=\s*(?:"(?!data:image/(?:png|jpeg|gif|webp)[;,])[^"]*"|'[^']*')""")
_SIZE = pattern(r"<svg\b[^>]*?\bwidth=\"([\d.]+)\"[^>]*?\bheight=\"([\d.]+)\"")


def main() -> None:
    limit()
    asked = json.loads(sys.stdin.buffer.read())
    head, body = answer(asked)
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def limit() -> None:
    """Bounds that the operating system keeps, where it is one that can."""
    try:
        import resource
    except ImportError:  # Windows: the time alone bounds it
        return
    for name, most in (("RLIMIT_DATA", MEMORY), ("RLIMIT_CPU", CPU), ("RLIMIT_CORE", 0)):
        which = getattr(resource, name, None)
        if which is not None:
            try:
                resource.setrlimit(which, (most, most))
            except (ValueError, OSError):
                continue


def answer(asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """({"width", "height"}, PNG), or ({"refusal": a sentence}, nothing)."""
    vl_convert: Any = importlib.import_module("vl_convert")
    content = asked["content"]
    options: dict[str, list[str]] = {"allowed_base_urls": []}
    try:
        if asked["library"] == "vega":
            svg = vl_convert.vega_to_svg(content, **options)
        else:
            svg = vl_convert.vegalite_to_svg(content, vl_version=_version(vl_convert, asked["version"]), **options)
    except ValueError as failed:
        return {"refusal": _reason(str(failed))}, b""
    size = _SIZE.search(svg)
    width, height = (float(size[1]), float(size[2])) if size is not None else (0.0, 0.0)
    if not 0 < width <= WIDEST or not 0 < height <= WIDEST or len(svg) > LARGEST_SVG:
        return {"refusal": "The picture would be empty or too large."}, b""
    return {"width": round(width), "height": round(height)}, vl_convert.svg_to_png(without_images(svg), scale=2)


def without_images(svg: str) -> str:
    """The SVG without images from anywhere but itself."""
    return _IMAGE.sub(lambda image: _ADDRESS.sub("", image[0]), svg)


def _version(vl_convert: Any, major: int) -> str | None:
    """The newest Vega-Lite of that major version; of one that is not there, the newest of all."""
    known = [version for version in vl_convert.get_vegalite_versions() if version.split(".")[0] == str(major)]
    return known[-1] if known else None


def _reason(text: str) -> str:
    """The renderer's own words, without the places in its code."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("at ")]
    said = next(
        (line for line in lines if line.startswith(("Error:", "TypeError:", "RangeError:"))), lines[-1] if lines else ""
    )
    said = said.partition(":")[2].strip() or said
    return f"It cannot be drawn: {said[:200].rstrip('.')}."
