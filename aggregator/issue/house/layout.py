"""The templates of the house form: the shape of each part of an issue, which a publication may replace one by one.

    issue    the parts in their order      front, heading, tagline, note, lead, opener, brief, past, footer
    section  heading, note and items       item     title line, links, summary

A template is Jinja2 in a sandbox and gets text that is Markdown already: it decides where things stand, not what they say.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NoReturn

from jinja2 import ChoiceLoader, DictLoader, PackageLoader, StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from aggregator.errors import IssueError, Place
from aggregator.model import Profile

SUFFIX = ".md.j2"
BREAK = "  "


def lay(profile: Profile, part: str, **values: object) -> str:
    """One part of an issue, without line ends around it. Raises IssueError for a template that cannot be used."""
    name = part + SUFFIX
    try:
        return _template(profile.form, tuple(sorted(profile.templates.items())), name).render(**values).strip("\n")
    except TemplateSyntaxError as error:
        _refuse(name, error.message or "no template", error.lineno)
    # What a template calls may raise anything; whatever it is, the template is to blame and its line is known.
    except Exception as error:
        _refuse(name, getattr(error, "message", None) or str(error), _line(error, name))


def _refuse(name: str, why: str, line: int | None) -> NoReturn:
    fix = "mend it, or delete it: the form that comes with the program is used then"
    raise IssueError(f"the template {name} cannot be used", why=why, fix=fix, code="E514", place=Place(name, line))


def _line(error: Exception, name: str) -> int | None:
    found, frame = None, error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename.endswith(("<template>", name)):
            found = frame.tb_lineno
        frame = frame.tb_next
    return found


@lru_cache(maxsize=256)
def _template(form: str, own: tuple[tuple[str, str], ...], name: str) -> Template:
    return _environment(form, own).get_template(name)


@lru_cache(maxsize=16)
def _environment(form: str, own: tuple[tuple[str, str], ...]) -> ImmutableSandboxedEnvironment:
    folders = [PackageLoader("aggregator.issue", f"templates/{folder}") for folder in dict.fromkeys((form, "house"))]
    made = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([DictLoader({name + SUFFIX: text for name, text in own}), *folders]),
        autoescape=False,  # Markdown, escaped before it comes here
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"broken": broken, "quoted": quoted}
    return made


def broken(lines: Sequence[str]) -> str:
    """Lines with the two blanks that keep them lines; the last one and the one before a blank line need none."""
    return "\n".join(
        line + BREAK if at + 1 < len(lines) and lines[at + 1] not in {"", ">"} and line not in {"", ">"} else line
        for at, line in enumerate(lines)
    )


def quoted(lines: Sequence[str]) -> str:
    """Lines as a quotation."""
    return broken([f"> {line}".rstrip() for line in lines])
