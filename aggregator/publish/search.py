"""Search inside the site by pagefind (the extra `site`): an index of the pages of issues, in files that any host can serve.

The index is made of whole pages at once, so it is made again only when one of them changed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.publish.edition import Edition, Planned
from aggregator.publish.manifest import digest, read_manifest

FOLDER = "pagefind/"
_SECONDS = 300
_TYPES = {".js": "text/javascript", ".json": "application/json", ".css": "text/css"}


@lru_cache(maxsize=1)
def search_version() -> str:
    """The version of pagefind and its program; "" where one of them is not installed."""
    # The extended program cuts Chinese into words; the other finds whole runs of it at best.
    programs = [name for name in ("pagefind_bin_extended", "pagefind_bin") if find_spec(name)]
    try:
        return f"{version('pagefind')} {programs[0]}" if programs else ""
    except PackageNotFoundError:
        return ""


def plan_search(root: Path, edition: Edition, pages: Sequence[Planned]) -> Iterator[Planned]:
    """The files of the index of `pages`; those below `root` stand when they were made of the same pages.

    Raises PublishError E606 when pagefind fails.
    """
    if not search_version() or not pages:
        return
    key = edition.key("search", search_version(), *(page.key for page in pages))
    manifest = read_manifest(root)
    known = [path for path in manifest.digests if path.startswith(FOLDER)]
    if known and all(manifest.keys.get(path) == key and _is_ours(root / path, manifest.digests[path]) for path in known):
        for path in sorted(known):
            yield Planned(path, _type(path), key, (root / path).read_bytes)
        return
    for path, body in sorted(_bundle(pages, edition.publication.language).items()):
        yield Planned(path, _type(path), key, lambda body=body: body)  # type: ignore[misc]  # bound now


def _is_ours(place: Path, digests: tuple[str, ...]) -> bool:
    try:
        return len(digests) == 1 and not place.is_symlink() and digest(place.read_bytes()) == digests[0]
    except OSError:
        return False


def _type(path: str) -> str:
    return _TYPES.get(Path(path).suffix, "application/octet-stream")


def _bundle(pages: Sequence[Planned], language: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="aggregator-search-") as scratch:
        site, made = Path(scratch, "site"), Path(scratch, "made")
        for page in pages:
            place = site / page.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(page.make())
        command = [sys.executable, "-m", "pagefind", "--site", str(site), "--output-path", str(made), "--quiet"]
        try:
            run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False)  # noqa: S603 - our own interpreter and folders
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(str(error)) from error
        if run.returncode != 0:
            raise _failed((run.stderr or run.stdout)[-500:].strip())
        kept = [place for place in sorted(made.rglob("*")) if place.is_file() and _is_used(place.name)]
        return {FOLDER + place.relative_to(made).as_posix(): place.read_bytes() for place in kept}


def _is_used(name: str) -> bool:
    # The page brings its own few lines of interface; pagefind's ready-made ones are 200 kB that nobody loads.
    return not name.startswith(("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight"))


def _failed(why: str) -> PublishError:
    fix = "install the extra again (pip install 'aggregator[site]'), or remove pagefind to publish without search"
    return PublishError("the search index could not be made", why=why or None, fix=fix, code="E606")
