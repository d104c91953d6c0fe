"""A workspace on a loopback upstream, and the program run in it as a person would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from aggregator.cli.main import run

CONFIG = """\
publication:
  name: 测试简报
  tagline: 只为测试
  language: zh-CN
  time_zone: Asia/Shanghai
  base_url: https://example.org/brief/
  sections:
    - {{slug: news, title: 业界新闻, lead_label: 新闻}}
    - {{slug: papers, title: 论文}}
    - {{slug: projects, title: 开源项目, lead_label: 开源}}
    - {{slug: posts, title: 博文}}
  keywords: {{量化: 2, 端侧: 1}}
defaults:
  allow_private_networks: [127.0.0.1/32]
  interval: 1h
sources:
{sources}
"""


@dataclass(frozen=True)
class Result:
    """What a command left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        """Standard output, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


class Desk:
    """A workspace and the commands run in it."""

    def __init__(self, root: Path, upstream: HTTPServer, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self.upstream = upstream
        self._capsys = capsys

    def configure(self, *paths: str, text: str | None = None, extra: str = "") -> None:
        """sources.yaml with one feed for each path of the upstream, named after it, or exactly `text`."""
        sources = "".join(
            f"  - name: {path.strip('/').split('.')[0]}\n    kind: feed\n    url: {self.upstream.url_for(path)}\n"
            for path in paths
        )
        whole = CONFIG.format(sources=(sources + extra) or "  []") if text is None else text
        (self.root / "sources.yaml").write_text(whole, encoding="utf-8")

    def serve(self, path: str, body: str | bytes, content_type: str = "application/rss+xml", **headers: str) -> None:
        """What the upstream answers from now on."""
        self.upstream.clear_all_handlers() if path == "*" else None
        self.upstream.expect_request(path).respond_with_data(body, content_type=content_type, headers=headers)

    def __call__(self, *arguments: str) -> Result:
        """Run `aggregator -C WORKSPACE arguments…`."""
        self._capsys.readouterr()
        code = run(["-C", str(self.root), *arguments])
        captured = self._capsys.readouterr()
        return Result(code, captured.out, captured.err)


def rss(*items: str, title: str = "一个博客") -> str:
    """An RSS 2.0 document of these items."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://blog.example.org/</link><description>x</description>{''.join(items)}</channel></rss>"
    )


def item(number: int, title: str, *, link: str | None = None, text: str = "", date: str = "Tue, 01 Sep 2026 08:00:00 GMT") -> str:
    """One item of an RSS document."""
    link = link or f"https://blog.example.org/{number}"
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>g{number}</guid><pubDate>{date}</pubDate>"
        f"<description>{text}</description></item>"
    )


@pytest.fixture
def desk(tmp_path: Path, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty workspace in an environment of its own."""
    for name in ("AGGREGATOR_DATABASE_URL", "VISUAL", "EDITOR", "AGGREGATOR_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T03:00:00+00:00")
    monkeypatch.setenv("AGGREGATOR_USER", "tester")
    monkeypatch.setenv("AGGREGATOR_OFFLINE", "1")
    made = Desk(tmp_path, httpserver, capsys)
    made.configure()
    return made


@pytest.fixture
def editor(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets $EDITOR to a program that runs a piece of Python over the text of the file it is given."""

    def use(code: str) -> None:
        script = tmp_path_factory.mktemp("editor") / "editor.py"
        script.write_text(
            "import pathlib, sys\n"
            "path = pathlib.Path(sys.argv[1])\n"
            "text = path.read_text(encoding='utf-8')\n"
            f"{code}\n"
            "path.write_text(text, encoding='utf-8')\n",
            encoding="utf-8",
        )
        import shlex
        import sys

        monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(script)]))

    return use
