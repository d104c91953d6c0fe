"""URLs: one canonical form, the identity keys of a work, and what kind of thing an address leads to. Pure.

Canonical means: the same page written the same way, still a URL that opens. Identity goes further.
"""

from aggregator.urls.canonical import canonical, is_temporary, unwrap
from aggregator.urls.identity import MAX_KEY_CHARS, bounded, identity_keys
from aggregator.urls.parts import MAX_URL_CHARS, host, is_http, safe_url
from aggregator.urls.places import arxiv_id, arxiv_id_in, github_repo, is_work, link_role, names_itself

__all__ = [
    "MAX_KEY_CHARS",
    "MAX_URL_CHARS",
    "arxiv_id",
    "arxiv_id_in",
    "bounded",
    "canonical",
    "github_repo",
    "host",
    "identity_keys",
    "is_http",
    "is_temporary",
    "is_work",
    "link_role",
    "names_itself",
    "safe_url",
    "unwrap",
]
