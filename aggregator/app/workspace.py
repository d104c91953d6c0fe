"""Opening a workspace: its configuration, its store, its lock."""

from __future__ import annotations

import fcntl
import getpass
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator import config
from aggregator.errors import BusyError, StoreError
from aggregator.model import Publication, Source
from aggregator.poll.settings import PollSettings
from aggregator.poll.sharing import NAME as HOSTS_FILE
from aggregator.poll.sources import KINDS

if TYPE_CHECKING:
    from aggregator.store.polls.store import PollStore
    from aggregator.store.store import Store

LOCK = ".aggregator.lock"


class Workspace:
    """One folder with a sources.yaml. The store is opened when it is first needed."""

    def __init__(self, settings: config.Config, environ: Mapping[str, str]) -> None:
        self.config = settings
        self._environ = environ
        self._stamp = _stamp(settings.path)
        self._store: Store | None = None
        self._opening = threading.Lock()

    @property
    def root(self) -> Path:
        """The folder of sources.yaml."""
        return self.config.workspace

    @property
    def feeds(self) -> Path:
        """Where documents are written."""
        return self.root / "feeds"

    @property
    def publication(self) -> Publication:
        """What is published."""
        return self.config.publication

    @property
    def language(self) -> str:
        """The language of the faces and of what they find: AGGREGATOR_LANG or the locale where one is set, else that of the
        publication. The locale C, that of cron and of containers, says nothing about a language."""
        settings = self.config.settings
        origin = settings.origin("lang")
        silent = self._environ.get(origin, "").split(".")[0] in {"C", "POSIX"}
        return self.publication.language if origin == "default" or silent else settings.lang

    @property
    def sources(self) -> tuple[Source, ...]:
        """The configured upstreams in their order."""
        return self.config.sources

    @property
    def store(self) -> Store:
        """The database, brought to the newest schema when it is first asked for."""
        # A face may ask for it from two threads at once.
        with self._opening:
            if self._store is None:
                from aggregator.store.store import Store

                self._store = Store(self.config.settings.database_url)
            return self._store

    @contextmanager
    def poll_store(self) -> Iterator[PollStore]:
        """The database for what polls do, for one thread: past SQLAlchemy, whose import takes longer, where that can be and it is
        not open anyway."""
        from aggregator.store.polls.store import DirectStore

        direct = DirectStore.open(self.config.settings.database_url) if self._store is None else None
        if direct is None:
            yield self.store
            return
        with closing(direct):
            yield direct

    def reload(self) -> bool:
        """Read sources.yaml again when it has changed since; True when it was. Raises ConfigError for a file that cannot be
        used any more: what was read before stays in force. The database stays the one that was opened."""
        stamp = _stamp(self.config.path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self.config = config.load(self.config.path, self._environ, kinds())
        return True

    def close(self) -> None:
        """Give back the database."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def meeting_place(self) -> Path:
        """The folder where all who poll for one store meet: that of an SQLite file, which several workspaces may share."""
        file = self.config.settings.database_url.removeprefix("sqlite:///")
        folder = Path(file).parent
        return folder if file != self.config.settings.database_url and folder.is_dir() else self.root

    @contextmanager
    def lock(self, what: str, name: str = LOCK) -> Iterator[None]:
        """Hold the workspace against a second run of the same thing. Raises BusyError when another process has it."""
        path = (self.meeting_place if name == LOCK else self.root) / name
        handle = self._open(path)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BusyError(
                    f"another {what} is running in {self.root}",
                    why=f"it holds {path}",
                    fix="wait for it to end; the lock goes with the process",
                ) from error
            # Elsewhere than in SQLite the database may be shared with other machines.
            shared = name == LOCK and not self.config.settings.database_url.startswith("sqlite")
            with self.store.alone(what) if shared else nullcontext():
                yield
        finally:
            os.close(handle)

    @contextmanager
    def turn(self, name: str) -> Iterator[None]:
        """Wait for the workspace's turn at something short that no two processes or threads may do at once."""
        handle = self._open(self.root / f".aggregator.{name}.lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @staticmethod
    def _open(path: Path) -> int:
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(
                f"the lock file cannot be opened: {path}",
                why=str(error),
                fix="check that you may write into the workspace",
                code="E304",
            ) from error


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


class _Kinds(Mapping[str, config.Kind]):
    """Looked up one by one: a kind that no source has is never imported."""

    def __getitem__(self, name: str) -> config.Kind:
        kind = KINDS[name]
        return config.Kind(kind.options, kind.needs_url, kind.addresses)

    def __iter__(self) -> Iterator[str]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)


def kinds() -> Mapping[str, config.Kind]:
    """What configuration needs to know of the source kinds."""
    return _Kinds()


def open_workspace(folder: Path | None, environ: Mapping[str, str]) -> Workspace:
    """The workspace at `folder`, or the one found upward from the current folder. Raises ConfigError."""
    root = config.find_workspace(folder if folder is not None else Path.cwd(), upward=folder is None)
    return Workspace(config.load(root / "sources.yaml", environ, kinds()), environ)


def poll_settings(workspace: Workspace) -> PollSettings:
    """What the configuration says of polling."""
    given = workspace.config.settings
    return PollSettings(
        contact=given.contact or workspace.publication.base_url,
        user_agent=given.user_agent,
        allow_private_networks=given.allow_private_networks,
        host_gap_seconds=given.host_gap_seconds,
        host_concurrency=given.host_concurrency,
        deadline_seconds=given.deadline_seconds,
        max_bytes=given.max_bytes,
        processes=given.processes,
        workers=given.workers,
        pause_after=given.pause_after,
        hosts_file=_hosts_file(workspace.meeting_place),
    )


def _hosts_file(folder: Path) -> str | None:
    # Where nobody can write there is no other process to be told of, either: a poll would not get its lock.
    path = folder / HOSTS_FILE
    return str(path) if os.access(path if path.exists() else folder, os.W_OK) else None


def who(environ: Mapping[str, str]) -> str:
    """The name that decisions are recorded under: AGGREGATOR_USER, else the account of the operating system."""
    try:
        return environ.get("AGGREGATOR_USER") or getpass.getuser()
    except (KeyError, OSError):
        return "editor"
