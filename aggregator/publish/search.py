"""Search inside the site by pagefind (the extra `site`): indexes of the pages of issues, in files that any host can serve.

There is one index for every 50 issues and for every 10 of the newest, which the search page joins: one that changed is made
again in half a second or less, and one of all pages of a large site would take long and more memory than everything else.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from types import TracebackType

from aggregator.errors import PublishError
from aggregator.publish.disk import refusing
from aggregator.publish.edition import Edition, Planned, bundle_of
from aggregator.publish.program import search_version
from aggregator.publish.standing import Standing

FOLDER = "pagefind/"
_SECONDS = 300
_TYPES = {".js": "text/javascript", ".json": "application/json", ".css": "text/css"}
# A page more or less is made at once, so that the program can begin; where many changed, each is made with its documents.
_FEW = 5


@dataclass
class _Bundle:
    """One index: the keys of its pages by path, and how many of them are still to come before it can be made."""

    number: int
    key: str
    pages: Mapping[str, str]
    left: int
    running: subprocess.Popen[str] | None = None

    @property
    def folder(self) -> str:
        return f"{FOLDER}{self.number}/"


class SearchIndex:
    """The indexes of one run over a folder; a context, because what it makes lies in a scratch folder until then.

    The program works beside this one, while other documents are made.
    """

    def __init__(self, standing: Standing, edition: Edition, pages: Sequence[Planned]) -> None:
        self._standing = standing
        self._root = standing.root
        self._bundles = list(_bundles(edition, pages)) if search_version() else []
        self._known = _known(standing, self._bundles)
        self._stale = {path: bundle for bundle in self._bundles if not self._is_made(bundle) for path in bundle.pages}
        self._pages = {page.path: page for page in pages if page.path in self._stale}
        self._running: _Bundle | None = None

    def __enter__(self) -> SearchIndex:
        self._scratch = tempfile.TemporaryDirectory(prefix="aggregator-search-")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._running is not None and self._running.running is not None:
            self._running.running.kill()
            self._running.running.communicate()
        self._scratch.cleanup()

    def joined(self, planned: Iterable[Planned]) -> Iterator[Planned]:
        """The documents as they come, and after them those of the indexes. Raises PublishError E606 when pagefind fails."""
        early = self._begin()
        for one in planned:
            bundle = None if one.path in early else self._stale.get(one.path)
            yield early.get(one.path) or (one if bundle is None else self._kept(one, bundle))
        self._finish()
        for bundle in self._bundles:
            yield from self._documents(bundle)

    def _begin(self) -> dict[str, Planned]:
        """Start with the indexes of which few pages changed, before anything else is made; their pages."""
        changed: dict[int, int] = {}
        for path, bundle in self._stale.items():
            page = self._pages[path]
            changed.setdefault(bundle.number, 0)
            changed[bundle.number] += not self._standing.is_made_of(path, page.key)
        early = {path: bundle for path, bundle in self._stale.items() if changed[bundle.number] <= _FEW}
        return {path: self._kept(self._pages[path], bundle) for path, bundle in early.items()}

    def _kept(self, page: Planned, bundle: _Bundle) -> Planned:
        stands = self._standing.is_made_of(page.path, page.key)
        place = self._folder(bundle, "site") / page.path
        with refusing(place, "write"):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((self._root / page.path).read_bytes() if stands else page.make())
        bundle.left -= 1
        if not bundle.left:
            self._start(bundle)
        return replace(page, make=place.read_bytes)

    def _start(self, bundle: _Bundle) -> None:
        self._finish()
        program = import_module(search_version().partition(" ")[2]).get_executable()
        command = [str(program), "--site", str(self._folder(bundle, "site")), "--quiet"]
        command += ["--output-path", str(self._folder(bundle, "made"))]
        try:
            bundle.running = subprocess.Popen(  # noqa: S603 - the program of the package, and our own folders
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
            )
        except OSError as error:
            raise _failed(str(error)) from error
        self._running = bundle

    def _finish(self) -> None:
        """Wait for the index that is being made: one at a time, for each takes 80 MB."""
        bundle = self._running
        if bundle is None or bundle.running is None:
            return
        try:
            said, _ = bundle.running.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise _failed(str(error)) from error
        self._running = None
        if bundle.running.returncode != 0:
            raise _failed(said[-500:].strip())

    def _documents(self, bundle: _Bundle) -> Iterator[Planned]:
        if bundle.running is None:
            for path in self._known[bundle.folder]:
                yield Planned(path, _type(path), bundle.key, (self._root / path).read_bytes)
            return
        made = self._folder(bundle, "made")
        for place in sorted(made.rglob("*")):
            if place.is_file() and _is_used(place.name):
                path = bundle.folder + place.relative_to(made).as_posix()
                yield Planned(path, _type(path), bundle.key, partial(place.read_bytes))

    def _folder(self, bundle: _Bundle, name: str) -> Path:
        return Path(self._scratch.name, str(bundle.number), name)

    def _is_made(self, bundle: _Bundle) -> bool:
        known = self._known[bundle.folder]
        return bool(known) and all(self._standing.is_made_of(path, bundle.key) for path in known)


def _known(standing: Standing, bundles: Sequence[_Bundle]) -> dict[str, list[str]]:
    """What an earlier run made, by the folder of its index."""
    found: dict[str, list[str]] = {bundle.folder: [] for bundle in bundles}
    for path in sorted(standing.manifest.digests):
        if path.startswith(FOLDER):
            folder = path[: path.find("/", len(FOLDER)) + 1]
            if folder in found:
                found[folder].append(path)
    return found


def _bundles(edition: Edition, pages: Sequence[Planned]) -> Iterator[_Bundle]:
    found: dict[int, dict[str, str]] = {}
    for page in pages:
        found.setdefault(bundle_of(page.part, edition.parts), {})[page.path] = page.key
    for number, keys in sorted(found.items()):
        yield _Bundle(number, edition.key("search", search_version(), *keys.values()), keys, len(keys))


def _type(path: str) -> str:
    return _TYPES.get(Path(path).suffix, "application/octet-stream")


def _is_used(name: str) -> bool:
    # The page brings its own few lines of interface; pagefind's ready-made ones are 200 kB that nobody loads.
    return not name.startswith(("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight"))


def _failed(why: str) -> PublishError:
    fix = "install the extra again (pip install 'aggregator[site]'), or remove pagefind to publish without search"
    return PublishError("the search index could not be made", why=why or None, fix=fix, code="E606")
