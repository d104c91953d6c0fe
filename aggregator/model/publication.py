"""What is published, for whom, and in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of an issue. `slug` names it in commands, addresses and files; `title` is what readers see.

    `lead_label` is how the lead names it (开源 for 开源项目), `note` stands under the heading of every issue.
    """

    slug: str
    title: str
    lead_label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """The house form of a publication, as data: what stands around and between the items of an issue.

    Texts are Markdown. `front_matter` is YAML without its fences ("" for none). `lead_label` opens the lead (导读),
    `count` says how many items there are with `{count}` for the number, `section_mark` names a section inside the
    lead with `{label}`. `past_issues` is "list", "table" or "none". `bar` separates title and source in a printed
    title. `link_labels` gives the label to print for each role of a link.
    """

    front_matter: str = "layout: default"
    notes: tuple[str, ...] = ()
    lead_label: str = "导读"
    count: str = "本期{count}条。"
    section_mark: str = "「{label}」"
    opener: str = "先是一些热身小新闻："
    summary_label: str = "摘要"
    colon: str = "："
    bar: str = " | "
    link_labels: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_LINK_LABELS))
    past_issues: str = "list"
    past_title: str = "往期回顾"
    past_url: str = ""
    past_limit: int | None = None
    footer: str = ""
    language: str = "zh-CN"


DEFAULT_LINK_LABELS: dict[str, str] = {
    "paper": "论文",
    "code": "代码",
    "project": "项目",
    "demo": "演示",
    "video": "视频",
    "doc": "文档",
    "article": "文章",
    "link": "链接",
}


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published, and for whom. `base_url` ends with a slash; `time_zone` is an IANA name and dates issues. `hub` is the
    WebSub hub that the feeds name, "" for none. Mails are from `mail_from`, and are unsubscribed from by a POST to
    `unsubscribe_url` (RFC 8058); "" where none is set."""

    name: str
    tagline: str
    language: str
    time_zone: str
    base_url: str
    sections: tuple[Section, ...]
    author: str = ""
    description: str = ""
    profile: Profile = field(default_factory=Profile)
    keywords: Mapping[str, float] = field(default_factory=dict)
    hub: str = ""
    mail_from: str = ""
    unsubscribe_url: str = ""

    def section(self, slug: str) -> Section | None:
        """The section with that slug, or None."""
        return next((section for section in self.sections if section.slug == slug), None)
