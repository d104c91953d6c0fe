"""A publication for the issue stage, and the words that break naive Markdown."""

from __future__ import annotations

import pytest

from aggregator.model import Profile, Publication, Section


@pytest.fixture(scope="session")
def publication() -> Publication:
    """A Chinese newsletter of four sections."""
    return Publication(
        name="边缘周记",
        tagline="小设备上的大模型",
        language="zh-CN",
        time_zone="Asia/Shanghai",
        base_url="https://weekly.example/",
        sections=(
            Section("news", "业界新闻", "新闻"),
            Section("papers", "论文", "论文"),
            Section("projects", "开源项目", "开源", "注：前缀是仓库的`<owner>/<name>`。"),
            Section("posts", "博文", "博文"),
        ),
        profile=Profile(footer="- 微信: edge\n- 主页: <https://weekly.example/>", past_url="https://weekly.example/archive/"),
    )


@pytest.fixture(scope="session")
def english() -> Publication:
    """An English newsletter of another shape: no front matter, no lead label, another separator, a table of past issues."""
    return Publication(
        name="Edge Weekly",
        tagline="Small devices, large models",
        language="en",
        time_zone="UTC",
        base_url="https://edge.example/",
        sections=(Section("news", "News"), Section("papers", "Papers"), Section("code", "Code")),
        profile=Profile(
            front_matter="",
            lead_label="",
            summary_label="",
            colon=": ",
            bar=" — ",
            past_issues="table",
            past_title="Earlier issues",
            link_labels={"paper": "Paper", "code": "Code", "project": "Project", "link": "Link", "article": "Article"},
            language="en",
        ),
    )
