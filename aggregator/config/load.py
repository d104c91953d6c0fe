"""sources.yaml, environment and flags -> Config. Heavy imports wait until a file is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.config import codes
from aggregator.config.settings import Config, Kind, Settings
from aggregator.errors import ConfigError, Place
from aggregator.model import Publication

if TYPE_CHECKING:
    from aggregator.config.document import Block, Document
    from aggregator.config.schema import DefaultsPart, FilePart

KnownKinds = Mapping[str, Kind]

# A file that is wrong throughout says so a hundred times, not ten thousand.
MAX_PROBLEMS = 100


def load(path: Path, environ: Mapping[str, str], known_kinds: KnownKinds, *, flags: Mapping[str, str] | None = None) -> Config:
    """The configuration of the workspace whose file is `path`.

    `flags` are settings from the command line by their key (`lang`, `database_url`, …), as texts. Raises ConfigError: the
    first problem by its place, with all others of the file in `others`.
    """
    from aggregator.config.document import decode

    return read(decode(_bytes(path), path.name), path, environ, known_kinds, flags=flags)


def read(
    text: str, path: Path, environ: Mapping[str, str], known_kinds: KnownKinds, *, flags: Mapping[str, str] | None = None
) -> Config:
    """`load` for a text that is not, or not yet, in the file `path`."""
    from aggregator.config.bridges import read_bridges
    from aggregator.config.document import first_and_rest
    from aggregator.config.parse import parse
    from aggregator.config.sources import Reader, no_section

    document = parse(text, path.name)
    root, part, problems = _shape(document)
    publication, notes = _publication(part, document, path, problems)
    settings = _settings(path.parent, environ, flags or {}, part.defaults, document, problems)
    bridges = read_bridges(document, environ, problems)
    if settings.section is not None and publication.sections and publication.section(settings.section) is None:
        problems.append(no_section(settings.section, publication.sections, _place_of_default(document, settings)))
    reader = Reader(
        document,
        known_kinds,
        publication.sections,
        bridges,
        settings.section,
        settings.interval_minutes,
        settings.time_zone,
        problems,
        path.absolute().parent,
        part.rules,
    )
    sources = reader.read(root.get("sources"))
    if problems:
        raise first_and_rest(problems, limit=MAX_PROBLEMS)
    return Config(path.parent, path, publication, sources, settings, (*notes, *reader.notes, *bridges.notes()), bridges.origins)


def _bytes(path: Path) -> bytes:
    from aggregator.config.document import MAX_BYTES

    try:
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)
        raise ConfigError(
            f"{path.name} is missing" if gone else f"{path.name} cannot be read",
            why=f"there is no {path}" if gone else error.strerror or str(error),
            fix=f"aggregator init {path.parent}   makes one" if gone else "check what it is, and that you may read it",
            code=codes.UNREADABLE,
            place=Place(str(path)),
        ) from error


def _shape(document: Document) -> tuple[Block, FilePart, list[ConfigError]]:
    """The top level, with every part that can be read: a bad part is replaced by an empty one."""
    from pydantic import ValidationError

    from aggregator.config.document import Block, first_and_rest
    from aggregator.config.problems import from_validation
    from aggregator.config.schema import FilePart
    from aggregator.config.values import kind_of

    root, problems = document.root, list(document.problems)
    if any(problem.code == codes.REFUSED_YAML for problem in problems):
        # What was refused is not there, and its absence would be reported as well.
        raise first_and_rest(problems, limit=MAX_PROBLEMS)
    if root is None:
        fix = "aggregator init DIR shows what belongs in it"
        raise ConfigError("the file is empty", fix=fix, code=codes.EMPTY, place=Place(document.name, 1, 1))
    if not isinstance(root, Block):
        raise ConfigError(
            f"the file must be a mapping, but this is {kind_of(root)}",
            fix="begin its blocks with `publication:`, `defaults:` and `sources:`",
            code=codes.WRONG_TYPE,
            place=document.place(document.spot),
        )
    try:
        return root, FilePart.model_validate(root), problems
    except ValidationError as error:
        problems += from_validation(error, document, root, FilePart)
    kept: dict[str, object] = {}
    for key in FilePart.model_fields:
        try:
            FilePart.model_validate({key: root.get(key)})
        except ValidationError:
            continue
        kept[key] = root.get(key)
    return root, FilePart.model_validate(kept), problems


def _publication(
    part: FilePart, document: Document, path: Path, problems: list[ConfigError]
) -> tuple[Publication, tuple[ConfigError, ...]]:
    from aggregator.config.publication import build_publication, unnamed_publication

    if part.publication is not None:
        return build_publication(part.publication, document, path.absolute().parent, problems), ()
    publication, note = unnamed_publication(path.absolute().parent.name, document)
    if isinstance(document.root, dict) and document.root.get("publication") is not None:
        # It is there and wrong; without sections none is called unknown, so that sources are not blamed for it.
        return replace(publication, sections=()), ()
    return publication, (note,)


def _place_of_default(document: Document, settings: Settings) -> Place | None:
    from aggregator.config.problems import place_of

    in_file = settings.origin("section").startswith(document.name)
    return place_of(document, document.root, ("defaults", "section")) if in_file else None


def _settings(
    workspace: Path,
    environ: Mapping[str, str],
    flags: Mapping[str, str],
    defaults: DefaultsPart,
    document: Document,
    problems: list[ConfigError],
) -> Settings:
    from aggregator.config.environment import settings_from
    from aggregator.config.problems import place_of

    in_file: dict[str, tuple[object, str]] = {}
    for key in defaults.model_fields_set:
        place = place_of(document, document.root, ("defaults", key))
        value = getattr(defaults, key)
        in_file[key] = (value or None if key == "interval" else value, f"{document.name}:{place.line}")
    return settings_from(workspace, environ, flags, in_file, problems)
