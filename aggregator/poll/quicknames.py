"""Vocabularies of which the quick readings know that nothing in them counts for an entry. Pure.

feedparser keeps an element that it does not know under `prefix_name`, beside what it does know: it has a table of
vocabularies by their URI, and takes any other by the prefix that the document gives it. What is in no table, and has a prefix
of no meaning, therefore says nothing. A test compares these tables with feedparser's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

MAX_URI_CHARS = 300  # it is part of the name of every element that belongs to it
# Vocabularies that mean something to feedparser, but for those below.
KNOWN = frozenset({
    "http://backend.userland.com/blogchannelmodule", "http://backend.userland.com/creativecommonsrssmodule",
    "http://backend.userland.com/rss", "http://blogs.law.harvard.edu/tech/rss", "http://creativecommons.org/ns#license",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html", "http://example.com/dtds/podcast-1.0.dtd",
    "http://example.com/necho", "http://example.com/newformat#", "http://freshmeat.net/rss/fm/",
    "http://hacks.benhammersley.com/rss/streaming/", "http://madskills.com/public/xml/rss/module/pingback/",
    "http://madskills.com/public/xml/rss/module/trackback/", "http://media.tangent.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/", "http://my.theinfo.org/changed/1.0/rss/", "http://podlove.org/simple-chapters",
    "http://postneo.com/icbm/", "http://prismstandard.org/namespaces/1.2/basic/", "http://purl.org/atom/ns#",
    "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/", "http://purl.org/echo/", "http://purl.org/pie/",
    "http://purl.org/rss/1.0/", "http://purl.org/rss/1.0/modules/aggregation/", "http://purl.org/rss/1.0/modules/annotate/",
    "http://purl.org/rss/1.0/modules/company", "http://purl.org/rss/1.0/modules/content/",
    "http://purl.org/rss/1.0/modules/email/", "http://purl.org/rss/1.0/modules/event/",
    "http://purl.org/rss/1.0/modules/image/", "http://purl.org/rss/1.0/modules/link/",
    "http://purl.org/rss/1.0/modules/reference/", "http://purl.org/rss/1.0/modules/richequiv/",
    "http://purl.org/rss/1.0/modules/rss091#", "http://purl.org/rss/1.0/modules/search/",
    "http://purl.org/rss/1.0/modules/servicestatus/", "http://purl.org/rss/1.0/modules/slash/",
    "http://purl.org/rss/1.0/modules/subscription/", "http://purl.org/rss/1.0/modules/syndication/",
    "http://purl.org/rss/1.0/modules/taxonomy/", "http://purl.org/rss/1.0/modules/textinput/",
    "http://purl.org/rss/1.0/modules/threading/", "http://purl.org/rss/1.0/modules/wiki/",
    "http://rssnamespace.org/feedburner/ext/1.0", "http://schemas.pocketsoap.com/rss/mydescmodule/",
    "http://schemas.xmlsoap.org/soap/envelope/", "http://search.yahoo.com/mrss", "http://search.yahoo.com/mrss/",
    "http://web.resource.org/cc/", "http://webns.net/mvcb/", "http://wellformedweb.org/commentapi/",
    "http://www.georss.org/georss", "http://www.itunes.com/dtds/podcast-1.0.dtd", "http://www.opengis.net/gml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink",
    "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2003/01/geo/wgs84_pos#", "http://www.w3.org/2005/atom",
    "http://www.w3.org/xml/1998/namespace", "http://xmlns.com/foaf/0.1/", "uri/of/echo/namespace#",
})  # fmt: skip
# Prefixes by which it knows a vocabulary, and beginnings of the names under which it keeps what it knows.
TAKEN = frozenset({
    "admin", "ag", "annotate", "audio", "author", "blogchannel", "cc", "co", "content", "copyright", "cp", "created",
    "creativecommons", "date", "dc", "dcterms", "description", "email", "ev", "expired", "feedburner", "fm", "foaf", "geo",
    "georss", "gml", "icbm", "image", "issued", "itunes", "l", "media", "modified", "pingback", "prism", "psc", "published",
    "rdf", "rdfs", "ref", "reqv", "search", "slash", "soap", "ss", "str", "sub", "summary", "sy", "szf", "tagline", "taxo",
    "thr", "ti", "title", "trackback", "updated", "wfw", "wiki", "xhtml", "xlink", "xml", "xmlns",
})  # fmt: skip
# Known, but none of their elements say anything here, under the prefix by which feedparser knows them or finds no meaning.
_SILENT = {
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://wellformedweb.org/CommentAPI/": "wfw",
    "http://a9.com/-/spec/opensearch/1.1/": "opensearch",
    "http://a9.com/-/spec/opensearchrss/1.0/": "openSearch",
    "http://arxiv.org/schemas/atom": "arxiv",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://www.youtube.com/xml/schemas/2015": "yt",
    "http://schemas.google.com/g/2005": "gd",
    "http://schemas.google.com/blogger/2008": "blogger",
    "http://backend.userland.com/blogChannelModule": "blogChannel",
    "com-wordpress:feed-additions:1": None,
}
_DC = "{http://purl.org/dc/elements/1.1/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_FEEDBURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
_WORDPRESS = "{com-wordpress:feed-additions:1}"
_SILENT_TAGS = frozenset({
    f"{_MEDIA}thumbnail", f"{_MEDIA}content", f"{_DC}identifier", f"{_DC}format", f"{_FEEDBURNER}origLink",
    f"{_FEEDBURNER}info", f"{_WORDPRESS}site", f"{_WORDPRESS}post-id",
})  # fmt: skip


@lru_cache(maxsize=256)
def is_silent(tag: str, prefix: str | None) -> bool:
    """True for an element that says nothing, whatever is in it."""
    if tag in _SILENT_TAGS:
        return True
    uri = tag[1:].partition("}")[0] if tag[:1] == "{" else ""
    if uri in _SILENT:
        return bool(prefix) and (_SILENT[uri] or prefix) == prefix
    return _is_foreign(uri, prefix)


def may_be_declared(declared: Mapping[str | None, str], before: Mapping[str | None, str]) -> bool:
    """True when namespaces that an element declares, given those of the root, change nothing that other prefixes mean."""
    return all(
        (uri in _SILENT and _SILENT[uri] == prefix) or (prefix not in before and _is_foreign(uri, prefix))
        for prefix, uri in declared.items()
        if before.get(prefix) != uri
    )


def _is_foreign(uri: str, prefix: str | None) -> bool:
    # feedparser folds the letter case of prefixes when it looks them up, and of URIs.
    if not uri or not prefix or len(uri) > MAX_URI_CHARS or prefix != prefix.lower() or prefix in TAKEN:
        return False
    return uri.lower() not in KNOWN and "backend.userland.com" not in uri.lower()
