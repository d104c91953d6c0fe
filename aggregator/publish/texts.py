"""What was made of texts, to be taken again: parsing the same words takes longer than anything else of a small change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

_LIMIT = 1_000


class Texts:
    """Made texts by the digest of what they were made from, the one that was asked for last at the end; at most so many."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._kept: dict[str, str] = {}
        self.is_new = False

    @property
    def kept(self) -> Mapping[str, str]:
        """All of them."""
        return self._kept

    def put_in(self, kept: Mapping[str, str]) -> None:
        """Take over what was kept elsewhere."""
        self._kept = dict(kept) | self._kept

    def get(self, make: Callable[[str, str], str], text: str, base: str) -> str:
        """What `make` makes of a text and a base; it is the only one that is ever asked."""
        key = hashlib.sha256(f"{base}\n{text}".encode(errors="surrogatepass")).hexdigest()
        made = self._kept.pop(key, None)
        if made is None:
            made = make(text, base)
            self.is_new = True
        self._kept[key] = made
        if len(self._kept) > self._limit:
            self._kept.pop(next(iter(self._kept)), None)
        return made


BLOCKS = Texts()
