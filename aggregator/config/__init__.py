"""sources.yaml, the environment and flags -> what a workspace publishes, polls and how.

    find_workspace   the folder            load   the file -> Config (or a ConfigError with every problem's place)
    init             a new workspace       add_source(s), set_source, remove_source   edits that keep every other byte
    secret           NAME or NAME_FILE     read   the same as load for a text

Precedence: flag > AGGREGATOR_* > sources.yaml > default. Importing this costs little: YAML and validation are imported
when a file is read. `codes` lists what can be wrong.
"""

from aggregator.config.edit import add_source, add_sources, groups, remove_source, set_source
from aggregator.config.load import load, read
from aggregator.config.secretfile import secret
from aggregator.config.settings import Config, Kind, Settings
from aggregator.config.workspace import DATABASE, FILE, find_workspace, init, template

__all__ = [
    "DATABASE",
    "FILE",
    "Config",
    "Kind",
    "Settings",
    "add_source",
    "add_sources",
    "find_workspace",
    "groups",
    "init",
    "load",
    "read",
    "remove_source",
    "secret",
    "set_source",
    "template",
]
