"""A workspace that is served for real, and a reader that behaves like a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from aggregator.app.workspace import Workspace, open_workspace
from aggregator.model import Arrival, Entry, NewCandidate, Reason, Score, SectionGuess
from aggregator.web.server import serving

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SOURCES = """\
publication:
  name: 端侧周报
  tagline: 每周一期
  language: {language}
  time_zone: Asia/Shanghai
  base_url: https://example.org/weekly/
  sections:
    - {{slug: news, title: 新闻, lead_label: 新闻}}
    - {{slug: papers, title: 论文, lead_label: 论文}}
defaults:
  allow_private_networks: [127.0.0.0/8]
sources:
  - name: 示例来源
    url: https://example.org/feed.xml
"""


def make_workspace(folder: Path, language: str = "zh-CN") -> Workspace:
    (folder / "sources.yaml").write_text(SOURCES.format(language=language), encoding="utf-8")
    return open_workspace(folder, {})


@dataclass
class Browser:
    """Asks one server, keeps its cookies, and fills in the form of a page."""

    workspace: Workspace
    address: str
    client: httpx.Client
    _made: list[int] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1].strip("/"))

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def token(self) -> str:
        found = re.search(r'name="csrf" value="(\w+)"', self.get("/").text)
        assert found
        return found[1]

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: object) -> httpx.Response:
        values = {"csrf": self.token(), **{name: str(value) for name, value in fields.items()}}
        return self.client.post(path, data=values, headers=headers)

    def script(self, path: str, **fields: object) -> httpx.Response:
        """Send a form as the script of a page does."""
        return self.post(path, headers={"HX-Request": "true"}, **fields)

    def press(self, path: str, **fields: object) -> str:
        """Post a form and read the page that it leads to."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303
        return self.get(answer.headers["location"]).text

    def candidate(self, title: str = "端侧推理框架发布", **changes: object) -> int:
        """A candidate of its own."""
        self._made.append(len(self._made))
        guid = f"g{len(self._made)}"
        url = str(changes.pop("url", f"https://example.org/{guid}"))
        score = Score(float(str(changes.pop("score", 1.0))), (Reason(1.0, "keyword 端侧"),))
        guess = SectionGuess("papers", 0.75, (Reason(0.75, "the host is known"),))
        new = NewCandidate((f"url:{guid}",), title, url, url, guess, score, "示例来源", **changes)  # type: ignore[arg-type]
        arrival = Arrival(Entry("示例来源", guid, url, title), (f"url:{guid}",), new=new)
        with self.workspace.store.write() as unit:
            return unit.entries.add([arrival], NOW)[0]

    def status(self, number: int) -> str:
        with self.workspace.store.read() as unit:
            return unit.candidates.get(number).status.value


Opener = Callable[[str], Browser]


def browsing(folder: Path, language: str = "zh-CN") -> Iterator[Browser]:
    workspace = make_workspace(folder, language)
    try:
        with (
            serving(workspace, host="127.0.0.1", port=0, clock=lambda: NOW) as address,
            httpx.Client(base_url=address, trust_env=False) as client,
        ):
            yield Browser(workspace, address, client)
    finally:
        workspace.close()


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One server for all tests that do not mind what others decided."""
    yield from browsing(tmp_path_factory.mktemp("web"))


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Browser]:
    """A server of one's own."""
    yield from browsing(tmp_path, "en")
