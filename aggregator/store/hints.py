"""What of a candidate the archive may have met besides its own address: the paper and the repository that it links to, and the
repository of a release. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aggregator.model import Candidate, SeenIn
from aggregator.urls import arxiv_id, github_repo, identity_keys


def hint_keys(candidate: Candidate) -> dict[str, str]:
    """Identity keys of related works, each with the relation that meeting one of them means."""
    address = candidate.url or ""
    if not candidate.links and "github.com/" not in address:
        return {}
    own = set(identity_keys(candidate.url))
    found: dict[str, str] = {}
    for url in (address, *(link.url for link in candidate.links)):
        paper, repository = arxiv_id(url), github_repo(url)
        if paper:
            found.setdefault(f"arxiv:{paper.lower()}", "same paper")
        if repository:
            found.setdefault(f"github:{repository.lower()}", "same repository")
    return {key: relation for key, relation in found.items() if key not in own}


def with_hints(
    candidates: Sequence[Candidate], seen: Mapping[int, list[SeenIn]], met: Mapping[str, Iterable[tuple[str, int]]]
) -> dict[int, list[SeenIn]]:
    """`seen` by candidate, with what their related works were met in: `met` gives (issue, item id) pairs by key."""
    whole = {number: list(found) for number, found in seen.items()}
    for candidate in candidates:
        known = {one.item_id for one in whole.get(candidate.id, ())}
        for key, relation in hint_keys(candidate).items():
            for issue, item in met.get(key, ()):
                if item not in known:
                    known.add(item)
                    whole.setdefault(candidate.id, []).append(SeenIn(issue, item, relation))
    return whole
