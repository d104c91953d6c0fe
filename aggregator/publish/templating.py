"""The Jinja2 environment of the templates folder: everything is escaped, a name that is missing is an error."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment; templates are compiled once a process."""
    return Environment(
        loader=PackageLoader("aggregator.publish", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: str, **values: object) -> str:
    """A template of the folder as text."""
    return environment().get_template(template).render(**values)
