"""Telling others, once the files are in place: WebSub hubs, and listmonk's API. With `poll.fetch` the only user of httpx."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from aggregator import __version__
from aggregator.errors import AggregatorError, PublishError
from aggregator.publish.letter import Letter
from aggregator.text import clean_line

_SECONDS = 15.0
_MAX_TOPICS = 50
# Stands in a letter where listmonk is to put the address at which that reader unsubscribes.
UNSUBSCRIBE = "https://unsubscribe.invalid/"
_AGENT = {"User-Agent": f"aggregator/{__version__}"}


async def ping(hub: str, topics: Sequence[str], transport: httpx.AsyncBaseTransport) -> tuple[str, ...]:
    """Tell a WebSub hub that feeds have changed (W3C WebSub, 5; `hub.mode=publish` as hubs in use take it).

    What goes wrong is given back as lines for the editor, not raised: the files are in place, and readers poll anyway.
    """
    failed: list[str] = []
    async with httpx.AsyncClient(transport=transport, timeout=_SECONDS, headers=_AGENT, trust_env=False) as client:
        for topic in topics[:_MAX_TOPICS]:
            try:
                async with asyncio.timeout(_SECONDS):
                    answer = await client.post(hub, data={"hub.mode": "publish", "hub.url": topic, "hub.topic": topic})
            except (httpx.HTTPError, AggregatorError, OSError, TimeoutError) as error:
                failed.append(f"the hub {hub} was not told of {topic}: {clean_line(str(error), 200) or type(error).__name__}")
                break  # a hub that cannot be reached for one feed is not reached for the next
            if answer.status_code // 100 != 2:
                why = clean_line(answer.text[:200], 200)
                failed.append(f"the hub {hub} refused {topic}: {answer.status_code} {why}".rstrip())
    return tuple(failed)


@dataclass(frozen=True, slots=True)
class Listmonk:
    """A listmonk that one may use: its address, an API user with its token, and the numbers of the lists to send to."""

    url: str
    user: str
    token: str
    lists: tuple[int, ...]
    sender: str = ""


def hand_to_listmonk(settings: Listmonk, name: str, letter: Letter) -> tuple[int, bool]:
    """Make a letter a campaign that a person starts; its number, and whether it is new. One of that name that is still a draft
    is replaced. Raises PublishError E621 for what listmonk refuses, and for a campaign of that name that was started."""
    # listmonk reads a letter as a Go template: braces of ours would be commands there.
    body = {
        "name": name,
        "subject": letter.subject,
        "lists": list(settings.lists),
        "type": "regular",
        "content_type": "html",
        "body": _inert(letter.html),
        "altbody": _inert(letter.text),
        **({"from_email": settings.sender} if settings.sender else {}),
    }
    headers = {**_AGENT, "Authorization": f"token {settings.user}:{settings.token}"}
    base = settings.url.rstrip("/")
    try:
        with httpx.Client(timeout=_SECONDS, headers=headers, trust_env=False) as client:
            found = _data(client.get(f"{base}/api/campaigns", params={"query": name, "per_page": 50, "no_body": "true"}))
            known = next((one for one in found.get("results") or [] if one.get("name") == name), None)
            if known is None:
                return int(_data(client.post(f"{base}/api/campaigns", json=body))["id"]), True
            if known.get("status") != "draft":
                raise PublishError(
                    f"listmonk has sent the campaign `{name}` already, or is about to: it is {known.get('status')}",
                    fix="rename or delete it there if it is to go out again",
                    code="E621",
                )
            number = int(known["id"])
            _data(client.put(f"{base}/api/campaigns/{number}", json=body))
            return number, False
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError(
            f"listmonk at {base} did not take the letter",
            why=clean_line(str(error), 300) or type(error).__name__,
            fix="check AGGREGATOR_LISTMONK_URL, _USER, _TOKEN and _LISTS",
            code="E621",
        ) from error


def _inert(text: str) -> str:
    return text.replace("{{", "{\N{WORD JOINER}{").replace(UNSUBSCRIBE, "{{ UnsubscribeURL }}")


def _data(answer: httpx.Response) -> dict[str, Any]:
    if answer.status_code // 100 != 2:
        raise ValueError(f"{answer.status_code} {answer.text[:200]}")
    data = answer.json()["data"]
    return data if isinstance(data, dict) else {}
