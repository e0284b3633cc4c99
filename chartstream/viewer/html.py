"""What the HTML files share: self-contained, no network, nothing runs in them but their own script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from chartstream.viewer.marks import band
from chartstream.viewer.seen import plain


@dataclass(frozen=True, slots=True)
class Shell:
    """A page's style and script, and the content security policy that lets nothing else in."""

    style: Markup
    script: Markup
    policy: str


def shell(styles: tuple[str, ...], script: str) -> Shell:
    """The shell made of the package's own files: style sheets in order, one script behind what all pages share."""
    style, code = "".join(_asset(name) for name in styles), _asset("shell.js") + _asset(script)
    # A script's text must not be escaped; all of it comes from this package.
    return Shell(Markup(style), Markup(code), _policy(style, code))  # noqa: S704


@cache
def environment() -> Environment:
    """Where the templates are found; they escape what they are given, and an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("chartstream.viewer"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"plain": plain, "band": band, "words": lambda name: str(name).replace("_", " ")}
    return made


def _policy(style: str, script: str) -> str:
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    return (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'"
    )


def _asset(name: str) -> str:
    return resources.files("chartstream.viewer").joinpath("templates", name).read_text("utf-8")
