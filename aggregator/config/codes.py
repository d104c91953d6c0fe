"""The codes of configuration errors, in one place. A code keeps its meaning for good; scripts may match it.

E130-E139 belong to the source kinds: options that name no address.
"""

from __future__ import annotations

UNKNOWN_KEY = "E101"
NO_WORKSPACE = "E102"
UNREADABLE = "E103"
EMPTY = "E104"
TOO_LARGE = "E105"
NOT_TEXT = "E106"
BAD_YAML = "E107"
TAB = "E108"
REFUSED_YAML = "E109"
DUPLICATE_KEY = "E110"
WRONG_TYPE = "E111"
MISSING_KEY = "E112"
BAD_VALUE = "E113"

UNKNOWN_KIND = "E120"
NO_URL = "E121"
DUPLICATE_SOURCE = "E122"
BAD_URL = "E123"
UNKNOWN_SECTION = "E124"
UNKNOWN_BRIDGE = "E125"
BRIDGE_NOT_SET = "E126"
BAD_NAME = "E127"
OPTION_TWICE = "E128"

BAD_DURATION = "E160"
BAD_SIZE = "E161"
BAD_NETWORK = "E162"
BAD_TIME_ZONE = "E163"
BAD_REGEX = "E164"
BAD_BASE_URL = "E165"
BAD_LANGUAGE = "E166"
BAD_SLUG = "E167"
BAD_HEADER = "E168"

BAD_ENVIRONMENT = "E140"
UNREADABLE_FILE = "E141"

WORKSPACE_EXISTS = "E150"
SOURCE_EXISTS = "E151"
NO_SUCH_SOURCE = "E152"
NOT_WRITABLE = "E153"
NOT_EDITABLE = "E154"
BAD_OPML = "E155"
REFUSED_OPML = "E156"
BAD_OUTLINE = "E157"

MEANINGS: dict[str, str] = {
    UNKNOWN_KEY: "a key that is not known there",
    NO_WORKSPACE: "no folder with a sources.yaml, here or above",
    UNREADABLE: "sources.yaml is missing or cannot be read",
    EMPTY: "sources.yaml is empty",
    TOO_LARGE: "sources.yaml is larger than it may be",
    NOT_TEXT: "bytes that are not UTF-8, or control characters",
    BAD_YAML: "text that is not YAML",
    TAB: "a tab where YAML wants blanks",
    REFUSED_YAML: "YAML that is not read here: tags, aliases, several documents, deep nesting",
    DUPLICATE_KEY: "a key that stands twice",
    WRONG_TYPE: "a value of the wrong type",
    MISSING_KEY: "a key that has to be there",
    BAD_VALUE: "a value out of range, or none of those allowed",
    UNKNOWN_KIND: "a source kind that does not exist",
    NO_URL: "a source without an address",
    DUPLICATE_SOURCE: "two sources of one name",
    BAD_URL: "an address that is no usable URL",
    UNKNOWN_SECTION: "a section that the publication does not have",
    UNKNOWN_BRIDGE: "a bridge that is not listed under bridges",
    BRIDGE_NOT_SET: "a bridge without an origin (a note, not an error)",
    BAD_NAME: "a source name that cannot be used",
    OPTION_TWICE: "an option given twice",
    BAD_DURATION: "a duration that cannot be read",
    BAD_SIZE: "a size that cannot be read",
    BAD_NETWORK: "a network that cannot be read",
    BAD_TIME_ZONE: "a time zone that does not exist",
    BAD_REGEX: "a regular expression that cannot be compiled",
    BAD_BASE_URL: "a base_url that is no address of a site",
    BAD_LANGUAGE: "a language tag that cannot be read",
    BAD_SLUG: "a slug with other characters than a-z, 0-9 and -",
    BAD_HEADER: "text that cannot stand in an HTTP header",
    BAD_ENVIRONMENT: "an environment variable or flag with an unusable value",
    UNREADABLE_FILE: "a file named by a *_FILE variable that cannot be read",
    WORKSPACE_EXISTS: "a workspace that is there already",
    SOURCE_EXISTS: "a source of that name that is there already",
    NO_SUCH_SOURCE: "a source of that name that is not there",
    NOT_WRITABLE: "a file that cannot be written",
    NOT_EDITABLE: "a file whose form cannot be edited by the program",
    BAD_OPML: "a file that is no OPML, or damaged",
    REFUSED_OPML: "OPML that is not read here: entities, deep nesting, more than it may hold",
    BAD_OUTLINE: "an outline of a feed without a usable address",
}
